"""A person's mailbox: a queue subscribed to a topic, read as the subscriber would."""

import json
from collections.abc import Callable
from typing import Any, Self


class Inbox:
    """Made on `with`, taken away after it. Each message is SNS's JSON: `Subject`, `Message`, `MessageAttributes`.

    A queue gets the function's messages as JSON for programs: that is in `Data`, and `Message` is the text in it, which
    is what a mail would have.
    """

    def __init__(self, client: Callable[[str], Any], topic_arn: str, name: str = "inbox") -> None:
        self._sqs, self._sns = client("sqs"), client("sns")
        self._topic_arn = topic_arn
        self._name = name

    def __enter__(self) -> Self:
        self._url = self._sqs.create_queue(QueueName=self._name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]
        self._subscription = self._sns.subscribe(
            TopicArn=self._topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"], ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        return self

    def __exit__(self, *_: object) -> None:
        self._sns.unsubscribe(SubscriptionArn=self._subscription)
        self._sqs.delete_queue(QueueUrl=self._url)

    def receive(self, seconds: int) -> list[dict[str, Any]]:
        """Messages that are there or arrive within so many seconds (20 at most), taken out of the box."""
        found = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
        for message in found.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [_read(json.loads(message["Body"])) for message in found.get("Messages", [])]


def _read(envelope: dict[str, Any]) -> dict[str, Any]:
    data = json.loads(envelope["Message"])
    return {**envelope, "Message": data.get("text", envelope["Message"]), "Data": data}
