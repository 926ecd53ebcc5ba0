"""The check of a consumer's plans on a plan that Terraform made."""

import json
from typing import Any

import pytest

from dev.terraform import Plan
from plan_check import plan_check
from tests.module.inputs import HOME, KEY
from tests.support.planning import ModulePlanner

BEFORE = {
    "removed": HOME,
    "shortened": HOME | {"retention": {"days": 30, "keep_monthly": 12}},
    "disabled": HOME,
    "bolder": HOME,
    "moved": HOME,
    "kept": HOME,
}
AFTER = {
    "moved": {"file_system_id": "fs-11111111"},
    "shortened": HOME | {"retention": {"days": 14, "keep_monthly": 12}},
    "disabled": HOME | {"enabled": False},
    "bolder": HOME | {"retention": {"max_deletes": 100}},
    "kept": HOME | {"notify_on_success": False},
    "new": HOME,
}


def state_of(plan: Plan) -> dict[str, Any]:
    """A state in which the planned schedules exist; a text for every value that only apply would know."""
    resources: dict[tuple[str, str], dict[str, Any]] = {}
    for planned in plan.json["resource_changes"]:
        if planned["type"] == "aws_scheduler_schedule":
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
    state.write_text(json.dumps(state_of(plan(file_systems=BEFORE, encryption={"kms_key_arn": KEY}))))
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-refresh=false")
    try:
        after = plan(file_systems=AFTER, encryption={"kms_key_arn": KEY})
    finally:
        state.unlink()
    changes = plan_check.changes_of_deployments(after.json)
    told = {loss.names[-1]: loss.sentence for loss in plan_check.losses(changes)}
    assert set(told) == {"removed", "shortened", "disabled", "moved"}
    assert "its schedule would be removed" in told["removed"]
    assert "days from 30 to 14" in told["shortened"]
    assert "would be disabled" in told["disabled"]
    assert f"the backups of {HOME['file_system_id']} become orphaned" in told["moved"]
    assert [warning.split(":")[0] for warning in plan_check.warnings(changes)] == ["bolder"]


def test_a_first_plan_whose_messages_are_all_unknown_loses_nothing(unknown: Plan) -> None:
    assert not list(plan_check.losses(plan_check.changes_of_deployments(unknown.json)))
