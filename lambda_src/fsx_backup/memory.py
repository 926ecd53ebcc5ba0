"""What one execution environment remembers of its earlier invocations.

The wording and the number of messages depend on it, and that a backup which was made here and deleted since is not made
again. Nothing is deleted because of it: Lambda may start a new environment for any invocation, and state lives in FSx's
tags alone.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .report import Copy
    from .retention import Decision

MOST_OCCURRENCES = 2_000
SAME_ERROR = timedelta(hours=1)


@dataclass
class Seen:
    """An occurrence as this environment knows it. `receives`: how often its message had been received by then."""

    receives: int = 0
    cause: str = ""  # why the last delivery here did not get further, in a sentence's words
    kind: str = ""  # of the error that the last delivery here ended in
    backup_id: str | None = None  # as it was last seen
    made: datetime | None = None  # when a delivery here asked for the backup
    deleted: tuple[Decision, ...] = ()  # by deliveries here
    counted: bool = False  # in the metrics
    notified: str = ""  # the outcome of a restore test, from here
    failed: Copy | None = None  # for good: it is not asked for again while others are waited for
    regions: dict[str, Seen] = field(default_factory=dict)  # the same of its copies

    def there(self, region: str) -> Seen:
        """What is known of the copy in another Region."""
        return self.regions.setdefault(region, Seen())

    def follows(self, receives: int) -> bool:
        """Whether a delivery with this receive count comes right after what is known: nothing was done elsewhere."""
        return receives <= self.receives + 1


class Memory:
    """Bounded; the occurrences seen longest ago are forgotten first."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._notified: dict[str, datetime] = {}
        self.refused: dict[str, str] = {}  # backup id -> why FSx did not delete it, of the last runs here

    def of(self, occurrence: str) -> Seen:
        """What is known of an occurrence, by its token."""
        seen = self._seen.setdefault(occurrence, Seen())
        self._seen.move_to_end(occurrence)
        if len(self._seen) > MOST_OCCURRENCES:
            self._seen.popitem(last=False)
        return seen

    def refuse(self, left: Mapping[str, str]) -> None:
        """FSx kept these backups."""
        self.refused = dict([*self.refused.items(), *left.items()][-MOST_OCCURRENCES:])

    def is_new(self, error: str, now: datetime) -> bool:
        """Whether no notification of the same error was sent from here in the last hour."""
        sent = self._notified.get(error)
        return sent is None or now - sent >= SAME_ERROR

    def sent(self, error: str, now: datetime) -> None:
        """A notification of this error was published."""
        self._notified = {key: when for key, when in self._notified.items() if now - when < SAME_ERROR}
        self._notified[error] = now
