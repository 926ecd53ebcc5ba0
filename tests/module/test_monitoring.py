"""Alarms, checks, subscriptions and the dashboard, read off plans; and what is told at plan time."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dev.terraform import ROOT, Plan
from fsx_backup import event, metrics
from fsx_backup.model import Copies, Retention
from tests.module import dashboard_body
from tests.module.inputs import ALARM_TOPIC, FAR_KEY, MAIN_TOPIC
from tests.module.reading import configured, only
from tests.module.restore_tests import TEST
from tests.support.markdown import anchors

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)


def alarms(planned: Plan) -> dict[str, dict[str, Any]]:
    return {values["alarm_name"]: values for values in planned.resources("aws_cloudwatch_metric_alarm").values()}


def test_every_alarm_notifies_both_topics_and_leads_to_the_runbook(watched: Plan) -> None:
    assert set(alarms(watched)) == {
        f"fsx-backup-{kind}"
        for kind in ("late", "errors", "throttles", "dead-letters", "queue-age", "lost-dead-letters")
    } | {f"fsx-backup-dropped-{kind}" for kind in ("backups", "checks")}
    for values in alarms(watched).values():
        assert set(values["alarm_actions"]) == set(values["ok_actions"]) == {MAIN_TOPIC, ALARM_TOPIC}
        assert "https://wiki.example.com/backups#alarm-" in values["alarm_description"]
        assert values["alarm_description"].rpartition("#")[2] in anchors(ROOT / "docs" / "runbook.md")
        assert len(values["alarm_description"]) <= 1024
        assert values["period"] * values["evaluation_periods"] <= (604_800 if values["period"] >= 3600 else 86_400)


@pytest.mark.fault("silent-deployment")
@pytest.mark.parametrize(("made", "minutes"), [("default", 30), ("watched", 720)])
def test_one_alarm_takes_a_late_plan_and_missing_data_for_the_same(
    request: pytest.FixtureRequest, made: str, minutes: int
) -> None:
    alarm = alarms(request.getfixturevalue(made))["fsx-backup-late"]
    assert alarm["treat_missing_data"] == "breaching"
    assert (alarm["threshold"], alarm["period"], alarm["evaluation_periods"]) == (0, 2 * 60 * minutes, 1)
    assert (alarm["statistic"], alarm["dimensions"]) == ("Maximum", {"Deployment": "fsx-backup"})
    assert (alarm["namespace"], alarm["metric_name"]) == (metrics.NAMESPACE, "LatePlans")


def test_retries_of_one_outage_are_one_alarm(watched: Plan) -> None:
    """A denied call fails once a visibility timeout: the alarm must not end, and be sent again, in between."""
    alarm = alarms(watched)["fsx-backup-errors"]
    [queue] = [one for one in watched.resources("aws_sqs_queue").values() if one["name"] == "fsx-backup"]
    assert alarm["datapoints_to_alarm"] == 1
    assert alarm["period"] * alarm["evaluation_periods"] > queue["visibility_timeout_seconds"] + 60


def test_the_other_alarms_watch_what_aws_publishes(watched: Plan) -> None:
    watches = {
        name.removeprefix("fsx-backup-"): (values["namespace"], values["metric_name"], values["dimensions"])
        for name, values in alarms(watched).items()
        if not name.endswith("-late")
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
        if not values["alarm_name"].endswith("-late"):
            assert values["treat_missing_data"] == "notBreaching"


def test_alarms_go_to_both_own_topics_and_are_silent_when_they_return_to_ok_unless_asked(many: Plan) -> None:
    assert len(alarms(many)) == 8  # however many plans
    for values in alarms(many).values():
        assert set(values["alarm_actions"]) == {MAIN_TOPIC, f"{MAIN_TOPIC}-alarms"}
        assert not values["ok_actions"]


def test_two_schedules_check_and_report_all_plans_by_name(watched: Plan) -> None:
    made = {
        values["name"]: values
        for values in watched.resources("aws_scheduler_schedule").values()
        if values["group_name"] == "fsx-backup-checks"
    }
    times = {name: (v["schedule_expression"], v["schedule_expression_timezone"]) for name, v in made.items()}
    assert times == {
        "health-check": ("rate(720 minutes)", "UTC"),
        "report": ("cron(0 7 ? * MON *)", "Europe/Paris"),
    }
    for name, values in made.items():
        message = json.loads(values["target"][0]["input"])
        check = event.parse_check(message | {"scheduled_time": f"{NOW:%FT%TZ}"}, NOW)
        assert check
        assert check.plans == ("free", "home", "rare"), name  # a disabled one is still checked
        assert check.additional_targets == {"fs-0123456789abcdef1"}
        if name == "health-check":
            assert check.previous == NOW - timedelta(hours=12)
        else:
            assert check.previous == datetime(2026, 2, 23, 6, tzinfo=UTC)
            assert (check.notify, check.require_coverage) == ("problems", True)


def test_a_plans_message_is_read_back_as_the_plan(watched: Plan) -> None:
    made = watched.resources("aws_scheduler_schedule").values()
    messages = {values["name"]: values["target"][0]["input"] for values in made}
    text = messages["home"]
    assert '"schedule_arn":"<aws.scheduler.schedule-arn>"' in text
    plan = event.parse(json.loads(text) | {"scheduled_time": f"{NOW:%FT%TZ}"}, NOW, "eu-west-1").plan
    assert (plan.name, plan.max_backup_age_hours, plan.enabled) == ("home", 6, True)
    assert plan.adopt_tags == {"Name": "old"}
    own, other = Retention(days=7, keep_last=3, keep_daily=5), Retention(days=30, keep_last=3)
    assert plan.copies == (Copies("eu-central-1", other, FAR_KEY, 60), Copies("us-east-1", own))
    assert '"copies"' not in messages["free"]


def test_a_restore_test_has_a_schedule_of_its_own_with_the_whole_plan(tested: Plan) -> None:
    made = tested.resources("aws_scheduler_schedule")
    groups: dict[str, set[str]] = {}
    for values in made.values():
        groups.setdefault(values["group_name"], set()).add(values["name"])
    assert groups["fsx-backup-restore-tests"] == {"home", "far"}
    home, far = (made[f'module.fsx_backup.aws_scheduler_schedule.restore_test["{name}"]'] for name in ("home", "far"))
    assert (home["schedule_expression"], home["schedule_expression_timezone"]) == (TEST["schedule"], "Europe/Paris")
    assert (home["state"], far["state"]) == ("ENABLED", "DISABLED")  # as the plan
    assert home["flexible_time_window"] == [{"maximum_window_in_minutes": None, "mode": "OFF"}]
    backup = made['module.fsx_backup.aws_scheduler_schedule.backup["home"]']
    one, other = (json.loads(schedule["target"][0]["input"]) for schedule in (home, backup))
    assert one == other | {"action": "restore_test"}
    assert one["plan"]["restore_test"] == {
        "completion_window_minutes": 720, "hold_minutes": 60, "schedule": TEST["schedule"], "security_group_ids": [],
        "source": "newest", "subnet_ids": TEST["subnet_ids"], "timezone": "Europe/Paris",
    }  # fmt: skip
    read = event.parse(one | {"scheduled_time": f"{NOW:%FT%TZ}"}, NOW, "eu-west-1").plan.restore_test
    assert read
    assert (read.schedule, read.timezone, read.hold_minutes, read.region) == (TEST["schedule"], "Europe/Paris", 60, "")
    assert '"<aws.scheduler.scheduled-time>"' in home["target"][0]["input"]
    [untested] = [values for address, values in made.items() if address.endswith('backup["untested"]')]
    assert '"restore_test"' not in untested["target"][0]["input"]
    for name in ("arn", "role_arn", "dead_letter_config"):
        assert home["target"][0][name] == backup["target"][0][name]
    assert home["target"][0]["retry_policy"][0]["maximum_event_age_in_seconds"] == 86_400


def test_the_function_knows_how_many_restore_tests_there_may_be(default: Plan) -> None:
    [environment] = configured(default)["aws_lambda_function.this"]["expressions"]["environment"]
    assert "var.max_restore_tests" in environment["variables"]["references"]


def test_what_restore_tests_leave_behind_raises_an_alarm(tested: Plan, default: Plan) -> None:
    more = {name: values for name, values in alarms(tested).items() if name not in alarms(default)}
    assert set(more) == {"fsx-backup-restore-test-leftovers", "fsx-backup-dropped-restore-tests"}
    left = more["fsx-backup-restore-test-leftovers"]
    assert (left["namespace"], left["metric_name"], left["statistic"]) == (
        metrics.NAMESPACE, "RestoreTestLeftovers", "Maximum",
    )  # fmt: skip
    assert (left["dimensions"], left["threshold"], left["period"]) == ({"Deployment": "fsx-backup"}, 0, 3600)
    assert left["treat_missing_data"] == "ignore"  # no data where a Region is not known
    assert more["fsx-backup-dropped-restore-tests"]["dimensions"] == {"ScheduleGroup": "fsx-backup-restore-tests"}
    for values in more.values():
        assert values["alarm_description"].rpartition("#")[2] in anchors(ROOT / "docs" / "runbook.md")


@pytest.mark.parametrize(
    ("made", "detailed"), [("default", False), ("watched", True), ("many", False), ("tested", False)]
)
def test_the_dashboard_is_one_that_cloudwatch_takes(
    request: pytest.FixtureRequest, made: str, *, detailed: bool
) -> None:
    body = json.loads(only(request.getfixturevalue(made), "aws_cloudwatch_dashboard")["dashboard_body"])
    assert dashboard_body.mistakes(body) == []
    text = json.dumps(body)
    for name in ("LatePlans", "BackupsAvailable", "RunsCompleted", "BackupQuotaUsed", "OrphanedBackups"):
        assert f'"{name}"' in text or f'MetricName=\\"{name}\\"' in text
    assert "fsx-backup-dead-letters" in text
    assert ("BackupAgeHours" in text) == detailed
    assert ("Deployment,Region,FileSystemType" in text) == (made in {"watched", "tested"})  # they have copies
    assert ("RestoreSeconds" in text) == (made == "tested")
    assert len(text) < 10_000  # however many plans


def test_every_metric_that_is_shown_is_one_that_the_function_publishes(watched: Plan) -> None:
    source = Path(metrics.__file__).read_text()
    body = only(watched, "aws_cloudwatch_dashboard")["dashboard_body"]
    shown = set(re.findall(r'"FSxBackup","(\w+)"|MetricName=\\"(\w+)\\"', body.replace("\\\\", "\\")))
    assert len(shown) == 16
    for name in ("".join(pair) for pair in shown):
        assert f'"{name}"' in source, name


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
