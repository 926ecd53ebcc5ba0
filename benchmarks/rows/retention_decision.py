"""How long the retention decision takes over 10,000 backups, the most that FSx keeps of an account by default."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.processes import Run, Side, alternate, detail, run
from benchmarks.result import Limit, Result
from sandbox.aws import FUNCTION_PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_MS, ROUNDS = 100, 3


def sides() -> list[Side]:
    variables = {"AWS_DEFAULT_REGION": "us-east-1", "HOME": str(peers.folder())}
    ours = [str(FUNCTION_PYTHON), str(peers.SIDES / "decide_ours.py")]
    theirs = [str(peers.PEERS_PYTHON), str(peers.SIDES / "decide_c7n.py")]
    return peers.present(
        Side("ours", ours, {**variables, "PYTHONPATH": str(peers.unpacked())}), Side(peers.C7N, theirs, variables)
    )


def row() -> list[Result]:
    runs = alternate(sides(), ROUNDS, lambda side: run(side).checked())
    usual = {name: min(measured(one)["usual"] for one in of_side) for name, of_side in runs.items()}
    hard = min(measured(one)["every rule"] for one in runs["ours"])
    details = [detail(name, of_side) for name, of_side in runs.items()]
    limit = Limit(f"at most {LIMIT_MS} ms", usual["ours"] <= LIMIT_MS)
    note = (
        f"Processor time of the decision alone. Every keep-rule unlimited: {hard:.0f} ms. c7n compares ages, no more."
    )
    return [
        Result("retention-decision", usual["ours"], "ms", {peers.C7N: usual.get(peers.C7N)}, [limit], details, note)
    ]


def measured(run: Run) -> dict[str, float]:
    """Milliseconds by policy, as the side printed them."""
    found: dict[str, float] = json.loads(run.output)
    return found


ROWS: dict[str, Callable[[], list[Result]]] = {"retention-decision": row}
