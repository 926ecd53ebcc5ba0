"""The suites that ship with the module pass, run as a consumer would run it."""

import re
import shutil
from pathlib import Path

import pytest

from dev.terraform import Stack
from tests.support.planning import MODULE


@pytest.mark.parametrize("suite", [".", "plans"])
def test_the_modules_own_suites_pass_without_an_account(tmp_path: Path, suite: str) -> None:
    shutil.copytree(MODULE, tmp_path / "module", ignore=shutil.ignore_patterns(".terraform*"))
    stack = Stack(tmp_path / "module" / suite, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    stack.init()
    written = re.findall(
        r'^run "', "".join(path.read_text() for path in MODULE.glob(f"{suite}/tests/*.tftest.hcl")), re.MULTILINE
    )
    assert f"{len(written)} passed, 0 failed" in stack.test()
