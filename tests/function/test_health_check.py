"""The health check of a deployment: states, metrics, who is notified once, and what it costs in calls."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fsx_backup.settings import Settings
from fsx_backup.values import InvalidEvent
from tests.function.watching import late_plans, outcomes, pass_hours, silence
from tests.support.world import DEPLOYMENT, World


def state(world: World, name: str = "home") -> str:
    found: str = world.invoke({"action": "check", "plan": name})["state"]
    return found


def test_the_states_of_a_plan(world: World, target: str) -> None:
    message = world.schedule(target, notify_on_success=False, max_backup_age_hours=30)
    assert state(world) == "WAITING"
    world.send(message)
    world.deliver()
    assert state(world) == "RUNNING"
    world.settle()
    assert state(world) == "OK"
    world.advance(hours=13)
    assert state(world) == "LATE"
    world.schedule(target, state="DISABLED", enabled=False, max_backup_age_hours=30)
    assert state(world) == "DISABLED"
    world.advance(hours=20)
    assert state(world) == "TOO OLD"
    world.schedule(target, expression="cron(0 4 * * ? * never)")
    assert state(world) == "UNKNOWN"
    world.schedule(target, timezone="Mars/Olympus")
    assert state(world) == "UNKNOWN"
    world.fsx.control.remove(target)
    world.fsx.control.fault("FileSystemNotFound", "DescribeBackups", times=None)  # which is not asked for it
    assert state(world) == "TARGET MISSING"
    del world.scheduler.schedules[DEPLOYMENT, "home"]
    assert state(world) == "SCHEDULE MISSING"


@pytest.mark.parametrize(
    ("expression", "state_of"),
    [
        ("at(9999-12-31T23:59:59)", "UNKNOWN"),  # no such time in UTC
        ("at(9999-12-31T15:59:59)", "WAITING"),
        ("rate(99999999999 days)", "UNKNOWN"),
        ("rate(9999999 days)", "WAITING"),
    ],
)
def test_an_absurd_expression_leaves_the_other_plans_alone(
    world: World, target: str, expression: str, state_of: str
) -> None:
    world.schedule(target)
    world.schedule(target, name="absurd", expression=expression, timezone="America/New_York")
    pass_hours(world, 13)
    assert world.topic.mails[0].subject == "prod: home LATE"
    data = world.invoke({"action": "report", "plans": ["absurd", "home"]})
    states = {row["plan"]: row["state"] for row in data["plans"]}
    assert (states["home"], states["absurd"]) == ("LATE", state_of)


def test_a_missing_backup_is_notified_once_and_its_return_once(world: World, target: str) -> None:
    other = world.fsx.seed_file_system("WINDOWS")
    for name, which in (("home", target), ("work", other)):
        world.send(world.schedule(which, name=name, notify_on_success=False))
    world.settle()
    pass_hours(world, 24)
    assert outcomes(world) == ["LATE"]
    [mail] = world.topic.mails
    assert "home, work LATE" in mail.subject
    assert mail.text.count("LATE since 2026-03-01 16:01 UTC") == 2
    assert late_plans(world)[:23] == [0] * 23
    assert late_plans(world)[-1] == 2
    for name in ("home", "work"):
        world.invoke({"action": "backup", "plan": name})
        pass_hours(world, 1)
    pass_hours(world, 4)
    assert outcomes(world) == ["LATE", "RECOVERED"]
    assert "home, work OK again" in world.topic.mails[1].subject
    assert not world.queue.records
    assert not world.queue.dead_letters


def test_an_alert_that_lasts_ends_after_thirteen_days(world: World, target: str) -> None:
    world.schedule(target)
    world.queue.max_receives = 80  # the module's least
    pass_hours(world, 24 * 14)
    assert outcomes(world) == ["LATE", "LATE"]
    assert "home still LATE" in world.topic.mails[1].subject
    assert not world.queue.records
    assert not world.queue.dead_letters


def test_a_plan_that_was_removed_ends_its_alert(world: World, target: str) -> None:
    world.schedule(target)
    world.schedule(target, name="work", state="DISABLED", enabled=False)
    pass_hours(world, 10)
    del world.scheduler.schedules[DEPLOYMENT, "home"]
    world.schedule(target, name="work", state="DISABLED", enabled=False)
    pass_hours(world, 4)
    assert outcomes(world) == ["LATE", "RECOVERED"]


def test_a_schedule_that_somebody_disabled_is_notified(world: World, target: str) -> None:
    world.history(target, [0])
    world.advance(minutes=20)
    world.schedule(target, state="DISABLED", changed=world.now + timedelta(minutes=10))
    pass_hours(world, 2)
    assert outcomes(world) == ["LATE"]
    assert "disabled outside of Terraform" in world.topic.mails[0].text
    assert set(late_plans(world)) == {1}


@pytest.mark.parametrize("settings", [{}, {"file_system_id": "TARGET"}])
def test_of_an_edited_input_late_is_still_computed(world: World, target: str, settings: dict[str, str]) -> None:
    world.schedule(target)
    edited = {key: value.replace("TARGET", target) for key, value in settings.items()} | {"retention": "none"}
    world.scheduler.schedules[DEPLOYMENT, "home"]["Target"]["Input"] = json.dumps({"plan": edited})
    world.history(target, [0])
    assert state(world) == "OK"
    assert world.invoke({"action": "check", "plan": "home"})["problem"]
    world.advance(hours=13)
    answer = world.invoke({"action": "check", "plan": "home"})
    assert answer["state"] == "LATE"
    assert "edited outside of Terraform" in answer["reason"]


def test_the_totals(world: World, target: str) -> None:
    world.schedule(target)
    world.history(target, [0.1, 1, 2, 3, 4, 30, 31])
    world.history(target, [0.1], lifecycle="FAILED")
    world.history(target, [0], lifecycle="CREATING")
    world.check()
    sizes = sum(backup.get("SizeInBytes", 0) for backup in world.backups().values())
    names = ("LatePlans", "BackupsAvailable", "BackupsFailed", "BackupsInProgress", "OverdueForDeletion", "OwnedBytes")
    values = {name: world.cloudwatch.values(name, Deployment=DEPLOYMENT) for name in names}
    assert values == {name: [value] for name, value in zip(names, (0, 7, 1, 1, 2, sizes), strict=True)}
    assert sum(map(len, world.cloudwatch.calls)) == len(names)


def test_detailed_metrics_are_those_of_each_plan(world: World, target: str) -> None:
    world.settings = Settings(DEPLOYMENT, world.settings.topic_arn, "https://sqs/work", detailed_metrics=True)
    world.function = world.connect(world.fsx.client())
    world.send(world.schedule(target, notify_on_success=False))
    world.settle()
    world.advance(hours=3)
    world.check()
    [age] = world.cloudwatch.values("BackupAgeHours", Deployment=DEPLOYMENT, Plan="home")
    assert age == pytest.approx(3, abs=0.1)
    for name in ("Duration", "OwnedBytes"):
        assert len(world.cloudwatch.values(name, Deployment=DEPLOYMENT, Plan="home")) == 1


@pytest.mark.parametrize("count", [1, 20, 21, 60])
def test_calls(world: World, count: int) -> None:
    world.fsx.control.quotas(file_systems=1_000)
    world.fsx.control.listing(page_size=1000, short_pages=False)
    for number in range(count):
        world.schedule(world.fsx.seed_file_system("LUSTRE"), name=f"plan-{number}")
    world.fsx.control.clear_calls()
    world.check()
    counts = world.fsx.control.counts()
    assert counts.keys() == {"DescribeFileSystems", "DescribeBackups"}
    assert counts["DescribeBackups"] == -(-count // 20)
    assert world.scheduler.calls == count
    assert len(world.cloudwatch.calls) == 1


@pytest.mark.parametrize(
    ("error", "operation"),
    [
        ("InternalServerError", "DescribeBackups"),
        ("InternalServerError", "DescribeFileSystems"),
        ("FileSystemNotFound", "DescribeBackups"),  # deleted since it was described
        ("ThrottlingException", "GetSchedule"),
    ],
)
def test_while_aws_does_not_answer_nothing_is_claimed(world: World, target: str, error: str, operation: str) -> None:
    world.schedule(target)
    silence(world, error, operation)
    world.check()
    assert not world.cloudwatch.calls  # which the alarm takes for a breach
    assert world.queue.records
    world.fsx.control.clear_faults()
    world.scheduler.broken = None
    world.advance(minutes=10)
    world.deliver()
    assert late_plans(world) == [0]
    silence(world, error, operation)
    world.check()
    world.advance(minutes=31)  # the next one is due
    world.deliver()
    assert not world.queue.records


def test_a_denied_call_is_an_error(world: World, target: str) -> None:
    world.schedule(target)
    world.scheduler.broken = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSchedule")
    with pytest.raises(ClientError):
        world.check()


def test_an_alert_that_cannot_be_published_is_repeated_and_then_sent_once(world: World, target: str) -> None:
    world.schedule(target)
    pass_hours(world, 8)
    world.advance(minutes=30)
    world.topic.broken = RuntimeError("topic")
    with pytest.raises(RuntimeError):
        world.check()
    world.topic.broken = None
    pass_hours(world, 3)
    assert outcomes(world) == ["LATE"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "plan or plans must be given as names"),
        ({"plans": {"home": "fs-1"}}, "plan or plans must be given as names"),
        ({"plan": {"name": "home"}}, "plan or plans must be given as names"),
        ({"plans": [], "dry_run": True}, 'Unknown field "dry_run"'),
        ({"plans": [], "scheduled_time": "soon"}, "scheduled_time must be a time"),
        ({"plans": [], "interval_minutes": 0}, "interval_minutes must be a whole number"),
        ({"plans": [], "action": "report", "notify": "never again"}, "notify must be one of problems, always, never"),
        ({"plans": [], "action": "report", "schedule": 3}, "schedule must be a text of"),
        ({"plans": [], "action": "report", "timezone": ""}, "timezone must be a text of"),
        ({"plans": [], "action": "report", "interval_hours": 24}, 'Unknown field "interval_hours"'),
        ({"plans": [], "action": "report", "require_coverage": 3}, "require_coverage must be true, false"),
        ({"plans": [], "action": "status"}, 'Unknown field "plans"'),
        ({"plans": [], "action": "recovery"}, "plans must be a JSON object"),
    ],
)
def test_a_check_that_cannot_be_understood_is_refused(world: World, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidEvent) as error:
        world.invoke({"action": "check", **wrong})
    assert words in str(error.value)
    assert words in world.topic.mails[0].text
