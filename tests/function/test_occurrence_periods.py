"""A backup counts for the hour, day, week and month of its scheduled time, however late it was made."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.world import World, new_world

MONTHS, NIGHTS = 12, 14


def last_days(count: int, zone: str) -> list[datetime]:
    """The last day of so many months at 23:00, local time."""
    firsts = [
        datetime(2025 + number // 12, number % 12 + 1, 1, 23, tzinfo=ZoneInfo(zone)) for number in range(count + 1)
    ]
    return [(first - timedelta(days=1)).astimezone(UTC) for first in firsts[1:]]


def nights(count: int, zone: str) -> list[datetime]:
    first = datetime(2026, 3, 15, 23, tzinfo=ZoneInfo(zone))  # over the change to summer time, in Europe
    return [(first + timedelta(days=number)).astimezone(UTC) for number in range(count)]


def play(occurrences: list[datetime], zone: str, seed: int, retention: dict[str, int]) -> list[str]:
    """Each occurrence is delivered within its flexible window; the scheduled times of the backups that are left."""
    chance = random.Random(seed)
    with new_world(now=occurrences[0] - timedelta(hours=1)) as world:
        world.fsx.control.durations(backup=0)
        target = world.fsx.seed_file_system("OPENZFS")
        for scheduled in occurrences:
            world.advance(seconds=(scheduled + timedelta(minutes=chance.randrange(120)) - world.now).total_seconds())
            message = world.message(
                target, timezone=zone, flexible_window_minutes=120, notify_on_success=False, retention=retention
            )
            world.send(message | {"scheduled_time": scheduled.strftime("%Y-%m-%dT%H:%M:%SZ")})
            world.settle(step=1)
        assert world.topic.mails == []
        return sorted(scheduled_times(world))


def scheduled_times(world: World) -> list[str]:
    return [
        tag["Value"]
        for backup in world.backups().values()
        for tag in backup["Tags"]
        if tag["Key"] == "fsx-backup:scheduled-time"
    ]


def written(occurrences: list[datetime]) -> list[str]:
    return [scheduled.strftime("%Y-%m-%dT%H:%M:%SZ") for scheduled in occurrences]


@pytest.mark.fault("late-occurrence")
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/New_York"])
def test_the_last_day_of_the_month_at_23_keeps_twelve_of_twelve_months(zone: str, seed: int) -> None:
    occurrences = last_days(MONTHS + 6, zone)
    left = play(occurrences, zone, seed, {"days": 1, "keep_last": 1, "keep_monthly": MONTHS})
    assert left == written(occurrences[-MONTHS:])


@pytest.mark.fault("late-occurrence")
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
def test_nightly_at_23_keeps_fourteen_of_fourteen_nights(zone: str, seed: int) -> None:
    occurrences = nights(NIGHTS + 6, zone)
    left = play(occurrences, zone, seed, {"days": 1, "keep_last": 1, "keep_daily": NIGHTS})
    assert left == written(occurrences[-NIGHTS:])


@pytest.mark.fault("late-occurrence")
def test_days_go_by_the_creation_time(world: World) -> None:
    """A backup that was made late is kept as long as any other from when it was made."""
    target = world.fsx.seed_file_system("OPENZFS")
    world.history(target, [0.1, 0.2, 0.3])
    late = (world.now - timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    [young] = world.history(target, [6.9], tags={"fsx-backup:scheduled-time": late})
    [old] = world.history(target, [7.1], tags={"fsx-backup:scheduled-time": late})
    world.invoke(world.message(target, action="purge") | {"dry_run": False})
    assert young in world.backups()
    assert old not in world.backups()


@pytest.mark.fault("late-occurrence")
@pytest.mark.parametrize("claim", ["2999-01-01T00:00:00Z", "yesterday", "2026-02-01", "0001-01-01T00:00:00Z", ""])
def test_a_tag_that_cannot_be_true_counts_for_nothing(world: World, claim: str) -> None:
    """The creation time stands in: two days are two days."""
    target = world.fsx.seed_file_system("OPENZFS")
    made = world.history(target, [1, 10, 20, 30], tags={"fsx-backup:scheduled-time": claim})
    world.invoke(
        world.message(target, action="purge", retention={"days": 1, "keep_last": 1, "keep_daily": 3})
        | {"dry_run": False}
    )
    assert world.backups().keys() == set(made[:3])
