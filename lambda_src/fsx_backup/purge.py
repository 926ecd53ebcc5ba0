"""The purge of a target's backups, or of their copies in a Region: a bounded pool, in time before the deadline."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import fsx, retention
from .clients import WORKERS
from .report import Outcome, Purge
from .verdicts import Verdict, purge_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient

    from .memory import Seen
    from .model import Backup
    from .occurrence import Occurrence
    from .retention import Decision, Selection

# With less time left no further delete is started; with less than the second the ones under way are left alone, however
# long they take, because the report and the queue come after them. Whatever they do, the next invocation sees it.
START_SECONDS = 75.0
REPORT_SECONDS = 20.0
SHORTEST_ROUND = 10.0

log = logging.getLogger("fsx_backup")


@dataclass(frozen=True)
class Done:
    """A purge with what kept it from deleting everything that is due: `outcome` is None if nothing did."""

    purge: Purge
    outcome: Outcome | None
    verdict: Verdict

    @property
    def more(self) -> bool:
        """Whether another delivery goes on where this one had to stop."""
        return bool(self.purge.unfinished and self.purge.deleted)


@dataclass(frozen=True)
class Site:
    """Where a run purges: at home, or its plan's copies in a Region. `made`: the run's own, which `backups` have."""

    client: FSxClient
    occurrence: Occurrence
    backups: Collection[Backup]
    made: Backup | None
    seen: Seen
    pending: Collection[str] = ()  # ids of what waits to be copied


def run(
    site: Site,
    now: datetime,
    seconds_left: Callable[[], float],
    *,
    known: bool = True,
    handed_over: int = 0,
    dry_run: bool = False,
) -> Done:
    """Decide by the plan's retention and carry it out."""
    occurrence, plan = site.occurrence, site.occurrence.plan
    decisions = retention.decide(site.backups, plan, occurrence.deployment, now, site.made, pending=site.pending)
    selection = retention.select(decisions, plan, len(site.seen.deleted) + handed_over)
    if dry_run:
        found = Purge(tuple(decisions), selection)
        return Done(found, None, purge_verdict(plan, found))
    for decision in selection.blocked:
        audit("withheld", occurrence, decision)
    result = carry_out(site.client, occurrence, decisions, selection, seconds_left)
    result = replace(result, earlier=site.seen.deleted, handed_over=handed_over, known=known)
    site.seen.deleted += result.deleted
    refused = result.left.keys() & retention.long_due(site.backups, plan, occurrence.deployment, now)
    outcome = None
    if selection.blocked:
        outcome = Outcome.PURGE_BLOCKED
    elif result.failures or result.unfinished or refused:
        outcome = Outcome.PARTIAL
    return Done(result, outcome, purge_verdict(plan, result, refused))


def carry_out(
    client: FSxClient,
    occurrence: Occurrence,
    decisions: Sequence[Decision],
    selection: Selection,
    seconds_left: Callable[[], float],
) -> Purge:
    """Delete what is selected. A delete that is refused or fails does not stop the others.

    `seconds_left` tells how long the function may still run. Each worker makes one delete whatever it says, so that
    every invocation makes progress. What FSx keeps for a reason of its own is `left` for the next run; `failures` are
    deletes that FSx could not answer or that the role may not make. Raises whatever else a delete ended in.
    """
    deleted: list[Decision] = []
    left: dict[str, str] = {}
    failures: dict[str, str] = {}
    started = count(1)

    def delete(decision: Decision) -> None:
        if next(started) > WORKERS and seconds_left() < START_SECONDS:
            return
        try:
            refusal = fsx.delete_backup(client, decision.backup.id)
        except (fsx.Transient, fsx.Busy, fsx.Conflict, fsx.Rejected, ClientError) as error:
            failures[decision.backup.id] = str(error)
            return
        if refusal is None:
            deleted.append(decision)
            audit("deleted", occurrence, decision)
        else:
            left[decision.backup.id] = refusal
            audit(f"refused: it {refusal}", occurrence, decision)

    # Oldest first: what a run has no time for is what has been due for the shortest time. What FSx keeps uses up
    # nothing of max_deletes: the next in line take its place, so that backups refused for weeks do not hold up others.
    in_line, tried = [*selection.now, *selection.later], 0
    pool = ThreadPoolExecutor(WORKERS)
    while tried == len(deleted) + len(left) + len(failures):
        batch = in_line[tried : tried + len(selection.now) - len(deleted) - len(failures)]
        if not batch:
            break
        tried += len(batch)
        under_way = [pool.submit(delete, decision) for decision in batch]
        finished, _ = wait(under_way, max(SHORTEST_ROUND, seconds_left() - REPORT_SECONDS))
        for future in finished:
            future.result()  # raises what is a bug
    pool.shutdown(wait=False, cancel_futures=True)
    later = replace(selection, later=tuple(in_line[tried:]))
    done = Purge(tuple(decisions), later, tuple(deleted), dict(left), dict(failures))
    return replace(done, unfinished=tried - len(done.deleted) - len(done.left) - len(done.failures))


def audit(what: str, occurrence: Occurrence, decision: Decision) -> None:
    """One structured line in the log for each backup that was deleted, or kept back by `max_deletes`.

    Written at once, so that it is there whatever happens to the run afterwards.
    """
    backup = decision.backup
    log.info(
        what,
        extra={
            "backup_id": backup.id,
            "creation_time": backup.created.isoformat() if backup.created else None,
            "plan": occurrence.plan.name,
            "target": occurrence.plan.target.id,
            **({"region": occurrence.plan.region} if occurrence.plan.region else {}),
            "rule": "; ".join(decision.reasons),
            "scheduled_time": occurrence.time,
        },
    )
