"""`make bench`: every row, or the one that ROW names. The exit status is 1 if a row could not be measured."""

import os
import sys
import traceback
from collections.abc import Callable

from benchmarks import cold_import, fsx_emulator_pages, purge, retention_decision

ROWS: dict[str, Callable[[], None]] = {
    "cold-import": cold_import.run,
    "emulator-page": fsx_emulator_pages.run,
    "retention-decision": retention_decision.run,
    "purge-thousand": purge.thousand,
    "purge-throttled": purge.throttled,
}


def main() -> int:
    wanted = os.environ.get("ROW", "")
    if wanted and wanted not in ROWS:
        print(f"bench: there is no row {wanted!r}; the rows are {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    failed = 0
    for name, row in ROWS.items():
        if wanted in {"", name}:
            try:
                row()
            except Exception:
                failed += 1
                traceback.print_exc()
                print(f"bench {name} FAILED", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
