"""What a check or a report knows of a deployment and its surroundings. Pure: no calls, no clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .health import State, assess
from .model import COPY_TAG, DEPLOYMENT_TAG, PLAN_TAG, USER_INITIATED, held

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from .health import Health
    from .model import Backup
    from .regions import Region
    from .registry import Entry
    from .resources import Resource
    from .selection import Members


@dataclass
class Fleet:
    """All plans, and for a report what else is in the account and Region. Without `answered`, AWS did not say.

    `orphans`: backups that no plan has any more, by plan and target; `quota`: by file-system type, see `forecast`.
    """

    plans: Sequence[Health]
    resources: Mapping[str, Resource] = field(default_factory=dict)
    backups: Sequence[Backup] = ()
    answered: bool = True
    orphans: Counter[tuple[str, str]] = field(default_factory=Counter)
    quota: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    uncovered: Sequence[Resource] = ()
    members: Mapping[str, Members] = field(default_factory=dict)
    copies: Sequence[Health] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)
    left_over: Sequence[tuple[str, Resource]] = ()  # by restore tests, with the Region
    left_unread: Mapping[str, str] = field(default_factory=dict)  # Region -> why that is not known there
    restore_tests: Sequence[Mapping[str, Any]] = ()

    @property
    def tests(self) -> list[Entry]:
        """The plans with a restore test, each once however many targets it has."""
        known = {plan.name: plan.entry for plan in self.plans if plan.entry}
        return [entry for entry in known.values() if entry.plan.restore_test]

    @property
    def rows(self) -> list[Health]:
        """The plans, and their copies by Region."""
        return [*self.plans, *self.copies]

    @property
    def unrecovered(self) -> list[Health]:
        """The rows of which nobody can say that they are not late any more."""
        backed_up = {row.name for row in self.rows if row.newest}
        return [
            row
            for row in self.rows
            if row.late
            or row.hides
            or row.state is State.UNKNOWN
            or (row.state is State.WAITING and row.name not in backed_up)
        ]

    @property
    def ended(self) -> dict[str, str]:
        """The plans that nothing is due of any more, and why."""
        return {row.name: "removed" if row.entry is None else "paused" for row in self.rows if row.schedule is None}

    @property
    def unread(self) -> set[str]:
        """Names of the plans with copies in a Region that could not be read."""
        return {copy.name for copy in self.copies if self.regions[copy.region].problem}


def states(
    entries: Mapping[str, Entry | None],
    there: Mapping[str, Resource],
    members: Mapping[str, Members],
    backups: Sequence[Backup],
    *,
    deployment: str,
    now: datetime,
) -> list[Health]:
    """A state for each plan, of one that selects by tags for each target.

    What was a target and cannot be backed up any more is one still: nothing else would be late.
    """
    listed: dict[str, list[Backup]] = defaultdict(list)
    for backup in backups:
        listed[backup.target_id].append(backup)
    found: list[Health] = []
    for name, entry in entries.items():
        if entry and entry.plan.fleet:
            once = members[name].once
            each = [(one, replace(entry, plan=entry.plan.of(one.id), target_created=one.created)) for one in once]
            some = [(one, assess(name, mine, listed[one.id], deployment, now)) for one, mine in each]
            found += [health for one, health in some if health.own or not one.obstacle] or [
                assess(name, entry, backups, deployment, now)
            ]
            continue
        target = entry.plan.target.id if entry else ""
        own, known = (listed[target], target in there) if target else (backups, True)
        found.append(assess(name, entry, own, deployment, now, known=known))
    return found


def orphans(
    fleet: Fleet, additional_targets: Collection[str], deployment: str, region: Region | None = None, home: str = ""
) -> Counter[tuple[str, str]]:
    """Of the plans that made them; or in a Region, copies from `home`. What is held is meant to stay."""
    where = region.name if region else ""
    known = {(row.name, row.target) for row in fleet.rows if row.region == where}
    unread = {plan.name for plan in fleet.plans if not plan.target} - fleet.members.keys()
    if region:  # what the plan says of it cannot be read either
        unread |= {plan.name for plan in fleet.plans if plan.entry is None or plan.entry.problem}
    found: Counter[tuple[str, str]] = Counter()
    for backup in region.backups if region else fleet.backups:
        mine = backup.tags.get(DEPLOYMENT_TAG) == deployment and backup.type == USER_INITIATED
        copied_from = backup.tags.get(COPY_TAG) if backup.source_backup_id else ""
        name, target = backup.tags.get(PLAN_TAG, ""), backup.target_id
        wanted = (name, target) in known or name in unread or target in additional_targets
        if mine and copied_from == home == (backup.source_region or "") and not wanted and not held(backup.tags):
            found[name, target] += 1
    return found
