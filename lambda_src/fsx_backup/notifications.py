"""What people read. Composing is pure; `publish` is the one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .report import Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sns import SNSClient

LONGEST_SUBJECT = 100  # SNS: at most 100 characters, ASCII, no control characters
LONGEST_BODY = 20_000  # far below SNS's 256 KB, still readable
LISTED = 20

HEADLINES = {
    Outcome.COMPLETED: "backup completed",
    Outcome.PURGED: "purge completed",
    Outcome.PARTIAL: "PARTIAL purge",
    Outcome.PURGE_BLOCKED: "PURGE BLOCKED",
    Outcome.FAILED: "backup FAILED",
    Outcome.NOT_STARTED: "backup NOT STARTED",
    Outcome.NOT_COMPLETED: "backup NOT COMPLETED",
}


@dataclass(frozen=True)
class Message:
    """One message to the topic. `attributes` are what subscription filter policies select on."""

    subject: str
    text: str
    attributes: Mapping[str, str]


def of_report(report: Report) -> Message:
    """The message for the end of an occurrence."""
    occurrence, plan = report.occurrence, report.occurrence.plan
    headline = HEADLINES[report.outcome]
    lines = [
        f"{plan.name}: {headline}.",
        "",
        *_facts(
            Plan=f"{plan.name} (deployment {occurrence.deployment})",
            Target=str(plan.target),
            Scheduled=occurrence.time,
            Backup=f"{report.backup.id} ({report.backup.lifecycle})" if report.backup else "none",
        ),
    ]
    if report.purge is not None:
        purge = report.purge
        lines += _facts(Purge=f"{len(purge.deleted)} deleted, {purge.kept} kept")
        gone = {backup.id for backup in purge.deleted}
        blocked = report.outcome is Outcome.PURGE_BLOCKED
        lines += _listed(
            [
                f"  {'would delete' if blocked else 'deleted'} {decision.backup.id} of "
                f"{decision.backup.created:%Y-%m-%d %H:%M} UTC: {'; '.join(decision.reasons)}"
                for decision in purge.decisions
                if decision.delete and (blocked or decision.backup.id in gone)
            ]
        )
        lines += _listed([f"  left for the next run: {id_} {why}" for id_, why in purge.left.items()])
        lines += _listed([f"  not deleted: {id_}: {why}" for id_, why in purge.failures.items()])
        lines += _listed([f"  odd, kept: {odd.backup.id}: {'; '.join(odd.reasons)}" for odd in purge.odd])
    if report.reason:
        lines += ["", f"What happened: {report.reason}", f"What to do: {report.remedy}"]
    return _message(
        occurrence.deployment, f"{plan.name}: {headline} ({plan.target.id})", lines, report.outcome.value, plan.name
    )


def of_invalid_event(deployment: str, error: Exception, body: str) -> Message:
    """The message for an event that cannot be understood."""
    lines = [
        f"{deployment}: a message was refused. No backup was made and nothing was deleted.",
        "",
        f"What happened: {error}",
        "What to do: correct whoever sent it (a schedule, a rule or a command) and send it again.",
        f"The message began: {body[:300]!a}",
    ]
    return _message(deployment, f"{deployment}: message REFUSED", lines, "INVALID")


def of_crash(deployment: str, error: Exception, body: str) -> Message:
    """The message for an error nobody foresaw, missing permissions included."""
    lines = [
        f"{deployment}: an error stopped the work on a message. It is tried again until it ends in the dead-letter "
        "queue.",
        "",
        f"What happened: {type(error).__name__}: {error}",
        "What to do: if access was denied, restore the permission. Else look at the function's log group.",
        f"The message began: {body[:300]!a}",
    ]
    return _message(deployment, f"{deployment}: ERROR {type(error).__name__}", lines, "ERROR")


def publish(client: SNSClient, topic_arn: str, message: Message) -> None:
    """Raises what SNS raises: a message that nobody gets is an error that the alarms must see."""
    client.publish(
        TopicArn=topic_arn,
        Subject=message.subject,
        Message=message.text,
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        },
    )


def _message(deployment: str, subject: str, lines: list[str], outcome: str, plan: str = "") -> Message:
    attributes = {"outcome": outcome, "deployment": deployment} | ({"plan": plan} if plan else {})
    text = "\n".join(_plain(line) for line in lines)
    return Message(
        _plain(subject).encode("ascii", "replace").decode()[:LONGEST_SUBJECT], text[:LONGEST_BODY], attributes
    )


def _facts(**facts: str) -> list[str]:
    return [f"{name:<10} {value}" for name, value in facts.items()]


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - LISTED
    return lines[:LISTED] + ([f"  … and {more} more"] if more > 0 else [])


def _plain(line: str) -> str:
    """One line without control characters, whatever a name or an error brought along."""
    return "".join(character if character.isprintable() else " " for character in line)
