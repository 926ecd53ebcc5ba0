"""LATE and RECOVERED: once each, whatever it is that makes a plan late."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from fsx_backup.values import InvalidEvent
from tests.function.watching import late_plans, outcomes, pass_hours, silence
from tests.support.world import DEPLOYMENT, START, World

TAGS = {"Backup": "daily"}
DAILY = "cron(0 4 * * ? *)"


# What happens to a plan that is OK at 04:07 -> whether its lateness begins at a moment that nobody can compute.
def fsx_is_silent(world: World) -> None:
    pass_hours(world, 7.5)
    silence(world, "InternalServerError", "DescribeFileSystems")
    pass_hours(world, 4)
    world.fsx.control.clear_faults()


def the_newest_backup_is_deleted(world: World) -> None:
    pass_hours(world, 6)
    for backup_id in world.backups():
        world.fsx.client().delete_backup(BackupId=backup_id)


def the_schedule_is_deleted(world: World) -> None:
    del world.scheduler.schedules[DEPLOYMENT, "home"]


def a_backup_begins_and_fails(world: World) -> None:
    pass_hours(world, 8)
    [target] = {backup["FileSystem"]["FileSystemId"] for backup in world.backups().values()}
    world.fsx.control.next_backup(target, "FAILED")
    world.fsx.control.durations(backup=2400)
    world.invoke({"action": "start", "plan": "home"})
    pass_hours(world, 0.5)
    assert late_plans(world)[-1] == 0


@pytest.mark.parametrize(
    "happens", [fsx_is_silent, the_newest_backup_is_deleted, the_schedule_is_deleted, a_backup_begins_and_fails]
)
def test_who_becomes_late_at_an_unknown_moment_is_notified_once(
    world: World, target: str, happens: Callable[[World], None]
) -> None:
    world.send(world.schedule(target, notify_on_success=False))
    world.settle()
    world.advance(minutes=7)
    happens(world)
    pass_hours(world, 30)
    [mail] = [mail for mail in world.topic.mails if mail.attributes["outcome"] != "FAILED"]
    assert mail.attributes["outcome"] == "LATE"
    assert "home" in mail.subject


@pytest.mark.parametrize("limit", [None, 6])
def test_one_outage_is_one_alert(world: World, target: str, limit: int | None) -> None:
    """Late by the next start window, too old, late by the completion window: all the same to the recipient."""
    world.send(world.schedule(target, notify_on_success=False, max_backup_age_hours=limit))
    world.settle()
    world.advance(minutes=7)
    pass_hours(world, 23.5)
    world.fsx.control.durations(backup=3 * 3600)
    world.invoke({"action": "backup", "plan": "home"})
    pass_hours(world, 2)
    assert late_plans(world)[-1] == 1  # a backup that is under way ends nothing
    pass_hours(world, 3)
    world.settle()
    assert outcomes(world) == ["LATE", "RECOVERED"]


def test_a_plan_with_a_backup_under_way_has_recovered(world: World, target: str) -> None:
    """Plans whose backups take most of their interval are RUNNING at nearly every poll."""
    world.schedule(target, notify_on_success=False)
    pass_hours(world, 12)
    world.fsx.control.durations(backup=3 * 3600)
    for _ in range(3):
        world.invoke({"action": "backup", "plan": "home"})
        pass_hours(world, 4)
    assert outcomes(world) == ["LATE", "RECOVERED"]


def test_without_the_previous_figure_what_is_computed_is_notified(world: World, target: str) -> None:
    world.send(world.schedule(target, notify_on_success=False))
    world.settle()
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricStatistics")
    world.cloudwatch.get_metric_statistics = Mock(side_effect=denied)  # type: ignore[method-assign]
    pass_hours(world, 24)
    assert outcomes(world) == ["LATE"]


def test_a_fleet_that_lost_its_targets_is_late_from_its_next_backup_on(world: World) -> None:
    target = world.fsx.seed_file_system("OPENZFS", tags=TAGS)
    message = world.schedule("", target_tags=TAGS, expression="cron(0 4 ? * SUN *)", notify_on_success=False)
    for week in range(3):
        world.advance(seconds=(START + timedelta(weeks=week) - world.now).total_seconds())
        world.send({**message, "scheduled_time": f"{world.now:%Y-%m-%dT%H:%M:%SZ}"})
        world.settle()
    world.advance(days=2)
    world.fsx.control.remove(target)
    world.check()
    assert late_plans(world) == [0]
    world.advance(days=7)
    world.check()
    assert late_plans(world) == [0, 1]


def test_one_late_target_is_backed_up_again_alone(world: World) -> None:
    targets = [world.fsx.seed_file_system("OPENZFS", tags=TAGS) for _ in range(2)]
    world.send(world.schedule("", target_tags=TAGS, notify_on_success=False))
    world.settle()
    world.advance(hours=4)
    for target in targets[1:]:
        world.invoke({"action": "backup", "plan": "home", "target": target})
    pass_hours(world, 9)
    [mail] = world.topic.mails
    assert f'"target":"{targets[0]}"' in mail.text


def test_a_volume_that_cannot_be_backed_up_any_more_is_named_and_late(world: World) -> None:
    """By its own tags, as it is while it is restored."""
    system = world.fsx.seed_file_system("ONTAP")
    volume = world.fsx.seed_volume(system, tags=TAGS, configuration={"OntapVolumeType": "DP"})
    world.schedule("", target_tags=TAGS)
    world.history(volume, [0])
    assert world.invoke({"action": "status"})["fleets"]["home"]["unfit"] == [volume]
    pass_hours(world, 13)
    assert volume in world.topic.mails[0].text


def changed(world: World, target: str, expression: str) -> None:
    world.schedule(target, expression=expression, notify_on_success=False, retention={"days": 14})


def removed(world: World, target: str, expression: str) -> None:
    del world.scheduler.schedules[DEPLOYMENT, "home"]
    world.schedule(target, name="other", expression=expression)
    world.history(target, [0.01], plan="other")


def paused(world: World, target: str, expression: str) -> None:
    world.schedule(target, expression=expression, notify_on_success=False, state="DISABLED", enabled=False)


@pytest.mark.parametrize("expression", [DAILY, "rate(1 day)"])
@pytest.mark.parametrize("happens", [changed, removed, paused])
def test_an_apply_is_no_backup(
    world: World, target: str, happens: Callable[[World, str, str], None], expression: str
) -> None:
    """What was due before a schedule's last change does not count, but it was missing all the same."""
    world.send(world.schedule(target, expression=expression, notify_on_success=False))
    world.settle()
    world.advance(minutes=7)
    pass_hours(world, 72)
    assert late_plans(world)[-1] == 1
    happens(world, target, expression)
    pass_hours(world, 12)
    world.settle(hours=8)
    if happens is changed:
        assert outcomes(world) == ["LATE"]
        world.send(world.message(target, notify_on_success=False))
        world.settle(hours=8)
        assert "- home: OK again, late since 2026-03-03T04:0" in world.topic.mails[-1].text
    else:
        assert late_plans(world)[-1] == 0
        assert "home no longer late" in world.topic.mails[-1].subject
        assert f"- home: {happens.__name__}, late since" in world.topic.mails[-1].text
    assert outcomes(world) == ["LATE", "RECOVERED"]


@pytest.mark.parametrize("seconds", [0, 70, 600])
def test_a_check_that_comes_late_alerts_once(world: World, target: str, seconds: int) -> None:
    """What becomes late between a check's due time and its delivery is the next one's."""
    world.send(world.schedule(target, notify_on_success=False))
    world.settle()
    world.advance(seconds=(START + timedelta(minutes=30) - world.now).total_seconds())
    while world.now < START + timedelta(hours=16):
        due = world.now
        world.advance(seconds=seconds)
        world.check(scheduled_time=f"{due:%Y-%m-%dT%H:%M:%SZ}")
        world.advance(minutes=30, seconds=-seconds)
    assert outcomes(world) == ["LATE"]


def test_the_command_to_try_again_is_one_that_works(world: World, target: str) -> None:
    """The function reads a plan from its schedule. Of several plans none is more than the others."""
    for name in ("home", "db"):
        world.send(world.schedule(target, name=name, notify_on_success=False))
    world.settle()
    world.advance(minutes=7)
    del world.scheduler.schedules[DEPLOYMENT, "home"]
    world.check()
    [missing] = world.topic.mails
    assert "1 plan has no recent backup, or a schedule that is missing or disabled." in missing.said
    assert "Again " not in missing.text
    with pytest.raises(InvalidEvent, match="The schedule of plan home in deployment prod is missing: apply the module"):
        world.invoke({"action": "backup", "plan": "home"})
    world.schedule(target, notify_on_success=False)
    pass_hours(world, 24)
    both = world.topic.mails[-1]
    assert "2 plans have no recent backup" in both.said
    assert "Again " not in both.text
    assert "run its command backup_now" in both.said
