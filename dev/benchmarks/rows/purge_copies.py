"""The purge of a thousand expired copies in another Region, beside the one of a thousand backups at home."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dev.benchmarks import peers
from dev.benchmarks.processes import Run, Side, alternate, detail
from dev.benchmarks.result import Limit, Result, at_most, pages, total
from dev.benchmarks.rows.purge import EXPIRED, LATENCY, PAGE, ROUNDS
from dev.benchmarks.stage import REGION, TAGS, TARGET, Stage, purge_event, stage
from dev.scenarios.observer import backups

THERE = "eu-central-1"
HOME, COPIES = "at home", "ours"
MOST_OF_HOME = 1.2
CANNOT = {peers.C7N: "makes no copies, and purges one Region a run"}
LEAST_CALLS = pages(1, PAGE) + pages(EXPIRED + 1, PAGE) + EXPIRED


def seed_copies(scene: Stage) -> None:
    """All made just now: what counts is the time of their occurrence."""
    ages = [timedelta(hours=hours) for hours in [1, *(24 * 8 + number for number in range(EXPIRED))]]
    times = [f"{datetime.now(UTC) - age:%Y-%m-%dT%H:%M:%SZ}" for age in ages]
    tags = TAGS | {"fsx-backup:copy": REGION}
    orders = [
        {"target_id": TARGET, "region": THERE, "source_backup_id": f"backup-{number:017x}"}
        | {"tags": tags | {"fsx-backup:scheduled-time": time}}
        for number, time in enumerate(times)
    ]
    scene.control("seed_backups", backups=orders)


def once(scene: Stage, side: Side) -> Run:
    """Seed, run, and see that the young one is there alone."""
    scene.reset(latency=LATENCY, page=PAGE)
    scene.file_system()
    if side.name == COPIES:
        scene.backups([1])
        seed_copies(scene)
    else:
        scene.backups([24 * 8 + number for number in range(EXPIRED)] + [1])
    run = scene.play(side).checked()
    there = scene.connection.client("fsx", THERE if side.name == COPIES else REGION)
    if len(left := backups(there)) != 1:
        raise RuntimeError(f"{side.name}: {len(left)} are left, not one")
    return run


def row() -> list[Result]:
    event = purge_event()
    event["plan"]["copies"] = {THERE: {"retention": event["plan"]["retention"]}}
    sides = [replace(peers.ours([purge_event()], "drain"), name=HOME), peers.ours([event], "drain")]
    with stage() as scene:
        runs = alternate(sides, ROUNDS, lambda side: once(scene, side))
    details = [detail(name, of_side, f"{EXPIRED} of {EXPIRED} deleted") for name, of_side in runs.items()]
    home, ours = details
    calls = total(ours.calls)
    limits = [
        Limit(f"no more calls than pages + deletes ({calls} of {LEAST_CALLS})", calls <= LEAST_CALLS),
        at_most(ours.seconds, home.seconds, MOST_OF_HOME, f"at most {MOST_OF_HOME} of the time at home"),
    ]
    return [Result(f"purge-copies-{EXPIRED}", ours.seconds, "s", {HOME: home.seconds}, limits, details, cannot=CANNOT)]


ROWS: dict[str, Callable[[], list[Result]]] = {f"purge-copies-{EXPIRED}": row}
