"""The result of a step: a report for people and programs, or a wait. Data and its JSON, no calls."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from .model import Action, Backup
from .occurrence import Occurrence
from .restore_plan import Restored
from .retention import Decision, Selection


class Outcome(StrEnum):
    """How an occurrence ended, or a manual purge."""

    COMPLETED = "COMPLETED"  # the backup is AVAILABLE, and the purge did what it should
    SKIPPED = "SKIPPED"  # another backup of the plan serves this occurrence too, or the target left its fleet
    PURGED = "PURGED"  # a purge without a backup
    DRY_RUN = "DRY_RUN"  # nothing was changed
    PARTIAL = "PARTIAL"  # the backup is AVAILABLE, some deletes failed or are refused run after run
    PURGE_BLOCKED = "PURGE_BLOCKED"  # the backup is AVAILABLE, deletes were withheld
    FAILED = "FAILED"  # FSx failed or refused the backup
    NOT_STARTED = "NOT_STARTED"  # the start window ended
    NOT_COMPLETED = "NOT_COMPLETED"  # the completion window ended
    COPY_FAILED = "COPY_FAILED"  # the backup is AVAILABLE, FSx failed or refused a copy
    COPY_NOT_COMPLETED = "COPY_NOT_COMPLETED"  # the backup is AVAILABLE, a copy's window ended
    NO_TARGETS = "NO_TARGETS"  # nothing has the plan's target_tags and can be backed up
    EXPANDED = "EXPANDED"  # the plan's targets were found, and each has a message now
    SETTLED = "SETTLED"  # what a restore test made is settled, and another message deletes it
    RESTORED = "RESTORED"  # the same, but it is held for a validation first
    RESTORE_PASSED = "RESTORE_PASSED"  # a backup was restored, and what was made of it is deleted
    RESTORE_FAILED = "RESTORE_FAILED"  # no backup could be restored, or what was made of it cannot be deleted
    UNKNOWN = "UNKNOWN"  # the completion window ended, and FSx does not say what became of the backup

    @property
    def notified(self) -> bool:
        """Whether it may be notified at all."""
        return self not in {Outcome.SKIPPED, Outcome.DRY_RUN, Outcome.EXPANDED, Outcome.SETTLED}

    @property
    def good(self) -> bool:
        good = {Outcome.COMPLETED, Outcome.PURGED, Outcome.RESTORED, Outcome.RESTORE_PASSED}
        return self in good or not self.notified


COPY_OUTCOMES = (Outcome.COPY_FAILED, Outcome.COPY_NOT_COMPLETED)  # the worse one first


@dataclass(frozen=True)
class Purge:
    """What became of the decisions. `left` and `failures` map ids of backups that were to be deleted to the reason.

    `earlier` are those that earlier deliveries of this run deleted, as far as this execution environment knows, and
    `handed_over` how many a direct invocation did. `known`: it knows them all.
    """

    decisions: tuple[Decision, ...] = ()
    selection: Selection = field(default_factory=Selection)
    deleted: tuple[Decision, ...] = ()
    left: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    unfinished: int = 0
    earlier: tuple[Decision, ...] = ()
    handed_over: int = 0
    known: bool = True

    @property
    def total(self) -> int:
        """How many this run deleted, as far as it is known here."""
        return self.handed_over + len(self.earlier) + len(self.deleted)

    @property
    def odd(self) -> tuple[Decision, ...]:
        return tuple(decision for decision in self.decisions if decision.odd)

    @property
    def kept(self) -> int:
        """How many of the plan's own backups are still there."""
        listed = {decision.backup.id for decision in self.decisions if decision.own}
        return len(listed - {decision.backup.id for decision in self.deleted})

    @property
    def counts(self) -> dict[str, Any]:
        """For programs that do not need the decisions."""
        return {
            "deleted": self.total,
            "all_known": self.known,
            "kept": self.kept,
            "left": len(self.left),
            "failed": len(self.failures),
            "unfinished": self.unfinished,
            "blocked": len(self.selection.blocked),
            "later": len(self.selection.later),
        }


@dataclass(frozen=True)
class Copy:
    """What became of an occurrence's copy in a Region; `outcome` is None while it is not settled.

    `place`: the occurrence with the plan as it is there; `own`: the plan's copies there, as far as they were listed.
    """

    place: Occurrence
    outcome: Outcome | None = None
    backup: Backup | None = None
    reason: str = ""
    remedy: str = ""
    purge: Purge | None = None
    own: tuple[Backup, ...] = field(default=(), repr=False)

    @property
    def region(self) -> str:
        return self.place.plan.region

    def __str__(self) -> str:
        """A line of a report."""
        state = "none" if self.backup is None else f"{self.backup.id} {self.backup.lifecycle}"
        if self.outcome in COPY_OUTCOMES:
            state = self.outcome.replace("_", " ")
        purged = f", {self.purge.total} deleted, {self.purge.kept} kept" if self.purge else ""
        return f"{self.region}: {state}{purged}"

    def as_json(self, *, brief: bool = False) -> dict[str, Any]:
        """For programs. `brief`: see Report."""
        return {
            "region": self.region,
            "outcome": self.outcome.value if self.outcome else None,
            "backup_id": self.backup.id if self.backup else None,
            "reason": self.reason or None,
            "remedy": self.remedy or None,
            **({"purge": self.purge.counts if brief else _purge_json(self.purge)} if self.purge else {}),
        }


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
    newest: Backup | None = None  # the newest AVAILABLE backup of the plan, where it is known
    kind: str = ""  # of an error that may strike many plans alike: notified once for all of them
    targets: tuple[str, ...] = ()  # that were found by their tags
    copies: tuple[Copy, ...] = ()
    restored: Restored | None = None

    @property
    def purges(self) -> tuple[Purge, ...]:
        """Of all Regions."""
        return tuple(one for one in (self.purge, *(copy.purge for copy in self.copies)) if one)

    def as_json(self, *, brief: bool = False) -> dict[str, Any]:
        """The report as a direct invoker gets it. `brief`: counts instead of decisions, because SNS takes 256 KB."""
        occurrence = self.occurrence
        answer: dict[str, Any] = {
            "outcome": self.outcome.value,
            "action": self.action.value,
            "deployment": occurrence.deployment,
            "plan": occurrence.plan.name,
            "target": occurrence.plan.target.id or None,
            "scheduled_time": occurrence.time,
            "backup_id": self.backup.id if self.backup else None,
            "reason": self.reason or None,
            "remedy": self.remedy or None,
        }
        if self.restored:
            answer["restored"] = self.restored.as_json()
        if self.targets:
            answer["targets"] = list(self.targets)
        if self.copies:
            answer["copies"] = [copy.as_json(brief=brief) for copy in self.copies]
        if self.purge is not None:
            answer["purge"] = self.purge.counts if brief else _purge_json(self.purge)
            if self.outcome is Outcome.DRY_RUN:
                there = [f"\n\n{copy.region}:\n{table(copy.purge.decisions)}" for copy in self.copies if copy.purge]
                answer["table"] = table(self.purge.decisions) + "".join(there)
        return answer


@dataclass(frozen=True)
class Wait:
    """Not finished: poll again after `delay`. `purges` are set when a purge has begun."""

    delay: timedelta
    reason: str
    occurrence: Occurrence
    backup: Backup | None = None
    purges: tuple[Purge, ...] = ()


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
        "deleted": [decision.backup.id for decision in purge.deleted],
        "left": {**purge.left, **purge.failures},
        "unfinished": purge.unfinished,
        "blocked": len(purge.selection.blocked),
        "later": len(purge.selection.later),
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
