"""One firing of a plan's schedule: its names, and what to do about it next. Pure: no calls, no clock."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .model import (
    AVAILABLE,
    DELETED,
    DEPLOYMENT_TAG,
    FAILED,
    OWN_TAG_PREFIX,
    PLAN_TAG,
    SCHEDULED_TIME_TAG,
    USER_INITIATED,
    Backup,
    Plan,
)

LARGEST_TAG_COUNT = 50
SHORTEST_WAIT = timedelta(seconds=30)
AFTER_ERROR = timedelta(seconds=10)  # throttling passes sooner than a backup completes
LONGEST_WAIT = timedelta(minutes=20)


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
        return self.scheduled_time + timedelta(minutes=self.plan.start_window_minutes)

    @property
    def completion_deadline(self) -> datetime:
        return self.scheduled_time + timedelta(minutes=self.plan.completion_window_minutes)

    @property
    def token(self) -> str:
        """The ClientRequestToken: 51 characters of its alphabet `[A-Za-z0-9_.-]{1,63}` (FSx API reference)."""
        identity = json.dumps([self.deployment, self.plan.name, self.plan.target.id, self.time])
        return f"fsx-backup-{hashlib.sha256(identity.encode()).hexdigest()[:40]}"

    @property
    def own_tags(self) -> dict[str, str]:
        return {
            "Name": self.plan.backup_name,
            DEPLOYMENT_TAG: self.deployment,
            PLAN_TAG: self.plan.name,
            SCHEDULED_TIME_TAG: self.time,
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
        """This occurrence's backup. A copy carries the same tags and is not it."""
        mine = [
            backup
            for backup in backups
            if backup.type == USER_INITIATED
            and backup.source_backup_id is None
            and backup.tags.get(DEPLOYMENT_TAG) == self.deployment
            and backup.tags.get(PLAN_TAG) == self.plan.name
            and backup.tags.get(SCHEDULED_TIME_TAG) == self.time
        ]
        return min(mine, key=lambda backup: backup.id, default=None)


class Next(StrEnum):
    """What the occurrence needs now."""

    CREATE = "create"
    WAIT = "wait"
    FINISH = "finish"
    MISSED_START = "missed start"
    MISSED_COMPLETION = "missed completion"
    FAILED = "failed"
    GONE = "gone"


def decide(occurrence: Occurrence, backup: Backup | None, now: datetime) -> Next:
    """The next step for an occurrence whose backup, if any, is `backup`. A window's last moment is still inside."""
    if backup is None:
        return Next.CREATE if now <= occurrence.start_deadline else Next.MISSED_START
    settled = {AVAILABLE: Next.FINISH, FAILED: Next.FAILED, DELETED: Next.GONE}.get(backup.lifecycle)
    if settled is not None:
        return settled
    # In progress, or a lifecycle newer than this code: nothing to do but look again.
    return Next.WAIT if now <= occurrence.completion_deadline else Next.MISSED_COMPLETION


def wait(occurrence: Occurrence, now: datetime, deadline: datetime, shortest: timedelta = SHORTEST_WAIT) -> timedelta:
    """How long to leave a message alone: a quarter of the time it has waited, so long backups cost few looks.

    Between `shortest` and 20 minutes, and not past `deadline`, so that a window's last moment is used. At 20 minutes
    a look, the longest completion window takes fewer than the 1,000 receives that SQS allows.
    """
    delay = min((now - occurrence.scheduled_time) / 4, LONGEST_WAIT, deadline - now)
    return max(delay, shortest)
