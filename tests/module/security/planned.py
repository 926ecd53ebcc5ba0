"""The policies that a plan of the module gives the function."""

from typing import Any

from dev.terraform import Plan
from tests.module.inputs import KEY
from tests.module.security.iam import Policies
from tests.support.planning import ModulePlanner


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
