"""The root stack passes its few variables on, and refuses what would not arrive."""

from typing import Any

import pytest

from sandbox.terraform import Stack, TerraformError
from tests.plan.inputs import HOME, VOLUME


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


def test_attributes_that_would_be_dropped_are_refused(root: Stack) -> None:
    root.set_variables(
        {
            "file_systems": {
                "home": HOME | {"retension": {"days": 30}, "Schedule": "rate(1 day)"},
                "database": {"volume_id": VOLUME, "retention": {"keep_weakly": 4}},
                "good": HOME | {"backup_tags": {"any": "thing"}},
            },
            "notifications": {
                "mails": ["storage@example.com"],
                "subscriptions": {"night": {"protocol": "email", "endpoint": "a@example.com", "failure_only": True}},
            },
            "encryption": {"key_arn": "x"},
        }
    )
    with pytest.raises(TerraformError) as refusal:
        root.plan()
    told = str(refusal.value)
    for words in (
        "file_systems.home (Schedule, retension; known are adopt_tags, backup_name,",
        "file_systems.database.retention (keep_weakly; known are days, keep_daily,",
        "notifications (mails; known are alarm_topic_arn, create_alarm_topic, create_topic, emails,",
        "notifications.subscriptions.night (failure_only; known are endpoint, failures_only,",
        "encryption (key_arn; known are create_key, kms_key_arn)",
    ):
        assert words in told
    assert "file_systems.good" not in told
