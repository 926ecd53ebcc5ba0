"""The function in a small world on one clock: the FSx emulator, a queue with SQS's rules, a topic with SNS's."""

import json
import logging
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dev.fsx_emulator import EmulatedFSx, emulated_fsx
from dev.scenarios import observer
from fsx_backup.handler import Function
from fsx_backup.settings import Settings
from tests.support.schedules import CloudWatch, Scheduler, ServiceQuotas

START = datetime(2026, 3, 1, 4, tzinfo=UTC)
DEPLOYMENT = "prod"
VISIBILITY = timedelta(seconds=1800)

logging.getLogger("fsx_backup").setLevel(logging.INFO)  # as the module sets it: a line that cannot be written is a bug


@dataclass
class Record:
    """A message in the queue."""

    body: str
    sent: datetime
    visible_at: datetime
    receives: int = 0
    receipt: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Queue:
    """SQS, as far as the function uses it. Source: SQS API reference."""

    def __init__(self, world: "World", max_receives: int = 132) -> None:
        self.world = world
        self.max_receives = max_receives
        self.records: list[Record] = []
        self.dead_letters: list[Record] = []
        self.refuse = 0  # entries of the next batches

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> dict[str, str]:  # noqa: N803
        assert QueueUrl == self.world.settings.queue_url
        assert 0 <= DelaySeconds <= 900
        now = self.world.now
        self.records.append(Record(MessageBody, now, now + timedelta(seconds=DelaySeconds)))
        return {"MessageId": self.records[-1].id}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert 0 < len(Entries) == len({entry["Id"] for entry in Entries}) <= 10
        assert sum(len(entry["MessageBody"].encode()) for entry in Entries) <= 262_144
        refused, self.refuse = Entries[: self.refuse], max(0, self.refuse - len(Entries))
        for entry in Entries[len(refused) :]:
            self.send_message(QueueUrl=QueueUrl, MessageBody=entry["MessageBody"])
        failed = [{"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"} for entry in refused]
        return {"Failed": failed} if failed else {}

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        assert QueueUrl == self.world.settings.queue_url
        assert isinstance(VisibilityTimeout, int)
        assert 0 <= VisibilityTimeout <= 43_200
        record = next(record for record in self.records if record.receipt == ReceiptHandle)
        record.visible_at = self.world.now + timedelta(seconds=VisibilityTimeout)

    def receive(self) -> Record | None:
        """The next visible message; one received too often goes to the dead letters instead."""
        for record in sorted(self.records, key=lambda record: record.visible_at):
            if record.visible_at <= self.world.now:
                if record.receives >= self.max_receives:
                    self.records.remove(record)
                    self.dead_letters.append(record)
                    continue
                record.receives += 1
                record.receipt = str(uuid.uuid4())
                record.visible_at = self.world.now + VISIBILITY
                return record
        return None


@dataclass(frozen=True)
class Mail(observer.Mail):
    """A message as a recipient gets it. `size`: bytes of all its copies."""

    size: int = 0

    @property
    def said(self) -> str:
        """The text with its long lines in one piece again."""
        return re.sub(r"(?<=[^\n]{150})\n  ", " ", self.text)


class Topic:
    """SNS, refusing what SNS refuses. Source: SNS API reference, Publish."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.mails: list[Mail] = []
        self.broken: Exception | None = None

    def publish(
        self,
        *,
        TopicArn: str,  # noqa: N803
        Subject: str,  # noqa: N803
        Message: str,  # noqa: N803
        MessageStructure: str,  # noqa: N803
        MessageAttributes: dict[str, Any],  # noqa: N803
    ) -> None:
        if self.broken:
            raise self.broken
        assert TopicArn == self.arn
        assert MessageStructure == "json"
        assert re.fullmatch(r"[!-~][ -~]{0,98}", Subject), f"SNS refuses the subject {Subject!r}"
        assert 0 < len(Message.encode()) <= 262_144
        for name, value in MessageAttributes.items():
            assert re.fullmatch(r"[A-Za-z0-9_.-]{1,256}", name)
            assert value["StringValue"], f"SNS refuses the empty attribute {name}"
        attributes = {name: value["StringValue"] for name, value in MessageAttributes.items()}
        copies = json.loads(Message)
        assert copies["default"]
        assert copies.keys() <= {"default", "email", "sms", "sqs", "lambda", "http", "https"}
        assert all(isinstance(copy, str) for copy in copies.values())
        size = len(Message.encode())
        self.mails.append(Mail(Subject, copies["default"], attributes, json.loads(copies["sqs"]), size))


@dataclass
class Context:
    """Lambda's context object."""

    seconds_left: float = 300.0
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds_left * 1000)


class World:
    """One deployment and its surroundings."""

    def __init__(self, fsx: EmulatedFSx) -> None:
        self.fsx = fsx
        self.settings = Settings(DEPLOYMENT, "arn:aws:sns:us-east-1:123456789012:alerts", "https://sqs/work")
        self.topic = Topic(self.settings.topic_arn)
        self.queue = Queue(self)
        self.cloudwatch = CloudWatch()
        self.service_quotas = ServiceQuotas()
        self.regional_quotas: dict[str, ServiceQuotas] = defaultdict(ServiceQuotas)
        self.scheduler = Scheduler(lambda: self.now)
        self.context = Context()
        self.function = self.connect()

    def connect(self, client: Any = None, regional: Callable[[str], Any] | None = None, **others: Any) -> Function:
        """A new execution environment, with another client of FSx, at home or by Region, or of the `others`."""
        there = {"fsx": regional or self.fsx.client, "service-quotas": self.regional_quotas.__getitem__}
        clients = {
            "fsx": client or self.fsx.client(),
            "sns": self.topic,
            "sqs": self.queue,
            "cloudwatch": self.cloudwatch,
            "service-quotas": self.service_quotas,
            "scheduler": self.scheduler,
        } | others

        def connect(service: str, region: str | None = None) -> Any:
            return clients[service] if region is None else there[service](region)

        return Function(self.settings, connect, lambda: self.now)

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.fsx.control.now())

    def advance(self, **duration: float) -> None:
        self.fsx.control.advance(timedelta(**duration).total_seconds())

    def message(self, target_id: str, *, name: str = "home", action: str = "backup", **plan: Any) -> dict[str, Any]:
        """What a schedule sends at this moment. Its plan keeps one backup if `plan` says no more."""
        key = "volume_id" if target_id.startswith("fsvol-") else "file_system_id"
        target = {key: target_id} if target_id else {}  # none for a plan with target_tags
        return {
            "version": 1,
            "action": action,
            "scheduled_time": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "plan": {"name": name, **target, **plan, "retention": {"keep_last": 1} | plan.get("retention", {})},
        }

    def schedule(
        self, target_id: str, *, name: str = "home", expression: str = "cron(0 0/4 * * ? *)", **more: Any
    ) -> dict[str, Any]:
        """A plan's schedule as the module makes it; the message that it sends now."""
        of_schedule = {key: more.pop(key) for key in ("changed", "state", "flexible", "timezone") if key in more}
        message = self.message(target_id, name=name, **more)
        if "timezone" in of_schedule:
            message["plan"]["timezone"] = of_schedule["timezone"]
        self.scheduler.put(DEPLOYMENT, name, message, expression, **of_schedule)
        names = sorted(key[1] for key in self.scheduler.schedules if key[0] == DEPLOYMENT)
        check = {"action": "check", "interval_minutes": 30, "plans": names, "additional_targets": []}
        self.scheduler.put(f"{DEPLOYMENT}-checks", "health-check", check, "rate(30 minutes)")
        return {**message, "schedule_arn": self.scheduler.schedules[DEPLOYMENT, name]["Arn"]}

    def restore(
        self, target_id: str, *, name: str = "home", test: Mapping[str, Any] = {}, **plan: Any
    ) -> dict[str, Any]:
        """What the schedule of a plan's restore test sends at this moment."""
        place = {} if "storage_virtual_machine_id" in test else {"subnet_ids": ["subnet-0123456789abcdef0"]}
        wanted = {"schedule": "cron(0 12 1 * ? *)", **place, **test}
        return self.message(target_id, name=name, action="restore_test", restore_test=wanted, **plan)

    def check(self, **more: Any) -> None:
        """The health check of this moment, from its schedule to its end."""
        message = json.loads(self.scheduler.schedules[f"{DEPLOYMENT}-checks", "health-check"]["Target"]["Input"])
        self.send({**message, "scheduled_time": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), **more})
        while self.deliver():
            pass

    def send(self, message: object) -> str:
        """The message's id."""
        body = message if isinstance(message, str) else json.dumps(message)
        return self.queue.send_message(QueueUrl=self.settings.queue_url, MessageBody=body)["MessageId"]

    def invoke(self, event: object) -> dict[str, Any]:
        """A direct invocation."""
        return self.function.handle(event, self.context)

    def deliver(self) -> Record | None:
        """Let Lambda take one visible message from the queue; errors of the function rise."""
        record = self.queue.receive()
        if record is None:
            return None
        answer = self.function.handle({"Records": [self.event_of(record)]}, self.context)
        if not answer["batchItemFailures"]:
            self.queue.records.remove(record)
        return record

    def settle(self, hours: float = 48, step: float = 30) -> None:
        """Deliver and move the clock, in seconds a step, until the queue is empty."""
        end = self.now + timedelta(hours=hours)
        while self.queue.records and self.now < end:
            while self.deliver():
                pass
            pending = [record.visible_at for record in self.queue.records]
            if pending:
                self.advance(seconds=max(step, (min(pending) - self.now).total_seconds()))

    @staticmethod
    def event_of(record: Record) -> dict[str, Any]:
        return {
            "messageId": record.id,
            "receiptHandle": record.receipt,
            "body": record.body,
            "attributes": {
                "ApproximateReceiveCount": str(record.receives),
                "SentTimestamp": str(int(record.sent.timestamp() * 1000)),
            },
            "eventSource": "aws:sqs",
        }

    def backups(self, region: str | None = None) -> observer.Backups:
        """Every backup there is, by id, straight from the service."""
        return observer.backups(self.fsx.client(region))

    def history(self, target_id: str, days: Iterable[float], plan: str = "home", **more: Any) -> list[str]:
        """Owned AVAILABLE backups so many days old."""
        tags = observer.own(DEPLOYMENT, plan) | more.pop("tags", {})
        return observer.history(self._seed, target_id, days, now=self.now, tags=tags, **more)

    def _seed(self, verb: str, **arguments: Any) -> Any:
        return getattr(self.fsx.control, verb)(**arguments)


@contextmanager
def new_world(**options: Any) -> Iterator[World]:
    with emulated_fsx(now=options.pop("now", START), **options) as fsx:
        yield World(fsx)
