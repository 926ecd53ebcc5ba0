"""The plans that several files read."""

import json

import pytest

from dev.terraform import Plan
from tests.module.inputs import ALARM_TOPIC, EVERYTHING, HOME, KEY, TICKETS
from tests.module.reader import Reader
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
    """Hundreds of plans, each with a maximum age."""
    return plan(
        file_systems={
            f"plan-{n}": {"file_system_id": f"fs-{n:017x}", "max_backup_age_hours": 6 if n % 2 else 30.5}
            for n in range(MANY)
        },
        encryption={"kms_key_arn": KEY},
    )


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="session")
def watched(plan: ModulePlanner) -> Plan:
    """Maximum ages, check schedules, an alarms topic, and a subscription of each kind."""
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
