"""The plans that several files read."""

import json
from typing import Any

import pytest

from dev.terraform import Plan
from tests.module.inputs import ALARM_TOPIC, EVERYTHING, FAR_KEY, HOME, KEY, TICKETS
from tests.module.reader import Reader
from tests.module.restore_tests import TEST
from tests.support.planning import MANY, ModulePlanner


@pytest.fixture(scope="session")
def default(plan: ModulePlanner) -> Plan:
    """One plan, an existing key: the policies are known in the plan."""
    return plan(file_systems={"home": HOME}, encryption={"kms_key_arn": KEY})


@pytest.fixture(scope="session")
def own_key(plan: ModulePlanner) -> Plan:
    """One plan, the module's own key: what it encrypts is known after apply only."""
    return plan(file_systems={"home": HOME})


@pytest.fixture(scope="session")
def many(plan: ModulePlanner) -> Plan:
    """Hundreds of plans."""
    return plan(
        file_systems={f"plan-{n}": {"file_system_id": f"fs-{n:017x}"} for n in range(MANY)},
        encryption={"kms_key_arn": KEY},
    )


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("reader"))


COPIES: dict[str, Any] = {
    "us-east-1": {},
    "eu-central-1": {"retention": {"days": 30}, "kms_key_arn": FAR_KEY, "completion_window_minutes": 60},
}


@pytest.fixture(scope="session")
def watched(plan: ModulePlanner) -> Plan:
    """A maximum age, a report of its own, detailed metrics, an alarms topic, and a subscription of each kind."""
    return plan(
        file_systems={
            "home": HOME
            | {
                "max_backup_age_hours": 6,
                "adopt_tags": {"Name": "old"},
                "retention": {"keep_daily": 5},
                "copies": COPIES,
            },
            "rare": HOME | {"timezone": "Europe/Paris", "enabled": False},
            "free": HOME | {"completion_window_minutes": 2880},
        },
        additional_targets=["fs-0123456789abcdef1"],
        health_check_interval_minutes=720,
        report={"schedule": "cron(0 7 ? * MON *)", "timezone": "Europe/Paris", "require_coverage": True},
        detailed_metrics=True,
        notifications={
            "alarm_topic_arn": ALARM_TOPIC,
            "ok_actions": True,
            "runbook_url": "https://wiki.example.com/backups",
            "emails": ["storage@example.com"],
            "subscriptions": {
                "tickets": {"protocol": "sqs", "endpoint": TICKETS, "failures_only": True},
                "night": {
                    "protocol": "email",
                    "endpoint": "night@example.com",
                    "filter_policy": json.dumps({"plan": ["home"]}),
                },
                "everything": {"protocol": "https", "endpoint": EVERYTHING},
            },
        },
        encryption={"kms_key_arn": KEY},
    )


@pytest.fixture(scope="session")
def tested(plan: ModulePlanner) -> Plan:
    """Restore tests at home and in the copies' Region."""
    return plan(
        file_systems={
            "home": HOME | {"copies": COPIES, "restore_test": TEST | {"hold_minutes": 60, "timezone": "Europe/Paris"}},
            "far": HOME
            | {
                "copies": COPIES,
                "enabled": False,
                "restore_test": TEST | {"source": "eu-central-1", "kms_key_arn": FAR_KEY, "throughput_capacity": 64},
            },
            "untested": HOME,
        },
        max_restore_tests=3,
        encryption={"kms_key_arn": KEY},
    )
