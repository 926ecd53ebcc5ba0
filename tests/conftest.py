"""What all tests share: a small world, and who among the workers runs what."""

from collections.abc import Iterator

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.world import World, new_world

# One fixture of each, for all folders; and what a fault is.
pytest_plugins = ("tests.support.planning", "tests.support.sandbox_fixtures", "tests.function.faults.plugin")

# Tests of these stay together: they share a sandbox and what was applied to it, or plans that take seconds. The first
# that fits counts; a room that waits for its applies leaves the processor to the others.
ROOMS = (
    "tests/deployed/test_applied_examples.py",
    "tests/deployed/test_acceptance.py",
    "tests/deployed/",
    "tests/module/security/",
    "tests/module/",
    "tests/sandbox/",
)


class Rooms(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types that mypy is shown
    """Whole files to a worker, so that what a file's tests share is made once; of some folders all files.

    xdist's own `loadgroup` writes the group into the test's id, which pytest 9.2 does not allow any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        for room in ROOMS:
            if nodeid.startswith(room):
                return room
        return nodeid.partition("::")[0]


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Rooms:
    config.option.loadscopereorder = False  # what takes longest is named first
    return Rooms(config, log)


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        yield world
