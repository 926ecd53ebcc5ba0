from collections.abc import Iterator

import pytest

from tests.world import World, new_world


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests that need the sandbox go to one worker, in their order: it is started and applied to once."""
    for item in items:
        if "sandbox" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("sandbox"))


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        yield world
