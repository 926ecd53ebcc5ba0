"""What scenarios seed and what they observe: backups of an age, all that FSx has, a message as recipients get it."""

import json
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Backups = dict[str, dict[str, Any]]


def own(deployment: str, plan: str) -> dict[str, str]:
    """The tags that make a backup one of this plan."""
    return {"fsx-backup:deployment": deployment, "fsx-backup:plan": plan}


def history(
    control: Callable[..., Any], target: str, days: Iterable[float], *, now: datetime | None = None, **more: Any
) -> list[str]:
    """Make backups so many days old; their ids. AVAILABLE ones, unless `more` says otherwise (see `seed_backup`)."""
    created = [((now or datetime.now(UTC)) - timedelta(days=age)).isoformat() for age in days]
    orders = [{"target_id": target, "creation_time": moment, **more} for moment in created]
    made: list[str] = control("seed_backups", backups=orders)
    return made


def backups(fsx: Any, target: str | None = None) -> Backups:
    """All backups, or those of one file system or volume, by id, straight from the service."""
    pages = fsx.get_paginator("describe_backups").paginate()
    return {
        backup["BackupId"]: backup for page in pages for backup in page["Backups"] if target in {None, *targets(backup)}
    }


def targets(backup: dict[str, Any]) -> set[str]:
    """The file system and the volume that a backup is of, as far as FSx says."""
    of = (backup.get("FileSystem", {}).get("FileSystemId"), backup.get("Volume", {}).get("VolumeId"))
    return {target for target in of if target}


def invoke(functions: Any, command: str) -> dict[str, Any]:
    """Run one of the module's own commands, with boto3 in the place of the AWS CLI."""
    words = shlex.split(command)
    answer = functions.invoke(
        FunctionName=words[words.index("--function-name") + 1], Payload=words[words.index("--payload") + 1].encode()
    )
    report: dict[str, Any] = json.load(answer["Payload"])
    return report


@dataclass(frozen=True)
class Mail:
    """A message as a recipient gets it, from the function or from an alarm; `data` is what a program gets."""

    subject: str
    text: str
    attributes: dict[str, str]
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, envelope: dict[str, Any]) -> "Mail":
        """From SNS's JSON. A queue gets the function's messages as JSON that has the text in it."""
        data = json.loads(envelope["Message"])
        attributes = {name: value["Value"] for name, value in envelope.get("MessageAttributes", {}).items()}
        mail = cls(envelope.get("Subject", ""), data.get("text", envelope["Message"]), attributes, data)
        if not mail.alarm:
            return mail
        text = f"{data['AlarmDescription']}\n\nState: {mail.state}. {data['NewStateReason']}"
        return cls(mail.subject, text, attributes, data)

    @property
    def alarm(self) -> str:
        """The name of the alarm that sent it; empty for the function's own messages."""
        return str(self.data.get("AlarmName", ""))

    @property
    def state(self) -> str:
        """The alarm's change of state."""
        return f"{self.data['OldStateValue']} -> {self.data['NewStateValue']}" if self.alarm else ""

    @property
    def outcome(self) -> str:
        """The outcome that the function reports; empty for alarms."""
        return self.attributes.get("outcome", "")

    @property
    def plan(self) -> str:
        """The plan that the message is about."""
        return self.attributes.get("plan", "")
