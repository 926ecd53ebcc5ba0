"""Alarms, checks, subscriptions and the dashboard, read off plans; and what is told at plan time."""

import json
from typing import Any

import pytest

from fsx_backup import event, metrics
from fsx_backup.model import PlansCheck
from sandbox.terraform import Plan
from tests.plan import dashboard_body
from tests.plan.conftest import MANY, ModulePlanner
from tests.plan.inputs import HOME, KEY
from tests.plan.reading import only
from tests.unit.test_docs import RUNBOOK, anchors

ALARM_TOPIC = "arn:aws:sns:eu-west-1:123456789012:pager"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:tickets"


@pytest.fixture(scope="module")
def watched(plan: ModulePlanner) -> Plan:
    return plan(
        file_systems={
            "home": HOME | {"max_backup_age_hours": 6, "adopt_tags": {"Name": "old"}},
            "rare": HOME
            | {
                "max_backup_age_hours": 30,
                "check_schedule": "cron(0 0/6 * * ? *)",
                "timezone": "Europe/Paris",
                "enabled": False,
            },
            "half": HOME | {"max_backup_age_hours": 26, "check_schedule": "rate(30 minutes)"},
            "free": HOME | {"completion_window_minutes": 2880},
        },
        additional_targets=["fs-0123456789abcdef1"],
        notifications={
            "alarm_topic_arn": ALARM_TOPIC,
            "ok_actions": True,
            "runbook_url": "https://wiki.example.com/backups",
            "emails": ["storage@example.com"],
            "subscriptions": {
                "tickets": {"protocol": "sqs", "endpoint": QUEUE, "failures_only": True},
                "night": {
                    "protocol": "email",
                    "endpoint": "night@example.com",
                    "filter_policy": json.dumps({"plan": ["home"]}),
                },
            },
        },
        encryption={"kms_key_arn": KEY},
    )


def alarms(planned: Plan) -> dict[str, dict[str, Any]]:
    return {values["alarm_name"]: values for values in planned.resources("aws_cloudwatch_metric_alarm").values()}


def test_every_alarm_acts_heals_and_leads_to_the_runbook(watched: Plan) -> None:
    assert set(alarms(watched)) == {
        *(f"fsx-backup-{kind}" for kind in ("errors", "throttles", "dead-letters", "queue-age")),
        *(f"fsx-backup-dropped-{kind}" for kind in ("backups", "checks")),
        *(f"fsx-backup-freshness-{key}" for key in ("home", "rare", "half")),
    }
    for values in alarms(watched).values():
        assert values["alarm_actions"] == values["ok_actions"] == [ALARM_TOPIC]
        assert "https://wiki.example.com/backups#alarm-" in values["alarm_description"]
        assert values["alarm_description"].rpartition("#")[2] in anchors(RUNBOOK)
        assert len(values["alarm_description"]) <= 1024
        assert values["period"] * values["evaluation_periods"] <= (604_800 if values["period"] >= 3600 else 86_400)


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
    }
    assert alarms(watched)["fsx-backup-queue-age"]["threshold"] > 2880 * 60


def test_alarms_go_to_the_own_topic_and_are_silent_when_they_heal_unless_asked(many: Plan) -> None:
    assert len(alarms(many)) > MANY
    for values in alarms(many).values():
        assert values["alarm_actions"] == ["arn:aws:sns:eu-west-1:123456789012:fsx-backup"]
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


def test_subscriptions_and_their_filters(watched: Plan) -> None:
    found = {values["endpoint"]: values for values in watched.resources("aws_sns_topic_subscription").values()}
    assert {endpoint: values["protocol"] for endpoint, values in found.items()} == {
        "storage@example.com": "email",
        "night@example.com": "email",
        QUEUE: "sqs",
    }
    assert not found["storage@example.com"]["filter_policy"]
    assert json.loads(found["night@example.com"]["filter_policy"]) == {"plan": ["home"]}
    # The last lets alarms through, whose messages have no attributes.
    assert json.loads(found[QUEUE]["filter_policy"]) == {"severity": ["warning", "error", {"exists": False}]}


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
