"""The check of a consumer's plans on a plan that Terraform made."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dev.terraform import Plan
from plan_check import plan_check
from tests.module.inputs import FLEET, HOME, KEY, MAIN_TOPIC, TOPIC
from tests.support.planning import ModulePlanner

NOW = datetime(2026, 9, 20, tzinfo=UTC)
WEST_KEY = KEY.replace("eu-west-1", "us-west-2")
BEFORE = {
    "removed": HOME,
    "shortened": HOME | {"retention": {"days": 30, "keep_monthly": 12}},
    "disabled": HOME,
    "bolder": HOME,
    "rarer": HOME,
    "moved": HOME,
    "kept": HOME,
    "fleet": FLEET,
    "copied": HOME | {"retention": {"days": 9}, "copies": {"us-east-1": {}, "us-west-2": {"kms_key_arn": WEST_KEY}}},
}
AFTER = {
    "moved": {"file_system_id": "fs-11111111"},
    "shortened": HOME | {"retention": {"days": 14, "keep_monthly": 12}},
    "disabled": HOME | {"enabled": False},
    "bolder": HOME | {"retention": {"max_deletes": 100}},
    "rarer": HOME | {"schedule": "cron(0 0 1 1 ? *)"},
    "kept": HOME | {"notify_on_success": False},
    "new": HOME,
    "fleet": FLEET | {"target_types": ["LUSTRE"]},
    "copied": HOME | {"retention": {"days": 9}, "copies": {"us-west-2": {"retention": {"days": 7}}}},
}


def state_of(plan: Plan) -> dict[str, Any]:
    """A state in which the planned schedules and alarms exist; a text for every value that only apply would know."""
    resources: dict[tuple[str, str], dict[str, Any]] = {}
    for planned in plan.json["resource_changes"]:
        if planned["type"] in ("aws_scheduler_schedule", "aws_cloudwatch_metric_alarm"):
            later = {
                name: f"later-{name}" for name, unknown in planned["change"]["after_unknown"].items() if unknown is True
            }
            resource = resources.setdefault(
                (planned["type"], planned["name"]),
                {
                    "module": planned["module_address"],
                    "mode": "managed",
                    "type": planned["type"],
                    "name": planned["name"],
                    "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                    "instances": [],
                },
            )
            instance = {"schema_version": 0, "attributes": planned["change"]["after"] | later}
            resource["instances"].append(instance | ({"index_key": planned["index"]} if "index" in planned else {}))
    return {
        "version": 4,
        "terraform_version": plan.json["terraform_version"],
        "serial": 1,
        "resources": [*resources.values()],
    }


def test_losses_are_found_in_a_plan_of_the_module(plan: ModulePlanner, monkeypatch: pytest.MonkeyPatch) -> None:
    state = plan.stack.folder / "terraform.tfstate"
    same: dict[str, Any] = {"encryption": {"kms_key_arn": KEY}}
    before = plan(file_systems=BEFORE, notifications={"topic_arn": TOPIC}, **same)
    state.write_text(json.dumps(state_of(before)))
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-refresh=false")
    weaker = {
        "notifications": {"topic_arn": MAIN_TOPIC},
        "health_check_interval_minutes": 60,
        "report": {"notify": "never"},
    }
    try:
        after = plan(file_systems=AFTER, **weaker, **same)
    finally:
        state.unlink()
    changes = plan_check.changes_of_deployments(after.json)
    told: dict[str, list[str]] = {}
    for loss in plan_check.losses(changes, NOW):
        told.setdefault(loss.names[-1], []).append(loss.sentence)
    words = {
        "removed": ["its schedule would be removed"],
        "shortened": ["days from 30 to 14"],
        "disabled": ["would be disabled"],
        "moved": [f"the backups of {HOME['file_system_id']} become orphaned"],
        "fleet": ['target_types from ["LUSTRE", "ONTAP", "OPENZFS", "WINDOWS"] to ["LUSTRE"]'],
        "copied": ["would not be copied to us-east-1 any more", "in copies to us-west-2, days from 9 to 7"],
        "rarer": ["would fire less often, up to 365 days apart, not 4 hours"],
        "aws_scheduler_schedule.health_check": ["up to 1 hour apart, not 30 minutes"],
        "aws_scheduler_schedule.report": ['notify from "problems" to "never"'],
        **{
            address.removeprefix("module.fsx_backup."): [TOPIC]
            for address in before.resources("aws_cloudwatch_metric_alarm")
        },
    }
    words['aws_cloudwatch_metric_alarm.this["late"]'].append("period from 3600 to 7200")
    assert set(told) == set(words)
    for name, expected in words.items():
        assert len(told[name]) == len(expected)
        assert all(word in sentence for word, sentence in zip(expected, told[name], strict=True))
    assert [warning.split(":")[0] for warning in plan_check.warnings(changes)] == ["bolder", "copied"]


def test_a_first_plan_whose_messages_are_all_unknown_loses_nothing(unknown: Plan) -> None:
    assert not list(plan_check.losses(plan_check.changes_of_deployments(unknown.json), NOW))
