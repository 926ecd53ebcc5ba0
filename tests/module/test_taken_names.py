"""A second deployment of the same name is refused before it has touched anything of the first: read off the graph."""

from collections.abc import Iterator
from typing import Any

import pytest

from dev.terraform import Plan, TerraformError
from tests.module.reading import configured
from tests.support.planning import ModulePlanner

# AWS refuses to make these where the name is taken (IAM, CloudWatch Logs, Lambda, Scheduler, KMS: API references), and
# a key has no name. What belongs to one of them and is addressed through it is made after it by that alone.
REFUSE_A_TAKEN_NAME = {
    "aws_iam_role",
    "aws_cloudwatch_log_group",
    "aws_lambda_function",
    "aws_scheduler_schedule_group",
    "aws_scheduler_schedule",
    "aws_kms_alias",
    "aws_kms_key",
}


def made_after(plan: Plan, address: str) -> set[str]:
    """Every resource of the module that is made before this one, however long the way."""
    found: set[str] = set()
    waiting = [address]
    while waiting:
        resource = configured(plan).get(waiting.pop(), {})
        named = set(resource.get("depends_on", [])) | set(references(resource.get("expressions", {})))
        direct = {
            other for other in configured(plan) for name in named if f"{name}.".startswith((f"{other}.", f"{other}["))
        }
        waiting += direct - found
        found |= direct
    return found


def references(expressions: Any) -> Iterator[str]:
    if isinstance(expressions, dict):
        yield from expressions.get("references", [])
    for value in expressions.values() if isinstance(expressions, dict) else expressions:
        if isinstance(value, dict | list):
            yield from references(value)


def test_what_would_overwrite_is_made_after_what_refuses_a_taken_name(default: Plan) -> None:
    """A second deployment of the same name stops before it has touched the first one's alarms, topics and queues."""
    managed = {a: r["type"] for a, r in configured(default).items() if r["mode"] == "managed"}
    overwriting = {address for address, type_ in managed.items() if type_ not in REFUSE_A_TAKEN_NAME}
    assert {managed[address] for address in overwriting} >= {
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_metric_alarm",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
        "aws_sqs_queue_redrive_policy",
    }
    roles = {"aws_iam_role.function", "aws_iam_role.scheduler"}
    for address in overwriting - {a for a in overwriting if managed[a] == "aws_iam_role_policy"}:
        assert made_after(default, address) >= {"aws_cloudwatch_log_group.this", *roles}, address
    for address in overwriting:  # a role's policy is made after its own role
        assert made_after(default, address) & roles, address


@pytest.mark.parametrize("type_", ["aws_sns_topic", "aws_sqs_queue", "aws_scheduler_schedule_group"])
def test_no_name_is_one_that_belongs_to_another_deployment(plan: ModulePlanner, tested: Plan, type_: str) -> None:
    """`prod-alarms` would have the alarms topic of `prod` for its main topic."""
    names = {values["name"] for values in tested.resources(type_).values()}
    assert "fsx-backup" in names
    assert len(names) > 1
    for other in names - {"fsx-backup"}:
        with pytest.raises(
            TerraformError, match="name must not end in -alarms, -checks, -dead-letters or -restore-tes"
        ):
            plan(name=other)
