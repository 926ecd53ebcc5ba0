"""Notifications, in one shape. Composing is pure; `publish` is the one call.

A headline; what happened and what to do; to what, since when, what was kept or deleted; where to look; the backups.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from . import commands
from .commands import WIDTH
from .report import COPY_OUTCOMES, Outcome, Purge, Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_sns import SNSClient

    from .model import Backup, Request
    from .retention import Decision
    from .settings import Settings

LONGEST_SUBJECT = 99  # SNS: fewer than 100 characters, ASCII, no control characters
# SNS takes 256 KB in all, and the text travels five times: as it is, and in the JSON of each of the others.
LONGEST_BODY = 8_000  # bytes
LONGEST_DATA = 30_000  # bytes of a report's JSON without its text, which travels four times
LONGEST_SENTENCES = 2_000  # of a reason or a remedy: whatever an error says, the facts below it are read
LISTED = 20
LIMITED = "The same error of other plans is not sent again within an hour; the log has every plan that it strikes."
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
    Outcome.COPY_FAILED: ("COPY FAILED", ERROR),
    Outcome.COPY_NOT_COMPLETED: ("COPY NOT COMPLETED", ERROR),
    Outcome.NO_TARGETS: ("NO TARGETS", ERROR),
    Outcome.UNKNOWN: ("backup state UNKNOWN", ERROR),
}


@dataclass(frozen=True)
class Message:
    """One message to the topic. `attributes`: what filter policies select on; `data`: the message for programs."""

    subject: str
    text: str
    attributes: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)


def of_report(settings: Settings, report: Report, request: Request, now: datetime) -> Message:
    """The notification at the end of an occurrence."""
    occurrence, plan, backup, purge = report.occurrence, report.occurrence.plan, report.backup, report.purge
    headline, severity = HEADLINES[report.outcome]
    facts = {
        "Plan": f"{plan.name} (deployment {occurrence.deployment})",
        "Target": plan.targets,
        "Since": f"{occurrence.time}, {age(now, occurrence.scheduled_time)} ago",
        "Backup": f"{backup.id} ({backup.lifecycle})" if backup else "none",
        "Newest": newest_line(report.newest, now),
        "Purge": _purged(purge) if purge else "none: nothing was deleted",
    }
    for number, copy in enumerate(report.copies):
        facts["Copies" if number == 0 else " " * number] = str(copy)  # a line each, below one label
    look = {"Look": commands.look(settings, report)}
    for copy in report.copies:
        if copy.outcome in COPY_OUTCOMES:
            look[f"{copy.region}:"] = commands.copies_of_plan(settings, copy.region, plan.name)
    if report.outcome in {Outcome.PARTIAL, Outcome.PURGE_BLOCKED}:
        look["Dry run"] = commands.invoke(settings, request.preview)
    elif severity == ERROR:
        look["Again"] = commands.invoke(settings, request.again)
    if any(done.total > LISTED or done.selection.blocked or not done.known for done in report.purges):
        blocked = any(done.selection.blocked for done in report.purges)
        look["Deletes"] = commands.audit_query(occurrence, "withheld" if blocked else "deleted")
    details = []
    for where, done in [("Backups:", purge), *((f"Copies in {copy.region}:", copy.purge) for copy in report.copies)]:
        rows = _backups(done) if done else []
        details += [where, *rows] if rows else []
    return compose_message(
        settings,
        f"{plan.name}: {headline}",
        report.outcome,
        severity,
        about=plan.target.id,
        reason=f"{report.reason} {LIMITED}" if report.kind else report.reason,
        remedy=report.remedy,
        facts=facts,
        look=look,
        details=details,
        data=report.as_json(brief=True),
        attributes={"plan": plan.name, "target": plan.target.id},
    )


def of_invalid_event(settings: Settings, error: Exception, body: str) -> Message:
    """The notification for an event that cannot be understood."""
    return compose_message(
        settings,
        f"{settings.deployment}: event INVALID",
        "INVALID",
        ERROR,
        reason=f"{error} No backup was made and nothing was deleted.",
        remedy="Correct the sender (a schedule, a rule or a command) and send the event again.",
        facts={"Deployment": settings.deployment, "Event": f"{body[:300]!a}"},
    )


def of_crash(settings: Settings, error: Exception, request: Request, *, direct: bool) -> Message:
    """The notification for an unexpected error, missing permissions included."""
    plan = request.plan
    if direct:
        next_try = "The invocation failed and is not repeated."
    else:
        next_try = (
            "The message is processed again until its windows end, or until it is moved to the dead-letter queue."
        )
    return compose_message(
        settings,
        f"{plan.name}: ERROR {code(error)}",
        "ERROR",
        ERROR,
        about=plan.target.id,
        reason=f"{type(error).__name__}: {str(error).rstrip('.')}. {next_try} {LIMITED}",
        remedy="If access was denied, restore the permission; "
        + ("then invoke the function again." if direct else "processing resumes automatically.")
        + " Otherwise, check the log.",
        facts={
            "Plan": f"{plan.name} (deployment {settings.deployment})",
            "Target": plan.targets,
            "Since": request.scheduled_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Purge": "none" if plan.testing else "unknown: a purge may have begun",
            "Plans": commands.insights("filter outcome = 'ERROR' | stats count(*) by plan"),
        },
        look={"Again": commands.invoke(settings, request.again)} if direct else None,
        attributes={"plan": plan.name, "target": plan.target.id},
    )


def code(error: Exception) -> str:
    """The error as a person would name it: AWS's code, or the type."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", type(error).__name__))
    return type(error).__name__


def publish(client: SNSClient, topic_arn: str, message: Message) -> None:
    """Raises what SNS raises: a notification that nobody receives is an error that the alarms must see."""
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


def compose_message(
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
    longest: int = LONGEST_BODY,
) -> Message:
    """A message in the shape that all have; no line is longer than mails leave whole."""
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
        lines += ["", *details]
    subject = _plain(f"{headline} ({about})" if about else headline)
    subject = subject.encode("ascii", "replace").decode()[:LONGEST_SUBJECT]
    text = "\n".join(short for line in lines for part in line.split("\n") for short in _short(_plain(part)))
    text = text.encode()[:longest].decode(errors="ignore")
    selected = {"outcome": outcome, "severity": severity, "deployment": name, **(attributes or {})}
    selected = {key: value for key, value in selected.items() if value}  # SNS takes no empty ones
    found = {**(data or {}), "reason": reason or None, "remedy": remedy or None, **selected}
    return Message(subject, text, selected, {**found, "runbook": runbook, "subject": subject, "text": text})


def newest_line(newest: Backup | None, now: datetime) -> str:
    """What there is to restore from."""
    if newest is None or newest.created is None:
        return "no available backup of this plan was seen"
    return f"{newest.id} of {newest.created:%Y-%m-%d %H:%M} UTC, {age(now, newest.created)} ago"


def age(now: datetime, then: datetime) -> str:
    """How long ago, in words."""
    minutes = max(0, int((now - then).total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"


def _purged(purge: Purge) -> str:
    counts = f"{purge.total} deleted{'' if purge.known else ' now'}, {purge.kept} kept"
    if not purge.known:
        counts += "; the log has all deletes of this run"
    later = len(purge.selection.later)
    return f"{counts}; due, and left to the next run: {later} (max_deletes)" if later else counts


def _backups(purge: Purge) -> list[str]:
    deleted = [*purge.earlier, *purge.deleted]
    return [
        *listed([f"  not deleted: {id_}: {why}" for id_, why in purge.failures.items()]),
        *listed([f"  left for the next run: {id_} {why}" for id_, why in purge.left.items()]),
        *listed([f"  odd, kept: {odd.backup.id}: {'; '.join(odd.reasons)}" for odd in purge.odd]),
        *listed([_row("would delete", decision) for decision in purge.selection.blocked[::-1]]),
        *listed([_row("deleted", decision) for decision in sorted(deleted, key=_created, reverse=True)]),
    ]


def _row(what: str, decision: Decision) -> str:
    created, reasons = decision.backup.created, "; ".join(decision.reasons)
    return f"  {what} {decision.backup.id} of {created:%Y-%m-%d %H:%M} UTC: {reasons}"


def _created(decision: Decision) -> tuple[str, str]:
    return str(decision.backup.created), decision.backup.id


def _lines(facts: Mapping[str, str]) -> list[str]:
    return [f"{name:<10} {value}" for name, value in facts.items()]


def listed(lines: list[str]) -> list[str]:
    """The first of many lines, and how many more there are."""
    more = len(lines) - LISTED
    return lines[:LISTED] + ([f"  … and {more} more"] if more > 0 else [])


def cut_data(data: Mapping[str, Any], most: int = LISTED) -> dict[str, Any]:
    """A report's JSON with so many entries of each list, or fewer if they are long, and how many there are."""
    lists = {key: found for key, found in data.items() if isinstance(found, list)}
    fleets = {name: _counted(found, most) for name, found in list(data["fleets"].items())[:most]}
    shown = {**data, **_counted(lists, most), "fleets": fleets, "fleets_count": len(data["fleets"])}
    shown["plans_left_out"] = len(data["plans"]) - len(shown["plans"])
    size = len(json.dumps(json.dumps(shown, ensure_ascii=False), ensure_ascii=False).encode())
    return shown if size <= LONGEST_DATA or most == 1 else cut_data(data, most // 2)


def _counted(lists: Mapping[str, list[Any]], most: int) -> dict[str, Any]:
    return {key: found[:most] for key, found in lists.items()} | {f"{key}_count": len(lists[key]) for key in lists}


def _short(line: str) -> list[str]:
    """Lines of at most WIDTH characters. A command ends its lines itself."""
    if len(line) <= WIDTH:
        return [line]
    return textwrap.wrap(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _plain(line: str) -> str:
    """One line without control characters, whatever a name or an error brought along."""
    return "".join(character if character.isprintable() else " " for character in line)
