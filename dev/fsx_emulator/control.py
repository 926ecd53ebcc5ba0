"""The instrument's settings, the same by name in process (`fsx.control.latency(...)`) and over HTTP
(`PUT /_fsx/latency`). Neutral until something is set; what cannot be meant raises SettingError and
changes nothing.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.backup_seeding import BackupSeeding
from dev.fsx_emulator.errors import LONGEST_MESSAGE
from dev.fsx_emulator.faults import ALIASES, KILL, TRUNCATED, UNREACHABLE, Fault, names
from dev.fsx_emulator.instrument import ANY, RateLimit
from dev.fsx_emulator.model import Json, description, error_shapes
from dev.fsx_emulator.settings import SettingError, iso
from dev.fsx_emulator.validation import violations

BEFORE, AFTER = "before", "after"


class Control(BackupSeeding):
    """Clock, settings, faults, counts; and, inherited, resources made directly. Values are JSON or like it."""

    # Clock -----------------------------------------------------------------------------------------

    def now(self) -> str:
        """The emulator's present, ISO 8601 in UTC."""
        return iso(self._emulator.clock.now())

    def advance(self, seconds: float) -> str:
        """Move the clock on; returns the new present."""
        seconds = settings.number("seconds", seconds)
        with self._lock:
            self._emulator.clock.advance(seconds)
            return self.now()

    def set_time(self, at: Any) -> str:
        """Jump to a moment (aware datetime, ISO 8601, or epoch seconds); the clock runs on or stands as before."""
        moment = settings.moment("at", at)
        with self._lock:
            self._emulator.clock.set(moment)
            return self.now()

    def freeze(self, at: Any = None) -> str:
        """Stop the clock, at a moment if one is given."""
        moment = None if at is None else settings.moment("at", at)
        with self._lock:
            self._emulator.clock.freeze()
            if moment is not None:
                self._emulator.clock.set(moment)
            return self.now()

    def unfreeze(self) -> str:
        """Let the clock run on from where it stands."""
        with self._lock:
            self._emulator.clock.unfreeze()
            return self.now()

    # Settings --------------------------------------------------------------------------------------

    def latency(self, seconds: float, operation: str = ANY) -> Json:
        """Delay every call, or those of one operation, in seconds. A frozen clock is moved instead of waiting."""
        seconds = settings.number("seconds", seconds, most=600.0)
        with self._lock:
            self._emulator.instrument.latencies[_operation(operation)] = seconds
        return self.settings()

    def rate_limit(self, per_second: float | None, burst: int = 1, operation: str = ANY) -> Json:
        """Answer ThrottlingException beyond `burst` calls at once and `per_second` on average; None lifts the limit."""
        operation = _operation(operation)
        burst = settings.whole("burst", burst, least=1)
        limit = None if per_second is None else RateLimit(settings.number("per_second", per_second), burst)
        with self._lock:
            limits = self._emulator.instrument.rate_limits
            limits.pop(operation, None)
            if limit is not None:
                limits[operation] = limit
        return self.settings()

    def listing(
        self, *, page_size: int | None = None, short_pages: bool | None = None, shuffle_seed: int | None = None
    ) -> Json:
        """How listings are paged. `page_size` caps MaxResults; above 50 it exceeds what the model promises."""
        readers: dict[str, tuple[Any, Callable[[str, Any], Any]]] = {
            "page_size": (page_size, lambda field, value: settings.whole(field, value, least=1, most=1000)),
            "short_pages": (short_pages, settings.flag),
            "shuffle_seed": (shuffle_seed, settings.whole),
        }
        return self._change("listing", readers)

    def durations(
        self,
        *,
        backup: float | None = None,
        copy: float | None = None,
        incremental_copy: float | None = None,
        restore: float | None = None,
        file_system: float | None = None,
    ) -> Json:
        """How long things take from now on, in seconds of the emulator's clock."""
        given = {
            "backup": backup,
            "copy": copy,
            "incremental_copy": incremental_copy,
            "restore": restore,
            "file_system": file_system,
        }
        return self._change("durations", {name: (value, settings.number) for name, value in given.items()})

    def quotas(
        self,
        *,
        windows_backups: int | None = None,
        lustre_backups: int | None = None,
        openzfs_backups: int | None = None,
        ontap_backups: int | None = None,
        copies_in_progress: int | None = None,
        file_systems: int | None = None,
        volumes_per_file_system: int | None = None,
    ) -> Json:
        """Service quotas, per account and Region."""
        given = {
            "windows_backups": windows_backups,
            "lustre_backups": lustre_backups,
            "openzfs_backups": openzfs_backups,
            "ontap_backups": ontap_backups,
            "copies_in_progress": copies_in_progress,
            "file_systems": file_systems,
            "volumes_per_file_system": volumes_per_file_system,
        }
        return self._change("quotas", {name: (value, settings.whole) for name, value in given.items()})

    def behaviour(
        self,
        *,
        token_seconds: float | None = None,
        deleted_backups_by_token: bool | None = None,
        volume_backups_by_file_system: bool | None = None,
        file_system_in_volume_backups: bool | None = None,
        newest_volume_backup_last: bool | None = None,
    ) -> Json:
        """Where AWS is silent or changed its mind; see settings.Behaviour."""
        flags = {
            "deleted_backups_by_token": deleted_backups_by_token,
            "volume_backups_by_file_system": volume_backups_by_file_system,
            "file_system_in_volume_backups": file_system_in_volume_backups,
            "newest_volume_backup_last": newest_volume_backup_last,
        }
        readers: dict[str, tuple[Any, Callable[[str, Any], Any]]] = {
            "token_seconds": (token_seconds, settings.number),
            **{name: (value, settings.flag) for name, value in flags.items()},
        }
        return self._change("behaviour", readers)

    def _change(self, group: str, readers: dict[str, tuple[Any, Callable[[str, Any], Any]]]) -> Json:
        # All values are read before the first one is set: a refusal changes nothing.
        values = {name: read(name, value) for name, (value, read) in readers.items() if value is not None}
        with self._lock:
            self._emulator.change(group, **values)
        return self.settings()

    def settings(self) -> Json:
        """All settings as they stand."""
        with self._lock:
            emulator = self._emulator
            return {
                "account": emulator.account,
                "region": emulator.default_region,
                "clock": {"now": self.now(), "frozen": emulator.clock.frozen},
                "latency": dict(emulator.instrument.latencies),
                "rate_limit": {
                    operation: {"per_second": limit.per_second, "burst": limit.burst}
                    for operation, limit in emulator.instrument.rate_limits.items()
                },
                "listing": asdict(emulator.listing),
                "durations": asdict(emulator.durations),
                "quotas": asdict(emulator.quotas),
                "behaviour": asdict(emulator.behaviour),
                "faults": [fault.describe() for fault in emulator.instrument.faults],
            }

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
            operation=_operation(operation),
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
    """An operation's name, or `*` for all."""
    return settings.choice("operation", value, {ANY, *description()["operations"]})


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
