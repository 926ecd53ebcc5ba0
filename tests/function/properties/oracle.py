"""The retention decision made another way: slow, set by set, sharing no code with the product but the data classes.

Written from the promises and from restic's manual; never from `retention.py`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from fsx_backup.model import Backup, Plan

# A creation time this far ahead of the function's clock is now.
SKEW = timedelta(minutes=10)

# Per rule the local time written so that two backups of one period give one text. %z tells the two hours apart that a
# clock set back shows twice; %G-%V is the ISO week.
FORMATS = {
    "keep_hourly": "%Y-%m-%d %H %z",
    "keep_daily": "%Y-%m-%d",
    "keep_weekly": "%G-%V",
    "keep_monthly": "%Y-%m",
    "keep_yearly": "%Y",
}


def is_own(backup: Backup, plan: Plan, deployment: str) -> bool:
    """Owned by the plan, by its marks or by adoption."""
    if backup.type != "USER_INITIATED" or backup.source_backup_id:
        return False
    pairs = set(backup.tags.items())
    if "fsx-backup:deployment" not in backup.tags:
        return plan.adopt_tags != {} and set(plan.adopt_tags.items()) <= pairs
    return {("fsx-backup:deployment", deployment), ("fsx-backup:plan", plan.name)} <= pairs


def counted(backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime) -> list[Backup]:
    """The backups that the rules count, newest first; of two from the same moment the greater id is the newer."""
    available = [b for b in backups if is_own(b, plan, deployment) and b.lifecycle == "AVAILABLE" and b.created]
    return sorted((b for b in available if not moment(b) - SKEW > now), key=lambda b: (moment(b), b.id), reverse=True)


def moment(backup: Backup) -> datetime:
    assert backup.created is not None
    return backup.created


def stands_for(backup: Backup) -> datetime:
    """The moment that a backup is the picture of: of its occurrence, if that can be said and is not after it."""
    text = backup.tags.get("fsx-backup:scheduled-time", "")
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return moment(backup)
    if said.tzinfo is None or said.year < 1970 or said > moment(backup):
        return moment(backup)
    return said


def kept_by_rules(backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime) -> dict[str, set[str]]:
    """Rule -> the ids it keeps: the newest of each of the last N periods, and the oldest while a count is left.

    `keep_last` goes by the creation, every rule of periods by what the backups stand for.
    """
    newest_first = counted(backups, plan, deployment, now)
    zone = ZoneInfo(plan.timezone)
    kept = {"keep_last": {b.id for b in newest_first[: _most(plan.retention.keep_last)]}}
    for rule, text in FORMATS.items():
        count = getattr(plan.retention, rule)
        periods = _periods(newest_first, zone, text).values()
        newest_of_each = sorted((max(members, key=_age_of) for members in periods), key=_age_of, reverse=True)
        kept[rule] = {b.id for b in newest_of_each[: _most(count)]}
        if newest_first and (count == -1 or len(newest_of_each) < count):
            kept[rule].add(min(newest_first, key=_age_of).id)
    return kept


def beside(backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime, made: Backup | None) -> set[str]:
    """The newest one that is not the run's own, which may be listed although it is gone."""
    others = [b.id for b in counted(backups, plan, deployment, now) if made and b.id != made.id]
    return set(others[:1])


def deleted(
    backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime, made: Backup | None = None
) -> set[str]:
    """The ids that must go, and no others."""
    backups = list(backups)
    wanted = beside(backups, plan, deployment, now, made).union(*kept_by_rules(backups, plan, deployment, now).values())
    limit = now - timedelta(days=plan.retention.days)
    return {
        b.id
        for b in backups
        if is_own(b, plan, deployment)
        and b.lifecycle in {"AVAILABLE", "FAILED"}
        and b.created is not None
        and b.created < limit
        and "FSX-BACKUP:HOLD" not in map(str.upper, b.tags)
        and set(plan.purge_tags.items()) <= set(b.tags.items())
        and b.id not in wanted
    }


def _age_of(backup: Backup) -> tuple[datetime, datetime, str]:
    return stands_for(backup), moment(backup), backup.id


def _most(count: int) -> int | None:
    return None if count == -1 else count


def _periods(newest_first: list[Backup], zone: ZoneInfo, text: str) -> dict[str, list[Backup]]:
    def period(backup: Backup) -> str:
        return stands_for(backup).astimezone(zone).strftime(text)

    return {key: list(members) for key, members in groupby(sorted(newest_first, key=period), period)}
