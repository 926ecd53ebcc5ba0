"""Restore tests delivered twice, killed, and many at a time."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.function.properties.mortal import Died, mortal
from tests.function.restores import LONG, everything, made, restore, seed, tagged
from tests.function.watching import outcomes
from tests.support.world import START, World

CREATE = "CreateFileSystemFromBackup"


class Forgetful:
    """Each delivery in an execution environment of its own."""

    def __init__(self, world: World) -> None:
        self.world = world

    def handle(self, event: Any, context: Any) -> dict[str, Any]:
        return self.world.connect().handle(event, context)


@pytest.mark.parametrize(("minutes", "memory"), [(0, ""), (5, ""), (12, ""), (76, ""), (600, "kept")])
def test_delivered_twice_it_is_one_test(world: World, minutes: int, memory: str) -> None:
    """At once; while it is restored, held or deleted; and afterwards, where that is remembered."""
    target, *_ = seed(world)
    if not memory:
        world.function = Forgetful(world)  # type: ignore[assignment]
    world.fsx.control.durations(restore=600, deletion=300)
    message = world.restore(target, test={"hold_minutes": 60})
    world.send(message)
    world.settle(hours=minutes / 60)
    world.send(message)
    world.history(target, [0])  # a newer one
    world.settle()
    assert outcomes(world) == ["RESTORED", "RESTORE_PASSED"]
    assert sum(call["applied"] for call in world.fsx.control.calls(CREATE)) == 1
    assert not made(world)


def test_a_refusal_is_notified_once_where_it_is_remembered(world: World) -> None:
    """FSx has nothing to show for it. `Forgetful` would notify twice, as of a backup."""
    message = world.restore(world.fsx.seed_file_system())
    world.send(message)
    world.send(message)
    world.settle()
    assert outcomes(world) == ["RESTORE_FAILED"]


def test_another_message_takes_over_after_the_window(world: World) -> None:
    """The one that restored a backup is lost, or was moved back from the dead letters as a new one."""
    target, *_ = seed(world)
    message = world.restore(target)
    world.send(message)
    world.deliver()
    world.queue.records.clear()
    world.advance(hours=11)
    world.send(message)
    world.settle()
    assert len(made(world)) == 1
    world.advance(hours=2)
    world.send(message)
    world.settle()
    assert outcomes(world) == ["RESTORE_FAILED"]
    assert "whether it was available in time is unknown" in world.topic.mails[0].said
    assert not made(world)


TWICE = {("kept", 0): 1, ("kept", 60): 1, ("lost", 0): 2, ("lost", 60): 2}


def killed_after_the_second_message(world: World, hold: int = 0) -> str:
    """Before the first one is finished; the target."""
    target, *_ = seed(world)
    world.send(world.restore(target, test={"hold_minutes": hold}))
    fate = mortal(world)
    world.deliver()
    world.advance(minutes=1)
    fate.strike(3, after=True)
    with pytest.raises(Died):
        world.deliver()
    fate.revive()
    assert fate.calls[-1] == "send_message"
    return target


@pytest.mark.parametrize(("memory", "hold"), TWICE)
def test_killed_before_its_message_is_finished(world: World, memory: str, hold: int) -> None:
    """Notified at least once, and only once where that is remembered."""
    killed_after_the_second_message(world, hold)
    if memory == "lost":
        world.function = Forgetful(world)  # type: ignore[assignment]
    world.settle()
    assert Counter(outcomes(world)) == {"RESTORE_PASSED": TWICE[memory, hold]} | ({"RESTORED": 1} if hold else {})
    assert not made(world)


def test_killed_between_the_deletion_and_the_notification(world: World) -> None:
    target, *_ = seed(world)
    world.send(world.restore(target))
    world.deliver()
    world.advance(minutes=1)
    world.deliver()  # it is settled
    fate = mortal(world)
    fate.strike(2, after=True)
    with pytest.raises(Died):
        world.deliver()
    assert fate.calls[-1] == "DeleteFileSystem"
    mortal(world)
    world.settle()
    assert outcomes(world) == ["RESTORE_PASSED"]


def test_a_hundred_plans_in_the_same_hour(world: World) -> None:
    """Ten file systems at a time, an hour each; FSx throttles, and all are finished."""
    world.fsx.control.durations(restore=3600, deletion=60)
    world.fsx.control.quotas(file_systems=110)
    before = len(everything(world)) + 100
    for number in range(100):
        target, *_ = seed(world, plan=f"plan-{number}")
        world.send(world.restore(target, name=f"plan-{number}"))
    most = 0
    while world.queue.records and world.now < START + timedelta(hours=24):
        world.fsx.control.rate_limit(1, burst=60)
        while world.deliver():
            pass
        world.fsx.control.rate_limit(None)
        most = max(most, len(made(world)))
        world.advance(minutes=10)
    assert most == world.settings.max_restore_tests == 10
    assert Counter(outcomes(world)) == {"RESTORE_PASSED": 100}
    assert {mail.attributes["plan"] for mail in world.topic.mails} == {f"plan-{number}" for number in range(100)}
    assert len(everything(world)) == before
    assert any("Throttling" in call["outcome"] for call in world.fsx.control.calls("DescribeFileSystems"))


def test_one_that_never_gets_its_turn(world: World) -> None:
    target, *_ = seed(world)
    for _ in range(10):
        tagged(world, 1, plan="weekly", **LONG)
    mail = restore(world, target, test={"completion_window_minutes": 60})
    assert outcomes(world) == ["RESTORE_FAILED"]
    assert "The cause: 10 restore tests are in progress, as many as max_restore_tests allows." in mail.said
    assert len(made(world)) == 10
