"""The instrument's settings, the same by name in process (`fsx.control.latency(...)`) and over HTTP
(`PUT /_fsx/latency`). Neutral until something is set; what cannot be meant raises SettingError and
changes nothing.
"""

from collections.abc import Callable
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.backup_seeding import BackupSeeding
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.errors import LONGEST_MESSAGE
from dev.fsx_emulator.faults import ALIASES, KILL, TRUNCATED, UNREACHABLE, Fault, names
from dev.fsx_emulator.instrument import ANY
from dev.fsx_emulator.model import Json, error_shapes
from dev.fsx_emulator.seeding import TargetSeeding
from dev.fsx_emulator.settings import SettingError, iso
from dev.fsx_emulator.settings_control import SettingsControl, operation_name
from dev.fsx_emulator.validation import violations

BEFORE, AFTER = "before", "after"


class Control:
    """Clock, settings, faults, counts, and resources made directly. Values are JSON or like it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lock = emulator.lock
        changes, targets, backups = SettingsControl(emulator), TargetSeeding(emulator), BackupSeeding(emulator)
        self.latency = changes.latency
        self.rate_limit = changes.rate_limit
        self.listing = changes.listing
        self.durations = changes.durations
        self.quotas = changes.quotas
        self.behaviour = changes.behaviour
        self.settings = changes.settings
        self.seed_file_system = targets.seed_file_system
        self.seed_storage_virtual_machine = targets.seed_storage_virtual_machine
        self.seed_volume = targets.seed_volume
        self.set_lifecycle = targets.set_lifecycle
        self.remove = targets.remove
        self.seed_backup = backups.seed_backup
        self.seed_backups = backups.seed_backups
        self.set_backup = backups.set_backup
        self.next_backup = backups.next_backup

    # Clock -----------------------------------------------------------------------------------------

    def now(self) -> str:
        """The emulator's present, ISO 8601 in UTC."""
        return iso(self._emulator.context.clock.now())

    def advance(self, seconds: float) -> str:
        """Move the clock on; returns the new present."""
        seconds = settings.number("seconds", seconds)
        with self._lock:
            self._emulator.context.clock.advance(seconds)
            return self.now()

    def set_time(self, at: Any) -> str:
        """Jump to a moment (aware datetime, ISO 8601, or epoch seconds); the clock runs on or stands as before."""
        moment = settings.moment("at", at)
        with self._lock:
            self._emulator.context.clock.set(moment)
            return self.now()

    def freeze(self, at: Any = None) -> str:
        """Stop the clock, at a moment if one is given."""
        moment = None if at is None else settings.moment("at", at)
        with self._lock:
            self._emulator.context.clock.freeze()
            if moment is not None:
                self._emulator.context.clock.set(moment)
            return self.now()

    def unfreeze(self) -> str:
        """Let the clock run on from where it stands."""
        with self._lock:
            self._emulator.context.clock.unfreeze()
            return self.now()

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
    ) -> Json:
        """Let calls fail from now on.

        `fault`: an error code, or http_500, http_502, http_503, unreachable, timeout, reset, truncated_body, kill.
        `when`: before (the default) or after the call had its effect; a truncated body is the answer of a call that
        had its effect, hence always after, and what is unreachable has none. `at`: the first of the matching calls
        to fail, counted from now; `times`: how many in a row, None for all. `match`: request parameters that a call
        must have to count, e.g. {"BackupId": "backup-..."}. `members`, `message`: of an error. `seconds`: how long
        the server holds a connection before a timeout drops it; in process a timeout is at once.
        """
        name = settings.choice("fault", ALIASES.get(fault, fault) if isinstance(fault, str) else fault, names())
        rule = Fault(
            fault=name,
            operation=operation_name(operation),
            when=_when(name, when),
            at=settings.whole("at", at, least=1),
            times=None if times is None else settings.whole("times", times, least=1),
            match=settings.mapping("match", match or {}),
            members=_members(name, settings.mapping("members", members or {})),
            message=None if message is None else settings.text("message", message, longest=LONGEST_MESSAGE),
            seconds=settings.number("seconds", seconds, most=3600.0),
        )
        with self._lock:
            self._emulator.instrument.faults.append(rule)
        return rule.describe()

    def kill_after(
        self, calls: int, operation: str = ANY, when: str = AFTER, on_kill: Callable[[], None] | None = None
    ) -> Json:
        """Let the caller die at its `calls`-th call from now, before or after the effect.

        In process `on_kill` is called, or CallerKilled (a BaseException) raised; over HTTP the connection drops.
        """
        if on_kill is not None and not callable(on_kill):
            raise SettingError(f"on_kill can only be given in process, as a function, not {on_kill!r}.")
        settings.whole("calls", calls, least=1)
        with self._lock:
            rule = self.fault(KILL, operation=operation, when=when, at=calls)
            self._emulator.on_kill = on_kill
        return rule

    def clear_faults(self) -> Json:
        """Forget all faults, spent or pending."""
        with self._lock:
            self._emulator.instrument.faults.clear()
            self._emulator.on_kill = None
        return self.settings()

    # Counts ----------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many calls of each operation arrived, refused and struck ones included."""
        with self._lock:
            return dict(self._emulator.instrument.counts)

    def calls(self, operation: str = ANY) -> list[Json]:
        """The log: number, operation, parameters, region, time, outcome, applied. The last 100,000 calls."""
        operation = operation_name(operation)
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


def _when(fault: str, when: Any) -> str:
    only = {TRUNCATED: AFTER, UNREACHABLE: BEFORE}.get(fault)
    if when is None:
        return only or BEFORE
    if only and settings.choice("when", when, {BEFORE, AFTER}) != only:
        why = "it is the call's answer that is cut" if only == AFTER else "the call never arrives"
        raise SettingError(f"when must be {only} for {fault}: {why}.")
    return str(settings.choice("when", when, {BEFORE, AFTER}))


def _members(fault: str, members: Json) -> Json:
    """Members of an error, held against its shape."""
    allowed = error_shapes().get(fault, {}).get("members", {})
    for name, value in members.items():
        if name not in allowed:
            raise SettingError(f"members: {fault} has no member {name!r}; it has {', '.join(allowed) or 'none'}.")
        found = list(violations(allowed[name]["shape"], value, f"members.{name}"))
        if found:
            raise SettingError(f"{found[0]}.")
    return members
