"""The failures that must be notified, each as something to play on an applied deployment in the sandbox.

LocalStack evaluates CloudWatch's alarms. The applied ones look a minute to an hour back; `hurry` puts each again under
its own name with all its settings but the period, which becomes seconds.
"""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, ROOT, Sandbox
from dev.sandbox.scheduler import Outcome, Scheduler
from dev.scenarios import observer
from dev.scenarios.inbox import Inbox
from dev.scenarios.observer import Mail
from dev.scenarios.own_failures import OWN_FAILURES

PACKAGE = ROOT / "modules" / "fsx_backup" / "lambda.zip"
STALE_PLAN = "paused"  # the stack must have it: disabled, with this maximum age
STALE_HOURS = 6
SHORT_PERIOD = 10  # the shortest there is; LocalStack looks three of them back
PATIENCE = 90.0

OWN_MESSAGE = "the function's own message"


@dataclass(frozen=True)
class Case:
    """`play` lets it fail, `notifies` recognises the message, `mend` repairs it. `path`: what sends it."""

    name: str
    path: str
    play: Callable[[], None]
    notifies: Callable[[Mail], bool]
    mend: Callable[[], None] = lambda: None
    alone: bool = False  # it breaks the function for all others


class Stage:
    """An applied deployment with two mailboxes: one at its topic, one at the alarms' topic."""

    def __init__(
        self, sandbox: Sandbox, name: str, outputs: dict[str, Any], alarm_topic: str, stale_target: str
    ) -> None:
        self.client = sandbox.client
        self.control = FsxControl(sandbox.fsx_endpoint)
        self.name = name
        self.outputs = outputs
        self.alarm_topic = alarm_topic
        self.stale_target = stale_target
        self.mails: list[Mail] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.boxes = [
                stack.enter_context(Inbox(self.client, topic, f"{self.name}-{box}"))
                for box, topic in {"mailbox": self.outputs["topic_arn"], "pager": self.alarm_topic}.items()
            ]
            self._leave = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.close()

    # What happens ----------------------------------------------------------------------------------

    def receive(self) -> list[Mail]:
        """Mails that are there now, also kept in `mails`."""
        found = [mail for box in self.boxes for mail in box.receive(seconds=0)]
        self.mails += found
        return found

    def run(self, *cases: Case) -> list[Mail | None]:
        """Play cases at the same time; the mail about each, None where none came in time."""
        if any(case.alone for case in cases):
            self.settle("errors")
        begin = len(self.mails)
        for case in cases:
            case.play()
        deadline = time.monotonic() + PATIENCE
        mails: list[Mail | None] = [None]
        try:
            while None in mails and time.monotonic() < deadline:
                self.receive()
                mails = [next(filter(case.notifies, self.mails[begin:]), None) for case in cases]
                time.sleep(0.2)
        finally:
            for case in cases:
                case.mend()
        return mails

    def settle(self, kind: str, patience: float = PATIENCE) -> None:
        """Wait until an alarm is quiet, so that the next mail of it is about the next failure."""
        deadline = time.monotonic() + patience
        while self._alarm(f"{self.name}-{kind}")["StateValue"] != "OK":
            if time.monotonic() > deadline:
                raise TimeoutError(f"The alarm {kind} does not become quiet.")
            time.sleep(0.3)
        self.receive()

    def _alarm(self, name: str) -> dict[str, Any]:
        alarm: dict[str, Any] = self.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        return alarm

    def hurry(self) -> None:
        """Shorten the periods of the alarms that are waited for."""
        for kind in ("errors", "dead-letters", "late"):
            alarm = self._alarm(f"{self.name}-{kind}")
            kept = (
                "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "MetricName",
                "Namespace", "Statistic", "Dimensions", "Threshold", "ComparisonOperator",
                "TreatMissingData",
            )  # fmt: skip
            settings = {key: alarm[key] for key in kept if key in alarm}
            self.client("cloudwatch").put_metric_alarm(**settings, Period=SHORT_PERIOD, EvaluationPeriods=1)

    def file_system(self) -> str:
        target: str = self.control("seed_file_system", file_system_type="OPENZFS", region=REGION)
        return target

    def send(self, plan: str, target: str, *, seconds_ago: float = 0, action: str = "backup", **more: Any) -> None:
        """What a schedule would have sent that fired so many seconds ago."""
        moment = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        message = {
            "version": 1,
            "action": action,
            "scheduled_time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "plan": {"name": plan, "file_system_id": target, **more},
        }
        self.send_text(json.dumps(message))

    def send_text(self, text: str, queue: str = "queue") -> None:
        self.client("sqs").send_message(QueueUrl=self.outputs[queue]["url"], MessageBody=text)

    def history(self, plan: str, target: str, hours: float) -> str:
        [backup] = observer.history(self.control, target, [hours / 24], tags=observer.own(self.name, plan))
        return backup

    def deploy(self, code: str | None, timeout: int = 300) -> None:
        """Replace the function's code; None: its own package again."""
        functions = self.client("lambda")
        package = PACKAGE.read_bytes() if code is None else _package(code)
        updated = functions.get_waiter("function_updated_v2")
        if functions.get_function_configuration(FunctionName=self.name)["Timeout"] != timeout:
            functions.update_function_configuration(FunctionName=self.name, Timeout=timeout)
            updated.wait(FunctionName=self.name, WaiterConfig={"Delay": 1})
        functions.update_function_code(FunctionName=self.name, ZipFile=package)
        updated.wait(FunctionName=self.name, WaiterConfig={"Delay": 1})

    # The cases -------------------------------------------------------------------------------------

    def cases(self) -> Iterator[Case]:
        """All of them."""
        yield self._broken("the function crashes at import", "import a_module_that_is_not_there\n", 300)
        for outcome, name, play in OWN_FAILURES:
            yield self._own(f"plan-{play.__name__.replace('_', '-')}", outcome, name, play)
        yield Case(
            "a malformed message",
            OWN_MESSAGE,
            lambda: self.send_text('{"action": "backup", "plan": {"file_system_id": "fs-oops"}}'),
            lambda mail: mail.outcome == "INVALID" and "fs-oops" in mail.text,
        )
        yield Case(
            "an event of another service reaches the queue",
            OWN_MESSAGE,
            lambda: self.send_text('{"Records": [{"eventSource": "aws:s3"}]}'),
            lambda mail: mail.outcome == "INVALID" and "aws:s3" in mail.text,
        )
        yield Case(
            "the schedule is disabled, and no backup is made any more",
            OWN_MESSAGE,
            self._disabled,
            lambda mail: (mail.plan, mail.outcome) == (STALE_PLAN, "LATE"),
        )
        yield Case(
            "a message is given up and ends in the dead-letter queue",
            "the alarm on dead letters",
            lambda: self.send_text("{}", "dead_letter_queue"),
            lambda mail: (mail.alarm, mail.state) == (f"{self.name}-dead-letters", "OK -> ALARM"),
            lambda: self.client("sqs").purge_queue(QueueUrl=self.outputs["dead_letter_queue"]["url"]),
        )
        yield self._broken("the function times out", "import time\ndef handler(*_): time.sleep(30)\n", 1)
        schedule = self._schedule()
        yield Case(
            "a schedule is deleted",
            "the alarm on late plans",
            self._schedule_deleted,
            lambda mail: self._late_alarm(mail) and bool(self._late()),
            lambda: self.client("scheduler").create_schedule(**schedule),
            alone=True,
        )
        yield Case(
            "no health check arrives: the scheduler's role is removed",
            "the alarm on late plans",
            self._last_check,
            lambda mail: self._late_alarm(mail) and not self._late(),
            alone=True,
        )
        yield Case(
            "the topic is deleted",
            "the alarm on errors, at the alarms' topic",
            self._topic_deleted,
            self._errors_alarm,
            alone=True,
        )

    def _errors_alarm(self, mail: Mail) -> bool:
        return (mail.alarm, mail.state) == (f"{self.name}-errors", "OK -> ALARM")

    def _own(self, plan: str, outcome: str, name: str, play: Callable[[Any, str], None]) -> Case:
        return Case(
            name,
            OWN_MESSAGE,
            lambda: play(self, plan),
            lambda mail: (mail.plan, mail.outcome) == (plan, outcome),
        )

    def _broken(self, name: str, code: str, timeout: int) -> Case:
        def play() -> None:
            self.deploy(code, timeout)
            self.send("any", self.stale_target, action="check")

        return Case(name, "the alarm on errors", play, self._errors_alarm, lambda: self.deploy(None), alone=True)

    def _disabled(self) -> None:
        """The last available backup is five minutes older than the plan allows, and the schedule makes no other."""
        if Scheduler(self.client).fire(STALE_PLAN, group=self.name).outcome is not Outcome.DISABLED:
            raise AssertionError("the schedule should be disabled")
        self.history(STALE_PLAN, self.stale_target, STALE_HOURS + 1 / 12)
        self._check()

    def _schedule(self) -> dict[str, Any]:
        """The plan's schedule, as CreateSchedule takes it."""
        schedule = self.client("scheduler").get_schedule(GroupName=self.name, Name=STALE_PLAN)
        answered = {"ResponseMetadata", "Arn", "CreationDate", "LastModificationDate"}
        return {key: value for key, value in schedule.items() if key not in answered}

    def _schedule_deleted(self) -> None:
        self._last_check()
        self.client("scheduler").delete_schedule(GroupName=self.name, Name=STALE_PLAN)
        self._check()

    def _last_check(self) -> None:
        """All is well. On a slow machine the alarm may miss a check, and take its data for missing."""
        self.history(STALE_PLAN, self.stale_target, 0)
        for _ in range(5):
            self._check()
            with suppress(TimeoutError):
                self.settle("late", patience=PATIENCE / 5)
                return
        raise TimeoutError("The alarm late does not become quiet.")

    def _check(self) -> None:
        """What the health check's schedule sends, of one plan only: others may be late."""
        moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        check = {"action": "check", "interval_minutes": 30, "plans": [STALE_PLAN], "scheduled_time": moment}
        self.send_text(json.dumps(check))

    def _late(self) -> float:
        """How many plans the last health check found to be late."""
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace="FSxBackup",
            MetricName="LatePlans",
            Dimensions=[{"Name": "Deployment", "Value": self.name}],
            StartTime=datetime.now(UTC) - timedelta(minutes=10),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=1,
            Statistics=["Maximum"],
        )["Datapoints"]
        return float(max(points, key=lambda point: point["Timestamp"])["Maximum"])

    def _late_alarm(self, mail: Mail) -> bool:
        return (mail.alarm, mail.state) == (f"{self.name}-late", "OK -> ALARM")

    def _topic_deleted(self) -> None:
        self.client("sns").delete_topic(TopicArn=self.outputs["topic_arn"])
        self.send("silenced", "fs-00000000000000000")  # a failure at once, which the function cannot notify


def _package(code: str) -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("fsx_backup/__init__.py", "")
        archive.writestr("fsx_backup/handler.py", code)
    return package.getvalue()
