"""The root stack passes its few variables on, and refuses what would not arrive."""

from typing import Any

import pytest

from dev.terraform import ROOT, Stack, TerraformError
from dev.tools.docs import blocks
from tests.module.inputs import GROUP, HOME, RULE, SUBNETS, VOLUME
from tests.module.reading import only
from tests.support.planning import MODULE


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, aws_environment: dict[str, str]) -> Stack:
    stack = Stack.of_root(tmp_path_factory.mktemp("root") / "stack", aws_environment)
    stack.init()
    return stack


def backups(root: Stack, variables: dict[str, Any]) -> set[str]:
    root.set_variables(variables)
    schedules = root.plan().resources("aws_scheduler_schedule").values()
    return {schedule["name"] for schedule in schedules if schedule["group_name"] == "fsx-backup"}


def test_the_root_stack_needs_no_variable(root: Stack) -> None:
    assert backups(root, {}) == set()


def test_entries_of_different_shapes_get_the_modules_types_and_defaults(root: Stack) -> None:
    variables = {
        "file_systems": {
            "home": HOME,
            "database": {"volume_id": VOLUME, "retention": {"keep_weekly": 4}, "adopt_tags": {"Name": "old"}},
            "scratch": HOME | {"retention": None},
        },
        "notifications": {
            "emails": ["storage@example.com"],
            "subscriptions": {"night": {"protocol": "email", "endpoint": "night@example.com"}},
        },
    }
    assert backups(root, variables) == {"home", "database", "scratch"}


def test_the_stack_takes_what_the_module_takes_and_passes_it_on(root: Stack) -> None:
    root.set_variables(
        {
            "name": "storage",
            "additional_targets": [VOLUME],
            "event_rules": {"nightly": RULE},
            "health_check_interval_minutes": 60,
            "report": {"schedule": "rate(2 days)"},
            "detailed_metrics": True,
            "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/boundary",
            "vpc": {"subnet_ids": SUBNETS[:1], "security_group_ids": [GROUP]},
            "package": {"s3_bucket": "packages", "s3_key": "fsx.zip"},
            "log_retention_days": 30,
            "maximum_concurrency": 7,
            "reserved_concurrency": 9,
            "tracing": False,
            "tags": {"Team": "storage"},
        }
    )
    planned = root.plan()
    function = only(planned, "aws_lambda_function")
    assert function["function_name"] == "storage"
    assert function["tags"]["Team"] == "storage"
    assert (function["s3_bucket"], function["reserved_concurrent_executions"]) == ("packages", 9)
    assert function["tracing_config"] == [{"mode": "PassThrough"}]
    assert function["vpc_config"][0]["subnet_ids"] == SUBNETS[:1]
    assert only(planned, "aws_lambda_permission")["source_arn"] == RULE
    assert only(planned, "aws_cloudwatch_log_group")["retention_in_days"] == 30
    assert only(planned, "aws_lambda_event_source_mapping")["scaling_config"] == [{"maximum_concurrency": 7}]
    assert "BackupAgeHours" in only(planned, "aws_cloudwatch_dashboard")["dashboard_body"]  # a detailed metric
    check = only(planned, "aws_scheduler_schedule", "health_check")
    assert check["schedule_expression"] == "rate(60 minutes)"
    assert VOLUME in check["target"][0]["input"]
    assert only(planned, "aws_scheduler_schedule", "report")["schedule_expression"] == "rate(2 days)"
    assert only(planned, "aws_iam_role", "role.function")["permissions_boundary"].endswith("/boundary")


def test_every_input_of_the_module_is_one_of_the_stack() -> None:
    of_module = {name for path in MODULE.glob("variables*.tf") for name in blocks(path, "variable")}
    assert set(blocks(ROOT / "variables.tf", "variable")) == of_module


def test_attributes_that_would_be_dropped_are_refused(root: Stack) -> None:
    root.set_variables(
        {
            "file_systems": {
                "home": HOME | {"retension": {"days": 30}, "Schedule": "rate(1 day)"},
                "database": {"volume_id": VOLUME, "retention": {"keep_weakly": 4}},
                "copied": HOME | {"copies": {"eu-central-1": {"kms_key": "x", "retention": {"kep_last": 1}}}},
                "good": HOME | {"backup_tags": {"any": "thing"}},
            },
            "notifications": {
                "mails": ["storage@example.com"],
                "subscriptions": {"night": {"protocol": "email", "endpoint": "a@example.com", "failure_only": True}},
            },
            "report": {"notified": "always"},
            "encryption": {"key_arn": "x"},
            "vpc": {"subnet_ids": SUBNETS[:1], "security_group_ids": [GROUP], "subnets": []},
            "package": {"file": "x.zip"},
        }
    )
    with pytest.raises(TerraformError) as refusal:
        root.plan()
    told = str(refusal.value)
    for words in (
        "file_systems.home (Schedule, retension; known are adopt_tags, backup_name,",
        "file_systems.database.retention (keep_weakly; known are days, keep_daily,",
        "file_systems.copied.copies.eu-central-1 (kms_key; known are completion_window_minutes, kms_key_arn,",
        "file_systems.copied.copies.eu-central-1.retention (kep_last; known are days, keep_daily,",
        "notifications (mails; known are alarm_topic_arn, create_alarm_topic, create_topic, emails,",
        "notifications.subscriptions.night (failure_only; known are endpoint, failures_only,",
        "report (notified; known are notify, require_coverage, schedule, timezone)",
        "encryption (key_arn; known are create_key, kms_key_arn)",
        "vpc (subnets; known are security_group_ids, subnet_ids)",
        "package (file; known are code_signing_config_arn, path,",
    ):
        assert words in told
    assert "file_systems.good" not in told
