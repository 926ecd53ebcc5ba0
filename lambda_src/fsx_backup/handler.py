"""Where Lambda enters: a message from the queue, or a direct invocation. Joins the parts, decides nothing."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from . import check, fsx, metrics, notifications
from .event import InvalidEvent, parse, parse_check
from .model import DeploymentCheck, PlansCheck, Request
from .report import Report, Wait
from .settings import Settings
from .step import Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef
    from mypy_boto3_fsx import FSxClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


LONGEST_DELAY = 900  # SQS: DelaySeconds of a new message
OLDEST_CHECK = timedelta(hours=1)  # a check is about now: one that could not be made by then is left to the next

log = logging.getLogger("fsx_backup")


class BackupFailed(Exception):
    """A direct invocation came to a bad end. A return would tell Lambda and its alarms that all is well."""


class Function:
    """The function with its clients and its clock."""

    def __init__(
        self,
        settings: Settings,
        fsx_client: FSxClient,
        sns_client: SNSClient,
        sqs_client: SQSClient,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        clients: Callable[[str], Any] = metrics.connect,
    ) -> None:
        """`clients` makes the clients that only some messages need, when they first do."""
        self.settings = settings
        self.fsx = fsx_client
        self.sns = sns_client
        self.sqs = sqs_client
        self.clock = clock
        self.client = cache(clients)
        self.told_crashes: set[str] = set()  # ids of messages, in this execution environment

    def handle(self, event: Any, context: Any) -> dict[str, Any]:
        """Lambda's answer to an SQS batch, or the report of a direct invocation."""
        if isinstance(event, dict) and isinstance(event.get("Records"), list):
            kept = [record["messageId"] for record in event["Records"] if not self._message(record, context)]
            return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in kept]}
        return self._direct(event, context)

    def _message(self, record: dict[str, Any], context: Any) -> bool:
        """Take one message a step further; whether it is done with. Raises what the alarms must see."""
        body = record["body"]
        sent = datetime.fromtimestamp(int(record["attributes"]["SentTimestamp"]) // 1000, UTC)
        try:
            request = self._parse(_decoded(body), body, sent)
        except InvalidEvent:
            return True  # told; it would be as bad next time
        if not isinstance(request, Request):
            return self._check_by_message(request, sent)
        try:
            result = self._step(request, context)
        except Exception as error:
            # Told once by each execution environment; further deliveries of the message only count as errors.
            if record["messageId"] not in self.told_crashes:
                self.told_crashes.add(record["messageId"])
                self._tell_crash(error, body, request)
            raise
        if isinstance(result, Report):
            return True
        self.sqs.change_message_visibility(
            QueueUrl=self.settings.queue_url,
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=int(result.delay.total_seconds()),
        )
        return False

    def _direct(self, event: Any, context: Any) -> dict[str, Any]:
        body = json.dumps(event)
        request = self._parse(event, body, self.clock().replace(microsecond=0))
        if not isinstance(request, Request):
            return self._check(request)
        try:
            result = self._step(request, context)
        except Exception as error:
            self._tell_crash(error, body, request)
            raise
        if isinstance(result, Report):
            if not result.outcome.good:
                raise BackupFailed(f"{result.outcome}: {result.reason} {result.remedy}")
            return result.as_json()
        if request.dry_run:
            raise BackupFailed(f"The dry run could not be made: {result.reason}. Try again.")
        self.sqs.send_message(
            QueueUrl=self.settings.queue_url,
            MessageBody=json.dumps({**event, "scheduled_time": result.occurrence.time}),
            DelaySeconds=min(LONGEST_DELAY, int(result.delay.total_seconds())),
        )
        return {
            "outcome": "IN_PROGRESS",
            "plan": request.plan.name,
            "target": request.plan.target.id,
            "scheduled_time": result.occurrence.time,
            "backup_id": result.backup.id if result.backup else None,
            "reason": result.reason,
        }

    def _parse(self, event: Any, body: str, default_time: datetime) -> Request | PlansCheck | DeploymentCheck:
        try:
            return parse_check(event) or parse(event, default_time)
        except InvalidEvent as error:
            log.error("refused: %s", error)
            self._publish(notifications.of_invalid_event(self.settings, error, body))
            raise

    def _check_by_message(self, request: PlansCheck | DeploymentCheck, sent: datetime) -> bool:
        if self.clock() - sent > OLDEST_CHECK:
            return True
        try:
            self._check(request)
        except fsx.Transient as error:
            log.warning("check kept: %s", error)
            return False
        return True

    def _check(self, request: PlansCheck | DeploymentCheck) -> dict[str, Any]:
        """Measure and publish. An error is not told by a message: the alarms see it, and that metrics are missing."""
        now = self.clock()
        if isinstance(request, DeploymentCheck):
            found = check.of_deployment(request, self.settings, self.fsx, self.client, now)
        else:
            found = check.of_plans(request, self.settings, self.fsx, now)
        if found.warning:
            self._publish(found.warning)
        metrics.publish(self.client("cloudwatch"), found.data)
        for answer in found.answers:
            log.info("check", extra=answer)
        if found.missing:
            raise found.missing
        return found.answers[0] if len(found.answers) == 1 else {"outcome": "CHECKED", "plans": found.answers}

    def _step(self, request: Request, context: Any) -> Report | Wait:
        now = self.clock()
        result = Step(
            request,
            self.settings.deployment,
            self.fsx,
            now,
            lambda: context.get_remaining_time_in_millis() / 1000,
        ).run()
        report = result if isinstance(result, Report) else result.report
        log.info(
            "step",
            extra={
                "plan": request.plan.name,
                "target": request.plan.target.id,
                "scheduled_time": result.occurrence.time,
                "backup_id": result.backup.id if result.backup else None,
                "outcome": report.outcome if report else "WAIT",
                "reason": result.reason,
            },
        )
        if report and not request.dry_run and (request.plan.notify_on_success or not report.outcome.good):
            self._publish(notifications.of_report(self.settings, report, request, now))
        if report and not request.dry_run:
            self._count(metrics.of_report(report, now, final=isinstance(result, Report)))
        return result

    def _count(self, data: list[MetricDatumTypeDef]) -> None:
        try:
            metrics.publish(self.client("cloudwatch"), data)
        except Exception:
            # It was made and told; the checks fail in the same way and are seen.
            log.exception("the run was not counted")

    def _tell_crash(self, error: Exception, body: str, request: Request) -> None:
        try:
            self._publish(notifications.of_crash(self.settings, error, body, request))
        except Exception:
            log.exception("the error could not be told")  # the alarm on errors is the second path

    def _publish(self, message: notifications.Message) -> None:
        notifications.publish(self.sns, self.settings.topic_arn, message)


def _decoded(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body  # parse() refuses a text, naming what is wrong


@cache
def _function() -> Function:
    """Made once per execution environment, so that connections are kept between invocations."""
    return Function(Settings.from_environment(os.environ), fsx.connect(), boto3.client("sns"), boto3.client("sqs"))


def handler(event: Any, context: Any) -> dict[str, Any]:
    """The function's entry point."""
    return _function().handle(event, context)
