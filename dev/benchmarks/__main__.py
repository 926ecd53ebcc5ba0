"""`make bench`: every row, or the one that ROW names.

The exit status is 1 if a row could not be measured or misses a limit. A run of all rows writes docs/benchmarks.md.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING

from dev.benchmarks import peers, report
from dev.benchmarks.rows import (
    apply,
    cold_import,
    delete_call,
    fleet,
    purge,
    purge_copies,
    selection,
    storm,
    terraform_plan,
)
from dev.sandbox.aws import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dev.benchmarks.result import Result

    Row = Callable[[], list[Result]]

ROWS: dict[str, Row] = (
    purge.ROWS
    | purge_copies.ROWS
    | delete_call.ROWS
    | fleet.ROWS
    | selection.ROWS
    | cold_import.ROWS
    | terraform_plan.ROWS
    | apply.ROWS
    | storm.ROWS
)
# Rows that are measured together with one of another name.
PRINTED_BY = {"import-memory": "cold-import", "package": "cold-import"}
PAGE = ROOT / "docs" / "benchmarks.md"


def measure(rows: Mapping[str, Row]) -> tuple[list[Result], list[str]]:
    """The results, printed as they come, and the names of the rows that could not be measured."""
    results: list[Result] = []
    failed: list[str] = []
    for name, row in rows.items():
        try:
            found = row()
        except Exception:
            traceback.print_exc()
            print(f"bench {name} FAILED", flush=True)
            failed.append(name)
            continue
        results += found
        print("\n".join(line for result in found for line in result.lines()), flush=True)
    return results, failed


def status(results: list[Result], failed: list[str]) -> int:
    return 1 if failed or not all(result.met for result in results) else 0


def chosen(wanted: str) -> dict[str, Row]:
    """All rows, or the one that prints what is wanted: `plan-1000` is measured by `plan`."""
    if not wanted:
        return ROWS
    name = PRINTED_BY.get(wanted, wanted)
    if name not in ROWS:
        name = max((row for row in ROWS if name.startswith(f"{row}-")), key=len, default="")
    return {name: ROWS[name]} if name else {}


def main(wanted: str) -> int:
    rows = chosen(wanted)
    if not rows:
        print(f"bench: there is no row {wanted!r}; the rows are {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)  # moto logs every request, and what it has not
    if peers.missing():
        print(f"bench: c7n is missing: {peers.missing()}", file=sys.stderr)
    begin = time.monotonic()
    facts = report.surroundings()
    results, failed = measure(rows)
    if not wanted:
        facts["date"] += f", {(time.monotonic() - begin) / 60:.0f} minutes"
        PAGE.write_text(report.page(results, failed, facts))
        print(f"bench: wrote {PAGE.relative_to(ROOT)}")
    for result in results:
        if not result.met:
            print(f"bench {result.row} MISSES its limit", file=sys.stderr)
    return status(results, failed)


if __name__ == "__main__":
    sys.exit(main(os.environ.get("ROW", "")))
