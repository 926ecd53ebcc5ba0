"""The instrument: clock, settings, faults, the log of calls, and resources made directly.

The same by name in process (`fsx.control.latency(...)`) and over HTTP (`/_fsx/latency`). Neutral until something is
set; an invalid setting raises SettingError and changes nothing.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.backup_seeding import BackupSeeding
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.errors import LONGEST_MESSAGE
from dev.fsx_emulator.faults import ALIASES, TRUNCATED, UNREACHABLE, Fault, names
from dev.fsx_emulator.instrument import ANY, RateLimit
from dev.fsx_emulator.model import Json, description, error_shapes
from dev.fsx_emulator.quotas import Quotas
from dev.fsx_emulator.seeding import TargetSeeding, matching
from dev.fsx_emulator.settings import Copies, Durations, SettingError, iso

# Group of settings -> its fields and how a value is read.
GROUPS: dict[str, dict[str, Callable[[str, Any], Any]]] = {
    "listing": {
        "page_size": partial(settings.whole, least=1, most=1000),
        "short_pages": settings.flag,
        "shuffle_seed": settings.whole,
    },
    "durations": {field.name: settings.number for field in fields(Durations)},
    "quotas": {field.name: settings.whole for field in fields(Quotas)},
    "copies": {field.name: settings.flag for field in fields(Copies)},
}


class Control:
    """Every public method is one of the instrument's. Values are JSON or like it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lock = emulator.lock
        targets, backups = TargetSeeding(emulator), BackupSeeding(emulator)
        self.seed_file_system = targets.seed_file_system
        self.seed_volume = targets.seed_volume
        self.set_lifecycle = targets.set_lifecycle
        self.remove = targets.remove
        self.seed_backup = backups.seed_backup
        self.seed_backups = backups.seed_backups
        self.set_backup = backups.set_backup
        self.next_backup = backups.next_backup
        self.next_restore = backups.next_restore

    # Clock -----------------------------------------------------------------------------------------

    def now(self) -> str:
        """The emulator's present, ISO 8601 in UTC."""
        return iso(self._emulator.context.clock.now())

    def advance(self, seconds: float) -> str:
        """Advance the clock; returns the new present."""
        seconds = settings.number("seconds", seconds)
        with self._lock:
            clock = self._emulator.context.clock
            clock.set(clock.now() + seconds)
            return self.now()

    def set_time(self, at: Any) -> None:
        """Jump to a moment (aware datetime, ISO 8601, or epoch seconds); the clock runs on or stands as before."""
        moment = settings.moment("at", at)
        with self._lock:
            self._emulator.context.clock.set(moment)

    def freeze(self, at: Any) -> None:
        """Stop the clock at a moment."""
        moment = settings.moment("at", at)
        with self._lock:
            self._emulator.context.clock.freeze()
            self._emulator.context.clock.set(moment)

    # Settings --------------------------------------------------------------------------------------

    def latency(self, seconds: float, operation: str = ANY) -> None:
        """Delay every call, or those of one operation. A frozen clock is advanced instead."""
        seconds = settings.number("seconds", seconds, most=600.0)
        operation = _operation(operation)
        with self._lock:
            self._emulator.instrument.latencies[operation] = seconds

    def rate_limit(self, per_second: float | None, burst: int = 1) -> None:
        """ThrottlingException beyond `burst` calls at once and `per_second` on average; None lifts the limit."""
        burst = settings.whole("burst", burst, least=1)
        limit = None if per_second is None else RateLimit(settings.number("per_second", per_second), burst)
        with self._lock:
            self._emulator.instrument.rate_limit = limit

    def listing(self, **wanted: Any) -> None:
        """How listings are paged. `page_size` caps MaxResults; above 50 it exceeds what the model promises."""
        self._change("listing", wanted)

    def durations(self, **wanted: Any) -> None:
        """How long things take from now on, in seconds of the emulator's clock."""
        self._change("durations", wanted)

    def quotas(self, **wanted: Any) -> None:
        """Service quotas, per account and Region."""
        self._change("quotas", wanted)

    def copies(self, **wanted: Any) -> None:
        """Whether filters by target find copies, and whose creation time they have."""
        self._change("copies", wanted)

    def _change(self, group: str, wanted: Json) -> None:
        readers = GROUPS[group]
        for name in wanted:
            settings.choice(f"{group}: a field", name, readers)
        # All values are read before the first one is set: a refusal changes nothing.
        values = {name: readers[name](name, value) for name, value in wanted.items()}
        with self._lock:
            context = self._emulator.context
            setattr(context, group, replace(getattr(context, group), **values))

    # Faults ----------------------------------------------------------------------------------------

    def fault(
        self,
        fault: str,
        operation: str = ANY,
        *,
        when: str | None = None,
        at: int = 1,
        times: int | None = 1,
        match: Json | None = None,
        members: Json | None = None,
        message: str | None = None,
        seconds: float = 60.0,
        region: str | None = None,
    ) -> None:
        """Let calls fail: `times` in a row (None for all) from the `at`-th matching one on, counted from now.

        A truncated body is the response of a call that had its effect, hence always `after`; what is unreachable has
        none. `seconds`: how long the server holds a connection before a timeout drops it. `region`: of the
        calls.
        """
        name = settings.choice("fault", ALIASES.get(fault, fault) if isinstance(fault, str) else fault, names())
        rule = Fault(
            fault=name,
            operation=_operation(operation),
            when=_when(name, when),
            at=settings.whole("at", at, least=1),
            times=None if times is None else settings.whole("times", times, least=1),
            match=settings.mapping("match", match or {}),
            members=_members(name, settings.mapping("members", members or {})),
            message=None if message is None else settings.text("message", message, longest=LONGEST_MESSAGE),
            seconds=settings.number("seconds", seconds, most=3600.0),
            region=None if region is None else settings.text("region", region),
        )
        with self._lock:
            self._emulator.instrument.faults.append(rule)

    def clear_faults(self) -> None:
        """Forget all faults, spent or pending."""
        with self._lock:
            self._emulator.instrument.faults.clear()

    # Calls -----------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many calls of each operation arrived, refused and struck ones included."""
        with self._lock:
            return dict(self._emulator.instrument.counts)

    def calls(self, operation: str = ANY) -> list[Json]:
        """The log: number, operation, parameters, region, time, outcome, applied. The last 100,000 calls."""
        operation = _operation(operation)
        with self._lock:
            log = self._emulator.instrument.calls
            return [call.describe() for call in log if operation in {ANY, call.operation}]

    def clear_calls(self) -> None:
        """Empty the log and the counts."""
        with self._lock:
            self._emulator.instrument.calls.clear()
            self._emulator.instrument.counts.clear()

    def reset(self) -> None:
        """Back to the start: no resources, real time, neutral settings, empty log."""
        self._emulator.reset()


def _operation(value: Any) -> str:
    return settings.choice("operation", value, {ANY, *description()["operations"]})


def _when(fault: str, when: Any) -> str:
    only = {TRUNCATED: "after", UNREACHABLE: "before"}.get(fault)
    if when is None:
        return only or "before"
    return settings.choice("when", when, {only} if only else {"before", "after"})


def _members(fault: str, members: Json) -> Json:
    """Members of an error, held against its shape."""
    allowed = error_shapes().get(fault, {}).get("members", {})
    for name, value in members.items():
        if name not in allowed:
            raise SettingError(f"members: {fault} has no member {name!r}; it has {', '.join(allowed) or 'none'}.")
        matching(f"members.{name}", allowed[name]["shape"], value)
    return members
