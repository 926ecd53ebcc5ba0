"""Each side as a process of its own, in turn: A B A B …"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from dev.benchmarks.result import Detail, middle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

TIMED = Path(__file__).with_name("timed.py")
LONGEST_SECONDS = 900


@dataclass(frozen=True)
class Side:
    """A command with its whole environment. `text` is what it reads."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True)
class Run:
    """One run of a side: seconds on the clock and of the processor, peak resident bytes, what it wrote, its calls."""

    seconds: float
    cpu: float
    peak_bytes: int
    status: int
    output: str
    errors: str
    calls: dict[str, int] = field(default_factory=dict)

    def checked(self) -> Run:
        """Raises RuntimeError with its last lines where a side that must not fail did."""
        if self.status:
            last = "\n".join(self.errors.strip().splitlines()[-5:])
            raise RuntimeError(f"a side ended with status {self.status}:\n{last}")
        return self


def run(side: Side) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-I", "-S", str(TIMED), str(report), *side.command]
        done = subprocess.run(
            command,
            env=dict(side.environment),
            input=side.text,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=True,
        )
        return Run(output=done.stdout, errors=done.stderr, **json.loads(report.read_text()))


def alternate(sides: Iterable[Side], rounds: int, once: Callable[[Side], Run]) -> dict[str, list[Run]]:
    """`rounds` turns of every side, one after the other; `once` sets the stage and runs the side."""
    runs: dict[str, list[Run]] = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            runs[side.name].append(once(side))
    return runs


def detail(name: str, runs: Sequence[Run], done: str = "") -> Detail:
    seconds = [run.seconds for run in runs]
    return Detail(
        name,
        median(seconds),
        (min(seconds), max(seconds)),
        median(run.cpu for run in runs),
        max(run.peak_bytes for run in runs),
        middle([run.calls for run in runs]),
        done,
    )
