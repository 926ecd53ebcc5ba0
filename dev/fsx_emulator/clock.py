"""The emulator's time: real time with an offset, or standing still."""

import time


class Clock:
    """Seconds since 1970 (UTC). Everything in the emulator that has to do with time asks it."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen_at: float | None = None

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at is not None

    def now(self) -> float:
        """The emulator's present."""
        return time.time() + self._offset if self._frozen_at is None else self._frozen_at

    def set(self, moment: float) -> None:
        """Jump to a moment; the clock continues to run, or to stand still, as before."""
        if self._frozen_at is None:
            self._offset = moment - time.time()
        else:
            self._frozen_at = moment

    def freeze(self) -> None:
        """Stand still from now on."""
        self._frozen_at = self.now()
