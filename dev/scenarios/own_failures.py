"""The failures that the function reports itself: what each plays on an applied deployment, and the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Stage(Protocol):
    """What the plays need of the applied deployment: FSx's control, and what stands for its plans and schedules."""

    control: Any

    def file_system(self) -> str: ...

    def history(self, plan: str, target: str, hours: float) -> str: ...

    def send(self, plan: str, target: str, *, seconds_ago: float = 0, action: str = "backup", **more: Any) -> None: ...


def backup_fails(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    stage.history(plan, target, 5)
    stage.control("next_backup", target_id=target, outcome="FAILED", message="The file system ran out of space.")
    stage.send(plan, target)


def file_system_deleted(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    stage.history(plan, target, 30)
    stage.control("remove", resource_id=target)
    stage.send(plan, target)


def quota_full(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    refuse(stage, "ServiceLimitExceeded", target)
    stage.send(plan, target)


def busy(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    stage.control("seed_backup", target_id=target, backup_type="AUTOMATIC", lifecycle="CREATING")
    stage.send(plan, target, seconds_ago=45, start_window_minutes=1)


def misconfigured(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    stage.control("set_lifecycle", resource_id=target, lifecycle="MISCONFIGURED_UNAVAILABLE")
    stage.send(plan, target, seconds_ago=45, start_window_minutes=1)


def silent(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    filters = [
        {"Name": "file-system-id", "Values": [target]},
        {"Name": "backup-type", "Values": ["USER_INITIATED"]},
    ]
    stage.control("fault", fault="http_503", operation="DescribeBackups", times=None, match={"Filters": filters})
    stage.send(plan, target, seconds_ago=55, start_window_minutes=1)


def stuck(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    stage.control("next_backup", target_id=target, outcome="STUCK")
    stage.send(plan, target, seconds_ago=45, start_window_minutes=1, completion_window_minutes=1)


def shortened_policy(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    for day in range(8):
        stage.history(plan, target, 24 * (10 + day))
    stage.send(plan, target, retention={"days": 1, "keep_last": 1, "max_deletes": 3})


def zone_without_data(stage: Stage, plan: str) -> None:
    stage.send(plan, stage.file_system(), timezone="Mars/Olympus")


def delete_denied(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    oldest = [stage.history(plan, target, 24 * (10 + day)) for day in range(3)][-1]
    stage.control("fault", fault="AccessDenied", operation="DeleteBackup", times=None, match={"BackupId": oldest})
    stage.send(plan, target, retention={"days": 1, "keep_last": 1})


def create_denied(stage: Stage, plan: str) -> None:
    target = stage.file_system()
    refuse(stage, "AccessDenied", target)
    stage.send(plan, target)


def refuse(stage: Stage, error: str, target: str) -> None:
    stage.control("fault", fault=error, operation="CreateBackup", times=None, match={"FileSystemId": target})


# Outcome, name, and what brings it about.
OWN_FAILURES: tuple[tuple[str, str, Callable[[Stage, str], None]], ...] = (
    ("FAILED", "FSx reports that the backup FAILED", backup_fails),
    ("FAILED", "the file system is deleted", file_system_deleted),
    ("FAILED", "the quota of backups is used up", quota_full),
    ("NOT_STARTED", "another backup was in progress until the start window ended", busy),
    ("NOT_STARTED", "the file system is misconfigured until the start window ended", misconfigured),
    ("NOT_STARTED", "FSx does not respond until the start window ended", silent),
    ("NOT_COMPLETED", "the backup never completed", stuck),
    ("PURGE_BLOCKED", "a shortened policy would delete too much", shortened_policy),
    ("PURGE_BLOCKED", "the function has no data for the time zone", zone_without_data),
    ("PARTIAL", "a delete is denied", delete_denied),
    ("ERROR", "access is denied on CreateBackup", create_denied),
)
