"""The fleet's scenario, as `make scenario NAME=fleet` plays it."""

from pathlib import Path

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import Sandbox
from dev.scenarios.fleet import NAME, Fleet
from dev.scenarios.steps import Steps


def test_targets_are_found_by_their_tags_at_each_firing(sandbox: Sandbox, tmp_path: Path) -> None:
    steps = Steps(sandbox.client, NAME, tmp_path, sandbox.environment())
    line = Fleet(steps, FsxControl(sandbox.fsx_endpoint)).run()
    assert line == "scenario fleet: selected=8 created=8 completed=8 excluded=2 duplicates=0"
