"""Ids, names and tags chosen by an attacker; what must not be in a log line or a message."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from fsx_backup import notifications
from fsx_backup.event import parse
from fsx_backup.handler import BackupFailed
from fsx_backup.values import InvalidEvent
from tests.function.faults.twist import twisted
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from tests.support.world import Mail, World

ATTACKS = {
    "line": "x\r\nBcc: everyone@example.com\r\n\r\nHello",
    "escape": "\x1b]0;owned\x07\x1b[2J\x00\x08",
    "direction": "\u202egpj.exe\u2066\u200b\ufeff",
    "separator": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "html": "<script>alert(1)</script><a href='https://example.com'>",
    "json": '","outcome":"COMPLETED","severity":"info","x":"',
    "shell": "'; aws fsx delete-backup --backup-id $(id) #`id`",
    "format": "{0.__class__} %s %n %(asctime)s ${aws:username} {{}}",
    "policy": "*",
    "emoji": "\U0001f4a5" * 120,
    "long": "A" * 10_000,
    "surrogate": "\ud800\udfff\udc00",
}
CONTROL = re.compile(r"[^\n\x20-\x7e\u00a0-\U0010ffff]")
CREDENTIALS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "aws_session_token": "FwoGZXIvYXdzEXAMPLESESSIONTOKEN",
}


def check(mail: Mail) -> None:
    """A mail that any program and any person can read, and that says only what the function says."""
    assert re.fullmatch(r"[!-~][ -~]{0,98}", mail.subject)
    assert len(mail.text) <= 8_000
    assert not CONTROL.search(mail.text)
    assert all(line.isprintable() for line in mail.text.split("\n"))
    assert not re.search(r"^(Bcc|Subject|To):", mail.text, re.MULTILINE)
    assert mail.data["outcome"] == mail.attributes["outcome"]
    assert mail.data["severity"] == mail.attributes["severity"]
    assert len(json.dumps(mail.data, ensure_ascii=False).encode()) < 64_000


@pytest.mark.fault("hostile")
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_reason_from_outside(world: World, attack: str) -> None:
    """A failed backup's reason, and an error's text: the plan's own facts are all still there."""
    target = world.fsx.seed_file_system("OPENZFS")
    world.history(target, [30])
    world.fsx.control.next_backup(target, "FAILED", ATTACKS[attack][:256])
    world.send(world.message(target))
    world.settle()
    error = ClientError({"Error": {"Code": "Odd", "Message": ATTACKS[attack]}}, "CreateBackup")
    request = parse(world.message(target), world.now)
    crash = notifications.of_crash(world.settings, error, request, direct=False)
    notifications.publish(world.topic, world.settings.topic_arn, crash)  # type: ignore[arg-type] # a double
    failed, crashed = world.topic.mails
    for mail in (failed, crashed):
        check(mail)
        assert f"Target     file system {target}" in mail.text
        assert re.search(r"^Purge ", mail.text, re.MULTILINE)
        assert re.search(r"^Runbook ", mail.text, re.MULTILINE)


@pytest.mark.fault("hostile")
@pytest.mark.parametrize("where", ["action", "plan", "id", "field", "tag", "time", "zone", "whole"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_event_from_outside(world: World, caplog: pytest.LogCaptureFixture, attack: str, where: str) -> None:
    """Refused in one printable line, in the log, in the mail and to the invoker; no call is made."""
    text = ATTACKS[attack]
    good = {"action": "backup", "plan": {"name": "home", "file_system_id": "fs-0123456789abcdef0"}}
    plan = good["plan"]
    event: Any = {
        "action": good | {"action": text},
        "plan": good | {"plan": plan | {"name": text + "!"}},  # type: ignore[operator]
        "id": good | {"plan": {"file_system_id": text}},
        "field": good | {text: 1},
        "tag": good | {"plan": plan | {"backup_tags": {text[:100]: 1}}},  # type: ignore[operator]
        "time": good | {"scheduled_time": text},
        "zone": good | {"plan": plan | {"timezone": text}},  # type: ignore[operator]
        "whole": text,
    }[where]
    with caplog.at_level(logging.INFO), pytest.raises(InvalidEvent) as refused:
        world.invoke(event)
    world.send(event)
    world.deliver()
    assert not world.queue.records
    lines = [str(refused.value), *(record.getMessage() for record in caplog.records)]
    assert all(line.isprintable() and line.isascii() and len(line) < 500 for line in lines)
    for mail in world.topic.mails:
        check(mail)
        assert mail.attributes["outcome"] == "INVALID"
    assert not world.fsx.control.calls()


@pytest.mark.fault("hostile")
@pytest.mark.parametrize("attack", ATTACKS)
def test_tags_from_outside(world: World, caplog: pytest.LogCaptureFixture, attack: str) -> None:
    """Of a file system and of backups that claim to be a plan's: copied or counted, never acted on."""
    text = ATTACKS[attack]
    # What FSx takes for a tag: letters and digits of any script, separators of lines among the spaces, some marks.
    target = world.fsx.seed_file_system("LUSTRE", tags={"Note\u2028": "a\u2029b=c:d/e@f", "書": "COMPLETED"})
    claims = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "any", "fsx-backup:scheduled-time": "any"}
    foreign = world.fsx.seed_backup(target, creation_time="2025-01-01T00:00:00Z", tags=claims)

    def attacked(page: dict[str, Any]) -> None:
        for backup in page["Backups"]:
            for tag in backup.get("Tags", []):
                tag["Value"] = text if tag["Value"] == "any" else tag["Value"]

    twisted(world, attacked)
    with caplog.at_level(logging.INFO):
        world.send(world.message(target))
        world.settle()
        world.schedule(target)
        answer = world.invoke({"action": "report", "plans": ["home"], "notify": "always"})
    assert foreign in world.backups()
    assert [found["target"] for found in answer["orphaned"]] == [target]
    assert answer["orphaned"][0]["plan"].isascii()
    for mail in world.topic.mails:
        check(mail)
        assert not re.search(r"--query.*aws fsx delete-backup", mail.text, re.DOTALL)
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED", "REPORT"]
    assert all(record.getMessage().isprintable() for record in caplog.records)
    for record in caplog.records:  # as Lambda's JSON format writes it: one line
        assert "\n" not in json.dumps(vars(record), default=str)
    metrics = [datum for call in world.cloudwatch.calls for datum in call]
    dimensions = {item["Value"] for datum in metrics for item in datum["Dimensions"]}
    assert dimensions <= {DEPLOYMENT, "home", "LUSTRE", "ONTAP", "OPENZFS", "WINDOWS"}


@pytest.fixture
def secretive(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The function with credentials in its environment and its client, as in Lambda."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name.upper(), value)
    key, secret, token = CREDENTIALS.values()
    session = boto3.session.Session(key, secret, token, region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 1})
    world.function = world.connect(session.client("fsx", config=config))
    return world


FAULTS = [
    "AccessDenied",
    "http_503",
    "reset",
    "timeout",
    "unreachable",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "BadRequest",
]


@pytest.mark.fault("credentials")
@pytest.mark.parametrize("fault", FAULTS)
def test_no_credentials_in_logs_and_messages(
    secretive: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """Whatever goes wrong, at the level of the module's log and for everything that writes to it."""
    world = secretive
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [10, 20])
    answers: list[str] = []
    with caplog.at_level(logging.INFO):
        for operation in ("DescribeBackups", "CreateBackup", "DeleteBackup"):
            world.fsx.control.fault(fault, operation, times=2)
            world.send(world.message(target))
            for _ in range(4):
                try:
                    world.settle(hours=1)
                    answers.append(json.dumps(world.invoke(world.message(target)), default=str))
                except (ClientError, BackupFailed) as error:
                    answers.append(str(error))
                world.advance(minutes=31)
    said = [caplog.text, *capsys.readouterr(), *answers, *(str(vars(record)) for record in caplog.records)]
    said += [mail.text + json.dumps(mail.data) + mail.subject for mail in world.topic.mails]
    assert world.topic.mails
    assert caplog.records
    for secret in CREDENTIALS.values():
        assert not any(secret in text for text in said)
