"""A person's mailbox: a queue subscribed to a topic, read as the subscriber would."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from dev.scenarios.observer import Mail


class Inbox:
    """Made on `with`, taken away after it: subscribed to a topic, through a filter policy if it has one, and to further
    topics without.
    """

    def __init__(
        self,
        client: Callable[[str], Any],
        topic_arn: str,
        name: str = "inbox",
        *,
        filter_policy: Mapping[str, Any] | None = None,
        further: Sequence[str] = (),
    ) -> None:
        self._sqs, self._sns = client("sqs"), client("sns")
        self._topics = {**dict.fromkeys(further), topic_arn: filter_policy}
        self._name = name
        self._subscriptions: list[str] = []

    def __enter__(self) -> Self:
        self._url = self._sqs.create_queue(QueueName=self._name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]
        self._sqs.set_queue_attributes(
            QueueUrl=self._url, Attributes={"Policy": json.dumps(_policy(attributes["QueueArn"], [*self._topics]))}
        )
        self._subscriptions = [
            self._sns.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint=attributes["QueueArn"],
                Attributes={"FilterPolicy": json.dumps(policy)} if policy else {},
                ReturnSubscriptionArn=True,
            )["SubscriptionArn"]
            for topic, policy in self._topics.items()
        ]
        return self

    def __exit__(self, *_: object) -> None:
        for subscription in self._subscriptions:
            self._sns.unsubscribe(SubscriptionArn=subscription)
        self._sqs.delete_queue(QueueUrl=self._url)

    def receive(self, seconds: int) -> list[Mail]:
        """Messages that are there or arrive within so many seconds (20 at most), taken out of the box."""
        found = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
        for message in found.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [Mail.of(json.loads(message["Body"])) for message in found.get("Messages", [])]


def _policy(queue_arn: str, topics: list[str]) -> dict[str, Any]:
    """SNS may send to this queue, from these topics alone."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topics}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
