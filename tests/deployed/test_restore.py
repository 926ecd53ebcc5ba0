"""The scenario of restore tests, as `make scenario NAME=restore` plays it."""

from pathlib import Path

from dev.sandbox.aws import Sandbox
from dev.scenarios.restore import run


def test_restore_tests_leave_nothing_and_delete_nothing_else(sandbox: Sandbox, tmp_path: Path) -> None:
    assert run(sandbox, tmp_path) == "scenario restore: passed=6 failed=2 leftovers=0 foreign=21"
