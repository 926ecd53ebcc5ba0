"""Alarms, checks, subscriptions and the dashboard, read off plans; and what is told at plan time."""

import json
from typing import Any

import pytest

from dev.terraform import ROOT, Plan
from fsx_backup import event, metrics
from fsx_backup.model import PlansCheck
from tests.module import dashboard_body
from tests.module.inputs import ALARM_TOPIC, HOME, KEY, MAIN_TOPIC
from tests.module.reading import only
from tests.support.markdown import anchors
from tests.support.planning import MANY, ModulePlanner


def alarms(planned: Plan) -> dict[str, dict[str, Any]]:
    return {values["alarm_name"]: values for values in planned.resources("aws_cloudwatch_metric_alarm").values()}


def test_every_alarm_notifies_both_topics_and_leads_to_the_runbook(watched: Plan) -> None:
    assert set(alarms(watched)) == {
        *(f"fsx-backup-{kind}" for kind in ("errors", "throttles", "dead-letters", "queue-age", "lost-dead-letters")),
        *(f"fsx-backup-dropped-{kind}" for kind in ("backups", "checks")),
        *(f"fsx-backup-freshness-{key}" for key in ("home", "rare", "half")),
    }
    for values in alarms(watched).values():
        assert set(values["alarm_actions"]) == set(values["ok_actions"]) == {MAIN_TOPIC, ALARM_TOPIC}
        assert "https://wiki.example.com/backups#alarm-" in values["alarm_description"]
        assert values["alarm_description"].rpartition("#")[2] in anchors(ROOT / "docs" / "runbook.md")
        assert len(values["alarm_description"]) <= 1024
        assert values["period"] * values["evaluation_periods"] <= (604_800 if values["period"] >= 3600 else 86_400)


@pytest.mark.fault("silent-deployment")
def test_freshness_takes_missing_data_for_too_old(watched: Plan) -> None:
    expected = {"home": (6, 3600), "rare": (30, 21_600), "half": (26, 1800)}
    for key, (hours, period) in expected.items():
        alarm = alarms(watched)[f"fsx-backup-freshness-{key}"]
        assert alarm["treat_missing_data"] == "breaching"
        assert (alarm["threshold"], alarm["period"], alarm["evaluation_periods"]) == (hours, period, 1)
        assert alarm["dimensions"] == {"Deployment": "fsx-backup", "Plan": key}
        assert alarm["namespace"] == metrics.NAMESPACE
        assert alarm["metric_name"] == "NewestBackupAgeHours"


def test_the_other_alarms_watch_what_aws_publishes(watched: Plan) -> None:
    watches = {
        name.removeprefix("fsx-backup-"): (values["namespace"], values["metric_name"], values["dimensions"])
        for name, values in alarms(watched).items()
        if "freshness" not in name
    }
    function = {"FunctionName": "fsx-backup"}
    assert watches == {
        "errors": ("AWS/Lambda", "Errors", function),
        "throttles": ("AWS/Lambda", "Throttles", function),
        "dead-letters": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "fsx-backup-dead-letters"}),
        "queue-age": ("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "fsx-backup"}),
        "dropped-backups": ("AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": "fsx-backup"}),
        "dropped-checks": ("AWS/Scheduler", "InvocationDroppedCount", {"ScheduleGroup": "fsx-backup-checks"}),
        "lost-dead-letters": (
            "AWS/Scheduler",
            "InvocationsFailedToBeSentToDeadLetterCount",
            {"ScheduleGroup": "fsx-backup"},  # the checks have no dead-letter queue
        ),
    }
    for values in alarms(watched).values():
        assert values["comparison_operator"] == "GreaterThanThreshold"
        if "freshness" not in values["alarm_name"]:
            assert values["treat_missing_data"] == "notBreaching"


def test_alarms_go_to_both_own_topics_and_are_silent_when_they_return_to_ok_unless_asked(many: Plan) -> None:
    assert len(alarms(many)) > MANY
    for values in alarms(many).values():
        assert set(values["alarm_actions"]) == {MAIN_TOPIC, f"{MAIN_TOPIC}-alarms"}
        assert not values["ok_actions"]


def test_every_plan_has_its_check_and_the_deployment_has_one(watched: Plan) -> None:
    inputs = {
        values["name"]: json.loads(values["target"][0]["input"])
        for values in watched.resources("aws_scheduler_schedule").values()
        if values["group_name"] == "fsx-backup-checks"
    }
    # By name, so that the backups of a target that a plan no longer has are found as well.
    assert inputs.pop("_deployment")["plans"] == {
        **dict.fromkeys(["home", "rare", "half", "free"], HOME["file_system_id"]),
        "fs-0123456789abcdef1": "fs-0123456789abcdef1",
    }
    for message in inputs.values():
        message["scheduled_time"] = "2026-03-01T04:00:00Z"
    together = [event.parse_check(message) for message in inputs.values()]
    plans = [plan for check in together if isinstance(check, PlansCheck) for plan in check.plans]
    assert sorted(plan.name for plan in plans) == ["free", "half", "home", "rare"]  # a disabled one is still checked
    assert {plan.name: plan.adopt_tags for plan in plans}["home"] == {"Name": "old"}


def test_plans_are_checked_together_by_their_check_schedule(watched: Plan) -> None:
    together = {
        (values["schedule_expression"], values["schedule_expression_timezone"]): names_checked(values)
        for values in watched.resources("aws_scheduler_schedule").values()
        if values["name"].startswith("plans-")
    }
    assert together == {
        ("rate(1 hour)", "UTC"): ["free", "home"],
        ("rate(30 minutes)", "UTC"): ["half"],
        ("cron(0 0/6 * * ? *)", "Europe/Paris"): ["rare"],
    }


def test_a_hundred_plans_at_most_are_checked_together(many: Plan) -> None:
    together = [
        names_checked(values)
        for values in many.resources("aws_scheduler_schedule").values()
        if values["name"].startswith("plans-")
    ]
    assert len(together) == -(-MANY // 100)
    assert max(map(len, together)) <= 100
    assert len({name for names in together for name in names}) == sum(map(len, together)) == MANY


def names_checked(schedule: dict[str, Any]) -> list[str]:
    return [plan["name"] for plan in json.loads(schedule["target"][0]["input"])["each"]]


@pytest.mark.parametrize(("made", "shown"), [("default", 0), ("watched", 3), ("many", 100)])
def test_the_dashboard_is_one_that_cloudwatch_takes(request: pytest.FixtureRequest, made: str, shown: int) -> None:
    planned = request.getfixturevalue(made)
    body = json.loads(only(planned, "aws_cloudwatch_dashboard")["dashboard_body"])
    assert dashboard_body.mistakes(body) == []
    text = json.dumps(body)
    for name in ("NewestBackupAgeHours", "GoodBackups", "Completed", "Duration", "BackupQuotaUsed", "OrphanedBackups"):
        assert name in text
    assert "fsx-backup-dead-letters" in text
    ages = next(
        widget for widget in body["widgets"] if "of the plan's maximum" in widget["properties"].get("title", "")
    )
    assert len(ages["properties"]["metrics"]) == 2 * shown


def test_a_dashboard_that_cloudwatch_refuses_is_noticed() -> None:
    good: dict[str, Any] = {"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6}
    properties: dict[str, Any] = {"region": "eu-west-1", "metrics": [["AWS/SQS", "Sent", "QueueName", "a"]]}
    assert not dashboard_body.mistakes({"widgets": [good | {"properties": properties}]})
    for broken in (
        {"widgets": [good | {"properties": properties | {"metrics": [["AWS/SQS"]]}}]},
        {"widgets": [good | {"properties": properties | {"metrics": [[{"expression": "a + 1"}]]}}]},
        {"widgets": [good | {"properties": properties | {"period": 61}}]},
        {"widgets": [good | {"properties": properties | {"titel": "x"}}]},
        {"widgets": [good | {"x": 20, "properties": properties}]},
        {"widgets": [good | {"properties": properties}] * 2},
    ):
        assert dashboard_body.mistakes(broken), broken


def test_a_check_that_is_rarer_than_a_day_leaves_no_period_without_data(plan: ModulePlanner) -> None:
    planned = plan(
        file_systems={"home": HOME | {"max_backup_age_hours": 400, "check_schedule": "cron(0 6 ? * MON,THU *)"}},
        encryption={"kms_key_arn": KEY},
    )
    assert alarms(planned)["fsx-backup-freshness-home"]["period"] == 96 * 3600
