"""The copies of a plan's backups in another Region: which are its own, and what is next for one. Pure.

Where FSx is silent, nothing rests on it: whether filters find copies by their target, whose creation time they have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .health import may_be_copied, scheduled
from .model import AVAILABLE
from .occurrence import LATENESS, Next, follow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .model import Backup, Plan
    from .occurrence import Occurrence
    from .report import Copy


def of_target(listed: Iterable[Backup], plan: Plan, deployment: str) -> list[Backup]:
    """The plan's copies of its target's backups, in a listing of their Region. Each counts from its occurrence."""
    return [
        replace(backup, created=scheduled(backup))
        for backup in listed
        if backup.target_id == plan.target.id and backup.made_by(plan, deployment)
    ]


def find(place: Occurrence, own: Iterable[Backup], source: Backup) -> Backup | None:
    """The copy of this occurrence's backup."""
    return place.find(backup for backup in own if backup.source_backup_id == source.id)


def pending(backups: Iterable[Backup], occurrence: Occurrence, copied: Iterable[Copy], now: datetime) -> frozenset[str]:
    """Ids of earlier backups whose copies may still be made: within their windows, and not copied to every Region."""
    there = [{copy.source_backup_id for copy in one.own if copy.lifecycle == AVAILABLE} for one in copied]
    return frozenset(
        backup.id
        for backup in backups
        if backup.lifecycle == AVAILABLE
        and backup.made_by(occurrence.plan, occurrence.deployment)
        and not all(backup.id in sources for sources in there)
        and may_be_copied(backup, occurrence.plan, occurrence.deployment, now)
    )


def decide(place: Occurrence, copy: Backup | None, now: datetime) -> Next:
    """The next step for the copy of an AVAILABLE backup. `place`: the occurrence with the plan as it is there."""
    if copy is None:
        return Next.CREATE if now <= place.completion_deadline + LATENESS else Next.MISSED_COMPLETION
    return follow(place, copy, now)
