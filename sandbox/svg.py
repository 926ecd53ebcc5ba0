"""Widgets of a dashboard as SVG, with the standard library: enough to see what a dashboard will look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle
from typing import Any

CELL, MARGIN = 46, 5  # pixels of a grid unit; around a widget
PALETTE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")
STATES = {"OK": "#2ca02c", "ALARM": "#d62728", "INSUFFICIENT_DATA": "#7f7f7f"}
LEGEND_LINES = 24


@dataclass(frozen=True)
class Series:
    """A line; points are (hour, value)."""

    label: str
    points: Sequence[tuple[float, float]]
    color: str | None = None
    right: bool = False


def document(widgets: list[dict[str, Any]], parts: list[str]) -> str:
    height = CELL * max(widget["y"] + widget["height"] for widget in widgets)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {24 * CELL} {height}" width="{24 * CELL}" '
        f'height="{height}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" font-size="11" fill="#16191f">\n'
        f'<rect width="100%" height="100%" fill="#f2f3f3"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def text(widget: dict[str, Any], markdown: str) -> str:
    lines = markdown.split("\n")
    rows = [
        _words(12, 28 + 24 * number, line.lstrip("# "), size=18 if line.startswith("#") else 12)
        for number, line in enumerate(lines)
    ]
    return _frame(widget, "".join(rows))


def alarms(widget: dict[str, Any], title: str, states: list[tuple[str, str]]) -> str:
    width = (24 * CELL - 4 * MARGIN) / 6
    boxes = []
    for number, (name, state) in enumerate(states):
        x, y = MARGIN + number % 6 * width, 28 + number // 6 * 40
        boxes.append(
            f'<rect x="{x + 2:.0f}" y="{y}" width="{width - 6:.0f}" height="34" fill="{STATES[state]}" rx="2"/>'
            + _words(x + 8, y + 15, name, color="#fff", longest=28)
            + _words(x + 8, y + 28, state, color="#fff", size=10)
        )
    return _frame(widget, _words(10, 18, title, bold=True) + "".join(boxes))


def chart(widget: dict[str, Any], properties: dict[str, Any], lines: list[Series], hours: int) -> str:
    width, height = widget["width"] * CELL - 2 * MARGIN, widget["height"] * CELL - 2 * MARGIN
    legend = min(120, width // 3)
    axis = 40 if any(line.right for line in lines) else 10  # room for a second scale
    left, top, right, bottom = 46, 34, width - legend - axis, height - 24
    marks = properties.get("annotations", {}).get("horizontal", [])
    colors = cycle(PALETTE)
    drawn = [(line, line.color or next(colors)) for line in lines]
    most = {
        side: 1.08 * max([value for line in lines if line.right is side for _, value in line.points] + floor + [1e-9])
        for side, floor in ((False, [float(mark["value"]) for mark in marks]), (True, []))
    }

    def at(hour: float, value: float, side: bool = False) -> tuple[float, float]:
        return left + (right - left) * hour / hours, bottom - (bottom - top) * value / most[side]

    parts = [_words(10, 18, properties["title"], bold=True, longest=int(width / 7))]
    for step in range(5):
        y = bottom - (bottom - top) * step / 4
        parts.append(f'<path d="M{left} {y:.1f}H{right}" stroke="#e5e7e8"/>')
        parts.append(_words(left - 4, y + 4, _short(most[False] * step / 4), size=9, anchor="end"))
        if axis > 10:
            parts.append(_words(right + 4, y + 4, _short(most[True] * step / 4), size=9))
    parts += [
        _words(at(hour, 0)[0], bottom + 14, f"-{hours - hour} h", size=9, anchor="middle")
        for hour in range(0, hours + 1, hours // 4)
    ]
    for mark in marks:
        y = at(0, mark["value"])[1]
        if mark.get("fill") == "above":
            parts.append(
                f'<rect x="{left}" y="{top}" width="{right - left}" height="{y - top:.1f}" fill="{mark["color"]}" '
                'opacity="0.12"/>'
            )
        parts.append(f'<path d="M{left} {y:.1f}H{right}" stroke="{mark["color"]}" stroke-dasharray="4 3"/>')
        parts.append(_words(left + 4, y - 3, mark["label"], size=9, color=mark["color"]))
    for line, color in drawn:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(hour, value, line.right) for hour, value in line.points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.4"/>')
        if len(line.points) <= 3:
            parts += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{color}"/>'
                for x, y in (at(hour, value, line.right) for hour, value in line.points)
            ]
    room = min(LEGEND_LINES, int((bottom - top) // 14))
    for number, (line, color) in enumerate(drawn[:room]):
        y = top + 6 + 14 * number
        parts.append(f'<rect x="{right + axis}" y="{y - 7}" width="8" height="8" fill="{color}"/>')
        label = line.label if number < room - 1 or len(drawn) <= room else f"… and {len(drawn) - number - 1} more"
        parts.append(_words(right + axis + 12, y, label, size=10, longest=int(legend / 5.6)))
    return _frame(widget, "".join(parts))


def _frame(widget: dict[str, Any], content: str) -> str:
    x, y = widget["x"] * CELL + MARGIN, widget["y"] * CELL + MARGIN
    width, height = widget["width"] * CELL - 2 * MARGIN, widget["height"] * CELL - 2 * MARGIN
    frame = f'<rect width="{width}" height="{height}" fill="#fff" stroke="#d5dbdb"/>'
    return f'<g transform="translate({x} {y})">{frame}{content}</g>'


def _words(
    x: float, y: float, words: str, *, size: int = 11, color: str = "", bold: bool = False, anchor: str = "",
    longest: int = 200,
) -> str:  # fmt: skip
    attributes = f' fill="{color}"' if color else ""
    attributes += ' font-weight="bold"' if bold else ""
    attributes += f' text-anchor="{anchor}"' if anchor else ""
    shown = words if len(words) <= longest else words[: longest - 1] + "…"
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{attributes}>{escape(shown)}</text>'


def _short(value: float) -> str:
    for unit in ("", "K", "M", "G"):
        if value < 1000:
            return f"{value:.3g}{unit}"
        value /= 1000
    return f"{value:.3g}T"
