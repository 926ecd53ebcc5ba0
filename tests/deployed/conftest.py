"""The root stack, applied once to the sandbox; what all its schedules did is collected for the tests to read."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, Sandbox
from dev.sandbox.scheduler import Scheduler
from dev.scenarios.failure_cases import STALE_HOURS, STALE_PLAN
from dev.scenarios.inbox import Inbox
from dev.scenarios.left_behind import resources
from dev.scenarios.observer import history, own
from dev.terraform import Stack
from tests.deployed.stage import NAME, Destroyed, Stage

PATIENCE = timedelta(minutes=3)
# What changes the shared stack for good, in the order in which it may: tests that use none of these come first.
PHASES = ("notified", "destroyed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In whatever order the tests of this folder come, each phase begins when the one before it is over."""
    here = [at for at, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    for at, item in zip(here, sorted((items[at] for at in here), key=phase), strict=True):
        items[at] = item


def phase(item: pytest.Item) -> int:
    used = getattr(item, "fixturenames", ())
    return max((number for number, name in enumerate(PHASES, start=1) if name in used), default=0)


@pytest.fixture(scope="session")
def stage(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    control = FsxControl(sandbox.fsx_endpoint)

    def file_system(kind: str) -> str:
        return str(control("seed_file_system", file_system_type=kind, region=REGION, tags={"Owner": "storage"}))

    targets = {kind.lower(): file_system(kind) for kind in ("LUSTRE", "OPENZFS", "WINDOWS")}
    targets["ontap"] = control("seed_volume", file_system_id=file_system("ONTAP"))
    targets["twice"] = file_system("OPENZFS")
    targets["failing"] = file_system("LUSTRE")
    targets["by-hand"] = file_system("LUSTRE")
    targets["gone"] = "fs-00000000000000000"
    control("next_backup", target_id=targets["failing"], outcome="FAILED", message="Disk on fire.")

    days = (8, 9, 60, 61, 62)
    old = {plan: history(control, targets[plan], days, tags=own(NAME, plan)) for plan in ("lustre", "failing")}
    foreign = [
        *history(control, targets["lustre"], [90], tags={"Name": "by hand"}),
        *history(control, targets["lustre"], [90], tags=own(NAME, "other")),
    ]

    # Not among the targets: only the failures play with it.
    paused = file_system("OPENZFS")
    alarm_topic = sandbox.client("sns").create_topic(Name=f"{NAME}-alarms")["TopicArn"]

    stack = Stack.of_root(tmp_path_factory.mktemp("stack"), sandbox.environment())
    scheduled = {plan: target for plan, target in targets.items() if plan != "by-hand"}
    stack.set_variables(
        {
            "name": NAME,
            "file_systems": {
                plan: {"volume_id" if target.startswith("fsvol-") else "file_system_id": target}
                for plan, target in scheduled.items()
            }
            | {STALE_PLAN: {"file_system_id": paused, "enabled": False, "max_backup_age_hours": STALE_HOURS}},
            "notifications": {
                "emails": ["storage@example.com"],
                "alarm_topic_arn": alarm_topic,
                "ok_actions": True,
            },
        }
    )
    stack.init()
    stack.plan()
    stack.apply()
    stage = Stage(
        sandbox, stack, targets, old, foreign, paused, outputs=stack.outputs()["fsx_backup"], alarm_topic=alarm_topic
    )
    with Inbox(sandbox.client, stage.outputs["topic_arn"]) as inbox:
        fire(stage)
        deadline = datetime.now(UTC) + PATIENCE
        # The function publishes before its message is done with.
        while (stage.unheard() or stage.unfinished()) and datetime.now(UTC) < deadline:
            stage.listen(inbox, seconds=5)
        if stage.unheard() or stage.unfinished():
            subjects = [mail.subject for mail in stage.mails]
            pytest.fail(
                f"After {PATIENCE} no notification about {stage.unheard()}, but: {subjects}; "
                f"{stage.unfinished()} messages are not done with.\n{trouble(sandbox)}"
            )
        stage.listen(inbox, seconds=1)
    yield stage
    stack.destroy()


@pytest.fixture(scope="session")
def destroyed(stage: Stage) -> Destroyed:
    """The stack is gone after this."""
    before = resources(stage.sandbox.client, NAME)
    stage.stack.destroy()
    return Destroyed(before, resources(stage.sandbox.client, NAME))


def trouble(sandbox: Sandbox) -> str:
    """What LocalStack and the functions complain of."""
    folder = sandbox.connection.folder
    lines = [
        line
        for log in (folder / "localstack.log", *sorted((folder / "functions").glob("*.log")))
        for line in log.read_text(errors="replace").splitlines()
        if re.search(r"WARN|ERROR|Error|Traceback", line) and "is not specified" not in line
    ]
    return "\n".join(lines[-60:])


def fire(stage: Stage) -> None:
    """Every schedule once, one of them twice for the same time, the sample's JSON by hand, a broken message."""
    scheduler = Scheduler(stage.sandbox.client)
    now = datetime.now(UTC)
    for plan in stage.outputs["schedules"]:
        stage.firings[plan] = scheduler.fire(plan, group=NAME, scheduled_time=now)
    scheduler.fire("twice", group=NAME, scheduled_time=now, attempt=2)
    sample = {
        "start-backup": "true",
        "purge-backups": "true",
        "filesystem-id": stage.targets["by-hand"],
        "notify_on_success": "Yes",
    }
    answer = stage.sandbox.client("lambda").invoke(
        FunctionName=stage.outputs["function"]["name"], Payload=json.dumps(sample).encode()
    )
    stage.direct = json.load(answer["Payload"])
    backup_now = stage.outputs["commands"]["lustre"]["backup_now"]
    stage.refused = stage.invoke(backup_now.replace('"action":"backup"', '"action":"bakcup"'))
    stage.sandbox.client("sqs").send_message(QueueUrl=stage.outputs["queue"]["url"], MessageBody='{"action": "dance"}')
