"""What a plan costs a month in calls and dollars, by the calls recorded of one run and of one check.

A backup that takes ten minutes, every four hours, and a check every hour, in the tests' small world on one clock.
Prices and the rest of the bill are those of docs/costs.md.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.result import Limit, Result, at_most, total
from benchmarks.rows.errors import create_policy
from benchmarks.stage import stage
from tests.world import World, new_world
from tools import costs

if TYPE_CHECKING:
    from collections.abc import Callable

BACKUP_SECONDS, CHECKS_A_DAY = 600, 24
CHECKS = CHECKS_A_DAY * costs.HOURS / 24
OLD_HOURS = 24 * 7 + 4  # each run finds one backup that has expired


def recorded(world: World, message: dict[str, object]) -> tuple[Counter[str], int]:
    """The calls that one message leads to, and how often the function is invoked for it."""
    world.fsx.control.clear_calls()
    before = len(world.cloudwatch.calls), len(world.topic.mails)
    world.send(message)
    looks = 0
    while world.queue.records:
        if world.deliver():
            looks += 1
        else:
            due = min(record.visible_at for record in world.queue.records)
            world.advance(seconds=(due - world.now).total_seconds())
    calls = Counter(world.fsx.control.counts())
    calls["PutMetricData"] = len(world.cloudwatch.calls) - before[0]
    calls["Publish"] = len(world.topic.mails) - before[1]
    calls["ChangeMessageVisibility"] = looks - 1
    return +calls, looks


def ours() -> tuple[Counter[str], Counter[str], int]:
    """Calls of one run and of one check, and the looks of the run."""
    with new_world() as world:
        target = world.fsx.seed_file_system("OPENZFS")
        world.history(target, [OLD_HOURS / 24, *(hours / 24 for hours in range(4, 24 * 7, 4))])
        world.fsx.control.durations(backup=BACKUP_SECONDS)
        world.fsx.control.listing(page_size=100, short_pages=False)
        run, looks = recorded(world, world.message(target))
        check, _ = recorded(world, world.message(target, action="check"))
    if run["DeleteBackup"] != 1 or run["Publish"] != 1:
        raise RuntimeError(f"the run was not the usual one: {run}")
    return run, check, looks


def custodian() -> dict[str, int] | None:
    """Its calls of FSx for the same run: a policy that creates and one that purges. It does not follow the backup."""
    if peers.missing():
        return None
    calls: Counter[str] = Counter()
    with stage() as scene:
        scene.reset()
        [target] = scene.file_systems(1)
        scene.backups([{"target_id": target, "hours": hours} for hours in range(4, OLD_HOURS + 1, 4)])
        for side in (peers.custodian("create", **create_policy()), peers.custodian("purge", **peers.purge_policy())):
            calls.update(scene.play(side).checked().calls)
    return dict(calls)


def row() -> list[Result]:
    run, check, looks = ours()
    fsx = {"DescribeBackups", "DescribeFileSystems", "CreateBackup", "DeleteBackup"}
    a_run = sum(count for name, count in run.items() if name in fsx)
    a_check = sum(count for name, count in check.items() if name in fsx)
    month = costs.RUNS * a_run + CHECKS * a_check
    theirs = custodian()
    their_month = costs.RUNS * total(theirs) if theirs else None
    alone = costs.of_checks(CHECKS_A_DAY)  # of this plan alone
    estimate = costs.cost(costs.of_a_plan(CHECKS_A_DAY)) + costs.cost(alone)
    dollars = costs.cost(costs.of_a_plan(CHECKS_A_DAY, looks)) + costs.cost(alone)
    published = run["PutMetricData"] * costs.RUNS + check["PutMetricData"] * CHECKS
    bills = [*costs.of_a_plan(CHECKS_A_DAY).values(), *alone.values()]
    expected = sum(quantity for quantity, price in bills if price == "PutMetricData call")
    limits = [
        Limit(f"the bill of docs/costs.md counts no fewer looks than are made ({looks})", looks <= costs.POLLS),
        at_most(published, expected, 1, "and no fewer PutMetricData"),
    ]
    note = (
        f"A run: {listed(run)}, {looks} invocations. A check: {listed(check)}. {costs.RUNS:g} runs and {CHECKS:g} "
        "checks a month. c7n creates and purges, but follows, checks and tells nothing."
    )
    return [
        Result("steady-fsx-calls", month, "", {peers.C7N: their_month}, note=note),
        Result("steady-dollars", dollars, "$", {"docs/costs.md": estimate}, limits),
    ]


def listed(calls: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(calls.items()))


ROWS: dict[str, Callable[[], list[Result]]] = {"steady-cost": row}
