"""Where Lambda enters: a message from the queue, or a direct invocation. Joins the parts, decides nothing."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from . import expansion, fsx, metrics, notifications, restore_report
from .check import Watch
from .clients import connect, side_by_side
from .envelopes import foreign
from .event import parse, parse_check
from .memory import Memory, Seen
from .model import Action, Check, Request
from .occurrence import Occurrence
from .registry import Registry
from .report import Outcome, Report, Wait
from .restoring import Restoring
from .settings import Settings
from .step import Step
from .values import InvalidEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef


LONGEST_DELAY = 900  # SQS: DelaySeconds of a new message
OLDEST_REPORT = timedelta(hours=1)
OLDEST_RECOVERY = timedelta(days=13)  # SQS keeps a message for fourteen
MOST_PREVIEWED = 100  # targets of a dry run: Lambda's response takes 6 MB
RECOVERY_POLLS = timedelta(minutes=30), timedelta(hours=6)  # seventy in thirteen days: see queue.tf for the most

log = logging.getLogger("fsx_backup")


class BackupFailed(Exception):
    """A direct invocation failed. A return would tell Lambda and its alarms that all is well."""


class Function:
    """The function with its clients, its clock and its memory."""

    def __init__(
        self,
        settings: Settings,
        clients: Callable[..., Any] = connect,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`clients` makes the client of a service, and of a Region that is not the own, when it is first needed."""
        self.settings = settings
        self.client = cache(clients)
        self.clock = clock
        self.memory = Memory()
        self.registry = Registry(self.client, settings.deployment)
        self.watch = Watch(settings, self.client, self.registry, self.memory)

    def handle(self, event: Any, context: Any) -> dict[str, Any]:
        """Lambda's response to an SQS batch, or the report of a direct invocation."""
        if _is_batch(event):
            kept = [record["messageId"] for record in event["Records"] if not self._message(record, context)]
            return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in kept]}
        return self._direct(event, context)

    def _message(self, record: dict[str, Any], context: Any) -> bool:
        """Take one message a step further; whether it is finished. Raises what the alarms must see."""
        body, attributes = record["body"], record["attributes"]
        sent = datetime.fromtimestamp(int(attributes["SentTimestamp"]) // 1000, UTC)
        try:
            request = self._parse(_decoded(body), body, sent)
        except InvalidEvent:
            return True  # notified; it would be as bad next time
        if isinstance(request, Check):
            delay = self._check(request, sent)
        else:
            receives = int(attributes["ApproximateReceiveCount"])
            result = self._step(request, context, receives, record["messageId"])
            delay = None if isinstance(result, Report) else result.delay
        if delay is None:
            return True
        self.client("sqs").change_message_visibility(
            QueueUrl=self.settings.queue_url,
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=int(delay.total_seconds()),
        )
        return False

    def _direct(self, event: Any, context: Any) -> dict[str, Any]:
        now = self.clock().replace(microsecond=0)
        request = self._parse(event, json.dumps(event, default=str), now, direct=True)
        return self.watch.run(request, now) or {} if isinstance(request, Check) else self._answer(request, context)

    def _answer(self, request: Request, context: Any) -> dict[str, Any]:
        """One step for who invoked the function; the queue gets what is left to do."""
        result = self._step(request, context)
        if isinstance(result, Report):
            if not result.outcome.good:
                raise BackupFailed(f"{result.outcome}: {result.reason} {result.remedy}")
            return result.as_json() | self._previews(request, result.targets, context)
        if request.dry_run:
            raise BackupFailed(f"The dry run failed: {result.reason}. Try again.")
        handed_over = {**request.event, "scheduled_time": result.occurrence.time}
        if result.purges:
            handed_over["deleted"] = result.purges[0].total
        self.client("sqs").send_message(
            QueueUrl=self.settings.queue_url,
            MessageBody=json.dumps(handed_over),
            DelaySeconds=min(LONGEST_DELAY, int(result.delay.total_seconds())),
        )
        # From here on the message counts what it deletes itself.
        self.memory.of(result.occurrence.token).deleted = ()
        return {"outcome": "IN_PROGRESS", **_who(request, result)}

    def _previews(self, request: Request, targets: tuple[str, ...], context: Any) -> dict[str, Any]:
        """The dry runs of a plan's targets, of the first ones if there are many."""
        if not (request.dry_run and targets):
            return {}
        first = targets[:MOST_PREVIEWED]
        plans = [request.plan.of(target) for target in first]
        runs = side_by_side(lambda plan: self._answer(replace(request, plan=plan), context), plans)
        return {"outcome": Outcome.DRY_RUN, "dry_runs": runs, "left_out": len(targets) - len(first)}

    def _parse(self, event: Any, body: str, default_time: datetime, *, direct: bool = False) -> Request | Check:
        """What the event asks for, with the settings of the plan that it names."""
        try:
            if (sentence := foreign(event)) is not None:
                raise InvalidEvent(sentence)
            if check := parse_check(event, default_time):
                return check
            request = parse(self.registry.resolved(event), default_time, self.settings.region)
            if direct:  # a message's target was selected when its plan's schedule fired
                expansion.check(self.client, request.plan)
            return request
        except InvalidEvent as error:
            log.error("refused: %s", error)
            self._publish(notifications.of_invalid_event(self.settings, error, body))
            raise

    def _check(self, check: Check, sent: datetime) -> timedelta | None:
        """How long to keep the message; None when it is finished. Errors are for the alarms, as are missing metrics."""
        now = self.clock()
        age = now - sent
        interval = check.scheduled_time - check.previous
        # A check is about now: one that could not be made by the next is left to that.
        last = age >= {Action.CHECK: interval, Action.RECOVERY: OLDEST_RECOVERY}.get(check.action, OLDEST_REPORT)
        shortest, longest = RECOVERY_POLLS
        try:
            if (last and check.action is Action.CHECK) or self.watch.run(check, now, last=last) is not None:
                return None
            return min(max(shortest, age / 8), longest)
        except fsx.Transient as error:
            log.warning("%s kept: %s", check.action, error)
            return interval / 3 if check.action is Action.CHECK else shortest

    def _step(self, request: Request, context: Any, receives: int = 0, message: str = "") -> Report | Wait:
        """One step, with its log line, metrics and notification. A direct invocation has no `receives` or `message`."""
        now = self.clock()
        seen = self.memory.of(Occurrence(self.settings.deployment, request.plan, request.scheduled_time).token)
        common = request, self.settings.deployment, self.client("fsx"), now
        regional = partial(self.client, "fsx")
        step: Step | Restoring
        if request.plan.testing:
            most = self.settings.max_restore_tests
            step = Restoring(*common, regional=regional, seen=seen, most=most, message=message)
        else:
            left = lambda: context.get_remaining_time_in_millis() / 1000  # noqa: E731
            step = Step(*common, left, regional=regional, receives=receives, seen=seen)
        result = None
        try:
            result = step.run()
            if isinstance(result, Report) and not request.dry_run:
                self._hand_over(request, result)
            self._conclude(request, result, seen, now)
        except Exception as error:
            cause, kind = seen.cause, seen.kind
            self._crashed(request, error, seen, receives, now)
            if isinstance(result, Report) and result.outcome.notified:
                seen.cause, seen.kind = cause, kind  # why it ended, not why that could not be notified
            raise
        seen.kind = ""
        seen.cause = result.reason if isinstance(result, Wait) and result.backup is None else ""
        seen.receives = receives
        return result

    def _hand_over(self, request: Request, result: Report) -> None:
        """What is left to do, to messages of its own."""
        event = {**request.event, "scheduled_time": result.occurrence.time}
        if result.targets:
            expansion.send(self.client("sqs"), self.settings.queue_url, event, result.targets)
        elif result.restored and request.action is Action.RESTORE_TEST:
            target = {"target": id_} if (id_ := result.occurrence.plan.target.id) else {}
            event |= {"action": Action.RESTORE_END, "restored": result.restored.as_json(), **target}
            self.client("sqs").send_message(QueueUrl=self.settings.queue_url, MessageBody=json.dumps(event))

    def _conclude(self, request: Request, result: Report | Wait, seen: Seen, now: datetime) -> None:
        report = result if isinstance(result, Report) else None
        log.info("step", extra={**_who(request, result), "outcome": report.outcome if report else "WAIT"})
        if request.dry_run:
            return
        for purge in result.purges:
            self.memory.refuse(purge.left)
        # Before the notification, so that repeating a notification that failed does not count the run again.
        if not (report and seen.counted):
            self._count(metrics.of_result(result, request.action, self.settings, now))
            seen.counted = report is not None
        if report is None:
            return
        seen.regions.clear()
        seen.backup_id = None  # what happens to the backup from now on is no longer this run's concern
        # A restore test's message may be sent twice: what was notified from here is not notified again.
        # That a restored file system is held is no success but what a validation waits for.
        wanted = request.plan.notify_on_success or not report.outcome.good or report.outcome is Outcome.RESTORED
        wanted = wanted and seen.notified != report.outcome
        if wanted and report.outcome.notified and not (report.kind and not self.memory.is_new(report.kind, now)):
            self._notify(report, request, now)
            seen.notified = report.outcome if request.plan.testing else ""
            if report.kind:
                self.memory.sent(report.kind, now)
        seen.deleted = ()  # a purge by hand in the same second is another run

    def _notify(self, report: Report, request: Request, now: datetime) -> None:
        compose = restore_report.message if request.plan.testing else notifications.of_report
        try:
            self._publish(compose(self.settings, report, request, now))
        except Exception:
            if report.outcome is not Outcome.RESTORED:
                raise
            log.exception("the hold could not be notified")  # a repetition would restore once more

    def _count(self, data: list[MetricDatumTypeDef]) -> None:
        try:
            metrics.publish(self.client("cloudwatch"), data)
        except Exception:
            # The backup was made, and is notified; the checks fail in the same way and are seen.
            log.exception("the run was not counted")

    def _crashed(self, request: Request, error: Exception, seen: Seen, receives: int, now: datetime) -> None:
        """Log and notify. Once per occurrence: when its first delivery crashes, or one right after a good one."""
        kind = f"{getattr(error, 'operation_name', '')} {notifications.code(error)}".strip()
        first = receives <= 1 or (seen.receives == receives - 1 and not seen.kind)
        seen.kind, seen.cause, seen.receives = kind, f"{kind}: {error}", receives
        log.error("error", extra={**_who(request), "outcome": "ERROR", "reason": str(error)})
        if not first or not self.memory.is_new(kind, now):
            return
        try:
            self._publish(notifications.of_crash(self.settings, error, request, direct=receives == 0))
            self.memory.sent(kind, now)
        except Exception:
            log.exception("the error could not be notified")  # the alarm on errors reports it

    def _publish(self, message: notifications.Message) -> None:
        notifications.publish(self.client("sns"), self.settings.topic_arn, message)


def _who(request: Request, result: Report | Wait | None = None) -> dict[str, str | None]:
    who: dict[str, str | None] = {"plan": request.plan.name, "target": request.plan.target.id}
    if result is None:
        return who
    backup_id = result.backup.id if result.backup else None
    return {**who, "scheduled_time": result.occurrence.time, "backup_id": backup_id, "reason": result.reason}


def _is_batch(event: Any) -> bool:
    """Whether the event comes from the queue: Records of SQS, each with a body."""
    records = event.get("Records") if isinstance(event, dict) else None
    return isinstance(records, list) and all(
        isinstance(record, dict) and record.get("eventSource") == "aws:sqs" and "body" in record for record in records
    )


def _decoded(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body  # parse() refuses a text, naming what is wrong


@cache
def _function() -> Function:
    """Made once per execution environment, so that connections are kept between invocations."""
    return Function(Settings.from_environment(os.environ))


def handler(event: Any, context: Any) -> dict[str, Any]:
    """The function's entry point."""
    return _function().handle(event, context)
