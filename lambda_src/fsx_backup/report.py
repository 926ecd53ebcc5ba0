"""What a step came to: a report for people and machines, or a wait. Data and its JSON, no calls."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from .model import Action, Backup
from .occurrence import Occurrence
from .retention import Decision


class Outcome(StrEnum):
    """How an occurrence ended, or a purge asked for by hand."""

    COMPLETED = "COMPLETED"  # the backup is AVAILABLE, and the purge did what it should
    PURGED = "PURGED"  # a purge without a backup
    DRY_RUN = "DRY_RUN"  # nothing was changed
    PARTIAL = "PARTIAL"  # the backup is AVAILABLE, some deletes did not happen
    PURGE_BLOCKED = "PURGE_BLOCKED"  # the backup is AVAILABLE, the policy wanted more deletes than max_deletes
    FAILED = "FAILED"  # FSx failed or refused the backup
    NOT_STARTED = "NOT_STARTED"  # the start window ended
    NOT_COMPLETED = "NOT_COMPLETED"  # the completion window ended

    @property
    def good(self) -> bool:
        return self in {Outcome.COMPLETED, Outcome.PURGED, Outcome.DRY_RUN}


@dataclass(frozen=True)
class Purge:
    """What became of the decisions. `left` maps the ids that were to go but stayed to the reason."""

    decisions: tuple[Decision, ...] = ()
    deleted: tuple[Backup, ...] = ()
    left: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    unfinished: int = 0

    @property
    def wanted(self) -> tuple[Backup, ...]:
        return tuple(decision.backup for decision in self.decisions if decision.delete)

    @property
    def odd(self) -> tuple[Decision, ...]:
        return tuple(decision for decision in self.decisions if decision.odd)

    @property
    def kept(self) -> int:
        """How many of the plan's own backups are still there."""
        return sum(decision.own for decision in self.decisions) - len(self.deleted)


@dataclass(frozen=True)
class Report:
    """The end of an occurrence. `reason` and `remedy` are sentences; both are empty when all went well."""

    outcome: Outcome
    action: Action
    occurrence: Occurrence
    backup: Backup | None = None
    reason: str = ""
    remedy: str = ""
    purge: Purge | None = None
    newest: Backup | None = None  # the newest good backup of the plan, where it is known

    def as_json(self) -> dict[str, Any]:
        """The report as a direct invoker gets it."""
        occurrence = self.occurrence
        answer: dict[str, Any] = {
            "outcome": self.outcome.value,
            "action": self.action.value,
            "deployment": occurrence.deployment,
            "plan": occurrence.plan.name,
            "target": occurrence.plan.target.id,
            "scheduled_time": occurrence.time,
            "backup_id": self.backup.id if self.backup else None,
            "reason": self.reason or None,
            "remedy": self.remedy or None,
        }
        if self.purge is not None:
            answer["purge"] = _purge_json(self.purge)
            if self.outcome is Outcome.DRY_RUN:
                answer["table"] = table(self.purge.decisions)
        return answer


@dataclass(frozen=True)
class Wait:
    """Not finished: look again after `delay`. `report` is set when people should hear of it already."""

    delay: timedelta
    reason: str
    occurrence: Occurrence
    backup: Backup | None = None
    report: Report | None = None


def table(decisions: tuple[Decision, ...]) -> str:
    """The decisions as a person reads them, a line each."""
    rows = [("BACKUP", "CREATED", "LIFECYCLE", "ACTION", "BECAUSE")]
    rows += [
        (
            decision.backup.id,
            f"{decision.backup.created:%Y-%m-%d %H:%M}" if decision.backup.created else "unknown",
            decision.backup.lifecycle,
            "delete" if decision.delete else "keep",
            "; ".join(decision.reasons),
        )
        for decision in decisions
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join([*(map(str.ljust, row, widths)), row[4]]) for row in rows)


def _purge_json(purge: Purge) -> dict[str, Any]:
    return {
        "deleted": [backup.id for backup in purge.deleted],
        "left": {**purge.left, **purge.failures},
        "unfinished": purge.unfinished,
        "kept": purge.kept,
        "decisions": [
            {
                "backup_id": decision.backup.id,
                "created": decision.backup.created.isoformat() if decision.backup.created else None,
                "lifecycle": decision.backup.lifecycle,
                "delete": decision.delete,
                "reasons": list(decision.reasons),
            }
            for decision in purge.decisions
        ],
    }
