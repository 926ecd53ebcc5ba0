"""One idempotent step for one message: create the backup, look after it, purge at the end.

Safe to run twice and safe to be killed anywhere: what was done is read back from FSx every time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from . import fsx, health, occurrence, purge, retention
from .model import EVERY_TYPE, IN_PROGRESS, Action, Backup, Request
from .occurrence import Next, Occurrence
from .report import Outcome, Purge, Report, Wait

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient


class Step:
    """The step for one request. `now` has an offset; `seconds_left` tells how long the function may still run."""

    def __init__(
        self, request: Request, deployment: str, client: FSxClient, now: datetime, seconds_left: Callable[[], float]
    ) -> None:
        self.request = request
        self.client = client
        self.now = now
        self.seconds_left = seconds_left
        self.occurrence = Occurrence(deployment, request.plan, request.scheduled_time)
        self.backup: Backup | None = None
        self.newest: Backup | None = None

    def run(self) -> Report | Wait:
        """Raises what FSx does not model (AccessDenied) and what is a bug: the caller's alarms must see those."""
        try:
            return self._run()
        except fsx.Rejected as error:
            return self._report(Outcome.FAILED, str(error), error.remedy)
        except fsx.Transient as error:
            if self.now > self.occurrence.completion_deadline:
                return self._report(
                    Outcome.NOT_COMPLETED,
                    f"FSx did not answer until the completion window ended ({error}).",
                    "Look at the AWS Health Dashboard, then run the backup by hand.",
                )
            return self._wait(str(error), self.occurrence.completion_deadline, occurrence.AFTER_ERROR)

    def _run(self) -> Report | Wait:
        backups = fsx.list_backups(self.client, self.request.plan.target)
        self.newest = health.newest_good(backups, self.request.plan, self.occurrence.deployment, self.now)
        if self.request.dry_run:
            return self._report(Outcome.DRY_RUN, purge=self._decide(backups))
        if self.request.action is Action.PURGE:
            return self._purge(backups, Outcome.PURGED)
        self.backup = self.occurrence.find(backups)
        todo = occurrence.decide(self.occurrence, self.backup, self.now)
        if todo is Next.CREATE:
            try:
                self.backup = self._create()
            except fsx.Busy as error:
                return self._wait(str(error), self.occurrence.start_deadline)
            # Whatever its lifecycle: a purge is decided on a listing that has the new backup in it.
            todo = Next.WAIT
        if todo is Next.WAIT:
            return self._wait("the backup is in progress", self.occurrence.completion_deadline)
        if todo is Next.FINISH:
            if self.request.action is Action.START:
                return self._report(Outcome.COMPLETED)
            return self._purge(backups, Outcome.COMPLETED)
        return self._give_up(todo)

    def _create(self) -> Backup:
        plan = self.request.plan
        copied = fsx.target_tags(self.client, plan.target) if plan.copy_tags else {}
        tags = self.occurrence.tags(copied)
        try:
            return fsx.create_backup(self.client, plan.target, self.occurrence.token, tags)
        except fsx.Conflict as error:
            # The target's tags changed between two tries, or the first try's answer was lost.
            found = self.occurrence.find(fsx.list_backups(self.client, plan.target))
            if found is None:
                raise fsx.Rejected(
                    str(error), "Run the backup by hand; if it happens again, look for another tool using this token."
                ) from error
            return found

    def _give_up(self, todo: Next) -> Report:
        plan, times = self.request.plan, self.occurrence
        if todo is Next.FAILED:
            why = self.backup.failure if self.backup and self.backup.failure else "FSx gives no reason"
            return self._report(
                Outcome.FAILED,
                f"FSx reports that the backup FAILED: {why.rstrip('.')}.",
                "Check the file system's health, then run the backup by hand. Nothing was purged.",
            )
        if todo is Next.GONE:
            return self._report(
                Outcome.FAILED,
                "The backup was deleted before it was AVAILABLE.",
                "Find out in CloudTrail who deleted it, then run the backup by hand. Nothing was purged.",
            )
        if todo is Next.MISSED_COMPLETION:
            lifecycle = self.backup.lifecycle if self.backup else "unknown"
            return self._report(
                Outcome.NOT_COMPLETED,
                f"The backup is still {lifecycle} after the completion window of "
                f"{plan.completion_window_minutes} minutes.",
                "It may still finish: look at it in FSx. Make completion_window_minutes longer if it always takes "
                "that long. Nothing was purged.",
            )
        backups = fsx.list_backups(self.client, plan.target, EVERY_TYPE)
        others = [f"{backup.id} ({backup.type})" for backup in backups if backup.lifecycle in IN_PROGRESS]
        return self._report(
            Outcome.NOT_STARTED,
            f"No backup could be started within the start window of {plan.start_window_minutes} minutes, until "
            f"{times.start_deadline:%Y-%m-%d %H:%M} UTC"
            + (f"; still in progress on the target: {', '.join(others[:3])}." if others else "."),
            "FSx makes one backup of a target at a time, its automatic daily one included: move the schedule, make "
            "start_window_minutes longer, or run the backup by hand. Nothing was purged.",
        )

    def _decide(self, backups: list[Backup]) -> Purge:
        return Purge(
            tuple(retention.decide(backups, self.request.plan, self.occurrence.deployment, self.now)),
        )

    def _purge(self, backups: list[Backup], done: Outcome) -> Report | Wait:
        decided = self._decide(backups)
        limit = self.request.plan.retention.max_deletes
        if len(decided.wanted) > limit:
            return self._report(
                Outcome.PURGE_BLOCKED,
                f"The retention policy would delete {len(decided.wanted)} backups, more than max_deletes = {limit}. "
                "None was deleted.",
                "If the policy was shortened by mistake, restore it. If it is meant, raise retention.max_deletes to "
                f"at least {len(decided.wanted)} and apply, or purge by hand.",
                purge=decided,
            )
        result = purge.carry_out(self.client, decided, self.seconds_left)
        if result.failures:
            return self._report(
                Outcome.PARTIAL,
                f"{len(result.failures)} deletes failed: {next(iter(result.failures.values()))}",
                "They are tried again at the next run. If access was denied, restore the role's fsx:DeleteBackup; if "
                "FSx did not answer, there is nothing to do.",
                purge=result,
            )
        if result.unfinished:
            report = self._report(
                Outcome.PARTIAL,
                f"The function's time ran out with {result.unfinished} deletes to do.",
                "Nothing: the purge goes on by itself.",
                purge=result,
            )
            return Wait(timedelta(0), report.reason, self.occurrence, self.backup, report)
        return self._report(done, purge=result)

    def _report(self, outcome: Outcome, reason: str = "", remedy: str = "", purge: Purge | None = None) -> Report:
        return Report(outcome, self.request.action, self.occurrence, self.backup, reason, remedy, purge, self.newest)

    def _wait(self, reason: str, deadline: datetime, shortest: timedelta = occurrence.SHORTEST_WAIT) -> Wait:
        delay = occurrence.wait(self.occurrence, self.now, deadline, shortest)
        return Wait(delay, reason, self.occurrence, self.backup)
