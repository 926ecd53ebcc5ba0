"""Service quotas. Pure.

Source: the quota pages of the four FSx user guides. All are per account and Region; AWS_BACKUP backups
and copies count as user-initiated ones do, automatic backups do not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.records import Backup

COUNTED_TYPES = frozenset({"USER_INITIATED", "AWS_BACKUP"})


@dataclass(frozen=True)
class Quotas:
    """How many of each are allowed; `backups` is by file system type."""

    windows_backups: int = 500
    lustre_backups: int = 500
    openzfs_backups: int = 10_000
    ontap_backups: int = 10_000
    copies_in_progress: int = 5
    ontap_copies: int = 1_000
    file_systems: int = 100
    volumes_per_file_system: int = 500

    def backups(self, file_system_type: str) -> int:
        """The quota of user-initiated backups for one file system type."""
        allowed: int = getattr(self, f"{file_system_type.lower()}_backups")
        return allowed


def check_backups(quotas: Quotas, existing: Iterable[Backup], file_system_type: str) -> None:
    """Room for one more user-initiated backup?

    Raises:
        ServiceError: ServiceLimitExceeded, Limit TOTAL_USER_INITIATED_BACKUPS.
    """
    used = sum(
        backup.file_system_type == file_system_type and backup.backup_type in COUNTED_TYPES for backup in existing
    )
    _check(used, quotas.backups(file_system_type), "TOTAL_USER_INITIATED_BACKUPS")


def check_copies(quotas: Quotas, existing: Iterable[Backup], now: float, volume_id: str | None, key: str) -> None:
    """Room for one more copy to this Region? Limit TOTAL_IN_PROGRESS_COPY_BACKUPS; of a volume's per volume and key,
    beside TOTAL_USER_INITIATED_BACKUPS for all copies of volumes."""
    copying = [backup for backup in existing if backup.source_backup_id]
    if volume_id:
        _check(sum(bool(c.volume_id) for c in copying), quotas.ontap_copies, "TOTAL_USER_INITIATED_BACKUPS")
    alike = [c for c in copying if c.volume_id == volume_id and (volume_id is None or c.kms_key_id == key)]
    used = sum(backup.lifecycle(now) == "COPYING" for backup in alike)
    _check(used, quotas.copies_in_progress, "TOTAL_IN_PROGRESS_COPY_BACKUPS")


def check_file_systems(quotas: Quotas, used: int) -> None:
    """Room for one more file system? Limit FILE_SYSTEM_COUNT."""
    _check(used, quotas.file_systems, "FILE_SYSTEM_COUNT")


def check_volumes(quotas: Quotas, used: int) -> None:
    """Room for one more volume on a file system? Limit VOLUMES_PER_FILE_SYSTEM."""
    _check(used, quotas.volumes_per_file_system, "VOLUMES_PER_FILE_SYSTEM")


def _check(used: int, allowed: int, limit: str) -> None:
    if used >= allowed:
        raise ServiceError("ServiceLimitExceeded", f"The limit of {allowed} is reached: {limit}.", {"Limit": limit})
