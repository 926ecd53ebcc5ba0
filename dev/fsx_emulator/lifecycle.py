"""What becomes of a resource while time passes. Pure: lifecycles are read off the clock, nothing runs.

Source: BackupLifecycle in the API reference. PENDING and TRANSFERRING exist for user-initiated
backups of Lustre alone; copies are COPYING; all others are CREATING until they are done.
"""

import math
from dataclasses import dataclass

IN_PROGRESS = frozenset({"PENDING", "CREATING", "TRANSFERRING", "COPYING"})
AVAILABLE, FAILED = "AVAILABLE", "FAILED"

# Shares of the whole duration; the proportions are the emulator's own.
_LUSTRE = (("PENDING", 0.25), ("CREATING", 0.25), ("TRANSFERRING", 0.5))


@dataclass(frozen=True)
class Course:
    """The phases of a resource: each lifecycle with the moment at which it ends, then the final one."""

    start: float
    phases: tuple[tuple[str, float], ...] = ()
    final: str = AVAILABLE
    failure: str | None = None

    def at(self, now: float) -> str:
        """The lifecycle at a moment. A phase ends exactly at its end, the next one begins there."""
        return next((name for name, end in self.phases if now < end), self.final)

    def progress(self, now: float) -> int | None:
        """Whole percent while the backup is in progress, 100 when AVAILABLE, None otherwise."""
        lifecycle = self.at(now)
        if lifecycle == AVAILABLE:
            return 100
        if lifecycle not in IN_PROGRESS or not self.phases:
            return None
        length = self.phases[-1][1] - self.start
        return 0 if math.isinf(length) else max(0, min(99, int(100 * (now - self.start) / length)))


def backup_course(start: float, seconds: float, *, lustre: bool, final: str, failure: str | None) -> Course:
    """A user-initiated backup that takes `seconds`; `final` is AVAILABLE, FAILED, or CREATING when it never ends."""
    shares = _LUSTRE if lustre else (("CREATING", 1.0),)
    if final == "CREATING":
        # Stuck: it reaches CREATING and stays there.
        waits = tuple((name, start + seconds * share) for name, share in shares if name == "PENDING")
        return Course(start, (*waits, ("CREATING", math.inf)), final)
    phases, end = [], start
    for name, share in shares:
        end += seconds * share
        phases.append((name, end))
    return Course(start, tuple(phases), final, failure)


def copy_course(start: float, seconds: float) -> Course:
    """A copy that takes `seconds`."""
    return Course(start, (("COPYING", start + seconds),))


def creation_course(start: float, seconds: float, final: str, failure: str | None = None) -> Course:
    """A file system or volume that takes `seconds`; it is CREATING for ever if that is `final`."""
    return Course(start, (("CREATING", start + seconds),), final, failure)
