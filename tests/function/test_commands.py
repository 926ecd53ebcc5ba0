"""Every command of every message works, for every way in which the run was started: each is parsed and executed."""

from __future__ import annotations

import json
import logging
import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.world import Mail, World

Event = dict[str, Any]
# What a shell would trip over. FSx takes no quotes in tags, but those to adopt by are never sent to it.
ODD = {"backup_name": "nightly = ü/1 @home", "adopt_tags": {"it's": '"$HOME" `x` 10 €'}}


def by_schedule(world: World, target: str, **plan: Any) -> Event:
    return world.schedule(target, **plan)


def by_message(world: World, target: str, **plan: Any) -> Event:
    return world.message(target, **plan)


def sample(world: World, target: str, **plan: Any) -> Event:
    return {"start-backup": "true", "purge-backups": "true", "filesystem-id": target, "notify_on_success": "Yes"}


def without_time(world: World, target: str, **plan: Any) -> Event:
    return {key: value for key, value in world.message(target, **plan).items() if key != "scheduled_time"}


# Way -> its event, and whether it is invoked directly.
WAYS: dict[str, tuple[Callable[..., Event], bool]] = {
    "schedule": (by_schedule, False),
    "direct": (by_message, True),
    "direct without a time": (without_time, True),
    "the sample's JSON in the queue": (sample, False),
    "the sample's JSON, direct": (sample, True),
}
OUTCOMES = ("FAILED", "NOT_STARTED", "NOT_COMPLETED", "UNKNOWN", "PARTIAL", "PURGE_BLOCKED", "COMPLETED", "ERROR")


def reach(world: World, way: str, outcome: str, target: str) -> Mail:
    """Let a run, started in that way, end so."""
    make, direct = WAYS[way]
    plan_name = target if make is sample else "home"
    event = make(world, target, **ODD)
    world.history(target, [1, 2, 3, 30, 31], plan=plan_name)
    match outcome:
        case "FAILED":
            world.fsx.control.next_backup(target, "FAILED", "Out of 'luck'.")
        case "NOT_STARTED":
            world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
        case "NOT_COMPLETED" | "UNKNOWN":
            world.fsx.control.next_backup(target, "STUCK")
        case "PARTIAL":
            world.fsx.control.fault("AccessDenied", "DeleteBackup", times=None)
        case "PURGE_BLOCKED":
            world.history(target, [40 + number for number in range(50)], plan=plan_name)
        case "ERROR":
            world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    if direct and outcome == "ERROR":
        with pytest.raises(Exception, match="AccessDenied"):
            world.invoke(event)
        return world.topic.mails[-1]
    if direct:
        world.invoke(event)
        world.advance(minutes=15)
    else:
        world.send(event)
    if outcome == "ERROR":
        with pytest.raises(Exception, match="AccessDenied"):
            world.deliver()
        world.queue.records.clear()
    if outcome == "UNKNOWN":
        world.settle(hours=1)
        world.fsx.control.fault("http_503", "DescribeBackups", times=None)
    world.settle()
    return world.topic.mails[-1]


def lines(mail: Mail) -> dict[str, str]:
    """The commands of a message, by their names, each in one line again."""
    found = re.findall(r"^(Look|Again|Dry run|Log|Deletes|Plans) +(.+(?:\n(?![A-Z]).+)*)", mail.text, re.MULTILINE)
    return {name: text.replace("\\\n", "").replace("\n  ", " ") for name, text in found}


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def calm(world: World) -> None:
    """The fault is over."""
    world.fsx.control.clear_faults()
    for backup_id, backup in world.backups().items():
        if backup["Lifecycle"] in {"CREATING", "PENDING"}:
            world.fsx.control.set_backup(backup_id, lifecycle="FAILED")
    world.queue.records.clear()


def invoke(world: World, command: str) -> Any:
    words = shlex.split(command)
    assert words[:3] == ["aws", "lambda", "invoke"]
    assert option(words, "--function-name") == DEPLOYMENT
    assert option(words, "--region") == "us-east-1"
    assert option(words, "--cli-binary-format") == "raw-in-base64-out"
    return world.invoke(json.loads(option(words, "--payload")))


def look(world: World, command: str, target: str) -> None:
    words = shlex.split(command)
    assert words[:3] == ["aws", "fsx", "describe-backups"]
    if "--backup-ids" in words:
        found = world.fsx.client().describe_backups(BackupIds=[option(words, "--backup-ids")])["Backups"]
        assert len(found) == 1
    else:
        match = re.fullmatch(r"Name=([\w-]+),Values=(.+)", option(words, "--filters"))
        assert match
        filters = [{"Name": match[1], "Values": [match[2]]}]
        found = world.fsx.client().describe_backups(Filters=filters)["Backups"]
        assert found
    for backup in found:
        assert target in {backup["FileSystem"]["FileSystemId"], backup.get("Volume", {}).get("VolumeId")}


@pytest.mark.fault("commands")
@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("way", WAYS)
def test_every_command_of_a_message_works(world: World, way: str, outcome: str) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    mail = reach(world, way, outcome, target)
    assert mail.attributes["outcome"] == outcome
    commands = lines(mail)
    calm(world)
    words = shlex.split(commands["Log"])
    assert words[:4] == ["aws", "logs", "tail", f"/aws/lambda/{DEPLOYMENT}"]
    if outcome == "ERROR":
        assert ("Again" in commands) == WAYS[way][1]  # a message comes back by itself
    else:
        look(world, commands["Look"], target)
    assert ("Dry run" in commands) == (outcome in {"PARTIAL", "PURGE_BLOCKED"})
    if outcome in {"FAILED", "NOT_STARTED", "NOT_COMPLETED", "UNKNOWN"}:
        assert "Again" in commands
    if "Dry run" in commands:
        before = world.backups()
        answer = invoke(world, commands["Dry run"])
        assert answer["outcome"] == "DRY_RUN"
        assert {entry["backup_id"] for entry in answer["purge"]["decisions"] if entry["delete"]}
        assert answer["plan"] == mail.attributes["plan"]
        assert world.backups() == before
    if way == "schedule":  # by the plan's name
        assert all('"plan":"home"' in commands[name] for name in ("Again", "Dry run") if name in commands)
    if "Again" in commands:
        mails, before = len(world.topic.mails), world.backups()
        world.advance(seconds=10)  # another moment is another occurrence
        assert invoke(world, commands["Again"])["outcome"] == "IN_PROGRESS"
        world.advance(minutes=15)
        world.settle()
        assert world.topic.mails[mails].attributes["outcome"] == "COMPLETED"
        [made] = world.backups().keys() - before.keys()
        tags = {tag["Key"]: tag["Value"] for tag in world.backups()[made]["Tags"]}
        assert tags["fsx-backup:plan"] == mail.attributes["plan"]


@pytest.mark.parametrize("way", ["schedule", "the sample's JSON, direct"])
@pytest.mark.parametrize("action", ["start", "purge"])
def test_a_run_of_one_half_is_repeated_as_that_half(world: World, way: str, action: str) -> None:
    """Again of a start purges nothing; the dry run of a purge deletes nothing."""
    target = world.fsx.seed_file_system("LUSTRE")
    name = "home" if way == "schedule" else target
    if way == "schedule":
        event = world.message(target, action=action) | ({"dry_run": False} if action == "purge" else {})
    else:
        switches = {"start-backup": str(action == "start").lower(), "purge-backups": str(action == "purge").lower()}
        event = {"filesystem-id": target, **switches}
    old = world.history(target, [1, 2, 3, 30, 31], plan=name)
    if action == "start":
        world.fsx.control.next_backup(target, "FAILED")
    else:
        world.fsx.control.fault("AccessDenied", "DeleteBackup", times=None)
    world.send(event)
    world.settle()
    commands = lines(world.topic.mails[-1])
    calm(world)
    world.advance(seconds=10)
    if action == "start":
        assert invoke(world, commands["Again"])["outcome"] == "IN_PROGRESS"
        world.advance(minutes=15)
        world.settle()
        assert world.topic.mails[-1].attributes["outcome"] == "COMPLETED"
    else:
        assert invoke(world, commands["Dry run"])["outcome"] == "DRY_RUN"
    assert set(old) <= set(world.backups())


def test_a_volumes_commands(world: World) -> None:
    target = world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP"))
    world.history(target, [1])
    world.fsx.control.next_backup(target, "FAILED")
    world.send(world.message(target))
    world.settle()
    commands = lines(world.topic.mails[-1])
    look(world, commands["Look"], target)
    world.advance(seconds=10)
    assert invoke(world, commands["Again"])["outcome"] == "IN_PROGRESS"


@pytest.mark.parametrize(("count", "message"), [(30, "deleted"), (70, "withheld")])
def test_the_query_of_a_message_finds_every_delete(
    world: World, caplog: pytest.LogCaptureFixture, count: int, message: str
) -> None:
    """The query is run over the log's lines as Logs Insights would: fields, and equalities joined by `and`."""
    caplog.set_level(logging.INFO, "fsx_backup")
    targets = [world.fsx.seed_file_system("OPENZFS") for _ in range(2)]
    old = {}
    for number, target in enumerate(targets):
        world.history(target, [1, 2, 3], plan=f"plan-{number}")
        old[number] = world.history(target, [30 + day for day in range(count)], plan=f"plan-{number}")
        world.send(world.message(target, name=f"plan-{number}"))
    world.settle()
    for number in range(2):
        [mail] = [mail for mail in world.topic.mails if mail.attributes["plan"] == f"plan-{number}"]
        query = lines(mail)["Deletes"].removeprefix("in Logs Insights: ")
        shown, condition = re.fullmatch(r"fields (.+) \| filter (.+)", query).groups()  # type: ignore[union-attr]
        wanted = dict(re.findall(r"(\w+) = '([^']*)'", condition))
        assert wanted["message"] == message
        found = [
            [record.__dict__[name] for name in shown.split(", ")]
            for record in caplog.records
            if all(str(record.__dict__.get(name)) == value for name, value in wanted.items())
        ]
        assert sorted(identifier for identifier, *_ in found) == sorted(old[number])
        created = world.now.replace(microsecond=0).isoformat()[:4]
        assert all(moment.startswith(("2025-", f"{created}-")) and rule for _, moment, rule in found)
