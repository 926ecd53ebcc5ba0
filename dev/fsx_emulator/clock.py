"""The emulator's time: real time with an offset, or standing still."""

import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970 (UTC). Everything in the emulator that has to do with time asks it."""

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self._read = read
        self._offset = 0.0
        self._stopped_at: float | None = None

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._stopped_at is not None

    def now(self) -> float:
        """The emulator's present."""
        return self._read() + self._offset if self._stopped_at is None else self._stopped_at

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds, running or frozen."""
        self.set(self.now() + seconds)

    def set(self, moment: float) -> None:
        """Jump to a moment, forwards or backwards, and go on running or standing as before."""
        if self._stopped_at is None:
            self._offset = moment - self._read()
        else:
            self._stopped_at = moment

    def freeze(self) -> None:
        """Stand still from now on."""
        self._stopped_at = self.now()

    def unfreeze(self) -> None:
        """Run again, from the moment at which it stood."""
        if self._stopped_at is not None:
            moment, self._stopped_at = self._stopped_at, None
            self.set(moment)
