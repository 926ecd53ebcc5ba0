"""What an interrupt may end, and when: Ctrl-C and SIGTERM."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dev.scenarios.steps import say


@contextmanager
def uninterrupted(text: str) -> Iterator[None]:
    """An interrupt waits until this is done."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # nobody is heard any more
        yield
        return
    caught: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        caught.append(number)
        # Not print, which this may have interrupted in the middle.
        os.write(sys.stdout.fileno(), f"    interrupted: {text}, then everything is destroyed\n".encode())

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if caught:
            raise KeyboardInterrupt


@contextmanager
def deaf(text: str) -> Iterator[None]:
    """No interrupt ends this."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    say(text)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
