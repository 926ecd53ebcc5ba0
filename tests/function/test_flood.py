"""One cause under many plans: a crash is notified once per occurrence, identical errors once an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from fsx_backup.notifications import LIMITED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.world import World


@pytest.fixture
def targets(world: World) -> dict[str, str]:
    return {f"plan-{number}": world.fsx.seed_file_system("OPENZFS") for number in range(4)}


def crash(world: World, targets: dict[str, str], plans: Iterable[str]) -> None:
    """Deliver an occurrence of each plan, which crashes."""
    for plan in plans:
        world.send(world.message(targets[plan], name=plan))
        with pytest.raises(Exception, match=r".+"):
            world.deliver()


def subjects(world: World) -> list[str]:
    return [mail.subject.partition(" (")[0] for mail in world.topic.mails]


@pytest.mark.fault("flood")
def test_a_crash_is_notified_once_per_occurrence(world: World, targets: dict[str, str]) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    crash(world, targets, ["plan-0"])
    for _ in range(7):
        world.advance(minutes=30)
        with pytest.raises(ClientError):
            world.deliver()
    assert subjects(world) == ["plan-0: ERROR AccessDeniedException"]


@pytest.mark.fault("flood")
def test_a_crash_of_a_later_receive_in_a_new_environment_is_not_notified_again(
    world: World, targets: dict[str, str]
) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    crash(world, targets, ["plan-0"])
    for _ in range(3):
        world.advance(minutes=61)
        world.function = world.connect(world.fsx.client())
        with pytest.raises(ClientError):
            world.deliver()
    assert len(world.topic.mails) == 1


@pytest.mark.fault("flood")
def test_the_same_error_of_other_plans_is_not_sent_for_an_hour(world: World, targets: dict[str, str]) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    crash(world, targets, ["plan-0", "plan-1"])
    world.advance(minutes=59)
    crash(world, targets, ["plan-2"])
    assert subjects(world) == ["plan-0: ERROR AccessDeniedException"]
    world.queue.records.clear()
    world.advance(minutes=1)
    crash(world, targets, ["plan-3"])
    assert subjects(world) == ["plan-0: ERROR AccessDeniedException", "plan-3: ERROR AccessDeniedException"]
    for mail in world.topic.mails:
        assert LIMITED in mail.data["reason"]
        assert "filter outcome = 'ERROR'" in mail.text


@pytest.mark.fault("flood")
def test_another_error_is_sent(world: World, targets: dict[str, str]) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=1)
    crash(world, targets, ["plan-0"])
    world.fsx.control.fault("AccessDenied", "DescribeBackups", times=1)
    crash(world, targets, ["plan-1"])
    assert len(world.topic.mails) == 2
    assert "fsx:CreateBackup" in world.topic.mails[0].text
    assert "fsx:DescribeBackups" in world.topic.mails[1].text


@pytest.mark.fault("flood")
def test_an_error_whose_notification_failed_was_not_sent(world: World, targets: dict[str, str]) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    world.topic.broken = RuntimeError("The topic is gone.")
    crash(world, targets, ["plan-0"])
    world.topic.broken = None
    crash(world, targets, ["plan-1", "plan-2"])
    assert subjects(world) == ["plan-1: ERROR AccessDeniedException"]


@pytest.mark.fault("flood")
def test_outcomes_with_one_cause_are_limited_alike(world: World, targets: dict[str, str]) -> None:
    """FSx's silence under many plans is one notification, which says so."""
    world.fsx.control.fault("http_503", "DescribeBackups", times=None)
    for plan, target in targets.items():
        world.send(world.message(target, name=plan, start_window_minutes=30))
    world.settle()
    assert not world.queue.records
    assert subjects(world) == ["plan-0: backup NOT STARTED"] or len(subjects(world)) == 1
    assert LIMITED in world.topic.mails[0].data["reason"]


@pytest.mark.fault("flood")
def test_outcomes_with_causes_that_concern_one_plan_are_all_sent(world: World, targets: dict[str, str]) -> None:
    for plan, target in targets.items():
        world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
        world.send(world.message(target, name=plan, start_window_minutes=30))
    world.settle()
    assert sorted(subjects(world)) == [f"{plan}: backup NOT STARTED" for plan in targets]
    assert not any(LIMITED in mail.data["reason"] for mail in world.topic.mails)


@pytest.mark.fault("flood")
def test_a_direct_invocation_that_crashes_does_not_speak_of_retries(world: World, targets: dict[str, str]) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    with pytest.raises(ClientError):
        world.invoke(world.message(targets["plan-0"]))
    [mail] = world.topic.mails
    assert "The invocation failed and is not repeated." in mail.data["reason"]
    assert "then invoke the function again" in mail.text
    for words in ("dead-letter", "processed again", "resumes automatically"):
        assert words not in mail.text
    crash(world, targets, [])
    world.advance(hours=2)
    crash(world, targets, ["plan-1"])
    assert "processed again until its windows end" in world.topic.mails[1].said
    assert "Again  " not in world.topic.mails[1].text
