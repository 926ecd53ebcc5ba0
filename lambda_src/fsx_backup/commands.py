"""What a notification says to look with, and to try again with: commands and queries to paste. Pure."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .occurrence import Occurrence
    from .report import Report
    from .settings import Settings

LONGEST_COMMAND = 2_000


def look(settings: Settings, report: Report) -> str:
    """Shows the backup, or the target's backups where there is none."""
    target = report.occurrence.plan.target
    which = f"--filters Name={'volume' if target.is_volume else 'file-system'}-id,Values={target.id}"
    if report.backup:
        which = f"--backup-ids {report.backup.id}"
    return f"aws fsx describe-backups --region {settings.region} {which}"


def invoke(settings: Settings, event: Mapping[str, Any]) -> str:
    """A command to paste. Where an event is too long for a mail, the module's output has it."""
    payload = shlex.quote(json.dumps(event, separators=(",", ":")))
    if len(payload) > LONGEST_COMMAND:
        return "see the module's output `commands`"
    return (
        f"aws lambda invoke --region {settings.region} --function-name {settings.deployment} "
        f"--cli-binary-format raw-in-base64-out --payload {payload} /dev/stdout"
    )


def audit_query(occurrence: Occurrence, what: str) -> str:
    """Finds a run's lines of `purge.audit`."""
    return insights(
        "fields backup_id, creation_time, rule | filter message = "
        f"'{what}' and plan = '{occurrence.plan.name}' and scheduled_time = '{occurrence.time}'"
    )


def insights(query: str) -> str:
    """A query of the function's log."""
    return f"in Logs Insights: {query}"
