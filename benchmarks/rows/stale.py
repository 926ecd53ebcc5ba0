"""Which plans have no good backup of the last 24 hours: precision, recall and calls, among 20, 21 and 100 plans.

Ours is the hourly check: the age that it publishes, held against the freshness alarm's rule, by which a missing
age is too old. Cloud Custodian's is its `consecutive-backups` filter, negated.
"""

from __future__ import annotations

import json
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from benchmarks import peers
from benchmarks.processes import Run, Side, detail
from benchmarks.result import Limit, Result, precision_recall, total
from benchmarks.stage import DEPLOYMENT, Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_HOURS = 24
# How a plan's backups look. Backups every four hours of two days hold a backup of yesterday, whatever the time is now.
FRESH: list[dict[str, Any]] = [{"hours": hours} for hours in range(2, 50, 4)]
OLD: list[dict[str, Any]] = [{"hours": hours} for hours in (60, 72, 96)]
FAILING: list[dict[str, Any]] = [*OLD, *({"lifecycle": "FAILED", **one} for one in FRESH)]
STUCK: list[dict[str, Any]] = [*OLD, {"lifecycle": "CREATING", "hours": 2}]
NONE: list[dict[str, Any]] = []
HISTORIES: tuple[list[dict[str, Any]], ...] = (FRESH, FRESH, OLD, FRESH, FAILING, FRESH, STUCK, FRESH, FRESH, NONE)


def seed(scene: Stage, plans: int) -> tuple[list[str], set[str]]:
    """The targets, and those of them that are stale."""
    scene.reset()
    targets = scene.file_systems(plans)
    histories = list(islice(cycle(HISTORIES), plans))
    made = []
    for target, history in zip(targets, histories, strict=True):
        tags = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": target}
        made += [{"target_id": target, "tags": tags, **one} for one in history]
    scene.backups(made)
    return targets, {target for target, history in zip(targets, histories, strict=True) if history is not FRESH}


def check(targets: list[str]) -> dict[str, Any]:
    """What the module's schedule sends: up to a hundred plans are checked together."""
    return {"version": 1, "action": "check", "each": [{"name": id_, "file_system_id": id_} for id_ in targets]}


def found_by_us(run: Run) -> set[str]:
    [answer] = json.loads(run.output)
    if answer.get("outcome") != "CHECKED":
        raise RuntimeError(f"the check failed: {answer}")
    return {
        plan["target"]
        for plan in answer["plans"]
        if plan["metrics"].get("NewestBackupAgeHours", float("inf")) > MOST_HOURS
    }


def found_by_custodian(_: Run) -> set[str]:
    return {resource["FileSystemId"] for resource in peers.output("stale")}


def row(plans: int) -> list[Result]:
    policy = {"resource": "aws.fsx", "filters": [{"not": [{"type": "consecutive-backups", "days": 1}]}]}
    scores: dict[str, tuple[float, float]] = {}
    details = []
    with stage() as scene:
        targets, stale = seed(scene, plans)
        sides: dict[str, tuple[Side, Callable[[Run], set[str]]]] = {
            "ours": (peers.ours([check(targets)]), found_by_us),
            peers.C7N: (peers.custodian("stale", **policy), found_by_custodian),
        }
        for name, (side, found_by) in sides.items():
            if peers.present(side):
                run = scene.play(side).checked()
                found = found_by(run)
                scores[name] = precision_recall(found, stale)
                details.append(detail(name, [run], f"{len(found)} found, {len(stale)} are stale"))
    calls = {one.side: total(one.calls) for one in details}
    ours, theirs = scores["ours"], scores.get(peers.C7N, (None, None))
    return [
        Result(
            f"stale-{plans}-precision", ours[0], "%", {peers.C7N: theirs[0]}, [Limit("100%", ours[0] == 100)], details
        ),
        Result(f"stale-{plans}-recall", ours[1], "%", {peers.C7N: theirs[1]}, [Limit("100%", ours[1] == 100)]),
        Result(f"stale-{plans}-calls", calls["ours"], "", {peers.C7N: calls.get(peers.C7N)}),
    ]


ROWS: dict[str, Callable[[], list[Result]]] = {
    f"stale-{plans}": (lambda plans=plans: row(plans))  # type: ignore[misc]
    for plans in (20, 21, 100)
}
