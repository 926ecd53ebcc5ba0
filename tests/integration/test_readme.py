"""The README's command that finds the command to paste, in the applied root stack."""

import os
import re
import subprocess

from sandbox.terraform import ROOT
from tests.integration.conftest import Stage


def test_the_command_for_a_backup_now_is_found(stage: Stage) -> None:
    readme = (ROOT / "README.md").read_text()
    [command] = re.findall(r"^ *terraform (output -json .*)$", readme, re.MULTILINE)
    command = command.replace('["home"]', '["lustre"]')
    answer = subprocess.run(
        ["bash", "-c", f'"${{TERRAFORM:-terraform}}" {command}'],
        cwd=stage.stack.folder,
        env={**os.environ, **stage.sandbox.environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert answer.stdout.strip() == stage.outputs["commands"]["lustre"]["backup_now"]
