"""The same event twice, and ten times at once: how many backups are made."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.processes import Run, Side, detail, run
from benchmarks.result import Limit, Result
from benchmarks.rows.errors import create_policy, start_event
from benchmarks.stage import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable

BACKUP_SECONDS = 0.5
AT_ONCE = 10


def twice(scene: Stage, side: Side) -> list[Run]:
    """The second time after the first backup is AVAILABLE."""
    first = run(scene.reach(side))
    time.sleep(2 * BACKUP_SECONDS)
    return [first, run(scene.reach(side))]


def at_once(scene: Stage, side: Side) -> list[Run]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, [scene.reach(side)] * AT_ONCE))


def row(name: str, play: Callable[[Stage, Side], list[Run]]) -> list[Result]:
    made: dict[str, int] = {}
    details = []
    with stage() as scene:
        for kind in ("ours", peers.C7N):
            scene.reset()
            scene.control("durations", backup=BACKUP_SECONDS)
            [target] = scene.file_systems(1)
            side = peers.ours([start_event(target)]) if kind == "ours" else peers.custodian("create", **create_policy())
            if not peers.present(side):
                continue
            runs = play(scene, side)
            calls = scene.control("counts")
            made[kind] = len(scene.left())
            details.append(replace(detail(kind, runs, f"{made[kind]} made"), calls=calls))
    limits = [Limit("duplicates: 0", made["ours"] == 1)]
    note = f"Backups made of one target; a backup takes {BACKUP_SECONDS} s. Calls of all runs together."
    return [Result(name, made["ours"], "", {peers.C7N: made.get(peers.C7N)}, limits, details, note)]


ROWS: dict[str, Callable[[], list[Result]]] = {
    "same-event-twice": lambda: row("same-event-twice", twice),
    "same-event-ten-at-once": lambda: row("same-event-ten-at-once", at_once),
}
