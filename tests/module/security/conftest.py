"""The calls of all scenarios, and the policies that plans of the module give the function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.module.conftest import ModulePlanner, aws_environment, plan
from tests.module.security.iam import Call, Policies
from tests.module.security.recorder import REGION, Recorder
from tests.module.security.scenarios import FILE_SYSTEMS, SCENARIOS, seed
from tests.support.world import new_world

if TYPE_CHECKING:
    from dev.terraform import Plan

__all__ = ["aws_environment", "plan"]  # fixtures of the plan tests

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def function_policies(planned: Plan) -> Policies:
    """All policies of the function's role, known in the plan because the key is."""
    documents = [
        values["policy"]
        for address, values in planned.resources("aws_iam_role_policy").items()
        if ".aws_iam_role_policy.function" in address
    ]
    assert documents
    assert all(documents)
    return Policies(documents)


def planned_policies(planner: ModulePlanner, **arguments: Any) -> Policies:
    return function_policies(planner(name="prod", encryption={"kms_key_arn": KEY}, **arguments))


@pytest.fixture(scope="session")
def policies(plan: ModulePlanner) -> Policies:
    return planned_policies(plan, file_systems=FILE_SYSTEMS)


@pytest.fixture(scope="session")
def policies_of_many(plan: ModulePlanner) -> Policies:
    """More targets than a role's policies have room for, so that they are not listed."""
    more = {f"plan-{n}": {"file_system_id": f"fs-{n:017x}"} for n in range(100, 250)}
    return planned_policies(plan, file_systems=FILE_SYSTEMS | more)


@pytest.fixture(scope="session")
def recorded() -> list[Call]:
    calls: list[Call] = []
    for scenario in SCENARIOS:
        with new_world(region=REGION) as world:
            recorder = Recorder(world)
            seed(world)
            scenario(world)
            assert recorder.calls
            assert not recorder.unknown, f"calls that IAM is not asked about here: {recorder.unknown}"
            calls += recorder.calls
    return calls
