"""No mail has a line that mail programs break: neither a sentence, nor a command, nor a query."""

import itertools
import json
import re
import shlex
from datetime import timedelta
from typing import Any

import pytest

from fsx_backup.settings import Settings
from tests.support.world import Mail, World

NAME = "a-plan-with-the-longest-name-that-is-allowed-of-64-characters-xx"
SCENARIOS = (
    "COMPLETED",
    "PURGED",
    "PARTIAL",
    "PURGE_BLOCKED",
    "FAILED",
    "NOT_STARTED",
    "NOT_COMPLETED",
    "UNKNOWN",
    "ERROR",
    "INVALID",
    "LATE",
    "RECOVERED",
    "REPORT",
)


@pytest.fixture
def target(world: World) -> str:
    world.settings = Settings(
        f"deployment-{'d' * 30}",
        "arn:aws:sns:us-east-1:123456789012:alerts",
        "https://sqs/work",
        "https://example.com/" + "r" * 250,
    )
    world.function = world.connect(world.fsx.client())
    return world.fsx.seed_file_system("LUSTRE")


def play(world: World, target: str, outcome: str, message: dict[str, Any]) -> Mail:
    """Let an outcome happen; its message."""
    tags = {"fsx-backup:deployment": world.settings.deployment}
    world.history(
        target, [1, *(20 + number / 10 for number in range(30))], plan=NAME, tags={**tags, "fsx-backup:plan": NAME}
    )
    control, words = world.fsx.control, "It cannot be said in few words why. " * 7
    match outcome:
        case "PARTIAL":
            control.fault("AccessDenied", "DeleteBackup", times=None, message=words)
        case "PURGE_BLOCKED":
            message["plan"]["retention"] = {"max_deletes": 2}
        case "FAILED":
            control.next_backup(target, "FAILED", words.replace(" ", ""))
        case "NOT_STARTED":
            world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
        case "NOT_COMPLETED":
            control.next_backup(target, "STUCK")
        case "UNKNOWN":
            control.fault("InternalServerError", "DescribeBackups", times=None, message=words)
            message["scheduled_time"] = f"{world.now - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
        case "ERROR":
            control.fault("AccessDenied", "CreateBackup", times=None, message=words)
        case "INVALID":
            message = {"action": "dance" * 100}
        case "PURGED":
            message |= {"action": "purge", "dry_run": False}
        case "LATE" | "RECOVERED":
            since = f"{world.now:%Y-%m-%dT%H:%M:%SZ}"
            world.scheduler.put(world.settings.deployment, NAME, message, "cron(0 0 * * ? *)")
            message = {"action": "recovery", "plans": {NAME: since}}
        case "REPORT":
            world.scheduler.put(world.settings.deployment, NAME, words, "cron(0 0 * * ? *)")
            orphan = {**tags, "fsx-backup:plan": "o" * 64}
            world.history(world.fsx.seed_file_system("WINDOWS"), [30], tags=orphan)
            message = {"action": "report", "plans": [NAME, "other" * 10], "notify": "always"}
    world.send(message)
    world.advance(days=13 if outcome == "LATE" else 0, seconds=1)
    try:
        world.settle()
    except Exception:
        assert outcome == "ERROR"
    return world.topic.mails[0]


@pytest.mark.parametrize(("outcome", "full"), [*itertools.product(SCENARIOS, [False, True])])
def test_no_line_is_longer_than_200_characters(world: World, target: str, outcome: str, full: bool) -> None:
    message = world.message(target, name=NAME, backup_tags={f"key-{number}": "x y" * 30 for number in range(8)})
    if not full:
        message["schedule_arn"] = (
            f"arn:aws:scheduler:us-east-1:123456789012:schedule/{world.settings.deployment}/{NAME}"
        )
    mail = play(world, target, outcome, message)
    assert mail.attributes["outcome"] == outcome
    lines = mail.text.splitlines()
    assert max(map(len, lines)) <= 200
    assert len(lines) > 6
    for found in re.findall(r"^(?:Again|Dry run|Status) +(aws (?:.|\n)*?/dev/stdout)$", mail.text, re.MULTILINE):
        words = shlex.split(found)
        assert json.loads(words[words.index("--payload") + 1])["action"] in {"backup", "purge", "status"}
        assert words[words.index("--function-name") + 1] == world.settings.deployment
