"""One execution environment with the packaged function: a JSON list of events in; a JSON list of answers and the number
of calls by operation out.

With the argument `drain` it takes the messages of the queue afterwards, as an event source mapping would.
"""

import json
import os
import sys
import time
from collections import Counter
from typing import Any

import boto3

from fsx_backup.handler import handler

TIMEOUT = 300.0  # the module's


class Context:
    """Lambda's, as far as the function uses it. A new one for every invocation."""

    def __init__(self) -> None:
        self.end = time.monotonic() + TIMEOUT

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * (self.end - time.monotonic()))


def invoke(event: dict[str, Any]) -> Any:
    try:
        return handler(event, Context())
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def drain() -> list[Any]:
    sqs, url, answers = boto3.client("sqs"), os.environ["FSX_BACKUP_QUEUE_URL"], []
    while messages := sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"]).get("Messages"):
        [message] = messages
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
        }
        answers.append(invoke({"Records": [record]}))
        if answers[-1] == {"batchItemFailures": []}:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return answers


def counted() -> Counter[str]:
    """Filled by every call of the clients that are made after this."""
    calls: Counter[str] = Counter()
    boto3.DEFAULT_SESSION = boto3.Session()
    boto3.DEFAULT_SESSION.events.register("before-call", lambda model, **_: calls.update([model.name]))
    return calls


if __name__ == "__main__":
    calls = counted()
    answers = [invoke(event) for event in json.load(sys.stdin)]
    print(json.dumps(answers + (drain() if "drain" in sys.argv else [])))
    print(json.dumps(calls))
