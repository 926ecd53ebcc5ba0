"""Purges: how long expired backups take to delete, at 50 ms a call and when FSx takes five calls a second."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from benchmarks import peers
from benchmarks.processes import Run, Side, alternate, detail
from benchmarks.result import Limit, Result, at_most, floor_seconds, pages, total
from benchmarks.stage import Stage, purge_event, stage

PAGE, LATENCY = 100, 0.05
PER_SECOND, BURST = 5, 5
MOST_OF_C7N, MOST_OF_FLOOR = 0.2, 1.1


def sides() -> list[Side]:
    target = f"fs-{0:017x}"
    return peers.present(
        peers.ours([purge_event(target)], "drain"),
        peers.custodian("purge", **peers.purge_policy()),
        peers.plain(target),
    )


def once(scene: Stage, side: Side, expired: int, deleted: dict[str, list[int]], *, limited: bool = False) -> Run:
    """Seed, run, and count what is gone. One young backup must stay."""
    scene.reset(latency=0.0 if limited else LATENCY, page=PAGE)
    [target] = scene.file_systems(1)
    old = [{"target_id": target, "hours": 24 * 8 + number} for number in range(expired)]
    scene.backups([*old, {"target_id": target, "hours": 1}])
    if limited:
        scene.control("rate_limit", per_second=PER_SECOND, burst=BURST)
    run = scene.play(side)
    scene.control("rate_limit", per_second=None)
    left = len(scene.left())
    if left < 1:
        raise RuntimeError(f"{side.name} deleted the young backup")
    deleted.setdefault(side.name, []).append(expired + 1 - left)
    return run


def unlimited(expired: int, rounds: int) -> list[Result]:
    deleted: dict[str, list[int]] = {}
    with stage() as scene:
        runs = alternate(sides(), rounds, lambda side: once(scene, side, expired, deleted).checked())
    if any(count != expired for counts in deleted.values() for count in counts):
        raise RuntimeError(f"not all {expired} were deleted: {deleted}")
    details = [detail(name, of_side, f"{expired} of {expired} deleted") for name, of_side in runs.items()]
    seconds = {one.side: one.seconds for one in details}
    calls = {one.side: total(one.calls) for one in details}
    limits = [Limit(f"no more calls than pages + deletes ({calls['ours']})", calls["ours"] <= least_calls(expired))]
    if expired >= 1000:
        limits += [
            at_most(seconds["ours"], seconds.get(peers.C7N), MOST_OF_C7N, f"at most {MOST_OF_C7N} of c7n's time"),
            at_most(calls["ours"], calls.get(peers.C7N), 1, "no more calls than c7n"),
        ]
    return [Result(f"purge-{expired}", seconds["ours"], "s", others(seconds), limits, details)]


def limited(expired: int, rounds: int) -> list[Result]:
    """All sides at the same time, each with an emulator of its own: it is the limit that they wait for."""
    deleted: dict[str, list[int]] = {}
    runs: dict[str, list[Run]] = {}

    def play(side: Side) -> Run:
        with stage() as scene:
            return once(scene, side, expired, deleted, limited=True)

    for _ in range(rounds):
        with ThreadPoolExecutor() as pool:
            for side, run in zip(sides(), pool.map(play, sides()), strict=True):
                runs.setdefault(side.name, []).append(run)
    for run in runs["ours"]:
        run.checked()
    details = [
        detail(name, of_side, f"{int(median(deleted[name]))} of {expired} deleted") for name, of_side in runs.items()
    ]
    seconds = {one.side: one.seconds for one in details}
    floor = floor_seconds(least_calls(expired), PER_SECOND, BURST)
    limits = [Limit("all deleted", min(deleted["ours"]) == expired)]
    note = f"{PER_SECOND} calls a second, {BURST} at once. Floor: {least_calls(expired)} calls."
    if expired >= 1000:
        limits.append(at_most(seconds["ours"], floor, MOST_OF_FLOOR, f"at most {MOST_OF_FLOOR} of the floor"))
    else:
        note += (
            " A second goes to the process's start, two to botocore's adaptive mode: throttled in its first half "
            "second, it starts again from half a call a second."
        )
    return [
        Result(
            f"purge-{expired}-limited", seconds["ours"], "s", {"floor": floor} | others(seconds), limits, details, note
        )
    ]


def least_calls(expired: int) -> int:
    return pages(expired + 1, PAGE) + expired


def others(values: dict[str, float]) -> dict[str, float | None]:
    """The peers' values, with None for the one that is missing."""
    return {name: values.get(name) for name in (peers.C7N, peers.PLAIN)}


ROWS: dict[str, Callable[[], list[Result]]] = {
    "purge-100": lambda: unlimited(100, rounds=5),
    "purge-1000": lambda: unlimited(1000, rounds=3),
    "purge-100-limited": lambda: limited(100, rounds=2),
    "purge-1000-limited": lambda: limited(1000, rounds=1),
}
