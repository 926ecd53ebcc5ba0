"""What a row came to, and how it is written: pure, so that the tests can hold it."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MISSING = "missing"


@dataclass(frozen=True)
class Limit:
    """A measure that the row is held against. `met` is None where the peer that it speaks of is missing."""

    text: str
    met: bool | None


@dataclass(frozen=True)
class Detail:
    """One side of a row: medians over its rounds, `spread` as lowest and highest seconds, calls of FSx in a round."""

    side: str
    seconds: float
    spread: tuple[float, float]
    cpu: float | None = None
    peak_bytes: int | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
    done: str = ""


@dataclass(frozen=True)
class Result:
    """One printed row. A peer's value is None where the peer is missing; `unit` stands behind every value.

    `cannot`: the peers that have nothing to measure here, and why.
    """

    row: str
    ours: float
    unit: str = ""
    peers: Mapping[str, float | None] = field(default_factory=dict)
    limits: Sequence[Limit] = ()
    details: Sequence[Detail] = ()
    note: str = ""
    cannot: Mapping[str, str] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        return all(limit.met is not False for limit in self.limits)

    def lines(self) -> list[str]:
        """`bench <row> ours=<value> peer=<name>:<value> ratio=<ours/peer>`, one line per peer; then the limits."""
        peers = self.peers or {"none": None}
        lines = []
        for name, value in peers.items():
            shown = "none" if not self.peers else f"{name}:{MISSING if value is None else self.show(value)}"
            lines.append(f"bench {self.row} ours={self.show(self.ours)} peer={shown} ratio={ratio(self.ours, value)}")
        return lines + [f"  {state(limit)}: {limit.text}" for limit in self.limits]

    def show(self, value: float) -> str:
        """Three digits are more than any of these measurements is good for."""
        text = f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
        return f"{text}{self.unit}"


def state(limit: Limit) -> str:
    return {True: "met", False: "MISSED", None: "not measured"}[limit.met]


def ratio(ours: float, peer: float | None) -> str:
    """Two digits after the point; `-` where there is nothing to divide by."""
    return f"{ours / peer:.2f}" if peer else "-"


def at_most(ours: float, peer: float | None, most: float, text: str) -> Limit:
    """A limit on the ratio of two values."""
    if peer is None:
        return Limit(text, None)
    return Limit(f"{text} ({ratio(ours, peer)})" if peer else text, ours <= most * peer)


def floor_seconds(calls: int, per_second: float, burst: int) -> float:
    """The least time that so many calls can take under a token bucket."""
    return max(0, calls - burst) / per_second


def pages(items: int, page: int) -> int:
    """How many pages a full listing has; an empty one has one."""
    return max(1, -(-items // page))


def middle(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Medians by key."""
    keys = sorted(set().union(*counts))
    return {key: int(median(count.get(key, 0) for count in counts)) for key in keys}


def total(calls: Mapping[str, int]) -> int:
    return sum(calls.values())
