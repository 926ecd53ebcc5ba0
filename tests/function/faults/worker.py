"""One invocation of the function in a process of its own, which may be killed at any moment.

What it did to the world outside FSx is in a file, a line an effect: nothing written is lost by a kill.
"""

from __future__ import annotations

import json
import os
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from fsx_backup.handler import Function
from fsx_backup.settings import Settings
from tests.support.world import DEPLOYMENT, Context, Topic

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

SETTINGS = Settings(DEPLOYMENT, "arn:aws:sns:us-east-1:123456789012:alerts", "https://sqs/work")
# Loading the service's model takes most of a client's time: the processes are forked from one that has done it.
_SESSION = boto3.session.Session("testing", "testing", region_name="us-east-1")
_SESSION.client("fsx")


class Journal:
    """The queue, the topic and CloudWatch of one invocation."""

    def __init__(self, file: str) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **effect: Any) -> None:
        os.write(self._file, json.dumps(effect).encode() + b"\n")

    def change_message_visibility(self, *, VisibilityTimeout: int, **_: Any) -> None:  # noqa: N803 - boto3's names
        self.write(hidden=VisibilityTimeout)

    def send_message(self, *, MessageBody: str, **_: Any) -> None:  # noqa: N803
        self.write(sent=[MessageBody])

    def send_message_batch(self, *, Entries: list[dict[str, str]], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.write(sent=[entry["MessageBody"] for entry in Entries])
        return {}

    def publish(self, **arguments: Any) -> None:
        topic = Topic(SETTINGS.topic_arn)
        topic.publish(**arguments)  # refuses what SNS refuses
        self.write(mail=topic.mails[0].data)

    def put_metric_data(self, **_: Any) -> None:
        self.write(counted=True)


def invoke(endpoint: str, event: dict[str, Any], now: str, file: str, together: Barrier | None = None) -> None:
    """Handle an SQS event at a time; the last line is how it ended."""
    journal: Any = Journal(file)
    config = Config(retries={"total_max_attempts": 4, "mode": "standard"}, read_timeout=30, proxies={})
    moment = datetime.fromisoformat(now)

    def client(service: str, region: str = "us-east-1") -> Any:
        return _SESSION.client("fsx", region, endpoint_url=endpoint, config=config) if service == "fsx" else journal

    function = Function(SETTINGS, client, lambda: moment)
    if together is not None:
        together.wait(60)
    try:
        answer = function.handle(event, Context())
    except Exception as error:
        journal.write(end="error", error=repr(error), at=time.monotonic())
        return
    journal.write(end="kept" if answer["batchItemFailures"] else "done", at=time.monotonic())
