"""The scenario of copies, as `make scenario NAME=copies` plays it."""

from pathlib import Path

from dev.sandbox.aws import Sandbox
from dev.scenarios.copies import run


def test_copies_are_tracked_to_their_end_in_each_region(sandbox: Sandbox, tmp_path: Path) -> None:
    assert run(sandbox, tmp_path) == "scenario copies: copied=22 failed=2 purged=6 foreign=22 duplicates=0"
