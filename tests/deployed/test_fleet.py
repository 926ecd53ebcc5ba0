"""The fleet's scenario, as `make scenario NAME=fleet` plays it."""

from pathlib import Path

from dev.sandbox.aws import Sandbox
from dev.scenarios.fleet import run


def test_targets_are_found_by_their_tags_at_each_firing(sandbox: Sandbox, tmp_path: Path) -> None:
    assert run(sandbox, tmp_path) == "scenario fleet: selected=8 created=8 completed=8 excluded=2 duplicates=0"
