"""Which backups go and which stay, with the reason for each. Pure: no calls, no clock.

The keep-rules have restic's `forget` semantics: per rule the newest backup of each period counts, from the newest
backwards; while a rule has counts left, the oldest backup is kept too, so that a young history is not cut short.
Source: restic's manual, "Removing backup snapshots".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from .model import (
    AVAILABLE,
    DEPLOYMENT_TAG,
    FAILED,
    HOLD_TAG,
    IN_PROGRESS,
    PLAN_TAG,
    USER_INITIATED,
    Backup,
    Plan,
    Retention,
    zone,
)

Period = tuple[object, ...]


@dataclass(frozen=True)
class Decision:
    """One backup's fate. `reasons`: every rule that keeps it, or why it goes. `odd`: people should look at it.

    `own` tells the plan's backups from the others of the same target, which are only looked at.
    """

    backup: Backup
    delete: bool
    reasons: tuple[str, ...]
    own: bool = True
    odd: bool = False


def decide(backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime) -> list[Decision]:
    """A decision per backup, newest first, independent of the order given. `now` has an offset."""
    ordered = sorted(backups, key=lambda backup: (backup.created is not None, backup.created or now, backup.id))
    ordered.reverse()
    good = [backup for backup in ordered if _counts(backup, plan, deployment, now)]
    rules = _kept_by_rules(good, plan.retention, zone(plan.timezone))
    decisions = []
    for backup in ordered:
        reasons = list(rules.get(backup.id, ()))
        untouchable, odd = _untouchable(backup, plan, deployment, now)
        if untouchable or backup.created is None:
            own = owned(backup, plan, deployment)
            decisions.append(Decision(backup, False, (untouchable, *reasons), own, odd))
            continue
        if now - backup.created <= timedelta(days=plan.retention.days):
            reasons.insert(0, f"not older than {plan.retention.days} days")
        if reasons:
            decisions.append(Decision(backup, delete=False, reasons=tuple(reasons)))
        else:
            gone = f"older than {plan.retention.days} days"
            gone += ", and it failed" if backup.lifecycle == FAILED else ", and no rule keeps it"
            decisions.append(Decision(backup, delete=True, reasons=(gone,)))
    return decisions


def owned(backup: Backup, plan: Plan, deployment: str) -> bool:
    """Made by this plan of this deployment, or a foreign one that the plan adopts by its tags."""
    if backup.type != USER_INITIATED or backup.source_backup_id is not None:
        return False
    if DEPLOYMENT_TAG in backup.tags:
        return backup.tags[DEPLOYMENT_TAG] == deployment and backup.tags.get(PLAN_TAG) == plan.name
    return bool(plan.adopt_tags) and _carries(backup, plan.adopt_tags)


def _untouchable(backup: Backup, plan: Plan, deployment: str, now: datetime) -> tuple[str, bool]:
    """Why a backup must not be touched, whatever its age (empty if it may be purged), and whether that is odd."""
    reason, odd = "", False
    if backup.type != USER_INITIATED:
        reason, odd = f"type {backup.type}, not a user-initiated backup", backup.type not in {"AUTOMATIC", "AWS_BACKUP"}
    elif backup.source_backup_id is not None:
        reason = f"a copy of {backup.source_backup_id}"
    elif not owned(backup, plan, deployment):
        reason = f"not owned by plan {plan.name} of {deployment}"
    elif backup.lifecycle in IN_PROGRESS:
        reason = f"still {backup.lifecycle}"
    elif backup.lifecycle not in {AVAILABLE, FAILED}:
        reason, odd = f"lifecycle {backup.lifecycle}", True
    elif backup.created is None:
        reason, odd = "no creation time", True
    elif backup.created > now:
        reason, odd = "creation time in the future", True
    elif HOLD_TAG in backup.tags:
        reason = f"held by the tag {HOLD_TAG}"
    elif not _carries(backup, plan.purge_tags):
        reason = "without the plan's purge_tags"
    return reason, odd


def _counts(backup: Backup, plan: Plan, deployment: str, now: datetime) -> bool:
    """Whether the keep-rules count a backup: owned, good, and with a time to count by. Held ones count."""
    timed = backup.created is not None and backup.created <= now
    return timed and backup.lifecycle == AVAILABLE and owned(backup, plan, deployment)


def _carries(backup: Backup, tags: Mapping[str, str]) -> bool:
    return all(backup.tags.get(key) == value for key, value in tags.items())


def _kept_by_rules(newest_first: list[Backup], retention: Retention, tz: tzinfo) -> dict[str, list[str]]:
    """Backup id -> the rules that keep it."""
    kept: dict[str, list[str]] = {}
    for rule, count, period in _rules(retention):
        left, last = count, None
        for position, backup in enumerate(newest_first):
            if left == 0:
                break
            assert backup.created is not None  # noqa: S101 - see _counts
            current = period(backup.created.astimezone(tz), backup)
            oldest = position == len(newest_first) - 1
            if current == last and not oldest:
                continue
            label = rule if current != last else f"{rule}, oldest"
            kept.setdefault(backup.id, []).append(label)
            last, left = current, left - 1
    return kept


def _rules(retention: Retention) -> list[tuple[str, int, Callable[[datetime, Backup], Period]]]:
    return [
        ("keep_last", retention.keep_last, lambda _, backup: (backup.id,)),
        # The offset tells the two hours apart that a clock set back shows twice.
        ("keep_hourly", retention.keep_hourly, lambda local, _: (local.date(), local.hour, local.utcoffset())),
        ("keep_daily", retention.keep_daily, lambda local, _: (local.date(),)),
        ("keep_weekly", retention.keep_weekly, lambda local, _: tuple(local.isocalendar())[:2]),
        ("keep_monthly", retention.keep_monthly, lambda local, _: (local.year, local.month)),
        ("keep_yearly", retention.keep_yearly, lambda local, _: (local.year,)),
    ]
