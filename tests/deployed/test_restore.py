"""The scenario of restore tests, as `make scenario NAME=restore` plays it."""

from pathlib import Path

from dev.sandbox.aws import Sandbox
from dev.scenarios.restore import NAME, PATIENCE, Restores
from dev.scenarios.steps import Steps


def test_restore_tests_leave_nothing_and_delete_nothing_else(sandbox: Sandbox, tmp_path: Path) -> None:
    steps = Steps(sandbox.client, NAME, tmp_path, sandbox.environment(), patience=PATIENCE)
    line = Restores(steps, sandbox).run()
    assert line == "scenario restore: passed=6 failed=2 leftovers=0 foreign=21"
