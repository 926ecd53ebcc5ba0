"""One step of an occurrence's copy in one Region. Whatever that Region answers is told, and holds up no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import copies, fsx
from .clients import side_by_side
from .occurrence import CONSISTENCY, Next, follow
from .purge import Site
from .report import Copy, Outcome
from .verdicts import NOT_LISTED, Verdict, copy_failed, copy_gone, copy_not_completed, copy_refused, unpurged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient

    from .memory import Seen
    from .model import Backup
    from .occurrence import Occurrence


class Copying:
    """The copy of `source` by `place`, the occurrence with the plan as it is in that Region."""

    def __init__(self, place: Occurrence, source: Backup | None, client: FSxClient, seen: Seen, now: datetime) -> None:
        self.place = place
        self.source = source
        self.client = client
        self.seen = seen
        self.now = now
        self.copy: Backup | None = None

    def run(self) -> Copy:
        """Raises what is a bug."""
        try:
            return self.seen.failed or self._run()
        except (fsx.Transient, fsx.Busy) as error:
            return self._delayed(str(error))
        except (fsx.Rejected, ClientError) as error:
            if self.seen.backup_id:  # a look was refused, not the copy
                return self._delayed(str(error))
            return self._failed(copy_refused(self.place.plan.region, error))

    def listed(self) -> Copy:
        """For a purge without a backup."""
        try:
            return Copy(self.place, Outcome.PURGED, own=tuple(self._own()))
        except fsx.Transient as error:
            verdict = unpurged(str(error))
            return Copy(self.place, Outcome.PARTIAL, None, verdict.reason, verdict.remedy)
        except (fsx.Rejected, ClientError) as error:
            return replace(self._failed(copy_refused(self.place.plan.region, error)), outcome=Outcome.PARTIAL)

    def _own(self, *polled: Backup) -> list[Backup]:
        listed = {backup.id: backup for backup in [*fsx.list_backups(self.client, None), *polled]}
        return copies.of_target(listed.values(), self.place.plan, self.place.deployment)

    def _run(self) -> Copy:
        seen = self.seen
        if seen.backup_id:
            self.copy = fsx.find_backup(self.client, seen.backup_id)
            if self.copy and follow(self.place, self.copy, self.now) is Next.WAIT:  # no need to list a whole Region
                return self._wait("the copy is in progress")
        own = self._own(*([self.copy] if self.copy else []))
        assert self.source  # noqa: S101 - see `listed`
        self.copy = copies.find(self.place, own, self.source)
        todo = copies.decide(self.place, self.copy, self.now)
        if self.copy:
            seen.backup_id = self.copy.id
        elif seen.backup_id:
            if seen.made and self.now - seen.made <= CONSISTENCY:
                return self._wait(NOT_LISTED)
            todo = Next.GONE
        match todo:
            case Next.CREATE:
                return self._create(self.source)
            case Next.WAIT:
                return self._wait("the copy is in progress")
            case Next.FINISH:
                return Copy(self.place, Outcome.COMPLETED, self.copy, own=tuple(own))
            case Next.MISSED_COMPLETION:
                return self._missed(seen.cause)
            case Next.FAILED:
                return self._failed(copy_failed(self.copy))
            case _:
                return self._failed(copy_gone(self.place.plan.region))

    def _create(self, source: Backup) -> Copy:
        plan, place = self.place.plan, self.place
        tags, key = place.tags(source.tags), plan.copies[0].kms_key_arn
        try:
            copy = fsx.copy_backup(self.client, source, place.token, tags, home=plan.copied_from, key=key)
        except fsx.Conflict:  # the source's tags or the plan's key changed between two tries: made, but not listed yet
            return self._delayed(NOT_LISTED)
        self.copy, self.seen.backup_id, self.seen.made = copy, copy.id, self.now
        return self._wait("the copy is in progress")  # a purge is decided on a listing that has it

    def _delayed(self, cause: str) -> Copy:
        self.seen.cause = cause
        return self._wait(cause) if self.now < self.place.completion_deadline else self._missed(cause)

    def _wait(self, reason: str) -> Copy:
        return Copy(self.place, None, self.copy, reason)

    def _missed(self, cause: str) -> Copy:
        verdict = copy_not_completed(self.place, self.copy, cause, started=bool(self.seen.backup_id))
        return Copy(self.place, Outcome.COPY_NOT_COMPLETED, self.copy, verdict.reason, verdict.remedy)

    def _failed(self, verdict: Verdict) -> Copy:
        self.seen.failed = Copy(self.place, Outcome.COPY_FAILED, self.copy, verdict.reason, verdict.remedy)
        return self.seen.failed


class Regions:
    """All copies of an occurrence. `client` is the one at home, `regional` makes FSx's client of a Region."""

    def __init__(
        self,
        occurrence: Occurrence,
        client: FSxClient,
        regional: Callable[[str], FSxClient],
        seen: Seen,
        now: datetime,
    ) -> None:
        self.occurrence = occurrence
        self.client = client
        self.regional = regional
        self.seen = seen
        self.now = now

    def follow(self, source: Backup | None) -> tuple[Copy, ...]:
        """A step of each: side by side, so that one which does not answer costs the others no time."""
        return tuple(side_by_side(Copying.run, self._each(source)))

    def listed(self) -> tuple[Copy, ...]:
        """For a purge without a backup: what there is of the plan."""
        return tuple(side_by_side(Copying.listed, self._each(None)))

    def site(self, copy: Copy) -> Site:
        """For the purge there."""
        return Site(self.regional(copy.region), copy.place, copy.own, copy.backup, self.seen.there(copy.region))

    def _each(self, source: Backup | None) -> list[Copying]:
        plan = self.occurrence.plan
        return [
            Copying(
                replace(self.occurrence, plan=plan.there(copies, self.client.meta.region_name)),
                source,
                self.regional(copies.region),
                self.seen.there(copies.region),
                self.now,
            )
            for copies in plan.copies
        ]
