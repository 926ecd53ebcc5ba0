"""The suite that ships with the module passes, run as a consumer would run it."""

import re
import shutil
from pathlib import Path

from sandbox.terraform import Stack
from tests.plan.reader import MODULE


def test_the_modules_own_suite_passes_without_an_account(tmp_path: Path) -> None:
    shutil.copytree(MODULE, tmp_path / "module", ignore=shutil.ignore_patterns(".terraform*"))
    stack = Stack(tmp_path / "module", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    stack.init()
    written = re.findall(
        r'^run "', "".join(path.read_text() for path in MODULE.glob("tests/*.tftest.hcl")), re.MULTILINE
    )
    assert f"{len(written)} passed, 0 failed" in stack.test()
