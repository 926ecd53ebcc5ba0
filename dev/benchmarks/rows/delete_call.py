"""How long one DeleteBackup can take in the packaged client, with all eight workers and FSx throttling every call.

The client's adaptive mode makes the workers share one rate that falls with every refusal, so a call's time is not the
sum of its attempts'. That is why the purge leaves calls alone that are still under way shortly before its deadline, and
`purge.START_SECONDS`, which decides only whether another call is begun, is not held against this figure.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dev.benchmarks import peers
from dev.benchmarks.processes import Side
from dev.benchmarks.result import Result
from dev.benchmarks.stage import stage
from dev.sandbox.aws import FUNCTION_PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable


def row() -> list[Result]:
    command = [str(FUNCTION_PYTHON), str(peers.SIDES / "delete_call.py")]
    with stage() as scene:
        scene.reset()
        scene.control("fault", fault="ThrottlingException", operation="DeleteBackup", times=None)
        run = scene.play(Side("ours", command, {"PYTHONPATH": str(peers.unpacked())})).checked()
    seconds = json.loads(run.output)
    note = (
        f"The longest of {len(seconds)} calls by the purge's eight workers, every attempt throttled; the shortest took "
        f"{min(seconds):.0f} s. The purge does not rely on it: with less than START_SECONDS left it begins no call, "
        "and calls still under way REPORT_SECONDS before the end of the function are left alone."
    )
    return [Result("delete-call-throttled", max(seconds), "s", note=note)]


ROWS: dict[str, Callable[[], list[Result]]] = {"delete-call-throttled": row}
