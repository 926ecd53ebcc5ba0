"""A stand-in for EventBridge Scheduler, which LocalStack stores but never fires.

It delivers what the stored schedules say, when told to, with the behaviour the service documents:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

MAXIMUM_RETRY_ATTEMPTS = 185  # the service's default
_RETRYABLE = {"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestThrottled"}


class Outcome(StrEnum):
    """What became of a firing."""

    DELIVERED = "delivered"
    DISABLED = "disabled"  # nothing was sent
    DEAD_LETTERED = "dead-lettered"
    DROPPED = "dropped"  # undeliverable, and the schedule has no dead-letter queue


@dataclass(frozen=True)
class Firing:
    """One firing of one schedule; `input` is what was sent last, `attempts` how often it was tried."""

    schedule: str
    group: str
    outcome: Outcome
    scheduled_time: str
    input: str = ""
    attempts: int = 0
    error: str = ""


@dataclass(frozen=True)
class _Failure:
    code: str
    message: str
    retryable: bool


class Scheduler:
    """Fires schedules by name, through the API of the sandbox alone."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        """`client` makes a boto3 client for a service: `Sandbox.client`."""
        self._client = client
        self._schedules = client("scheduler")

    def names(self, group: str | None = None) -> list[tuple[str, str]]:
        """Group and name of every schedule, or of one group's."""
        pages = self._schedules.get_paginator("list_schedules").paginate(**({"GroupName": group} if group else {}))
        return sorted((found["GroupName"], found["Name"]) for page in pages for found in page["Schedules"])

    def fire(
        self, name: str, *, group: str = "default", scheduled_time: datetime | None = None, attempt: int = 1
    ) -> Firing:
        """Deliver one schedule's input now, as the occurrence of `scheduled_time` (default: now).

        `attempt` is the number the first try carries: 2 plays a repetition whose first delivery was lost. Retries
        follow at once; the service waits in between.
        """
        schedule = self._schedules.get_schedule(Name=name, GroupName=group)
        moment = (scheduled_time or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if schedule["State"] == "DISABLED":
            return Firing(name, group, Outcome.DISABLED, moment)
        target = schedule["Target"]
        policy = target.get("RetryPolicy", {})
        tries = 1 + int(policy.get("MaximumRetryAttempts", MAXIMUM_RETRY_ATTEMPTS))
        tried = 0
        while True:
            execution = secrets.token_hex(8)
            text = _with_context(target.get("Input", ""), schedule["Arn"], moment, execution, attempt + tried)
            tried += 1
            operation, request = _request(target, text)
            failure = self._deliver(target["Arn"], operation, request)
            if failure is None:
                return Firing(name, group, Outcome.DELIVERED, moment, text, tried)
            if not failure.retryable or tried == tries:
                break
        letter = {
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message,
            "EXECUTION_ID": execution,
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": str(tried - 1),
            "SCHEDULED_TIME": moment,
            "SCHEDULE_ARN": schedule["Arn"],
            "TARGET_ARN": f"arn:aws:scheduler:::aws-sdk:{operation}",
            # Only after retries: a permanent error is not repeated.
            **({"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts"} if failure.retryable else {}),
        }
        lettered = self._dead_letter(target.get("DeadLetterConfig", {}).get("Arn"), request, letter)
        outcome = Outcome.DEAD_LETTERED if lettered else Outcome.DROPPED
        return Firing(name, group, outcome, moment, text, tried, f"{failure.code}: {failure.message}")

    def fire_all(self, *, group: str | None = None, scheduled_time: datetime | None = None) -> Iterator[Firing]:
        """Fire every schedule, one after the other."""
        for its_group, name in self.names(group):
            yield self.fire(name, group=its_group, scheduled_time=scheduled_time)

    def _deliver(self, arn: str, operation: str, request: dict[str, Any]) -> _Failure | None:
        try:
            if operation == "sqs:sendMessage":
                self._client("sqs").send_message(**{**request, "QueueUrl": self._queue_url(arn)})
            else:
                self._client("lambda").invoke(**request)
        except ClientError as error:
            code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            return _Failure(code, error.response["Error"]["Message"], status >= 500 or code in _RETRYABLE)
        except BotoCoreError as error:  # nobody answers
            return _Failure("AWS.Scheduler.InternalServerError", str(error), retryable=True)
        return None

    def _dead_letter(self, queue: str | None, request: dict[str, Any], attributes: dict[str, str]) -> bool:
        if queue is None:
            return False
        try:
            self._client("sqs").send_message(
                QueueUrl=self._queue_url(queue),
                MessageBody=json.dumps(request),
                MessageAttributes={
                    key: {"DataType": "String", "StringValue": value} for key, value in attributes.items() if value
                },
            )
        except (BotoCoreError, ClientError):
            return False
        return True

    def _queue_url(self, arn: str) -> str:
        *_, account, name = arn.split(":")
        url: str = self._client("sqs").get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        return url


def _request(target: dict[str, Any], text: str) -> tuple[str, dict[str, Any]]:
    """The API call for a templated target, as operation and parameters."""
    match target["Arn"].split(":")[2]:
        case "sqs":
            *_, region, account, name = target["Arn"].split(":")
            url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
            return "sqs:sendMessage", {"MessageBody": text, "QueueUrl": url, **target.get("SqsParameters", {})}
        case "lambda":
            return "lambda:invoke", {"FunctionName": target["Arn"], "InvocationType": "Event", "Payload": text}
        case service:
            raise ValueError(f"The sandbox's Scheduler delivers to SQS and Lambda, not to {service}: {target['Arn']}")


def _with_context(text: str, arn: str, moment: str, execution: str, attempt: int) -> str:
    """Fill in the context attributes. Only the literal keywords count: `\\u003caws.scheduler…` stays as it is."""
    values = {
        "schedule-arn": arn,
        "scheduled-time": moment,
        "execution-id": execution,
        "attempt-number": str(attempt),
    }
    for keyword, value in values.items():
        text = text.replace(f"<aws.scheduler.{keyword}>", value)
    return text
