"""One firing of a plan's schedule: its names, and what to do about it next. Pure: no calls, no clock."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .model import (
    AVAILABLE,
    CLOCK_SKEW,
    COPY_TAG,
    DELETED,
    DEPLOYMENT_TAG,
    FAILED,
    IN_PROGRESS,
    LARGEST_WINDOW,
    OWN_TAG_PREFIX,
    PLAN_TAG,
    RETENTION_TAG,
    SCHEDULED_TIME_TAG,
    Backup,
    Plan,
)

LARGEST_TAG_COUNT = 50
SHORTEST_WAIT = timedelta(seconds=30)
AFTER_ERROR = timedelta(seconds=10)  # throttling passes sooner than a backup completes
LONGEST_WAIT = timedelta(minutes=20)
LATENESS = timedelta(minutes=1)  # the delivery planned for a window's last moment may come this late
UNANSWERED = timedelta(hours=1)  # how long after a window FSx is asked again before its silence is the outcome
CONSISTENCY = timedelta(minutes=10)  # how long a new backup may be missing from listings


@dataclass(frozen=True)
class Occurrence:
    """A plan of a deployment at its scheduled time (UTC, whole seconds)."""

    deployment: str
    plan: Plan
    scheduled_time: datetime

    @property
    def time(self) -> str:
        return self.scheduled_time.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def start_deadline(self) -> datetime:
        """Both windows count from the end of the flexible window: the scheduled time is the nominal one."""
        return self._after(self.plan.start_window_minutes)

    @property
    def completion_deadline(self) -> datetime:
        return self._after(self.plan.completion_window_minutes)

    @property
    def last_deadline(self) -> datetime:
        """Of all copies as well."""
        windows = [] if self.plan.copied_from else [copies.completion_window_minutes for copies in self.plan.copies]
        return self._after(self.plan.completion_window_minutes + max(windows, default=0))

    def _after(self, minutes: int) -> datetime:
        """Never later than a message lives and may be received."""
        return self.scheduled_time + timedelta(minutes=min(self.plan.flexible_window_minutes + minutes, LARGEST_WINDOW))

    @property
    def token(self) -> str:
        """The ClientRequestToken: 51 characters of its alphabet `[A-Za-z0-9_.-]{1,63}` (FSx API reference)."""
        where = ["restore-test"] if self.plan.testing else [self.plan.region] if self.plan.copied_from else []
        identity = json.dumps([self.deployment, self.plan.name, self.plan.target.id, self.time, *where])
        return f"fsx-backup-{hashlib.sha256(identity.encode()).hexdigest()[:40]}"

    @property
    def own_tags(self) -> dict[str, str]:
        return {
            "Name": self.plan.backup_name,
            DEPLOYMENT_TAG: self.deployment,
            PLAN_TAG: self.plan.name,
            SCHEDULED_TIME_TAG: self.time,
            RETENTION_TAG: self.plan.policy,
            **({COPY_TAG: self.plan.copied_from} if self.plan.copied_from else {}),
        }

    def tags(self, copied: Mapping[str, str]) -> dict[str, str]:
        """All tags of the backup: own first, then the target's, 50 at most.

        Passing any tag switches off FSx's CopyTagsToBackups, so the target's are merged here. Its `aws:` keys are
        refused by FSx; its `fsx-backup:` keys came from a restored backup and would make false claims.
        """
        tags = self.own_tags | dict(self.plan.backup_tags)
        for key in sorted(copied):
            if len(tags) < LARGEST_TAG_COUNT and key not in tags and not key.startswith(("aws:", OWN_TAG_PREFIX)):
                tags[key] = copied[key]
        return tags

    def find(self, backups: Iterable[Backup]) -> Backup | None:
        """This occurrence's backup. Of several, an AVAILABLE one counts most, then one that may still become it."""
        mine = [backup for backup in self._of_plan(backups) if backup.tags.get(SCHEDULED_TIME_TAG) == self.time]
        return min(mine, key=lambda backup: (_RANK.get(backup.lifecycle, 1), backup.id), default=None)

    def superseding(self, backups: Iterable[Backup], now: datetime) -> Backup | None:
        """The plan's latest other backup that was made at or after this occurrence's time, and serves it as well.

        One whose creation time is in the future is odd and serves none: no later occurrence would get a backup.
        """
        made = [backup for backup in backups if backup.created and backup.created <= now + CLOCK_SKEW]
        return self._latest(made, since=True, lifecycles=IN_PROGRESS | {AVAILABLE})

    def delaying(self, backups: Iterable[Backup]) -> Backup | None:
        """The plan's own earlier backup that is still in progress, and in the way of this one."""
        return self._latest(backups, since=False, lifecycles=IN_PROGRESS)

    def _latest(self, backups: Iterable[Backup], *, since: bool, lifecycles: Collection[str]) -> Backup | None:
        found = [
            (backup.created, backup.id, backup)
            for backup in self._of_plan(backups)
            if backup.created
            and (backup.created >= self.scheduled_time) == since
            and backup.lifecycle in lifecycles
            and backup.tags.get(SCHEDULED_TIME_TAG) != self.time
        ]
        return max(found)[2] if found else None

    def _of_plan(self, backups: Iterable[Backup]) -> list[Backup]:
        return [backup for backup in backups if backup.made_by(self.plan, self.deployment)]


_RANK = {AVAILABLE: 0, FAILED: 2, DELETED: 3}  # all others are in progress, or newer than this code


class Next(StrEnum):
    """What the occurrence needs now."""

    CREATE = "create"
    WAIT = "wait"
    FINISH = "finish"
    SKIP = "skip"
    MISSED_START = "missed start"
    MISSED_COMPLETION = "missed completion"
    FAILED = "failed"
    GONE = "gone"


def decide(occurrence: Occurrence, backups: Iterable[Backup], now: datetime) -> Next:
    """The next step for an occurrence, given its target's backups. A window's last moment is still inside."""
    backups = list(backups)
    backup = occurrence.find(backups)
    if backup is None:
        if occurrence.superseding(backups, now):
            return Next.SKIP
        if now <= occurrence.start_deadline + LATENESS:
            return Next.CREATE
        return Next.SKIP if occurrence.delaying(backups) else Next.MISSED_START
    return follow(occurrence, backup, now)


def follow(occurrence: Occurrence, backup: Backup, now: datetime) -> Next:
    """The next step for a backup that was made, or for its copy."""
    settled = {AVAILABLE: Next.FINISH, FAILED: Next.FAILED, DELETED: Next.GONE}.get(backup.lifecycle)
    if settled is not None:
        return settled
    # In progress, or a lifecycle newer than this code: nothing to do but look again.
    return Next.WAIT if now <= occurrence.completion_deadline else Next.MISSED_COMPLETION


def wait(
    occurrence: Occurrence, now: datetime, deadline: datetime | None, shortest: timedelta = SHORTEST_WAIT
) -> timedelta:
    """How long to leave a message alone: a quarter of the time it has waited, so long backups cost few polls.

    Between `shortest` and 20 minutes, and not past `deadline`, so that a window's last moment is used. At 20 minutes
    a poll, the longest completion window takes fewer than the 1,000 receives that SQS allows.
    """
    delay = min(abs(now - occurrence.scheduled_time) / 4, LONGEST_WAIT)  # abs: it may be as much as a day ahead
    if deadline is not None and deadline > now:
        delay = min(delay, deadline - now)
    return max(delay, shortest)
