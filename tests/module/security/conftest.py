"""The calls of all scenarios, and the policies that plans of the module give the function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.module.security.iam import Call, Policies
from tests.module.security.planned import planned_policies
from tests.module.security.recorder import REGION, Recorder
from tests.module.security.scenarios import FILE_SYSTEMS, SCENARIOS, seed
from tests.support.planning import ModulePlanner
from tests.support.world import new_world

if TYPE_CHECKING:
    pass


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
