"""The one sandbox that all tests of a session share, and what waiting for it takes."""

import time
from collections.abc import Callable, Iterator

import pytest

from dev.sandbox.aws import Sandbox

_POLL_SECONDS = 0.05


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Started at first use, ended with the session."""
    with Sandbox() as started:
        yield started


def wait_for[T](condition: Callable[[], T], *, seconds: float = 20) -> T:
    """Wait until the condition gives something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still waiting after {seconds} s"
        time.sleep(_POLL_SECONDS)
    return value
