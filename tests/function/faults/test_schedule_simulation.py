"""Schedules that are quicker than their backups, for days: how many notifications, and what is skipped."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.environments import Environments
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from tests.support.world import World


def play(world: World, target: str, every: timedelta, days: float, pool: Environments, **plan: Any) -> int:
    """Fire a plan's schedule so often; the number of its occurrences."""
    end, occurrences = world.now + timedelta(days=days), 0
    while world.now < end:
        world.send(world.message(target, **plan))
        occurrences += 1
        firing = world.now + every
        pool.run(firing)
        world.advance(seconds=(firing - world.now).total_seconds())
    pool.run(world.now + timedelta(days=3))
    assert not world.queue.records
    assert not world.queue.dead_letters
    return occurrences


@pytest.mark.fault("quicker")
@pytest.mark.parametrize(("days", "start_window_minutes", "environments"), [(3, 60, 3), (2, 240, 3)])
def test_an_hourly_plan_whose_backups_take_three_hours_is_not_reported_each_hour(
    world: World, days: int, start_window_minutes: int, environments: int
) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    world.fsx.control.durations(backup=3 * 3600)
    world.fsx.control.listing(page_size=1000, short_pages=False)
    pool = Environments(world, environments, timedelta(hours=2))
    occurrences = play(
        world,
        target,
        timedelta(hours=1),
        days,
        pool,
        start_window_minutes=start_window_minutes,
        notify_on_success=False,
        retention={"days": 1},
    )
    made = sum(call["applied"] for call in world.fsx.control.calls("CreateBackup"))
    skipped = sum(world.cloudwatch.values("RunsSkipped", Deployment=DEPLOYMENT))
    completed = sum(world.cloudwatch.values("RunsCompleted", Deployment=DEPLOYMENT))
    outcomes = Counter(mail.attributes["outcome"] for mail in world.topic.mails)
    print(
        f"hourly, three-hour backups: {days=} {start_window_minutes=} {environments=} {occurrences=} {made=} "
        f"{skipped=:.0f} notifications a day={len(world.topic.mails) / days:g} {dict(outcomes)}"
    )
    assert occurrences == 24 * days
    assert world.topic.mails == []
    assert not pool.errors
    assert completed == made
    assert made >= days * 24 / 5, "one backup after another"
    assert skipped == occurrences - made


@pytest.mark.fault("quicker")
@pytest.mark.parametrize("blocked_minutes", [1, 200, 239, 240, 241, 300])
def test_a_weekly_plan_that_had_to_wait_is_never_skipped(world: World, blocked_minutes: int) -> None:
    """Neither when it got its turn, nor when it did not: a week without a backup is notified."""
    target = world.fsx.seed_file_system("OPENZFS")
    pool = Environments(world, 3, timedelta(hours=2))
    for _ in range(3):
        world.fsx.seed_backup(target, lifecycle="CREATING", ready_after=60 * blocked_minutes, backup_type="AUTOMATIC")
        play(world, target, timedelta(days=7), 7, pool, retention={"days": 90})
    assert not world.cloudwatch.values("RunsSkipped", Deployment=DEPLOYMENT)
    expected = "COMPLETED" if blocked_minutes <= 240 else "NOT_STARTED"
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == [expected] * 3


@pytest.mark.fault("quicker")
@pytest.mark.parametrize("block_hours", [1, 3, 5, 9])
@pytest.mark.parametrize("environments", [1, 3])
def test_after_a_block_one_backup_serves_all_occurrences_that_waited(
    world: World, block_hours: int, environments: int
) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    world.fsx.control.durations(backup=600)
    pool = Environments(world, environments, timedelta(hours=2))
    unblocked = world.now + timedelta(hours=block_hours, minutes=-10)
    world.fsx.seed_backup(target, lifecycle="CREATING", ready_after=3600 * block_hours - 600, backup_type="AUTOMATIC")
    occurrences = play(world, target, timedelta(hours=1), (block_hours + 3) / 24, pool)
    own = [backup for backup in world.backups().values() if backup["Type"] == "USER_INITIATED"]
    soon = [backup for backup in own if backup["CreationTime"] < unblocked + timedelta(minutes=75)]
    skipped = sum(world.cloudwatch.values("RunsSkipped", Deployment=DEPLOYMENT))
    outcomes = Counter(mail.attributes["outcome"] for mail in world.topic.mails)
    print(
        f"blocked: hours={block_hours} {environments=} {occurrences=} backups in 75 minutes={len(soon)} {skipped=:.0f}"
    )
    assert 1 <= len(soon) <= 3  # the one for all that waited, and the next two hours' own
    assert outcomes["COMPLETED"] == len(own)
    assert skipped + outcomes["COMPLETED"] + outcomes["NOT_STARTED"] == occurrences
    # Only those whose whole start window of four hours was blocked had no backup.
    assert outcomes["NOT_STARTED"] == max(0, block_hours - 4)
