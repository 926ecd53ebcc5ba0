"""How many backups there will be: each plan's retention policy, applied to what its own schedule will make. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .model import NoZoneData, Plan, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .health import Health
    from .schedule_expression import Schedule

FAR = timedelta(days=3_650)
MOST = 2_000  # backups of one plan that are counted
SECOND = timedelta(seconds=1)
# The rules of `retention` with the beginning of the period that a local time is in.
PERIODS: dict[str, Callable[[datetime], datetime]] = {
    "keep_last": lambda local: local,
    "keep_hourly": lambda local: local.replace(minute=0, second=0),
    "keep_daily": lambda local: local.replace(hour=0, minute=0, second=0),
    "keep_weekly": lambda local: (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0),
    "keep_monthly": lambda local: local.replace(day=1, hour=0, minute=0, second=0),
    "keep_yearly": lambda local: local.replace(month=1, day=1, hour=0, minute=0, second=0),
}


def kept(plan: Plan, schedule: Schedule, start: datetime, moment: datetime) -> int:
    """How many occurrences since `start` have a backup at `moment`, if each made one and every purge worked."""
    found = set()
    try:
        tz = zone(plan.timezone)
    except NoZoneData:
        tz = UTC
    last = schedule.until(moment)

    def walk(fired: datetime | None, earliest: datetime, count: int, floor: Callable[[datetime], datetime]) -> None:
        for _ in range(min(count, MOST)):
            if fired is None or fired < earliest:
                return
            found.add(fired)
            fired = schedule.until(floor(fired.astimezone(tz)).astimezone(UTC) - SECOND)

    walk(last, max(start, moment - timedelta(days=plan.retention.days)), MOST, PERIODS["keep_last"])
    for rule, floor in PERIODS.items():
        count = getattr(plan.retention, rule)
        walk(last, start, MOST if count == -1 else count, floor)
    return len(found)


def forecast(
    healths: Iterable[Health],
    types: Mapping[str, str],
    used: Mapping[str, int],
    quotas: Mapping[str, float],
    now: datetime,
) -> dict[str, dict[str, Any]]:
    """By file-system type: used, quota, what it will be at steady state, and the day when the quota is full, if ever.

    `types`: of the targets. A plan that fires no more keeps what it has.
    """
    constant = Counter(used)
    growing: dict[str, list[tuple[Health, datetime]]] = {}
    for health in healths:
        kind = types.get(health.target, "")
        made = [backup.created for backup in health.own if backup.created]
        if kind and health.entry and health.schedule and health.next(now):
            constant[kind] -= len(health.own)
            growing.setdefault(kind, []).append((health, min(made, default=now)))

    def at(kind: str, moment: datetime) -> int:
        # Plans of a fleet are mostly alike: those with the same schedule and policy are counted once.
        alike: Counter[tuple[Any, ...]] = Counter()
        first: dict[Any, tuple[Plan, Any, datetime]] = {}
        for health, start in growing.get(kind, []):
            assert health.entry  # noqa: S101 - see above
            key = (health.entry.expression, health.entry.timezone, health.entry.plan.retention, f"{start:%Y-%m-%d}")
            alike[key] += 1
            first.setdefault(key, (health.entry.plan, health.schedule, start))
        return constant[kind] + sum(count * kept(*first[key], moment) for key, count in alike.items())

    result: dict[str, dict[str, Any]] = {}
    for kind, quota in quotas.items():
        if kind not in growing and not used.get(kind):
            continue
        steady = at(kind, now + FAR)
        days, full = (0, FAR.days), None
        if steady > quota:
            while days[1] - days[0] > 1:
                middle = sum(days) // 2
                days = (days[0], middle) if at(kind, now + timedelta(days=middle)) > quota else (middle, days[1])
            full = f"{now + timedelta(days=days[1]):%Y-%m-%d}"
        result[kind] = {"used": used.get(kind, 0), "quota": quota, "steady": steady, "full": full}
    return result
