"""The README's commands as a reader gives them, in a shell that has nothing but PATH and HOME."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.sandbox.__main__ import main
from dev.terraform import ROOT, Stack
from tests.deployed.stage import Stage
from tests.support.markdown import READERS_ENVIRONMENT, blocks

README = ROOT / "README.md"


def test_the_command_for_a_backup_now_is_found(stage: Stage) -> None:
    [command] = re.findall(r"^ *terraform (output -json .*)$", README.read_text(), re.MULTILINE)
    command = command.replace('["home"]', '["lustre"]')
    answer = subprocess.run(
        ["bash", "-c", f"{os.environ.get('TERRAFORM') or 'terraform'} {command}"],
        cwd=stage.stack.folder,
        env={**READERS_ENVIRONMENT, **stage.sandbox.environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert answer.stdout.strip() == stage.outputs["commands"]["lustre"]["backup_now"]


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """The repository as a reader has it after the set-up, with the README's first block in mine/main.tf."""
    Stack.of_root(tmp_path, {})
    shutil.copytree(ROOT / "dev", tmp_path / "dev", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".envs").symlink_to(ROOT / ".envs")
    (tmp_path / "mine").mkdir()
    [block] = [block for block in blocks("hcl") if block.page == README and "../modules/fsx_backup" in block.text]
    (tmp_path / "mine" / "main.tf").write_text(block.text)
    yield tmp_path
    main(["--state-file", str(tmp_path / ".sandbox" / "state.json"), "down"])


def test_a_block_of_the_readers_own_is_planned(clone: Path) -> None:
    [block] = [block for block in blocks("sh") if block.page == README and "-chdir=mine plan" in block.text]
    commands = re.sub(r"^terraform ", f"{os.environ.get('TERRAFORM') or 'terraform'} ", block.text, flags=re.MULTILINE)
    answer = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=clone,
        env=READERS_ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    plain = re.sub(r"\x1b\[\d*m", "", answer.stdout)
    assert re.search(r"Plan: \d+ to add, 0 to change, 0 to destroy", plain)
    assert "sandbox: ended fsx (" in plain
    assert not (clone / ".sandbox" / "state.json").exists()
