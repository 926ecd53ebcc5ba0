"""Another state with the same name: neither its refused apply nor its destroy changes the first deployment."""

from collections.abc import Iterator
from typing import Any

import pytest

from dev.terraform import Stack, TerraformError
from tests.deployed.stage import NAME, Stage

VOLATILE = {"ResponseMetadata", "StateUpdatedTimestamp", "StateReason", "StateReasonData", "StateTransitionedTimestamp"}


def deployed(stage: Stage) -> dict[str, Any]:
    """Everything that a second deployment of the name would overwrite or delete, as AWS describes it."""
    return dict(described(stage))


def described(stage: Stage) -> Iterator[tuple[str, Any]]:
    client = stage.sandbox.client
    alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{NAME}-")["MetricAlarms"]
    yield "alarms", {a["AlarmName"]: {k: v for k, v in a.items() if k not in VOLATILE | {"StateValue"}} for a in alarms}
    yield "dashboard", client("cloudwatch").get_dashboard(DashboardName=NAME)["DashboardBody"]
    topic = stage.outputs["topic_arn"]
    yield "topic", client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    yield "subscriptions", client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    for queue in ("queue", "dead_letter_queue"):
        attributes = ["KmsMasterKeyId", "RedrivePolicy", "RedriveAllowPolicy", "VisibilityTimeout", "CreatedTimestamp"]
        url = stage.outputs[queue]["url"]
        yield queue, client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=attributes)["Attributes"]
    yield (
        "roles",
        {
            role: client("iam").list_role_policies(RoleName=f"{NAME}-{role}")["PolicyNames"]
            for role in ("function", "scheduler")
        },
    )
    yield "function", client("lambda").get_function_configuration(FunctionName=NAME)["RevisionId"]
    yield (
        "log group",
        client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}")["logGroups"][0]["arn"],
    )
    schedules = client("scheduler").list_schedules()["Schedules"]
    yield "schedules", sorted(s["Arn"] for s in schedules if s["GroupName"] in {NAME, f"{NAME}-checks"})


@pytest.fixture(scope="module")
def another_state(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    stack = Stack.of_root(tmp_path_factory.mktemp("another") / "stack", stage.sandbox.environment())
    other = {"file_system_id": "fs-0123456789abcdef9", "max_backup_age_hours": 500}
    stack.set_variables(
        {
            "name": NAME,
            "file_systems": {"home": other},
            "notifications": {"emails": ["other-team@example.com"]},
            "encryption": {"kms_key_arn": stage.outputs["kms_key_arn"]},  # so that even the queues look alike
        }
    )
    stack.init()
    stack.plan()
    return stack


def test_a_second_deployment_of_the_name_touches_nothing_of_the_first(stage: Stage, another_state: Stack) -> None:
    before = deployed(stage)
    assert set(before["alarms"]) > {f"{NAME}-errors", f"{NAME}-queue-age"}
    with pytest.raises(TerraformError) as refusal:
        another_state.apply()
    assert "EntityAlreadyExists" in str(refusal.value)
    assert deployed(stage) == before
    another_state.destroy()
    assert deployed(stage) == before
