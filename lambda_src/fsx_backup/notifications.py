"""What people read, in one shape. Composing is pure; `publish` is the one call.

A headline; what happened and what to do; to what, since when, what was kept or deleted; where to look; the backups.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .report import Outcome, Purge, Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_sns import SNSClient

    from .model import Backup, Request
    from .settings import Settings

LONGEST_SUBJECT = 100  # SNS: at most 100 characters, ASCII, no control characters
# SNS takes 256 KB in all, and the text travels five times: as it is, and in the JSON of each of the others.
LONGEST_BODY = 8_000
LONGEST_SENTENCES = 2_000  # of a reason or a remedy: whatever an error says, the facts below it are read
LONGEST_COMMAND = 2_000
LISTED = 20
JSON_PROTOCOLS = ("http", "https", "lambda", "sqs")  # programs read these, people the others

INFO, WARNING, ERROR = "info", "warning", "error"

# Outcome -> headline, severity.
HEADLINES = {
    Outcome.COMPLETED: ("backup completed", INFO),
    Outcome.PURGED: ("purge completed", INFO),
    Outcome.PARTIAL: ("PARTIAL purge", WARNING),
    Outcome.PURGE_BLOCKED: ("PURGE BLOCKED", WARNING),
    Outcome.FAILED: ("backup FAILED", ERROR),
    Outcome.NOT_STARTED: ("backup NOT STARTED", ERROR),
    Outcome.NOT_COMPLETED: ("backup NOT COMPLETED", ERROR),
}


@dataclass(frozen=True)
class Message:
    """One message to the topic. `attributes`: what filter policies select on; `data`: the message for programs."""

    subject: str
    text: str
    attributes: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)


def of_report(settings: Settings, report: Report, request: Request, now: datetime) -> Message:
    """The message for the end of an occurrence."""
    occurrence, plan, backup, purge = report.occurrence, report.occurrence.plan, report.backup, report.purge
    headline, severity = HEADLINES[report.outcome]
    facts = {
        "Plan": f"{plan.name} (deployment {occurrence.deployment})",
        "Target": str(plan.target),
        "Since": f"{occurrence.time}, {_age(now, occurrence.scheduled_time)} ago",
        "Backup": f"{backup.id} ({backup.lifecycle})" if backup else "none",
        "Newest": _newest(report.newest, now),
        "Purge": f"{len(purge.deleted)} deleted, {purge.kept} kept" if purge else "none: nothing was deleted",
    }
    look = {"Look": _look(settings, report)}
    if report.outcome in {Outcome.PARTIAL, Outcome.PURGE_BLOCKED}:
        look["Dry run"] = _invoke(settings, {**request.event, "action": "purge", "dry_run": True})
    elif severity == ERROR:
        look["Again"] = _invoke(settings, request.event)
    data = {key: value for key, value in report.as_json().items() if key not in {"purge", "table"}}
    if purge:
        data["purge"] = {
            "deleted": len(purge.deleted),
            "kept": purge.kept,
            "left": len(purge.left),
            "failed": len(purge.failures),
            "unfinished": purge.unfinished,
        }
    return _message(
        settings,
        f"{plan.name}: {headline}",
        report.outcome,
        severity,
        about=plan.target.id,
        reason=report.reason,
        remedy=report.remedy,
        facts=facts,
        look=look,
        details=_backups(purge, blocked=report.outcome is Outcome.PURGE_BLOCKED) if purge else [],
        data=data,
        attributes={"plan": plan.name, "target": plan.target.id},
    )


def of_invalid_event(settings: Settings, error: Exception, body: str) -> Message:
    """The message for an event that cannot be understood."""
    return _message(
        settings,
        f"{settings.deployment}: message REFUSED",
        "INVALID",
        ERROR,
        reason=f"{error} No backup was made and nothing was deleted.",
        remedy="Correct whoever sent it (a schedule, a rule or a command) and send it again.",
        facts={"Deployment": settings.deployment, "Began with": f"{body[:300]!a}"},
    )


def of_crash(settings: Settings, error: Exception, body: str, request: Request) -> Message:
    """The message for an error nobody foresaw, missing permissions included."""
    plan = request.plan
    name = type(error).__name__
    if isinstance(error, ClientError):
        name = error.response.get("Error", {}).get("Code", name)
    return _message(
        settings,
        f"{plan.name}: ERROR {name}",
        "ERROR",
        ERROR,
        about=plan.target.id,
        reason=f"{type(error).__name__}: {error}. The message is tried again until it ends in the dead-letter queue.",
        remedy="If access was denied, restore the permission, and the work goes on by itself. Else read the log.",
        facts={
            "Plan": f"{plan.name} (deployment {settings.deployment})",
            "Target": str(plan.target),
            "Since": request.scheduled_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Purge": "unknown: a purge may have begun",
            "Began with": f"{body[:300]!a}",
        },
        attributes={"plan": plan.name, "target": plan.target.id},
    )


def of_quota(settings: Settings, used: Mapping[str, int], percents: Mapping[str, float]) -> Message:
    """The warning that the account is about to run out of backups."""
    shares = [f"{kind}: {used[kind]} backups, {percent:.0f}% of the quota" for kind, percent in percents.items()]
    return _message(
        settings,
        f"{settings.deployment}: backup QUOTA nearly full",
        "QUOTA",
        WARNING,
        about=", ".join(percents),
        reason=f"The account's backups come near their quota in this Region. {'; '.join(shares)}. At 100% FSx refuses "
        "new backups, whoever makes them.",
        remedy="Ask for a higher quota in Service Quotas (Amazon FSx), shorten the retention, or delete backups that "
        "no plan owns. Nothing was deleted.",
        facts={"Deployment": settings.deployment, "Told": "at every check of the deployment while it lasts"},
        data={"percent_used": {kind: round(percent, 1) for kind, percent in percents.items()}},
    )


def publish(client: SNSClient, topic_arn: str, message: Message) -> None:
    """Raises what SNS raises: a message that nobody gets is an error that the alarms must see."""
    body = json.dumps(message.data, ensure_ascii=False)
    copies = {"default": message.text, "sms": message.subject} | dict.fromkeys(JSON_PROTOCOLS, body)
    client.publish(
        TopicArn=topic_arn,
        Subject=message.subject,
        Message=json.dumps(copies, ensure_ascii=False),
        MessageStructure="json",
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        },
    )


def _message(
    settings: Settings,
    headline: str,
    outcome: str,
    severity: str,
    *,
    facts: Mapping[str, str],
    about: str = "",
    reason: str = "",
    remedy: str = "",
    look: Mapping[str, str] | None = None,
    details: list[str] | None = None,
    data: Mapping[str, Any] | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Message:
    name, region = settings.deployment, settings.region
    reason, remedy = (_plain(sentences)[:LONGEST_SENTENCES] for sentences in (reason, remedy))
    runbook = f"{settings.runbook}#{outcome.lower().replace('_', '-')}"
    look = {
        **(look or {}),
        "Log": f"aws logs tail /aws/lambda/{name} --region {region} --since 3h",
        "Runbook": runbook,
    }
    lines = [f"{headline}.", ""]
    if reason:
        lines += [f"What happened: {reason}", f"What to do: {remedy}", ""]
    lines += [*_lines(facts), "", *_lines(look)]
    if details:
        lines += ["", "Backups:", *details]
    subject = _plain(f"{headline} ({about})" if about else headline)
    subject = subject.encode("ascii", "replace").decode()[:LONGEST_SUBJECT]
    text = "\n".join(_plain(line) for line in lines)[:LONGEST_BODY]
    selected = {"outcome": outcome, "severity": severity, "deployment": name, **(attributes or {})}
    found = {**(data or {}), "reason": reason or None, "remedy": remedy or None, **selected}
    return Message(subject, text, selected, {**found, "runbook": runbook, "subject": subject, "text": text})


def _look(settings: Settings, report: Report) -> str:
    target = report.occurrence.plan.target
    which = f"--filters Name={'volume' if target.is_volume else 'file-system'}-id,Values={target.id}"
    if report.backup:
        which = f"--backup-ids {report.backup.id}"
    return f"aws fsx describe-backups --region {settings.region} {which}"


def _invoke(settings: Settings, event: Mapping[str, Any]) -> str:
    """A command to paste. Where an event is too long for a mail, the module's output has it."""
    payload = shlex.quote(json.dumps(event, separators=(",", ":")))
    if len(payload) > LONGEST_COMMAND:
        return "see the module's output `commands`"
    return (
        f"aws lambda invoke --region {settings.region} --function-name {settings.deployment} "
        f"--cli-binary-format raw-in-base64-out --payload {payload} /dev/stdout"
    )


def _newest(newest: Backup | None, now: datetime) -> str:
    if newest is None or newest.created is None:
        return "no good backup of this plan was seen"
    return f"{newest.id} of {newest.created:%Y-%m-%d %H:%M} UTC, {_age(now, newest.created)} ago"


def _age(now: datetime, then: datetime) -> str:
    minutes = max(0, int((now - then).total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"


def _backups(purge: Purge, *, blocked: bool) -> list[str]:
    gone = {backup.id for backup in purge.deleted}
    deleted = [
        f"  {'would delete' if blocked else 'deleted'} {decision.backup.id} of "
        f"{decision.backup.created:%Y-%m-%d %H:%M} UTC: {'; '.join(decision.reasons)}"
        for decision in purge.decisions
        if decision.delete and (blocked or decision.backup.id in gone)
    ]
    return [
        *_listed([f"  not deleted: {id_}: {why}" for id_, why in purge.failures.items()]),
        *_listed([f"  left for the next run: {id_} {why}" for id_, why in purge.left.items()]),
        *_listed([f"  odd, kept: {odd.backup.id}: {'; '.join(odd.reasons)}" for odd in purge.odd]),
        *_listed(deleted),
    ]


def _lines(facts: Mapping[str, str]) -> list[str]:
    return [f"{name:<10} {value}" for name, value in facts.items()]


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - LISTED
    return lines[:LISTED] + ([f"  … and {more} more"] if more > 0 else [])


def _plain(line: str) -> str:
    """One line without control characters, whatever a name or an error brought along."""
    return "".join(character if character.isprintable() else " " for character in line)
