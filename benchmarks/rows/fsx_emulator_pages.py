"""What the FSx emulator adds to each page of a long listing: 10,000 backups in pages of 100."""

import time
from collections.abc import Callable
from statistics import median

from benchmarks.result import Result
from sandbox.fsx_emulator import emulated_fsx

BACKUPS, PAGE = 10_000, 100


def row() -> list[Result]:
    """Milliseconds per page inside the emulator, botocore's own parsing left out."""
    with emulated_fsx(now="2026-03-01T04:00:00Z") as fsx:
        target = fsx.seed_file_system("OPENZFS")
        tags = {"Name": "nightly", "fsx-backup:deployment": "fsx-backup", "fsx-backup:plan": "home"}
        fsx.seed_backups([{"target_id": target, "tags": tags}] * BACKUPS)
        fsx.control.listing(page_size=PAGE, short_pages=False)
        client = fsx.client()
        sent: list[float] = []
        spent: list[float] = []
        # The emulator answers between these two events of botocore.
        client.meta.events.register_first("before-send.fsx", lambda **_: sent.append(time.perf_counter()))
        client.meta.events.register("before-parse.fsx", lambda **_: spent.append(time.perf_counter() - sent[-1]))
        pages = list(client.get_paginator("describe_backups").paginate())
        found = {backup["BackupId"] for page in pages for backup in page["Backups"]}
    if len(found) != BACKUPS or len(pages) != BACKUPS // PAGE:
        raise RuntimeError(f"expected {BACKUPS} backups in {BACKUPS // PAGE} pages, got {len(found)} in {len(pages)}")
    milliseconds = sorted(1000 * seconds for seconds in spent)
    worst = milliseconds[int(len(milliseconds) * 0.95)]
    note = f"DescribeBackups, {BACKUPS} backups in pages of {PAGE}; 95% of the pages within {worst:.1f} ms."
    return [Result("emulator-page", median(milliseconds), "ms", note=note)]


ROWS: dict[str, Callable[[], list[Result]]] = {"emulator-page": row}
