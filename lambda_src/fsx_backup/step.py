"""One idempotent step for one message: create the backup, poll it, purge at the end.

Safe to run twice and safe to be killed anywhere: what was done is read back from FSx every time.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import copies, expansion, fsx, health, occurrence, purge
from .copying import Regions
from .memory import Seen
from .model import EVERY_TYPE, IN_PROGRESS, Action, Backup, NoZoneData, Request
from .occurrence import CONSISTENCY, UNANSWERED, Next, Occurrence
from .report import COPY_OUTCOMES, Copy, Outcome, Purge, Report, Wait
from .verdicts import (
    NOT_LISTED,
    Verdict,
    failed,
    gone,
    no_targets,
    not_completed,
    not_started,
    purge_verdict,
    together,
    unanswered,
    unpurged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime, timedelta

    from mypy_boto3_fsx import FSxClient

WORST_FIRST = (*COPY_OUTCOMES, Outcome.PURGE_BLOCKED, Outcome.PARTIAL)


class Step:
    """The step for one request. `now` has an offset; `seconds_left` tells how long the function may still run.

    `regional` makes FSx's client of another Region.

    `receives` is how often the message was received, 0 for a direct invocation; `seen` what this execution environment
    knows of the occurrence.
    """

    def __init__(
        self,
        request: Request,
        deployment: str,
        client: FSxClient,
        now: datetime,
        seconds_left: Callable[[], float],
        *,
        regional: Callable[[str], FSxClient],
        receives: int = 0,
        seen: Seen | None = None,
    ) -> None:
        self.request = request
        self.client = client
        self.now = now
        self.seconds_left = seconds_left
        self.receives = receives
        self.seen = seen or Seen()
        self.occurrence = Occurrence(deployment, request.plan, request.scheduled_time)
        self.regions = Regions(self.occurrence, client, regional, self.seen, now)
        self.backup: Backup | None = None
        self.newest: Backup | None = None
        self.copied: tuple[Copy, ...] = ()

    def run(self) -> Report | Wait:
        """Raises what FSx does not model (AccessDenied) and what is a bug: the caller's alarms must see those."""
        try:
            return self._expand() if self.request.plan.fleet else self._run()
        except fsx.Rejected as error:
            if self.request.plan.target_tags and isinstance(error, fsx.NotFound):
                return self._report(Outcome.SKIPPED, Verdict(f"The target left the fleet: {error}"))
            return self._report(Outcome.FAILED, Verdict(str(error), error.remedy))
        except NoZoneData as error:  # from the decision on a purge, before it has begun
            said = purge_verdict(self.request.plan, Purge(), zone_error=str(error))
            return self._conclude(Outcome.PURGE_BLOCKED, (), said)
        except fsx.Transient as error:
            return self._unanswered(str(error))
        except ClientError as error:
            if self.now <= self.occurrence.last_deadline + UNANSWERED:
                raise
            return self._unanswered(str(error), denied=True)

    def _run(self) -> Report | Wait:
        backups = self._list()
        self.newest = health.newest_available(backups, self.request.plan, self.occurrence.deployment, self.now)
        if self.request.dry_run or self.request.action is Action.PURGE:
            self.copied = self.regions.listed()
            return self._purge(backups, Outcome.DRY_RUN if self.request.dry_run else Outcome.PURGED)
        self.backup = self.occurrence.find(backups)
        todo = occurrence.decide(self.occurrence, backups, self.now)
        if self.backup:
            self.seen.backup_id = self.backup.id
        elif todo is not Next.SKIP and self._was_deleted(self.seen.backup_id):
            if self.seen.made and self.now - self.seen.made <= CONSISTENCY:
                return self._wait(NOT_LISTED, self.occurrence.completion_deadline)
            todo = Next.GONE
        if todo is Next.CREATE:
            return self._start(backups)
        if todo is Next.WAIT:
            return self._wait("the backup is in progress", self.occurrence.completion_deadline)
        if todo is Next.FINISH:
            return self._copy(backups)
        return self._end(todo, backups)

    def _copy(self, backups: list[Backup]) -> Report | Wait:
        """The backup is AVAILABLE: its copies, and the purges when they are settled."""
        self.copied = self.regions.follow(self.backup)
        waiting = [copy for copy in self.copied if copy.outcome is None]
        if waiting:
            reason = "; ".join(f"{copy.region}: {copy.reason}" for copy in waiting)
            return self._wait(reason, min(copy.place.completion_deadline for copy in waiting))
        if self.request.action is Action.START:
            return self._conclude(Outcome.COMPLETED, (), Verdict())
        return self._purge(backups, Outcome.COMPLETED)

    def _expand(self) -> Report:
        """After the start window one notification instead of one for each target. A purge or dry run has no window."""
        request, due = self.request, self.request.scheduled_time
        late = self.now > self.occurrence.start_deadline + occurrence.LATENESS
        if late and request.action is not Action.PURGE and not request.dry_run:
            return self._missed()
        members = expansion.find(self.client, request.plan)
        # When the schedule fired, what was created later was no target. An invocation is about what is there now.
        targets = [
            one.id
            for one in members.targets
            if not (self.receives and one.created and one.created.replace(microsecond=0) > due)
        ]
        if not targets:
            return self._report(Outcome.NO_TARGETS, no_targets(request.plan, members))
        return replace(self._report(Outcome.EXPANDED), targets=tuple(targets))

    def _end(self, todo: Next, backups: list[Backup]) -> Report:
        match todo:
            case Next.SKIP:
                return self._skip(backups)
            case Next.MISSED_START:
                return self._missed()
            case Next.MISSED_COMPLETION:
                return self._report(Outcome.NOT_COMPLETED, not_completed(self.occurrence, self.backup))
            case Next.FAILED:
                return self._report(Outcome.FAILED, failed(self.backup))
            case _:
                return self._report(Outcome.FAILED, gone())

    def _list(self) -> list[Backup]:
        try:
            return fsx.list_backups(self.client, self.request.plan.target)
        except fsx.Transient:
            if self.now < self.occurrence.start_deadline:
                raise
            # From here on silence may be the outcome, so one error is not enough.
            return fsx.list_backups(self.client, self.request.plan.target)

    def _start(self, backups: list[Backup]) -> Report | Wait:
        try:
            self.backup = self._create()
        except fsx.Busy as error:
            if self.now >= self.occurrence.start_deadline and self.occurrence.delaying(backups):
                return self._skip(backups)
            return self._delayed(str(error))
        if self.backup is None:
            return self._delayed(NOT_LISTED)
        made = self.backup.created
        if made and self.now - made > CONSISTENCY and self._was_deleted(self.backup.id):
            return self._report(Outcome.FAILED, gone())
        self.seen.backup_id, self.seen.made = self.backup.id, self.now
        # Whatever its lifecycle: a purge is decided on a listing that has the new backup in it.
        return self._wait("the backup is in progress", self.occurrence.completion_deadline)

    def _create(self) -> Backup | None:
        """None if FSx says that it was asked for already, but does not list it."""
        plan = self.request.plan
        copied = fsx.target_tags(self.client, plan.target) if plan.copy_tags else {}
        tags = self.occurrence.tags(copied)
        try:
            return fsx.create_backup(self.client, plan.target, self.occurrence.token, tags)
        except fsx.Conflict:
            # The target's tags changed between two tries, or the first try's response was lost.
            return self.occurrence.find(fsx.list_backups(self.client, plan.target))

    def _was_deleted(self, backup_id: str | None) -> bool:
        return backup_id is not None and fsx.find_backup(self.client, backup_id) is None

    def _delayed(self, cause: str) -> Report | Wait:
        """Not started for a reason that may pass: wait, or at the window's last moment say so."""
        if self.now < self.occurrence.start_deadline:
            return self._wait(cause, self.occurrence.start_deadline)
        return self._not_started(cause)

    def _missed(self) -> Report:
        """The window ended before this delivery, so the cause is what is known of earlier ones."""
        if self.seen.cause or self.receives > 1:
            return self._not_started(self.seen.cause, self.seen.kind)
        late = int((self.now - self.occurrence.start_deadline).total_seconds() // 60)
        return self._not_started(f"the message was first delivered {late} minutes after the window had ended")

    def _not_started(self, cause: str, kind: str = "") -> Report:
        plan = self.request.plan
        try:
            backups = [] if plan.fleet else fsx.list_backups(self.client, plan.target, EVERY_TYPE)
        except fsx.Transient:
            backups = []  # they only add to the cause
        others = [f"{backup.id} ({backup.type})" for backup in backups if backup.lifecycle in IN_PROGRESS]
        return self._report(Outcome.NOT_STARTED, not_started(self.occurrence, cause, kind, others))

    def _unanswered(self, error: str, *, denied: bool = False) -> Report | Wait:
        times = self.occurrence
        if self.now > times.last_deadline + UNANSWERED:
            if self.request.action is Action.PURGE:
                return self._report(Outcome.PARTIAL, unpurged(error, denied=denied))
            return self._report(Outcome.UNKNOWN, unanswered("completion", times.last_deadline, error, denied=denied))
        if self.request.action is Action.PURGE or self.backup or self.seen.backup_id:
            return self._wait(error, times.completion_deadline, occurrence.AFTER_ERROR)
        if self.now < times.start_deadline:
            return self._wait(error, times.start_deadline, occurrence.AFTER_ERROR)
        if self.now <= times.start_deadline + UNANSWERED:
            return self._report(Outcome.NOT_STARTED, unanswered("start", times.start_deadline, error))
        return self._wait(error, times.completion_deadline, occurrence.AFTER_ERROR)

    def _skip(self, backups: list[Backup]) -> Report:
        other = self.occurrence.superseding(backups, self.now)
        if other:
            reason = f"{other.id}, made by a later occurrence, serves this one as well."
        else:
            earlier = self.occurrence.delaying(backups)
            reason = f"The plan's earlier backup {earlier.id if earlier else ''} was in progress all the time: "
            reason += "backups take longer than the schedule allows."
        return self._report(Outcome.SKIPPED, Verdict(reason))

    def _purge(self, backups: list[Backup], done: Outcome) -> Report | Wait:
        """At home, then in each Region whose copy is AVAILABLE. The next delivery goes on where time runs out."""
        known = self.receives <= 1 or self.seen.follows(self.receives)
        run = partial(
            purge.run, now=self.now, seconds_left=self.seconds_left, known=known, dry_run=self.request.dry_run
        )
        pending = copies.pending(backups, self.occurrence, self.copied, self.now)
        site = purge.Site(self.client, self.occurrence, backups, self.backup, self.seen, pending)
        dones, copied = [run(site, handed_over=self.request.deleted)], []
        for copy in self.copied:
            if copy.outcome not in {Outcome.COMPLETED, Outcome.PURGED} or dones[-1].more:
                copied.append(copy)
                continue
            dones.append(run(self.regions.site(copy)))
            said = dones[-1].verdict
            copied.append(replace(copy, purge=dones[-1].purge, reason=said.reason, remedy=said.remedy))
        if dones[-1].more:
            purges = tuple(done.purge for done in dones)
            return replace(self._wait(f"deletes are left: {purges[-1].unfinished}", None), purges=purges)
        self.copied = tuple(copied)
        return self._conclude(done, {done.outcome for done in dones}, dones[0].verdict, dones[0].purge)

    def _conclude(
        self, done: Outcome, outcomes: Collection[Outcome | None], home: Verdict, purge: Purge | None = None
    ) -> Report:
        """The end: the worst of what the copies and purges came to."""
        found = {*outcomes, *(copy.outcome for copy in self.copied)}
        if done is not Outcome.DRY_RUN:
            done = next((outcome for outcome in WORST_FIRST if outcome in found), done)
        return self._report(done, together(home, self.copied), purge)

    def _report(self, outcome: Outcome, verdict: Verdict | None = None, purge: Purge | None = None) -> Report:
        said = verdict or Verdict()
        return Report(
            outcome,
            self.request.action,
            self.occurrence,
            self.backup,
            said.reason,
            said.remedy,
            purge,
            self.newest,
            said.kind,
            copies=self.copied,
        )

    def _wait(self, reason: str, deadline: datetime | None, shortest: timedelta = occurrence.SHORTEST_WAIT) -> Wait:
        delay = occurrence.wait(self.occurrence, self.now, deadline, shortest)
        return Wait(delay, reason, self.occurrence, self.backup)
