"""The state of a plan, from its schedule and the listing of its backups. Pure: no calls, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import MAXYEAR, UTC, datetime, timedelta
from enum import StrEnum
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING

from . import retention
from .model import AVAILABLE, CLOCK_SKEW, IN_PROGRESS, SCHEDULED_TIME_TAG, NoZoneData
from .occurrence import LATENESS, Occurrence
from .retention import owned
from .schedule_expression import Unreadable, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .model import Backup, Plan
    from .registry import Entry
    from .schedule_expression import Schedule

HISTORY = timedelta(days=400)  # what was due earlier does not count any more
MOST_FIRINGS = 2_000  # that are looked at, of one plan
MOMENT = timedelta(microseconds=1)


class State(StrEnum):
    """Of a plan. The first that applies, in this order."""

    SCHEDULE_MISSING = "SCHEDULE MISSING"
    UNKNOWN = "UNKNOWN"  # FSx did not answer, or nobody can say when a backup was due
    TARGET_MISSING = "TARGET MISSING"
    LATE = "LATE"  # a due backup is missing
    TOO_OLD = "TOO OLD"  # max_backup_age_hours
    DISABLED = "DISABLED"
    RUNNING = "RUNNING"
    OK = "OK"
    WAITING = "WAITING"  # there is no backup yet, and none is late


@dataclass(frozen=True)
class Health:
    """A plan. `since`: when it got into its state, if that can be computed; `occurrence`: the due time of a late one.

    `problem`: whether somebody should act. `schedule`: None if it is disabled or cannot be read. `own`: its backups as
    they were listed.
    """

    name: str
    state: State = State.SCHEDULE_MISSING
    reason: str = "The schedule was deleted: apply the module again."
    problem: bool = True
    since: datetime | None = None
    occurrence: datetime | None = None
    entry: Entry | None = None
    schedule: Schedule | None = None
    own: tuple[Backup, ...] = ()
    newest: Backup | None = None
    overdue: frozenset[str] = frozenset()
    hides: bool = False  # the last change of its schedule hides what was due, so that a lateness may not be over

    @property
    def target(self) -> str:
        return self.entry.plan.target.id if self.entry else ""

    @property
    def region(self) -> str:
        """Of copies; empty for the plan at home."""
        return self.entry.plan.region if self.entry else ""

    @property
    def label(self) -> str:
        """The plan's name; of a plan with many targets, with the target; of copies, with the Region."""
        found_by_tags = self.entry and self.entry.plan.target_tags and self.target
        named = f"{self.name} ({self.target})" if found_by_tags else self.name
        return f"{named} in {self.region}" if self.region else named

    @property
    def size(self) -> int:
        """Bytes of the backups whose size FSx tells."""
        return sum(backup.size or 0 for backup in self.own)

    @property
    def start_window(self) -> timedelta:
        """From a due time until the last moment for its backup to start, or for its copy to be there."""
        plan = self.entry.plan if self.entry else None
        minutes = (plan.completion_window_minutes if plan.region else plan.start_window_minutes) if plan else 0
        return self.flexible + timedelta(minutes=minutes)

    @property
    def flexible(self) -> timedelta:
        """The schedule's flexible window. Where somebody changed it, the longer of the two."""
        entry = self.entry
        return timedelta(minutes=max(entry.flexible_minutes, entry.plan.flexible_window_minutes) if entry else 0)

    @property
    def late(self) -> bool:
        """Whether the alarm counts it: the plan's data is not protected as the plan says."""
        return self.problem and self.state is not State.UNKNOWN and self.state not in {State.OK, State.RUNNING}

    def count(self, lifecycles: Collection[str]) -> int:
        """How many backups are in one of these."""
        return sum(backup.lifecycle in lifecycles for backup in self.own)

    def next(self, now: datetime) -> datetime | None:
        """When the schedule fires next."""
        return self.schedule.after(now) if self.schedule else None

    def firings(self, start: datetime, end: datetime) -> list[datetime]:
        """Due times after `start`, up to `end`, but none before the plan's `begin`."""
        if self.schedule is None or self.entry is None:
            return []
        start = max(start, self.entry.begin - MOMENT)
        later = dropwhile(lambda fired: fired <= start, self.schedule.firings(start, 1))
        return list(islice(takewhile(lambda fired: fired <= end, later), MOST_FIRINGS))


def newest_available(backups: Iterable[Backup], plan: Plan, deployment: str, now: datetime) -> Backup | None:
    """The backup that one would restore from. Without a creation time, or with a future one, its age is unknown."""
    available = [
        (backup.created, backup.id, backup)
        for backup in backups
        if backup.lifecycle == AVAILABLE
        and backup.created
        and backup.created <= now + CLOCK_SKEW
        and owned(backup, plan, deployment)
    ]
    return max(available)[2] if available else None


def assess(
    name: str, entry: Entry | None, listed: Collection[Backup], deployment: str, now: datetime, *, known: bool = True
) -> Health:
    """A plan's state. `listed`: its target's backups; `known`: whether FSx knows the target."""
    if entry is None:
        return Health(name)
    plan, schedule, unreadable = entry.plan, None, ""
    try:
        if entry.enabled:  # otherwise nothing is due
            schedule = parse(entry.expression, entry.timezone, entry.changed)
    except (Unreadable, NoZoneData) as error:
        unreadable = f"It is not known when a backup was due: {error}."
    own = tuple(backup for backup in listed if owned(backup, plan, deployment))
    found = Health(
        name,
        State.WAITING,
        problem=False,
        entry=entry,
        schedule=schedule,
        own=own,
        newest=newest_available(own, plan, deployment, now),
        overdue=_overdue(own, plan, deployment, now),
    )
    state = _state(found, entry, unreadable, now, known=known)
    return replace(found, hides=_hides(found, entry, now), **state)  # type: ignore[arg-type]


def _state(found: Health, entry: Entry, unreadable: str, now: datetime, *, known: bool) -> dict[str, object]:
    plan, newest = entry.plan, found.newest
    edited = f" Its schedule was edited outside of Terraform: {entry.problem}" if entry.problem else ""
    if not known:
        reason = f"FSx does not know {plan.target}. If it was deleted, remove the plan; its backups stay.{edited}"
        return {"state": State.TARGET_MISSING, "reason": reason, "problem": True}
    old = _too_old(found, entry)
    late = lateness(found, now)
    if late and late[1] < now:
        due, since = late[0], min(late[1], old or late[1])
        what = f"copy is available in {plan.region}" if plan.region else "backup is available"
        reason = f"No {what} of the occurrence due at {due:%Y-%m-%d %H:%M} UTC or of a later one."
        reason += f" There are no {plan.targets} that can be backed up.{edited}" if plan.fleet else edited
        return {"state": State.LATE, "reason": reason, "problem": True, "since": since, "occurrence": due}
    if old and old < now:
        reason = f"The newest available backup is older than {plan.max_backup_age_hours:g} hours.{edited}"
        return {"state": State.TOO_OLD, "reason": reason, "problem": True, "since": old}
    if not entry.enabled:
        reason = "The schedule is disabled"
        reason += " outside of Terraform: enable it, or apply the module again." if plan.enabled else "."
        return {
            "state": State.DISABLED,
            "reason": reason + edited,
            "problem": plan.enabled and not plan.region,
            "since": entry.changed,
        }
    if unreadable:
        return {"state": State.UNKNOWN, "reason": unreadable + edited, "problem": True}
    state = State.OK if newest else State.WAITING
    state = State.RUNNING if any(backup.lifecycle in IN_PROGRESS for backup in found.own) else state
    return {"state": state, "reason": edited.strip(), "problem": bool(edited)}


def _too_old(found: Health, entry: Entry) -> datetime | None:
    """The moment from which the newest backup is older than `max_backup_age_hours`."""
    if entry.plan.max_backup_age_hours is None:
        return None
    made = found.newest.created if found.newest and found.newest.created else entry.begin
    return made + timedelta(hours=entry.plan.max_backup_age_hours)


def lateness(found: Health, now: datetime) -> tuple[datetime, datetime] | None:
    """The first due time that no available backup serves, and the moment from which the plan is late for it.

    Late is a plan when the occurrence's completion window has passed; or the start window of the one after it, while
    no backup that began by then is in progress within its completion window: one that begins later does not end a
    lateness, it has to become available. None while nothing was due.
    """
    entry, schedule = found.entry, found.schedule
    if entry is None or schedule is None:
        return None
    completion = found.flexible + timedelta(minutes=entry.plan.completion_window_minutes)
    served = [_served(backup) for backup in found.own if backup.lifecycle == AVAILABLE and backup.created]
    floor = max(entry.begin, now - HISTORY) - MOMENT
    due = schedule.after(max([floor, *(moment for moment in served if moment <= now + CLOCK_SKEW)]))
    if due is None or due > now:
        return None
    since = due + completion
    if following := schedule.after(due):
        missed = following + found.start_window + LATENESS
        running = [
            (scheduled(b) or b.created) + completion
            for b in found.own
            if b.lifecycle in IN_PROGRESS and b.created and b.created <= missed
        ]
        since = min(since, max([missed, *running]))
    return due, since


def _hides(found: Health, entry: Entry, now: datetime) -> bool:
    """Whether something was due before the schedule's last change, by its present form, that no backup serves."""
    newest = found.newest
    if found.schedule is None or newest is None or newest.created is None or newest.created >= entry.changed:
        return False
    earlier = replace(entry, changed=newest.created, target_created=None)
    schedule = parse(entry.expression, entry.timezone, newest.created)  # a rate counts from then
    late = lateness(replace(found, entry=earlier, schedule=schedule), now)
    return late is not None and late[1] < now


def _served(backup: Backup) -> datetime:
    """Up to which due time a backup serves: its creation, or its own occurrence if FSx's clock is behind."""
    made = backup.created or datetime.min.replace(tzinfo=UTC)
    own = scheduled(backup)
    return max(made, own) if own and own <= made + CLOCK_SKEW else made


def scheduled(backup: Backup) -> datetime | None:
    """The time of the occurrence that a backup was made for, by its tag."""
    try:
        found = datetime.fromisoformat(backup.tags.get(SCHEDULED_TIME_TAG, ""))
    except ValueError:
        return None
    return found if found.tzinfo and found.year < MAXYEAR else None  # windows are counted from it


def may_be_copied(backup: Backup, plan: Plan, deployment: str, now: datetime) -> bool:
    """Whether the windows of a backup's copies have not ended. A purge keeps it until then."""
    due = scheduled(backup)
    if due is None or plan.region or not plan.copies:
        return False
    return now <= Occurrence(deployment, plan, due).last_deadline + LATENESS


def _overdue(own: Collection[Backup], plan: Plan, deployment: str, now: datetime) -> frozenset[str]:
    try:
        due = retention.long_due(own, plan, deployment, now)
    except NoZoneData:  # of the time zone: nothing is purged, and the run says so
        return frozenset()
    return due - {backup.id for backup in own if may_be_copied(backup, plan, deployment, now)}
