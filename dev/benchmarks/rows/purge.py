"""The purge of a thousand expired backups, at 50 ms a call and when FSx takes five calls a second."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from dev.benchmarks import peers
from dev.benchmarks.processes import Run, Side, alternate, detail
from dev.benchmarks.result import Limit, Result, at_most, floor_seconds, pages, total
from dev.benchmarks.stage import TARGET, Stage, purge_event, stage

EXPIRED, ROUNDS = 1000, 3
PAGE, LATENCY = 100, 0.05
PER_SECOND, BURST = 5, 5
MOST_OF_C7N, MOST_OF_FLOOR = 0.2, 1.1


def sides() -> list[Side]:
    return peers.present(
        peers.ours([purge_event()], "drain"),
        peers.custodian("purge", **peers.purge_policy()),
        peers.plain(TARGET),
    )


def once(scene: Stage, side: Side, deleted: dict[str, list[int]], *, limited: bool = False) -> Run:
    """Seed, run, and count what is gone. One young backup must stay."""
    scene.reset(latency=0.0 if limited else LATENCY, page=PAGE)
    scene.file_system()
    scene.backups([24 * 8 + number for number in range(EXPIRED)] + [1])
    if limited:
        scene.control("rate_limit", per_second=PER_SECOND, burst=BURST)
    run = scene.play(side)
    scene.control("rate_limit", per_second=None)
    left = len(scene.left())
    if left < 1:
        raise RuntimeError(f"{side.name} deleted the young backup")
    deleted.setdefault(side.name, []).append(EXPIRED + 1 - left)
    return run


def unlimited() -> list[Result]:
    deleted: dict[str, list[int]] = {}
    with stage() as scene:
        runs = alternate(sides(), ROUNDS, lambda side: once(scene, side, deleted).checked())
    if any(count != EXPIRED for counts in deleted.values() for count in counts):
        raise RuntimeError(f"not all {EXPIRED} were deleted: {deleted}")
    details = [detail(name, of_side, f"{EXPIRED} of {EXPIRED} deleted") for name, of_side in runs.items()]
    seconds = {one.side: one.seconds for one in details}
    calls = {one.side: total(one.calls) for one in details}
    limits = [
        Limit(f"no more calls than pages + deletes ({calls['ours']})", calls["ours"] <= least_calls()),
        at_most(seconds["ours"], seconds.get(peers.C7N), MOST_OF_C7N, f"at most {MOST_OF_C7N} of c7n's time"),
        at_most(calls["ours"], calls.get(peers.C7N), 1, "no more calls than c7n"),
    ]
    return [Result(f"purge-{EXPIRED}", seconds["ours"], "s", others(seconds), limits, details)]


def limited() -> list[Result]:
    """All sides at the same time, each with an emulator of its own: it is the limit that they wait for."""
    deleted: dict[str, list[int]] = {}

    def play(side: Side) -> Run:
        with stage() as scene:
            return once(scene, side, deleted, limited=True)

    with ThreadPoolExecutor() as pool:
        runs = dict(zip([side.name for side in sides()], pool.map(play, sides()), strict=True))
    runs["ours"].checked()
    details = [detail(name, [run], f"{deleted[name][0]} of {EXPIRED} deleted") for name, run in runs.items()]
    seconds = {one.side: one.seconds for one in details}
    floor = floor_seconds(least_calls(), PER_SECOND, BURST)
    limits = [
        Limit("all deleted", deleted["ours"] == [EXPIRED]),
        at_most(seconds["ours"], floor, MOST_OF_FLOOR, f"at most {MOST_OF_FLOOR} of the floor"),
    ]
    values = {"floor": floor} | others(seconds)
    note = f"{PER_SECOND} calls a second, {BURST} at once. Floor: {least_calls()} calls."
    return [Result(f"purge-{EXPIRED}-limited", seconds["ours"], "s", values, limits, details, note)]


def least_calls() -> int:
    return pages(EXPIRED + 1, PAGE) + EXPIRED


def others(values: dict[str, float]) -> dict[str, float | None]:
    """The peers' values, with None for the one that is missing."""
    return {name: values.get(name) for name in (peers.C7N, peers.PLAIN)}


ROWS: dict[str, Callable[[], list[Result]]] = {"purge-1000": unlimited, "purge-1000-limited": limited}
