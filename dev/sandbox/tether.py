"""Become another command that hears an interrupt: `python tether.py PARENT_PID COMMAND [ARGUMENT...]`.

What runs in the background of a script inherits an ignored SIGINT, and hands it on to all that it starts.

With a PARENT_PID that is not 0, the kernel ends the command with that parent. Linux only; elsewhere the command simply
runs, and whoever started it has to end it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Listen to SIGINT, ask for a SIGKILL at the parent's death, then replace this process by the command."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the request was in place
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the whole purpose; no shell involved


if __name__ == "__main__":
    main()
