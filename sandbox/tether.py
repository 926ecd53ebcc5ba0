"""Become another command that the kernel ends with its parent: `python tether.py PARENT_PID COMMAND [ARGUMENT...]`.

Linux only; elsewhere the command simply runs, and whoever started it has to end it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Ask for a SIGKILL at the parent's death, then replace this process by the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the request was in place
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the whole purpose; no shell involved


if __name__ == "__main__":
    main()
