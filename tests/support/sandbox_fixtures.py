"""The one sandbox that all tests of a session share; conftest files import `sandbox`."""

import time
from collections.abc import Callable

import pytest

from dev.sandbox.aws import Sandbox

_SHARED = pytest.StashKey[Sandbox]()
_POLL_SECONDS = 0.05


@pytest.fixture(scope="session")
def sandbox(pytestconfig: pytest.Config) -> Sandbox:
    """Started at first use, ended with the session.

    Kept with pytest's configuration: a fixture imported into two conftest files is two fixtures to pytest.
    """
    if _SHARED not in pytestconfig.stash:
        pytestconfig.stash[_SHARED] = shared = Sandbox().start()
        pytestconfig.add_cleanup(shared.stop)
    return pytestconfig.stash[_SHARED]


def wait_for[T](condition: Callable[[], T], *, seconds: float = 20) -> T:
    """Wait until the condition gives something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still waiting after {seconds} s"
        time.sleep(_POLL_SECONDS)
    return value
