"""A backup that was not started: when that is notified, and that the true cause is named."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import DEFAULT, Mock

import pytest
from botocore.exceptions import ClientError

from fsx_backup.expansion import TRIES
from tests.function.watching import only

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.world import World

WINDOW = 30
PLAN: dict[str, Any] = {"start_window_minutes": WINDOW, "completion_window_minutes": 60}
SILENCE = ["http_500", "http_503", "timeout", "unreachable", "reset", "Throttling", "InternalServerError"]


def settle(world: World) -> float:
    """Deliver until the notification is there; the minutes that it took."""
    begin = world.now
    while not world.topic.mails:
        assert world.queue.records
        while world.deliver():
            pass
        if not world.topic.mails:
            world.advance(seconds=max(1.0, (world.queue.records[0].visible_at - world.now).total_seconds()))
    return (world.now - begin).total_seconds() / 60


@pytest.mark.fault("silence")
@pytest.mark.parametrize("fault", SILENCE)
@pytest.mark.parametrize("operation", ["DescribeBackups", "DescribeFileSystems", "CreateBackup"])
@pytest.mark.parametrize("new_environments", [False, True])
def test_silence_is_notified_when_the_start_window_ends(
    world: World, target: str, operation: str, fault: str, new_environments: bool
) -> None:
    old = world.history(target, [30, 31, 32, 33])
    world.fsx.control.fault(fault, operation, times=None)
    if new_environments:
        client, make = world.fsx.client(), world.connect
        world.function = type("Fresh", (), {"handle": lambda self, *event: make(client).handle(*event)})()
    world.send(world.message(target, **PLAN))
    assert WINDOW <= settle(world) <= WINDOW + 1
    mail = only(world)
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert "FSx did not respond, and the start window ended at 2026-03-01 04:30 UTC: " in mail.said
    assert "It is unknown whether a backup exists." in mail.said
    assert "in progress" not in mail.said
    assert not world.queue.records
    world.fsx.control.clear_faults()
    assert set(world.backups()) == set(old)


@pytest.mark.fault("silence")
@pytest.mark.parametrize("window", [1, 5, 240, 1440])
def test_it_is_notified_in_time_whatever_the_window(world: World, target: str, window: int) -> None:
    world.fsx.control.fault("Throttling", "DescribeBackups", times=None)
    world.send(world.message(target, start_window_minutes=window, completion_window_minutes=2880))
    assert window <= settle(world) <= window + 1
    assert "ThrottlingException: Rate exceeded" in only(world).text


@pytest.mark.parametrize("flexible", [15, 300])
def test_both_windows_count_from_the_end_of_the_flexible_window(world: World, target: str, flexible: int) -> None:
    """A delivery at the end of a flexible window that is longer than the start window is in time."""
    message = world.message(target, flexible_window_minutes=flexible, **PLAN)
    world.advance(minutes=flexible)
    world.send(message)
    world.settle()
    assert only(world).attributes["outcome"] == "COMPLETED"


def test_the_end_of_the_flexible_window_is_where_the_start_window_begins(world: World, target: str) -> None:
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
    world.send(world.message(target, flexible_window_minutes=300, **PLAN))
    assert 300 + WINDOW <= settle(world) <= 300 + WINDOW + 1
    assert "which ended at 2026-03-01 09:30 UTC" in only(world).text


# Cause -> what brings it about, what the message must say, and what it must not.
def busy(world: World, target: str) -> None:
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING", backup_id="backup-0a0a0a0a0a0a0a0a0")


def in_a_passing_state(world: World, target: str) -> None:
    world.fsx.control.fault("BadRequest", "CreateBackup", times=None, message="Not while it is being updated.")
    world.fsx.control.set_lifecycle(target, "UPDATING")


def conflict(world: World, target: str) -> None:
    world.fsx.control.fault("IncompatibleParameterError", "CreateBackup", times=None)


CAUSES: dict[str, tuple[Callable[[World, str], None], str]] = {
    "another backup": (busy, r"BackupInProgress: .*in progress on the target: backup-0a0a0a0a0a0a0a0a0 \(AUTOMATIC\)"),
    "a passing state": (in_a_passing_state, r"BadRequest: Not while it is being updated\. \(.* is UPDATING\)"),
    "a backup that is not listed": (conflict, r"FSx was asked for this backup already, but does not list it"),
}


@pytest.mark.fault("cause")
@pytest.mark.parametrize(("trouble", "words"), CAUSES.values(), ids=CAUSES)
def test_the_cause_is_the_true_one(world: World, target: str, trouble: Any, words: str) -> None:
    trouble(world, target)
    world.send(world.message(target, **PLAN))
    assert WINDOW <= settle(world) <= WINDOW + 1
    mail = only(world)
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert re.search(rf"The cause: {words}", mail.said)
    assert ("one backup of a target at a time" in mail.said) == (trouble is busy)


@pytest.mark.fault("cause")
def test_a_denial_is_named_where_it_was_seen(world: World, target: str) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
    world.send(world.message(target, **PLAN))
    with pytest.raises(ClientError):
        world.deliver()
    world.advance(hours=2)  # the first error was notified; this one is an hour later
    world.settle()
    mail = world.topic.mails[-1]
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert "The cause: CreateBackup AccessDeniedException: " in mail.said
    assert "one backup of a target at a time" not in mail.said


@pytest.mark.fault("cause")
def test_where_the_cause_is_not_known_none_is_invented(world: World, target: str) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    world.send(world.message(target, **PLAN))
    with pytest.raises(ClientError):
        world.deliver()
    world.advance(hours=2)
    world.function = world.connect(world.fsx.client())
    world.settle()
    assert (
        "This invocation does not know why the attempts before it failed: the log says it" in world.topic.mails[-1].text
    )
    assert "The cause:" not in world.topic.mails[-1].text


@pytest.mark.fault("cause")
def test_a_message_that_came_too_late_says_so(world: World, target: str) -> None:
    world.send(world.message(target, **PLAN))
    world.advance(minutes=WINDOW + 45)
    world.settle()
    assert "The cause: the message was first delivered 45 minutes after the window had ended" in only(world).text
    assert not world.backups()


TAGS = {"Backup": "daily"}


def fleet(world: World, **more: Any) -> tuple[set[str], dict[str, Any]]:
    targets = {world.fsx.seed_file_system("LUSTRE", tags=TAGS) for _ in range(3)}
    return targets, world.message("", name="all", target_tags=TAGS, **PLAN, **more)


@pytest.mark.fault("cause")
@pytest.mark.parametrize(("seconds", "started"), [(60, 3), (61, 0)])
@pytest.mark.parametrize("action", ["backup", "start"])
def test_a_fleets_message_that_came_too_late_is_one_notification(
    world: World, action: str, seconds: int, started: int
) -> None:
    _, message = fleet(world, action=action)
    world.send(message)
    world.advance(minutes=WINDOW, seconds=seconds)
    world.deliver()
    assert len(world.queue.records) == started
    if not started:
        assert "Not every target's backup was started within the start window of 30 minutes" in only(world).said
        assert "first delivered 1 minutes after the window had ended" in only(world).said
        assert len(world.invoke(message | {"dry_run": True})["targets"]) == 3
        world.send(message | {"action": "purge", "dry_run": False})
        world.deliver()
        assert len(world.queue.records) == 3


@pytest.mark.fault("cause")
def test_a_fleets_message_that_crashed_before_says_that_some_targets_may_have_it(world: World) -> None:
    _, message = fleet(world)
    world.queue.refuse = 3 * TRIES
    world.send(message)
    with pytest.raises(RuntimeError, match="SQS did not take"):
        world.deliver()
    world.advance(hours=2)  # within an hour the error is not notified again
    world.deliver()
    assert "Not every target's backup was started within" in world.topic.mails[-1].said
    assert "The cause: RuntimeError: SQS did not take" in world.topic.mails[-1].said


@pytest.mark.parametrize("times", [1, 2])
def test_a_notification_that_failed_is_not_the_cause(
    world: World, target: str, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    failures = [
        ClientError({"Error": {"Code": "InternalError"}}, "Publish")
    ] * times  # one, or its own notification's too
    monkeypatch.setattr(
        world.topic, "publish", Mock(wraps=world.topic.publish, side_effect=[*failures, *[DEFAULT] * 9])
    )
    world.fsx.control.fault("BackupInProgress", "CreateBackup", times=None)
    world.send(world.message(target, **PLAN))
    while world.queue.records:
        with suppress(ClientError):
            world.deliver()
        world.advance(minutes=1)
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["ERROR", "NOT_STARTED"][times - 1 :]
    assert "The cause: BackupInProgress" in world.topic.mails[-1].said
    assert "move the schedule" in world.topic.mails[-1].said


def test_what_was_created_after_the_scheduled_time_was_no_target_then(world: World) -> None:
    targets, message = fleet(world)
    early = {**message, "scheduled_time": "2026-03-01T03:59:59Z"}
    world.send(message)
    world.advance(seconds=0.5)  # scheduled times are whole seconds
    targets |= fleet(world)[0]
    world.advance(minutes=1)
    later, _ = fleet(world)
    world.deliver()
    assert {json.loads(record.body)["target"] for record in world.queue.records} == targets
    assert set(world.invoke(early | {"action": "start"})["targets"]) == targets | later
    world.queue.records.clear()
    world.send(early)
    world.deliver()
    assert not world.queue.records
    assert "Others carry the tags: 9 created after the scheduled time." in only(world).said


@pytest.mark.fault("silence")
@pytest.mark.parametrize("operation", ["CreateBackup", "DescribeFileSystems", "DescribeBackups"])
@pytest.mark.parametrize("minutes_before", [12, 5, 1, 0])
def test_the_start_window_is_used_to_its_end(world: World, target: str, operation: str, minutes_before: int) -> None:
    message = world.message(target, start_window_minutes=240)
    world.send(message)
    world.fsx.control.fault("Throttling", operation, times=None)
    free = world.now + timedelta(minutes=240 - minutes_before)
    while world.queue.records[0].visible_at < free:
        world.advance(seconds=(world.queue.records[0].visible_at - world.now).total_seconds())
        world.deliver()
    world.fsx.control.clear_faults()
    world.settle()
    assert only(world).attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("after-window")
@pytest.mark.parametrize("fault", ["http_503", "timeout", "Throttling", "BadRequest"])
@pytest.mark.parametrize("minutes", [1, 55])
@pytest.mark.parametrize("environment", [(60, False), (120, True)], ids=["the same", "a new one"])
def test_an_error_after_the_completion_window_is_not_an_incomplete_backup(
    world: World, target: str, fault: str, minutes: int, environment: tuple[int, bool]
) -> None:
    completion, new_environment = environment
    world.history(target, [1, 2, 3])
    old = world.history(target, [30, 31])
    world.send(world.message(target, **PLAN | {"completion_window_minutes": completion}))
    world.deliver()
    world.fsx.control.fault(fault, "DescribeBackups", times=None)
    if new_environment:
        world.function = world.connect(world.fsx.client())
    world.advance(minutes=completion + 1)
    end = world.now + timedelta(minutes=minutes)
    world.settle(hours=minutes / 60)
    assert not world.topic.mails
    assert world.now >= end
    world.fsx.control.clear_faults()
    world.settle()
    assert only(world).attributes["outcome"] == "COMPLETED"
    assert not set(old) & set(world.backups())


@pytest.mark.fault("after-window")
@pytest.mark.parametrize("fault", ["Throttling", "AccessDenied"])
def test_silence_an_hour_after_the_completion_window_is_an_unknown_state(world: World, target: str, fault: str) -> None:
    old = world.history(target, [30, 31, 32, 33])
    world.send(world.message(target, **PLAN))
    world.deliver()
    world.fsx.control.fault(fault, "DescribeBackups", times=None)
    world.advance(minutes=60 + 61)
    world.settle()
    mail = only(world)
    assert mail.attributes["outcome"] == "UNKNOWN"
    assert "the completion window ended at 2026-03-01 05:00 UTC" in mail.said
    assert "It is unknown whether a backup exists." in mail.said
    assert "NOT COMPLETED" not in mail.said
    world.fsx.control.clear_faults()
    assert set(old) < set(world.backups())
