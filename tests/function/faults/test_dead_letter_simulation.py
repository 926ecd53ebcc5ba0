"""No message is a dead letter before its window ends: the receives that a message needs, whatever goes wrong."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.environments import Environments

if TYPE_CHECKING:
    from tests.support.world import World

ALLOWANCE = 60  # of the module's formula: so many receives more than one every twenty minutes
SQS_MOST = 1_000
LIFE_OF_A_MESSAGE = timedelta(days=14)
DAY = 1_440
WINDOWS = {"an hour": 60, "a day": DAY, "two days": 2 * DAY, "thirteen days": 13 * DAY}
FLEXIBLE = (0, DAY)


def allowed(longest_minutes: int, allowance: int = ALLOWANCE) -> int:
    """The queue's maxReceiveCount as the module computes it. `longest_minutes`: completion and flexible window."""
    return min(SQS_MOST, allowance + math.ceil(longest_minutes / 20))


def crashes(world: World, target: str) -> None:
    """Every delivery ends in an error, so that the visibility timeout brings the message back."""
    world.fsx.control.fault("AccessDenied", "DescribeBackups", times=None)


def runs_long(world: World, target: str) -> None:
    """The backup is polled all window long."""
    world.fsx.control.next_backup(target, "STUCK")


def is_busy(world: World, target: str) -> None:
    """Another backup is in progress for as long as the start window, then the plan's own."""
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")


def is_silent(world: World, target: str) -> None:
    """FSx does not respond: the shortest waits there are."""
    world.fsx.control.fault("http_503", "DescribeBackups", times=None)


def falls_silent(world: World, target: str) -> None:
    """FSx does not respond any more once the backup is made."""
    world.fsx.control.next_backup(target, "STUCK")
    world.fsx.control.fault("Throttling", "DescribeBackups", at=2, times=None)


TROUBLES = (crashes, runs_long, is_busy, is_silent, falls_silent)


@pytest.mark.fault("dead-letters")
@pytest.mark.parametrize("flexible", FLEXIBLE)
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_no_message_is_a_dead_letter_before_its_window_ends(
    world: World, trouble: Any, window: int, flexible: int
) -> None:
    """Nor before its outcome is notified, which may be an hour later where FSx does not respond."""
    longest = window + flexible
    world.queue.max_receives = allowed(longest)
    target = world.fsx.seed_file_system("LUSTRE")
    trouble(world, target)
    sent = world.now
    end = sent + timedelta(minutes=longest)
    world.send(
        world.message(
            target,
            flexible_window_minutes=flexible,
            start_window_minutes=window,
            completion_window_minutes=window,
        )
    )
    pool = Environments(world, count=3, life=timedelta(hours=2))
    pool.run(end)
    assert not world.queue.dead_letters
    inside = max(receives for _, receives in pool.deliveries)
    pool.run(end + timedelta(hours=3))
    assert not world.queue.dead_letters
    assert not world.queue.records
    needed = max(receives for _, receives in pool.deliveries)
    print(
        f"dead letters: {trouble.__name__} {longest=} {inside=} {needed=} allowance={needed - math.ceil(longest / 20)}"
    )
    outcomes = [mail.attributes["outcome"] for mail in world.topic.mails]
    assert outcomes[-1] in {"NOT_STARTED", "NOT_COMPLETED", "UNKNOWN"}
    assert pool.deliveries[-1][0] - sent < LIFE_OF_A_MESSAGE
