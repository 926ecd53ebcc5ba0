"""What a notification says to look with, and to try again with: commands and queries to paste. Pure."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from .event import PLAN_NAME
from .model import COPY_TAG, DEPLOYMENT_TAG, PLAN_TAG, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .occurrence import Occurrence
    from .report import Report
    from .settings import Settings

WIDTH = 200  # of a line
LABEL = 11  # characters before a command
LONGEST_PAYLOAD = 2_000


def invoke(settings: Settings, event: Mapping[str, Any]) -> str:
    """Invoke the function. Where an event is too long for a mail, the module's output has it."""
    text = json.dumps(event, separators=(",", ":"))
    if len(text) > WIDTH - 20:
        text = json.dumps(event, indent=0, separators=(",", ":"))
    if len(text) > LONGEST_PAYLOAD or max(map(len, text.splitlines())) > WIDTH - 20:
        return "see the module's output `commands`"
    return command(
        "aws lambda invoke",
        f"--region {settings.region} --function-name {settings.deployment}",
        # The CLI would wait for 60 seconds, then invoke the function again: a second backup. The function has 300.
        "--cli-read-timeout 310 --cli-binary-format raw-in-base64-out",
        f"--payload {shlex.quote(text)}",
        "/dev/stdout",
    )


def look(settings: Settings, report: Report) -> str:
    """Shows the backup, or the target's backups where there is none, or which targets there are."""
    if report.backup:
        return command(f"aws fsx describe-backups --region {settings.region}", f"--backup-ids {report.backup.id}")
    if report.occurrence.plan.fleet:
        query = '--query "FileSystems[].[FileSystemId,FileSystemType,Lifecycle,Tags]"'
        return command(f"aws fsx describe-file-systems --region {settings.region}", query)
    return describe_backups(settings, report.occurrence.plan.target)


def describe_backups(settings: Settings, target: Target, *further: str) -> str:
    """List the backups of a target."""
    which = f"--filters Name={'volume' if target.is_volume else 'file-system'}-id,Values={target.id}"
    return command(f"aws fsx describe-backups --region {settings.region}", which, *further)


def backups_of_plan(settings: Settings, plan: str, target: str) -> str:
    """List the backups of a plan that is no more. Its name comes from a tag, which anybody may have written."""
    if not PLAN_NAME.fullmatch(plan):
        return describe_backups(settings, Target(target))
    return describe_backups(settings, Target(target), _query(settings, plan, "CreationTime"), "--output text")


def copies_of_plan(settings: Settings, region: str, plan: str) -> str:
    """List a plan's copies in another Region, where filters may not know its target."""
    query = _query(settings, plan if PLAN_NAME.fullmatch(plan) else "", "SourceBackupId", COPY_TAG)
    which = "--filters Name=backup-type,Values=USER_INITIATED"
    return command(f"aws fsx describe-backups --region {region}", which, query, "--output text")


def _query(settings: Settings, plan: str, column: str, further: str = "") -> str:
    wanted = {DEPLOYMENT_TAG: settings.deployment, PLAN_TAG: plan, further: settings.region}
    pairs = [f"Tags[?Key=='{key}' && Value=='{value}']" for key, value in wanted.items() if key and value]
    tags = " &&\n  ".join(pairs)
    return f'--query "Backups[?{tags}].[BackupId,{column}]"'


def command(*parts: str) -> str:
    """A shell command in one line if it fits, otherwise with a line for each part."""
    line = " ".join(parts)
    return line if max(map(len, line.splitlines())) <= WIDTH - LABEL else " \\\n  ".join(parts)


def audit_query(occurrence: Occurrence, what: str) -> str:
    """Finds a run's lines of `purge.audit`."""
    return insights(
        "fields backup_id, creation_time, rule | filter message = "
        f"'{what}' and plan = '{occurrence.plan.name}' and scheduled_time = '{occurrence.time}'"
    )


def insights(query: str) -> str:
    """A query of the function's log. It may be broken at any blank."""
    return f"in Logs Insights: {query}"
