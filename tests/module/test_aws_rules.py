"""What AWS refuses and no emulator does: each rule that the module touches, read off a plan."""

import json
import re
from typing import Any

import pytest

from dev.terraform import Plan, TerraformError
from fsx_backup import metrics
from tests.module.inputs import GROUP, HOME, KEY, RULE, SUBNETS, TOPIC
from tests.module.reading import allowed, as_list, configured, depends_on, only, statements
from tests.module.restore_tests import TEST
from tests.support.planning import MANY, ModulePlanner


@pytest.fixture(scope="module")
def everything(plan: ModulePlanner) -> Plan:
    """What `default` leaves out, and one attribute more of everything."""
    return plan(
        file_systems={
            "home": HOME
            | {
                "adopt_tags": {"Name": "old", "Team": "hpc"},
                "start_window_minutes": 1,
                "completion_window_minutes": 18_720,
            }
        },
        encryption={"kms_key_arn": KEY},
        notifications={"topic_arn": TOPIC},
        event_rules={"nightly": RULE},
        tracing=False,
        vpc={"subnet_ids": SUBNETS[:1], "security_group_ids": [GROUP]},
    )


def test_the_scheduled_time_keyword_is_not_escaped(default: Plan) -> None:
    for schedule in default.resources("aws_scheduler_schedule").values():
        assert '"scheduled_time":"<aws.scheduler.scheduled-time>"' in schedule["target"][0]["input"]
        assert "\\u003c" not in schedule["target"][0]["input"]
    text = only(default, "aws_scheduler_schedule", "schedule.backup")["target"][0]["input"]
    assert json.loads(text)["plan"]["name"] == "home"


def test_the_queue_hides_a_message_six_times_as_long_as_the_function_may_run(default: Plan) -> None:
    timeout = only(default, "aws_lambda_function")["timeout"]
    assert only(default, "aws_sqs_queue", "queue.this")["visibility_timeout_seconds"] == 6 * timeout


def test_the_function_has_the_processor_for_a_thousand_plans(default: Plan) -> None:
    """Lambda gives a whole one with 1,769 MB. A check of 1,000 plans takes 12 s of one, and may take a minute."""
    assert only(default, "aws_lambda_function")["memory_size"] / 1769 * 60 > 12


def test_the_mapping_is_made_after_the_permissions(default: Plan) -> None:
    assert set(depends_on(default, "aws_lambda_event_source_mapping.this")) >= {
        "aws_iam_role_policy.function",
        "aws_iam_role_policy.function_encryption",
    }


@pytest.mark.parametrize(
    ("group", "schedule"),
    [("this", "backup"), ("checks", "health_check"), ("checks", "report"), ("restore_tests", "restore_test")],
)
def test_a_group_of_schedules_is_made_after_all_that_they_fire_into(default: Plan, group: str, schedule: str) -> None:
    assert set(depends_on(default, f"aws_scheduler_schedule_group.{group}")) >= {
        "aws_iam_role_policy.scheduler",
        "aws_iam_role_policy.scheduler_encryption",
        "aws_lambda_event_source_mapping.this",
    }
    made = configured(default)[f"aws_scheduler_schedule.{schedule}"]
    assert f"aws_scheduler_schedule_group.{group}" in made["expressions"]["group_name"]["references"]


def test_the_first_health_check_and_its_alarm_find_what_they_look_at(default: Plan) -> None:
    """A rate fires as soon as it is made: plans without a schedule would be late, and so would a check without data."""
    assert "aws_scheduler_schedule.backup" in depends_on(default, "aws_scheduler_schedule.health_check")
    assert "aws_scheduler_schedule.health_check" in depends_on(default, "aws_cloudwatch_metric_alarm.this")


def test_the_schedules_name_what_the_module_makes(default: Plan) -> None:
    """Their ARNs are put together, so that a plan shows them; the names must be those of the resources."""
    for schedule in default.resources("aws_scheduler_schedule").values():
        target = schedule["target"][0]
        assert target["arn"].split(":")[-1] == only(default, "aws_sqs_queue", "queue.this")["name"]
        assert target["role_arn"].split("/")[-1] == only(default, "aws_iam_role", "role.scheduler")["name"]


def test_no_concurrency_is_reserved_unless_asked(default: Plan) -> None:
    assert only(default, "aws_lambda_function")["reserved_concurrent_executions"] == -1


def test_hundreds_of_plans_fit_the_policy_limits(many: Plan) -> None:
    for role in ("function", "scheduler"):
        inline = [p["policy"] for a, p in many.resources("aws_iam_role_policy").items() if f".{role}" in a]
        assert sum(len(re.sub(r"\s", "", policy)) for policy in inline) <= 10_240
    create = [
        s
        for s in statements(only(many, "aws_iam_role_policy", "policy.function")["policy"])
        if "fsx:CreateBackup" in as_list(s["Action"])
    ]
    fsx = "arn:aws:fsx:eu-west-1:123456789012"
    assert {tuple(as_list(s["Resource"])): s.get("Condition") for s in create} == {
        (f"{fsx}:volume/*", f"{fsx}:file-system/*"): None,
        (f"{fsx}:backup/*",): {"StringEquals": {"aws:RequestTag/fsx-backup:deployment": "fsx-backup"}},
    }
    schedules = many.resources("aws_scheduler_schedule")
    assert len(schedules) == MANY + 2
    assert all(len(schedule["target"][0]["input"].encode()) < 262_144 for schedule in schedules.values())


def test_more_tags_than_a_policy_holds_are_refused(plan: ModulePlanner) -> None:
    many = {f"plan-{n}": HOME | {"adopt_tags": {"Name": f"made by rule {n}"}} for n in range(30)}
    fleets = {f"fleet-{n}": {"target_tags": {"Backup": f"as rule {n}"}} for n in range(31)}
    key = "arn:aws:kms:us-east-1:123456789012:key/{}"
    copied = {f"copy-{n}": HOME | {"copies": {"us-east-1": {"kms_key_arn": key.format(n)}}} for n in range(2)}
    told = "30 different adopt_tags, 31 different target_tags and 2 keys of copies are too many"
    with pytest.raises(TerraformError, match=told):
        plan(file_systems=many | fleets | copied, encryption={"kms_key_arn": KEY})


@pytest.mark.parametrize("restored", [{}, {"restore_test": TEST | {"kms_key_arn": KEY}}], ids=["", "restore-test"])
def test_ten_selections_fit_the_policy_limits_beside_many_targets(
    plan: ModulePlanner, restored: dict[str, Any]
) -> None:
    """With all that makes the policy longer: long tags, a key, a VPC, and targets that just fit without selections."""
    fleets = {
        f"fleet-{n}": {
            "target_tags": {f"{key}-{n}" * 2: f"Value-{n}" * 4 for key in ("Backup", "Owner", "Environment")}
        }
        for n in range(10)
    }
    listed = {f"plan-{n}": {"file_system_id": f"fs-{n:017x}"} | restored for n in range(85 if not restored else 60)}
    planned = plan(
        file_systems=fleets | listed,
        encryption={"kms_key_arn": KEY},
        vpc={"subnet_ids": SUBNETS[:1], "security_group_ids": [GROUP]},
    )
    inline = [p["policy"] for a, p in planned.resources("aws_iam_role_policy").items() if ".function" in a]
    assert sum(len(re.sub(r"\s", "", policy)) for policy in inline) <= 10_240
    assert str(inline).count("aws:ResourceTag/Owner-") == 10


def test_the_scheduler_role_trusts_this_account_and_its_groups_only(default: Plan) -> None:
    trust = statements(only(default, "aws_iam_role", "scheduler")["assume_role_policy"])[0]
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnEquals": {
            "aws:SourceArn": [
                "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/fsx-backup",
                "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/fsx-backup-checks",
            ]
        },
    }


def test_the_scheduler_role_reaches_queue_and_dead_letters(default: Plan) -> None:
    policy = statements(only(default, "aws_iam_role_policy", "policy.scheduler")["policy"])
    assert {resource for s in policy for resource in as_list(s["Resource"])} == {
        "arn:aws:sqs:eu-west-1:123456789012:fsx-backup",
        "arn:aws:sqs:eu-west-1:123456789012:fsx-backup-dead-letters",
    }


def test_the_log_group_is_made_first_and_named_in_the_function(default: Plan) -> None:
    logging = only(default, "aws_lambda_function")["logging_config"][0]
    assert logging["log_group"] == only(default, "aws_cloudwatch_log_group")["name"]
    assert logging["log_format"] == "JSON"
    assert "logs:CreateLogGroup" not in allowed(default, "function")


def test_the_function_may_do_what_its_settings_need(default: Plan, everything: Plan) -> None:
    assert {"xray:PutTraceSegments", "xray:PutTelemetryRecords"} <= allowed(default, "function")
    assert "ec2:CreateNetworkInterface" not in allowed(default, "function")
    assert {"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"} <= allowed(everything, "function")
    assert not any(action.startswith("xray:") for action in allowed(everything, "function"))


def test_a_rule_made_by_hand_may_invoke_the_function(everything: Plan) -> None:
    permission = only(everything, "aws_lambda_permission")
    assert permission["principal"] == "events.amazonaws.com"
    assert permission["source_arn"] == RULE


def test_an_existing_topic_replaces_the_own_one(everything: Plan) -> None:
    assert [topic["name"] for topic in everything.resources("aws_sns_topic").values()] == ["fsx-backup-alarms"]
    for alarm in everything.resources("aws_cloudwatch_metric_alarm").values():
        assert set(alarm["alarm_actions"]) == {TOPIC, "arn:aws:sns:eu-west-1:123456789012:fsx-backup-alarms"}
    tell = next(
        s
        for s in statements(only(everything, "aws_iam_role_policy", "policy.function")["policy"])
        if s["Action"] == "sns:Publish"
    )
    assert tell["Resource"] == TOPIC


def test_only_what_has_no_resource_level_is_a_wildcard(default: Plan) -> None:
    wildcards = {
        action
        for values in default.resources("aws_iam_role_policy").values()
        for statement in statements(values["policy"])
        if "*" in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    }
    assert wildcards == {
        "fsx:DescribeBackups",
        "fsx:DescribeFileSystems",
        "fsx:DescribeVolumes",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:PutMetricData",  # bound to the namespace
        "servicequotas:ListServiceQuotas",
    }


def test_metrics_go_to_one_namespace_only(default: Plan) -> None:
    [measure] = [
        statement
        for statement in statements(only(default, "aws_iam_role_policy", "policy.function")["policy"])
        if "cloudwatch:PutMetricData" in as_list(statement["Action"])
    ]
    assert measure["Action"] == "cloudwatch:PutMetricData"
    assert measure["Condition"] == {"StringEquals": {"cloudwatch:namespace": metrics.NAMESPACE}}


def test_deletes_are_bound_to_the_deployments_tag(everything: Plan) -> None:
    conditions = [
        statement["Condition"]
        for statement in statements(only(everything, "aws_iam_role_policy", "policy.function")["policy"])
        if statement["Action"] == "fsx:DeleteBackup"
    ]
    assert conditions == [
        {
            "StringEquals": {"aws:ResourceTag/fsx-backup:deployment": "fsx-backup"},
            "Null": {"aws:ResourceTag/fsx-backup:copy": "true"},
        },
        {
            "StringEquals": {"aws:ResourceTag/Name": "old", "aws:ResourceTag/Team": "hpc"},
            "Null": {"aws:ResourceTag/fsx-backup:deployment": "true"},
        },
    ]


def test_what_is_made_in_the_same_apply_may_be_unknown(unknown: Plan) -> None:
    assert len(unknown.resources("aws_scheduler_schedule")) == 3 + 2  # backups, health check and report
    assert not unknown.resources("aws_sns_topic")
    assert len(unknown.resources("aws_sns_topic_subscription")) == 2  # the main topic's, the alarms topic's
    assert not unknown.resources("aws_kms_key")
