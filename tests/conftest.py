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
    "tests/deployed/test_copies.py",
    "tests/deployed/test_fleet.py",
    "tests/deployed/test_restore.py",
    "tests/deployed/",
    "tests/module/security/",
    "tests/module/",
    "tests/sandbox/",
)


def room(nodeid: str) -> str | None:
    return next((room for room in ROOMS if nodeid.startswith(room)), None)


class Rooms(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types that mypy is shown
    """Whole files to a worker, so that what a file's tests share is made once; of some folders all files.

    xdist's own `loadgroup` writes the group into the test's id, which pytest 9.2 does not allow any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid) or nodeid.partition("::")[0]


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Rooms:
    config.option.loadscopereorder = False  # what takes longest comes first already
    return Rooms(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first; within a room the order is random (pytest-randomly)."""
    places = {room: place for place, room in enumerate(ROOMS)}
    items.sort(key=lambda item: places.get(room(item.nodeid) or "", len(places)))


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        yield world


@pytest.fixture
def target(world: World) -> str:
    return world.fsx.seed_file_system("LUSTRE")
