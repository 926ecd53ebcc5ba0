"""Start processes that end with the one that started them, and end processes known only by pid and start time."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TETHER = Path(__file__).with_name("tether.py")
_POLL_SECONDS = 0.02

# The kernel's parent-death signal follows the *thread* that started a process. One thread that lives as long as
# this program starts them all, so that a short-lived worker thread does not take its processes with it.
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="process-starter")


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    tethered: bool = True,
    own_group: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a command with exactly this environment, its output appended to `log`. It hears an interrupt.

    `tethered`: it is killed when this program ends, however that happens (Linux).
    `own_group`: it leads a process group of its own, so that a Ctrl-C in the terminal reaches only this program.
    """
    with log.open("ab") as output:
        return _STARTER.submit(
            subprocess.Popen,
            interruptible(command, parent=os.getpid() if tethered else 0),
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=own_group,
        ).result()


def interruptible(command: Sequence[str], *, parent: int = 0) -> list[str]:
    """The command with SIGINT as it is by default, also where this program was started to ignore it.

    With a `parent` it is killed when that process ends.
    """
    return [sys.executable, "-I", "-S", str(_TETHER), str(parent), *command]


def started_at(pid: int) -> str | None:
    """When the process with this pid started, as text that only serves to compare; None when it is no longer there.

    Pids are used again: a pid with its start time names one process for good.
    """
    stat = Path(f"/proc/{pid}/stat")
    if sys.platform == "linux":
        try:
            state, *fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if state == "Z" else fields[18]  # field 22, clock ticks since boot: proc_pid_stat(5)
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = shown.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


@dataclass(frozen=True)
class ProcessId:
    """One process, by pid and start time."""

    name: str
    pid: int
    started: str

    @classmethod
    def of(cls, name: str, pid: int) -> Self | None:
        """The process that has this pid now, if any."""
        started = started_at(pid)
        return None if started is None else cls(name, pid, started)

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return started_at(self.pid) == self.started


def end_groups(processes: Sequence[ProcessId], *, grace_seconds: float) -> None:
    """End process groups by their leaders: a SIGTERM to all, a SIGKILL to what is left after the grace."""
    living = [process for process in processes if process.alive()]
    for process in living:
        _signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while any(process.alive() for process in living) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    for process in living:
        _signal_group(process.pid, signal.SIGKILL)  # also what a leader left behind in its group
    while any(process.alive() for process in living):
        time.sleep(_POLL_SECONDS)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # gone; or, on macOS, only zombies are left
        os.killpg(group, number)
