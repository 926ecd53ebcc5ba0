"""One idempotent step of a restore test. Two messages, because a file system that is deleted tells no one how it went.

The first restores a backup and follows it; the second, sent with what came of it, deletes and notifies.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import copies, expansion, fsx, health, occurrence, restore_tests, restores
from .model import MESSAGE_TAG, PLAN_TAG, RESTORED_TAG, Backup, Request, held
from .occurrence import LATENESS, UNANSWERED, Occurrence
from .report import Outcome, Report, Wait
from .restore_plan import Restored
from .restore_tests import BROKEN, BUSY, DELETING, DELETION, READY
from .verdicts import NOT_LISTED, Verdict, no_targets

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient

    from .memory import Seen
    from .resources import Resource
    from .restore_plan import RestoreTest

LONGEST_HIDDEN = timedelta(hours=6)  # SQS hides a message for twelve hours at most

NOT_ITS_OWN = "it does not have the tags that the test gave it"
KEPT = "it is held"

log = logging.getLogger("fsx_backup")


class Restoring:
    """The step for one request. `most`: how much restore tests may have made at a time in the Region.

    `message`: the id of the one that is processed, empty for a direct invocation.
    """

    def __init__(
        self,
        request: Request,
        deployment: str,
        client: FSxClient,
        now: datetime,
        *,
        regional: Callable[[str], FSxClient],
        seen: Seen,
        most: int,
        message: str = "",
    ) -> None:
        assert request.plan.restore_test  # noqa: S101 - see `event.parse`
        self.request = request
        self.plan = request.plan  # of the target whose turn it is
        self.test: RestoreTest = request.plan.restore_test
        self.home = client
        self.client = regional(self.test.region) if self.test.region else client
        self.now = now
        self.seen = seen
        self.most = most
        self.message = message
        self.occurrence = Occurrence(deployment, request.plan, request.scheduled_time)
        self.backup: Backup | None = None

    def run(self) -> Report | Wait:
        """Raises what FSx does not model (AccessDenied) and what is a bug: the caller's alarms must see those."""
        made = self.request.restored
        try:
            if made:
                return self._end(made)
            if self.seen.notified:
                return self._report(Outcome.SKIPPED, Verdict(f"{self.seen.notified} was notified already."))
            return self._test()
        except fsx.Rejected as error:
            return self._failed(Verdict(str(error), error.remedy))
        except (fsx.Transient, ClientError) as error:
            last = (
                restore_tests.kept_until(made, self.test) + DELETION
                if made
                else self.occurrence.completion_deadline + UNANSWERED
            )
            if self.now > last:
                if made:
                    return self._failed(restore_tests.not_deleted(made, str(error)), made)
                denied = isinstance(error, ClientError)
                return self._failed(restore_tests.unanswered(self.occurrence, str(error), denied=denied))
            if isinstance(error, ClientError):
                raise
            return self._wait(str(error), occurrence.AFTER_ERROR)

    def _test(self) -> Report | Wait:
        """The first message."""
        test, plan = self.occurrence, self.request.plan
        if self.now < test.scheduled_time:  # what is made before would not pass for the test's
            return self._wait("the scheduled time is ahead")
        listed = restores.made(self.client)
        mine = [one for one in listed if restore_tests.due(one, test.deployment)]
        for one in mine:
            if restore_tests.made_by(one, test):
                return self._follow(one)
        if self.request.dry_run:
            return self._choose()
        left = [one for one in mine if restore_tests.left_over(one, test.deployment, self.now)]
        running = [one for one in mine if one not in left and not held(one.tags)]
        of_plan = [one for one in running if one.tags.get(PLAN_TAG) == plan.name and one.lifecycle != DELETING]
        if of_plan:
            return self._report(Outcome.SKIPPED, Verdict(f"The earlier test is still in progress: {of_plan[0].id}."))
        for one in left:
            if one.tags.get(PLAN_TAG) == plan.name:
                self._remove_earlier(one)
        if self.now > test.start_deadline + LATENESS:
            return self._failed(restore_tests.not_asked(test, self.seen.cause))
        if len(running) >= self.most:
            return self._wait(f"{len(running)} {BUSY}")
        return self._choose()

    def _choose(self) -> Report | Wait:
        """The target and the backup, and what is made of it."""
        plan, deployment = self.plan, self.occurrence.deployment
        if plan.fleet:
            members = expansion.find(self.home, plan)
            if not members.ids:
                return self._failed(no_targets(plan, members))
            plan = self.plan = plan.of(restore_tests.turn(members.ids, self.test, self.request.scheduled_time))
        if self.test.region:
            region = next(one for one in plan.copies if one.region == self.test.region)
            plan = plan.there(region, self.home.meta.region_name)
            own = copies.of_target(fsx.list_backups(self.client, None), plan, deployment)
        else:
            own = [one for one in fsx.list_backups(self.client, plan.target) if one.made_by(plan, deployment)]
        self.backup = health.newest_available(own, plan, deployment, self.now)
        if self.backup is None:
            return self._failed(restore_tests.no_backup(plan, own))
        if self.request.dry_run:
            return self._report(Outcome.DRY_RUN, Verdict(f"{self.backup.id} of {plan.target} would be restored."))
        return self._create(self.backup)

    def _create(self, backup: Backup) -> Report | Wait:
        # By the occurrence as it was asked for: a fleet's members may change between two tries.
        try:
            restores.create(self.client, self.occurrence, backup, self.test, self.message)
            return Wait(occurrence.SHORTEST_WAIT, "the restore is in progress", self.occurrence)
        except restores.NoBackup:
            return self._wait(f"{backup.id} was deleted meanwhile, so the next one is tried")
        except fsx.Conflict:  # another message asked, or this one when another backup was the newest
            return self._wait(NOT_LISTED)
        except fsx.Rejected as error:
            return self._failed(restore_tests.refused(str(error)))

    def _follow(self, made: Resource) -> Report | Wait:
        """Until what was made is settled, or the window ends."""
        created = made.created or self.now
        deadline = created + self.test.window
        in_time = self.now <= deadline
        other = made.tags.get(MESSAGE_TAG, self.message) != self.message
        # Delivered twice, it is one test. After the window that message may be lost, and any other serves.
        if made.lifecycle == DELETING or (other and in_time):
            state = "is being deleted" if made.lifecycle == DELETING else "is followed by another message of this test"
            return self._report(Outcome.SKIPPED, Verdict(f"{made.id} {state}."))
        seconds, verdict = None, Verdict()
        if made.lifecycle in BROKEN:
            verdict = restore_tests.broken(made)
        elif made.lifecycle not in READY and in_time:
            since = replace(self.occurrence, scheduled_time=created)
            return Wait(occurrence.wait(since, self.now, deadline), "the restore is in progress", self.occurrence)
        elif made.lifecycle not in READY:
            verdict = restore_tests.not_available(made, deadline)
        elif self.now > deadline + LATENESS:
            verdict = restore_tests.unseen(made, deadline, self.now)
        else:
            seconds = max(0, int((self.now - created).total_seconds()))
        backup_id = made.tags.get(RESTORED_TAG, "")
        self.backup = fsx.find_backup(self.client, backup_id) if backup_id else None
        if self.backup and self.plan.fleet:
            self.plan = self.plan.of(self.backup.target_id)
        restored = Restored(
            made.id,
            self.client.meta.region_name,
            backup_id,
            Outcome.RESTORE_FAILED if verdict.reason else Outcome.RESTORE_PASSED,
            self.now,
            self.backup.size if self.backup else None,
            seconds,
            verdict.reason,
            verdict.remedy,
            made.dns,
            made.type,
        )
        if restore_tests.kept_until(restored, self.test) > self.now:
            return self._report(Outcome.RESTORED, restore_tests.for_validation(restored, self.test), restored)
        return self._report(Outcome.SETTLED, Verdict(), restored)

    def _end(self, restored: Restored) -> Report | Wait:
        """The second message: delete what was made, then how the test ended."""
        kept_until = restore_tests.kept_until(restored, self.test)
        if self.now < kept_until:
            # The alarm on the queue's age counts a message until it was received three times.
            early = self.now - restored.at <= 2 * occurrence.LONGEST_WAIT
            delay = min(kept_until - self.now, occurrence.LONGEST_WAIT if early else LONGEST_HIDDEN)
            return Wait(max(delay, occurrence.SHORTEST_WAIT), "it is held for a validation", self.occurrence)
        cause = self._remove(restored.id, self.occurrence)
        if not cause:
            return self._report(Outcome(restored.outcome), Verdict(restored.reason, restored.remedy), restored)
        if cause == KEPT:
            return self._report(Outcome(restored.outcome), restore_tests.kept(restored), restored)
        if cause == NOT_ITS_OWN:
            return self._failed(restore_tests.not_its_own(restored), restored)
        if self.now > kept_until + DELETION:
            return self._failed(restore_tests.not_deleted(restored, cause), restored)
        since = replace(self.occurrence, scheduled_time=kept_until)
        return Wait(occurrence.wait(since, self.now, None), cause, self.occurrence)

    def _remove_earlier(self, left: Resource) -> None:
        """What cannot be deleted is reported by the health checks, and holds up no test."""
        test = replace(self.occurrence, scheduled_time=restore_tests.due(left, self.occurrence.deployment) or self.now)
        try:
            self._remove(left.id, test)
        except ClientError as error:
            log.warning("a leftover stays: %s", error)

    def _remove(self, id_: str, test: Occurrence) -> str:
        """Delete what a test made; why it is still there, empty if it is not."""
        try:
            fresh = restores.describe(self.client, id_)
            if fresh is None:
                return ""
            if not restore_tests.made_by(fresh, test):
                return NOT_ITS_OWN
            if held(fresh.tags):
                return KEPT
            if fresh.lifecycle != DELETING:
                log.info("restore test deleted", extra={"resource": id_, "due": test.time})
                restores.delete(self.client, fresh)
        except (fsx.Transient, fsx.Rejected, fsx.Conflict, fsx.Busy) as error:
            return str(error)
        return "it is being deleted"

    def _failed(self, verdict: Verdict, restored: Restored | None = None) -> Report:
        return self._report(Outcome.RESTORE_FAILED, verdict, restored)

    def _report(self, outcome: Outcome, verdict: Verdict, restored: Restored | None = None) -> Report:
        said = replace(self.occurrence, plan=self.plan)
        action = self.request.action
        return Report(outcome, action, said, self.backup, verdict.reason, verdict.remedy, restored=restored)

    def _wait(self, reason: str, shortest: timedelta = occurrence.SHORTEST_WAIT) -> Wait:
        times = self.occurrence
        deadline = times.scheduled_time if self.now < times.scheduled_time else times.start_deadline
        return Wait(occurrence.wait(times, self.now, deadline, shortest), reason, times)
