"""What a listing says of the health of a plan, and of a deployment. Pure: no calls, no clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .model import AVAILABLE, CLOCK_SKEW, DEPLOYMENT_TAG, FAILED, IN_PROGRESS, PLAN_TAG, USER_INITIATED
from .retention import owned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from .model import Backup, Plan

# AWS Backup's backups fill the same quota as user-initiated ones; automatic ones do not count.
COUNTED_TYPES = (USER_INITIATED, "AWS_BACKUP")
WARNING_PERCENT = 80


@dataclass(frozen=True)
class Health:
    """A plan's own backups, counted. `size`: bytes of those whose size FSx tells, None if it tells none."""

    newest: Backup | None
    age_hours: float | None
    good: int
    failed: int
    in_progress: int
    size: int | None


@dataclass(frozen=True)
class Survey:
    """A whole deployment: backups whose plan and target no plan has, by both; the account's backups, by type."""

    orphans: Mapping[str, int]
    used: Mapping[str, int]


def newest_available(backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime) -> Backup | None:
    """The backup that one would restore from. Without a creation time, or with a future one, its age is unknown."""
    available = [
        (backup.created, backup.id, backup)
        for backup in backups
        if backup.lifecycle == AVAILABLE
        and backup.created
        and backup.created <= now + CLOCK_SKEW
        and owned(backup, plan, deployment)
    ]
    return max(available)[2] if available else None


def health(backups: Collection[Backup], plan: Plan, deployment: str, now: datetime) -> Health:
    """Measure one plan."""
    own = [backup for backup in backups if owned(backup, plan, deployment)]
    newest = newest_available(own, plan, deployment, now)
    lifecycles = Counter(backup.lifecycle for backup in own)
    sizes = [backup.size for backup in own if backup.size is not None]
    return Health(
        newest=newest,
        age_hours=max(0.0, (now - newest.created).total_seconds() / 3600) if newest and newest.created else None,
        good=lifecycles[AVAILABLE],
        failed=lifecycles[FAILED],
        in_progress=sum(lifecycles[lifecycle] for lifecycle in IN_PROGRESS),
        size=sum(sizes) if sizes else None,
    )


def survey(backups: Iterable[Backup], deployment: str, plans: Mapping[str, str | None]) -> Survey:
    """Measure a deployment with these plans and their targets, out of all backups of the account and Region."""
    orphans: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for backup in backups:
        used[backup.file_system_type] += backup.type in COUNTED_TYPES
        # A copy carries the tags of its source and belongs to whoever made it.
        mine = backup.tags.get(DEPLOYMENT_TAG) == deployment and backup.source_backup_id is None
        name = backup.tags.get(PLAN_TAG, "")
        if mine and backup.type == USER_INITIATED and not (name in plans and plans[name] in {None, backup.target_id}):
            orphans[f"{name} ({backup.target_id})"] += 1
    return Survey(dict(orphans), dict(used))


def nearly_full(used: Mapping[str, int], quotas: Mapping[str, float]) -> dict[str, float]:
    """Percent of the quota in use, of the file-system types that reach the warning."""
    percents = percent_used(used, quotas)
    return {kind: percent for kind, percent in percents.items() if percent >= WARNING_PERCENT}


def percent_used(used: Mapping[str, int], quotas: Mapping[str, float]) -> dict[str, float]:
    """Percent of the quota in use, by file-system type. A type that is new to this code has no quota to compare."""
    return {kind: 100 * used.get(kind, 0) / quota for kind, quota in sorted(quotas.items()) if quota > 0}
