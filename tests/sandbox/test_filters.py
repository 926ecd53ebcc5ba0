"""SNS filter policies in the sandbox match what AWS's match."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dev.sandbox.aws import Sandbox

SEVERITY = {"severity": {"DataType": "String", "StringValue": "error"}}
POLICIES = {
    "absent": {"severity": [{"exists": False}]},
    "any-case": {"$or": [{"severity": ["error"]}, {"severity": [{"exists": False}]}]},
    "another-absent": {"plan": [{"exists": False}]},
    "none": {},
}


@pytest.fixture(scope="module")
def topic(sandbox: Sandbox) -> str:
    """A topic with a queue for each filter policy, to which a message without attributes was sent and one with."""
    sns, sqs = sandbox.client("sns"), sandbox.client("sqs")
    topic: str = sns.create_topic(Name="filtered")["TopicArn"]
    for name, policy in POLICIES.items():
        url = sqs.create_queue(QueueName=f"filtered-{name}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        attributes = {"FilterPolicy": json.dumps(policy)} if policy else {}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    sns.publish(TopicArn=topic, Message="an alarm, say")
    sns.publish(TopicArn=topic, Message="with attributes", MessageAttributes=SEVERITY)
    return topic


def received(sandbox: Sandbox, name: str) -> Iterator[Any]:
    sqs = sandbox.client("sqs")
    url = sqs.get_queue_url(QueueName=f"filtered-{name}")["QueueUrl"]
    while found := sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2).get("Messages", []):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])["Message"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none", ["an alarm, say", "with attributes"]),
        ("absent", []),
        ("any-case", ["with attributes"]),
        ("another-absent", ["with attributes"]),
    ],
)
def test_a_message_without_attributes_matches_no_filter_policy(
    sandbox: Sandbox, topic: str, name: str, expected: list[str]
) -> None:
    assert sorted(received(sandbox, name)) == expected
