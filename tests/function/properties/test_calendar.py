"""Two years of hourly backups, purged as they come: what is left is what the calendar says.

The expected set never looks at backups: it walks the calendar back from the present, period by period, and asks for
the last full hour of each. The purge meanwhile sees only what earlier purges left.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from fsx_backup.model import Backup, Plan, Retention, Target
from fsx_backup.retention import decide

FIRST = datetime(2027, 7, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURS = 2 * 366 * 24
# Where calendars are odd, purged every hour for two days: changes of the clock, the leap day, years' ends, a week that
# belongs to another year than its days. Elsewhere every 29 hours, which comes by every hour of the day.
ODD_DAYS = [date(2027, 12, 31), date(2028, 1, 2), date(2028, 2, 29), date(2029, 1, 1)]
CHANGES = {
    "Europe/Paris": [date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29), date(2029, 3, 25)],
    "America/New_York": [date(2027, 11, 7), date(2028, 3, 12), date(2028, 11, 5), date(2029, 3, 11)],
    "Australia/Lord_Howe": [date(2027, 10, 3), date(2028, 4, 2), date(2028, 10, 1), date(2029, 4, 1)],
}
POLICIES = {
    "every rule": Retention(1, 3, keep_hourly=30, keep_daily=7, keep_weekly=5, keep_monthly=4, keep_yearly=2),
    "unlimited months": Retention(2, 1, keep_daily=14, keep_monthly=-1),
    "counts left": Retention(1, 1, keep_weekly=60, keep_yearly=9),
    "days alone": Retention(3),
}


def start_of(rule: str, day: date) -> date:
    """The first day of the period that holds a day."""
    match rule:
        case "keep_weekly":
            return day - timedelta(days=day.weekday())
        case "keep_monthly":
            return day.replace(day=1)
        case "keep_yearly":
            return day.replace(month=1, day=1)
    return day


def last_hours(rule: str, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The last full hour (UTC) of each period, backwards from now, as long as there were backups."""
    last, day = now, now.astimezone(zone).date()
    while last >= FIRST:
        yield last
        start = start_of(rule, day)
        midnight = datetime(start.year, start.month, start.day, tzinfo=zone).astimezone(UTC)
        before = midnight - timedelta(microseconds=1)
        last, day = before.replace(minute=0, second=0, microsecond=0), start - DAY


def expected(policy: Retention, now: datetime, zone: ZoneInfo) -> set[datetime]:
    """Which hours' backups are to be left."""
    for_rules = {
        "keep_daily": policy.keep_daily,
        "keep_weekly": policy.keep_weekly,
        "keep_monthly": policy.keep_monthly,
        "keep_yearly": policy.keep_yearly,
    }
    # Each hour has one backup, so the last so many hours are the last so many backups.
    youngest = max(policy.keep_last, policy.keep_hourly, policy.days * 24 + 1)
    kept = {now - n * HOUR for n in range(youngest)}
    for rule, count in for_rules.items():
        hours = list(last_hours(rule, now, zone)) if count else []
        kept |= set(hours if count == -1 else hours[:count])
        if count == -1 or len(hours) < count:
            kept.add(FIRST)  # a young history is not cut short
    return {hour for hour in kept if hour >= FIRST}


def purges(zone: ZoneInfo) -> Iterator[tuple[int, datetime]]:
    for n in range(HOURS):
        now = FIRST + n * HOUR
        day = now.astimezone(zone).date()
        if n % 29 == 0 or any(timedelta(0) <= day - odd <= DAY for odd in ODD_DAYS + CHANGES[zone.key]):
            yield n, now


@pytest.mark.fault("clocks")
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_left_after_two_years_of_purges_is_what_the_calendar_says(name: str, policy: str) -> None:
    zone = ZoneInfo(name)
    plan = Plan("home", Target("fs-0123456789abcdef0"), retention=POLICIES[policy], timezone=name)
    tags = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "home"}
    left: list[Backup] = []
    born = checked = 0
    for n, now in purges(zone):
        while born <= n:
            moment = FIRST + born * HOUR
            left.append(Backup(f"backup-{born:017x}", "AVAILABLE", "USER_INITIATED", moment, tags))
            born += 1
        left = [decision.backup for decision in decide(left, plan, "prod", now) if not decision.delete]
        assert {backup.created for backup in left} == expected(POLICIES[policy], now, zone), f"at {now}"
        checked += 1
    assert checked > 900


@pytest.mark.parametrize("name", CHANGES)
def test_the_years_hold_what_they_are_chosen_for(name: str) -> None:
    """Both changes of the clock twice, on the days that are purged every hour, and a leap day."""
    hours = [(FIRST + n * HOUR).astimezone(ZoneInfo(name)) for n in range(HOURS)]
    changed = [now.date() for before, now in pairwise(hours) if before.utcoffset() != now.utcoffset()]
    assert changed == CHANGES[name]
    assert date(2028, 2, 29) in {hour.date() for hour in hours}
