"""Reads policies and resources off a plan."""

import json
from typing import Any

from dev.terraform import Plan


def only(plan: Plan, type_: str, name: str = "") -> dict[str, Any]:
    found = [values for address, values in plan.resources(type_).items() if address.split("[")[0].endswith(name)]
    assert len(found) == 1, f"{len(found)} of {type_} {name}"
    return found[0]


def statements(policy: str) -> list[dict[str, Any]]:
    return list(json.loads(policy)["Statement"])


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def allowed(plan: Plan, role: str) -> set[str]:
    """Every action that the inline policies of a role allow."""
    return {
        action
        for address, values in plan.resources("aws_iam_role_policy").items()
        if f".{role}" in address
        for statement in statements(values["policy"])
        for action in as_list(statement["Action"])
    }


def configured(plan: Plan) -> dict[str, dict[str, Any]]:
    """Address -> the module's resource as it is written."""
    module = plan.json["configuration"]["root_module"]["module_calls"]["fsx_backup"]["module"]
    return {resource["address"]: resource for resource in module["resources"]}


def depends_on(plan: Plan, resource: str) -> list[str]:
    return list(configured(plan)[resource].get("depends_on", []))
