"""Which backups are purged and which are kept, with the reason for each. Pure: no calls, no clock.

The retention rules have restic's `forget` semantics: per rule the newest backup of each period counts, from the newest
backwards; while a rule has counts left, the oldest backup is kept too, so that a young history is not cut short.
Source: restic's manual, "Removing backup snapshots".
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from .model import (
    AVAILABLE,
    CLOCK_SKEW,
    DEPLOYMENT_TAG,
    FAILED,
    HOLD_TAG,
    IN_PROGRESS,
    RETENTION_TAG,
    SCHEDULED_TIME_TAG,
    USER_INITIATED,
    Backup,
    Plan,
    Retention,
    held,
    zone,
)

Period = tuple[object, ...]
FIRST_YEAR = 1970  # of Scheduler's expressions


@dataclass(frozen=True)
class Decision:
    """What happens to one backup. `reasons`: every rule that keeps it, or why it is purged. `odd`: worth a look.

    `own` tells the plan's backups from the others of the same target, which are only listed.
    """

    backup: Backup
    delete: bool
    reasons: tuple[str, ...]
    own: bool = True
    odd: bool = False


@dataclass(frozen=True)
class Selection:
    """What one run deletes, oldest first; what `max_deletes` blocks, and what it leaves to the next run."""

    now: tuple[Decision, ...] = ()
    blocked: tuple[Decision, ...] = ()
    later: tuple[Decision, ...] = ()


def select(decisions: Iterable[Decision], plan: Plan, used: int = 0) -> Selection:
    """Apply `max_deletes`, which tells a backlog from a policy that was changed by mistake.

    A backup that was made under the present policy was meant to be deleted about now: of those, as many as
    `max_deletes` are deleted in each run. Of backups made under another policy, or under none known, either all may
    be deleted in one run, or none. `used`: how many this run has deleted in earlier deliveries.
    """
    limit = plan.retention.max_deletes
    due = [decision for decision in decisions if decision.delete][::-1]
    unexpected = tuple(decision for decision in due if decision.backup.tags.get(RETENTION_TAG) != plan.policy)
    blocked = unexpected if len(unexpected) > limit else ()
    held_back = {decision.backup.id for decision in blocked}
    free = tuple(decision for decision in due if decision.backup.id not in held_back)
    left = max(0, limit - used)
    return Selection(free[:left], blocked, free[left:])


def long_due(backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime, runs: int = 3) -> frozenset[str]:
    """Ids of the backups that so many runs, this one included, wanted to delete.

    The plan's newest backups stand for its runs: what was due when the oldest of them was made has been due since.
    """
    known = list(backups)
    made = sorted((b.created for b in known if b.created and _counts(b, plan, deployment, now)), reverse=True)
    if len(made) < runs:
        return frozenset()
    then = made[runs - 1]
    decisions = decide([b for b in known if b.created and b.created <= then], plan, deployment, then)
    return frozenset(decision.backup.id for decision in decisions if decision.delete)


def decide(
    backups: Iterable[Backup],
    plan: Plan,
    deployment: str,
    now: datetime,
    made: Backup | None = None,
    *,
    pending: Collection[str] = (),
) -> list[Decision]:
    """A decision per backup, newest first, independent of the order given. `now` has an offset.

    `made` is the run's own backup. The newest other one is kept beside it: a listing may still show a backup that
    somebody deleted a moment ago. `pending`: ids of backups that wait to be copied.

    Raises NoZoneData where the plan's time zone cannot be loaded.
    """
    ordered = sorted(backups, key=lambda backup: (backup.created is not None, backup.created or now, backup.id))
    ordered.reverse()
    good = [backup for backup in ordered if _counts(backup, plan, deployment, now)]
    rules = _kept_by_rules(good, plan.retention, zone(plan.timezone))
    others = [backup for backup in good if made is not None and backup.id != made.id]
    for spare in others[:1]:
        rules.setdefault(spare.id, []).append("newest beside this run's own")
    for waiting in pending:
        rules.setdefault(waiting, []).append("waits to be copied")
    days, decisions = plan.retention.days, []
    age = f"older than {days} day{'s'[days == 1 :]}"
    for backup in ordered:
        reasons = list(rules.get(backup.id, ()))
        untouchable, odd = _untouchable(backup, plan, deployment, now)
        if untouchable or backup.created is None:
            own = owned(backup, plan, deployment)
            decisions.append(Decision(backup, False, (untouchable, *reasons), own, odd))
            continue
        if now - backup.created <= timedelta(days=days):
            reasons.insert(0, f"not {age}")
        if reasons:
            decisions.append(Decision(backup, delete=False, reasons=tuple(reasons)))
        else:
            why = "it failed" if backup.lifecycle == FAILED else "no rule keeps it"
            decisions.append(Decision(backup, delete=True, reasons=(f"{age}, and {why}",)))
    return decisions


def owned(backup: Backup, plan: Plan, deployment: str) -> bool:
    """Made by this plan of this deployment, or a foreign one that the plan adopts by its tags."""
    if DEPLOYMENT_TAG in backup.tags or not plan.adopt_tags:
        return backup.made_by(plan, deployment)
    return backup.type == USER_INITIATED and not backup.source_backup_id and _carries(backup, plan.adopt_tags)


def _untouchable(backup: Backup, plan: Plan, deployment: str, now: datetime) -> tuple[str, bool]:
    """Why a backup must not be touched, whatever its age (empty if it may be purged), and whether that is odd."""
    reason, odd = "", False
    if backup.type != USER_INITIATED:
        reason, odd = f"type {backup.type}, not a user-initiated backup", backup.type not in {"AUTOMATIC", "AWS_BACKUP"}
    elif backup.source_backup_id is not None and not plan.copied_from:
        reason = f"a copy of {backup.source_backup_id}"
    elif not owned(backup, plan, deployment):
        reason = f"not owned by plan {plan.name} of {deployment}"
    elif backup.lifecycle in IN_PROGRESS:
        reason = f"still {backup.lifecycle}"
    elif backup.lifecycle not in {AVAILABLE, FAILED}:
        reason, odd = f"lifecycle {backup.lifecycle}", True
    elif backup.created is None:
        reason, odd = "no creation time", True
    elif backup.created > now + CLOCK_SKEW:
        reason, odd = "creation time in the future", True
    elif held(backup.tags):
        reason = f"held by the tag {HOLD_TAG}"
    elif not _carries(backup, plan.purge_tags):
        reason = "without the plan's purge_tags"
    return reason, odd


def _counts(backup: Backup, plan: Plan, deployment: str, now: datetime) -> bool:
    """Whether the retention rules count a backup: owned, AVAILABLE, with a time to count by. Held ones count."""
    timed = backup.created is not None and backup.created <= now + CLOCK_SKEW
    return timed and backup.lifecycle == AVAILABLE and owned(backup, plan, deployment)


def _carries(backup: Backup, tags: Mapping[str, str]) -> bool:
    return all(backup.tags.get(key) == value for key, value in tags.items())


def _kept_by_rules(newest_first: list[Backup], retention: Retention, tz: tzinfo) -> dict[str, list[str]]:
    """Backup id -> the rules that keep it."""
    kept: dict[str, list[str]] = {}
    local = {backup.id: occurred(backup).astimezone(tz) for backup in newest_first}
    by_period = sorted(newest_first, key=lambda backup: (local[backup.id], backup.created, backup.id), reverse=True)
    for rule, count, period in _rules(retention):
        left, last = count, None
        for position, backup in enumerate(newest_first if rule == "keep_last" else by_period):
            if left == 0:
                break
            current = period(local[backup.id], backup)
            oldest = position == len(newest_first) - 1
            if current == last and not oldest:
                continue
            label = rule if current != last else f"{rule}, oldest"
            kept.setdefault(backup.id, []).append(label)
            last, left = current, left - 1
    return kept


def occurred(backup: Backup) -> datetime:
    """The time whose hour, day, week, month and year a backup stands for: the occurrence's, however late it was made.

    Without a tag that says it, or with one that cannot be (no time, or one after the creation), the creation time.
    """
    assert backup.created is not None  # noqa: S101 - see _counts
    try:
        scheduled = datetime.fromisoformat(backup.tags.get(SCHEDULED_TIME_TAG, ""))
    except ValueError:
        return backup.created
    plausible = scheduled.tzinfo is not None and scheduled.year >= FIRST_YEAR
    return min(scheduled, backup.created) if plausible else backup.created


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
