"""What a sandbox that was left running needs to be found, used and ended later: `.sandbox/state.json`."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from dev.sandbox.connection import Connection
from dev.sandbox.processes import ProcessId

STATE_FILE = Path(__file__).resolve().parents[2] / ".sandbox" / "state.json"


@dataclass(frozen=True)
class State:
    """The connection to a sandbox and the processes it consists of."""

    connection: Connection
    processes: tuple[ProcessId, ...] = ()

    def running(self) -> bool:
        """Whether all of it is still there."""
        return bool(self.processes) and all(process.alive() for process in self.processes)

    def with_process(self, process: ProcessId) -> Self:
        """The same with one process more."""
        return replace(self, processes=(*self.processes, process))

    def save(self, file: Path) -> None:
        """Write it, whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self), default=str, indent=2) + "\n")
        draft.replace(file)

    @classmethod
    def load(cls, file: Path) -> Self | None:
        """Read it back; None when there is none."""
        try:
            stored = json.loads(file.read_text())
        except FileNotFoundError:
            return None
        connection = {**stored["connection"], "folder": Path(stored["connection"]["folder"])}
        return cls(Connection(**connection), tuple(ProcessId(**process) for process in stored["processes"]))
