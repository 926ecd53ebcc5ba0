"""How the emulator behaves: latency, limits, pages, durations, quotas, and where AWS is silent."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.instrument import ANY, RateLimit
from dev.fsx_emulator.model import Json, description
from dev.fsx_emulator.settings import iso


class SettingsControl:
    """Reads and changes settings; each answers with all of them."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lock = emulator.lock

    def latency(self, seconds: float, operation: str = ANY) -> Json:
        """Delay every call, or those of one operation, in seconds. A frozen clock is moved instead of waiting."""
        seconds = settings.number("seconds", seconds, most=600.0)
        with self._lock:
            self._emulator.instrument.latencies[operation_name(operation)] = seconds
        return self.settings()

    def rate_limit(self, per_second: float | None, burst: int = 1, operation: str = ANY) -> Json:
        """Answer ThrottlingException beyond `burst` calls at once and `per_second` on average; None lifts the limit."""
        operation = operation_name(operation)
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
            self._emulator.context.change(group, **values)
        return self.settings()

    def settings(self) -> Json:
        """All settings as they stand."""
        with self._lock:
            emulator, context = self._emulator, self._emulator.context
            return {
                "account": emulator.account,
                "region": emulator.default_region,
                "clock": {"now": iso(context.clock.now()), "frozen": context.clock.frozen},
                "latency": dict(emulator.instrument.latencies),
                "rate_limit": {
                    operation: {"per_second": limit.per_second, "burst": limit.burst}
                    for operation, limit in emulator.instrument.rate_limits.items()
                },
                "listing": asdict(context.listing),
                "durations": asdict(context.durations),
                "quotas": asdict(context.quotas),
                "behaviour": asdict(context.behaviour),
                "faults": [fault.describe() for fault in emulator.instrument.faults],
            }


def operation_name(value: Any) -> str:
    """An operation's name, or `*` for all."""
    return settings.choice("operation", value, {ANY, *description()["operations"]})
