"""Run a command and write what it used: `python timed.py REPORT COMMAND [ARGUMENT...]`.

A small process of its own, because Linux counts the memory of whoever starts a process towards that process's peak.
"""

import json
import os
import sys
import time


def main() -> None:
    begin = time.monotonic()
    pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, usage = os.wait4(pid, 0)
    used = {
        "seconds": time.monotonic() - begin,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "status": os.waitstatus_to_exitcode(status),
    }
    with open(sys.argv[1], "w") as report:
        json.dump(used, report)


if __name__ == "__main__":
    main()
