"""Carry out the deletes that `retention` decided: a bounded pool, in time before the function's deadline."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import fsx
from .report import Purge

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_fsx import FSxClient

    from .model import Backup

# Kept back for the calls under way, however badly FSx answers them, for the report and the queue.
RESERVED_SECONDS = fsx.LONGEST_CALL_SECONDS + 8


def carry_out(client: FSxClient, decided: Purge, seconds_left: Callable[[], float]) -> Purge:
    """Delete what is wanted. One delete's refusal or failure does not stop the others.

    `seconds_left` tells how long the function may still run. What FSx keeps for a reason of its own is `left` for
    the next run; `failures` are deletes that FSx could not answer or that the role may not make.
    """
    deleted: list[Backup] = []
    left: dict[str, str] = {}
    failures: dict[str, str] = {}

    def delete(backup: Backup) -> None:
        if seconds_left() < RESERVED_SECONDS:
            return
        try:
            refusal = fsx.delete_backup(client, backup.id)
        except (fsx.Transient, ClientError) as error:
            failures[backup.id] = str(error)
            return
        if refusal is None:
            deleted.append(backup)
        else:
            left[backup.id] = refusal

    with ThreadPoolExecutor(fsx.DELETE_WORKERS) as pool:
        # Oldest first: what a run has no time for is what was wanted for the shortest time.
        list(pool.map(delete, reversed(decided.wanted)))
    unfinished = len(decided.wanted) - len(deleted) - len(left) - len(failures)
    return replace(decided, deleted=tuple(deleted), left=left, failures=failures, unfinished=unfinished)
