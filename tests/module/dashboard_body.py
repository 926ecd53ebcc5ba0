"""Holds a dashboard's body against CloudWatch's structure.

Source: CloudWatch API reference, "Dashboard Body Structure and Syntax"; CloudWatch user guide, "Metric math", limits
of search expressions.
"""

import re
from collections.abc import Iterator
from typing import Any

COMMON = {"type", "x", "y", "width", "height", "properties"}
METRIC = {
    "accountId", "annotations", "legend", "liveData", "metrics", "period", "region", "setPeriodToTimeRange",
    "sparkline", "stacked", "stat", "table", "timezone", "title", "trend", "view", "yAxis",
}  # fmt: skip
RENDERING = {"accountId", "color", "id", "label", "period", "region", "stat", "visible", "yAxis"}
EXPRESSION = {"accountId", "color", "expression", "id", "label", "period", "region", "visible", "yAxis"}
ALARM = {"alarms", "sortBy", "states", "title"}
VIEWS = {"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}


def mistakes(body: dict[str, Any]) -> list[str]:
    """What CloudWatch would refuse or not draw; nothing if the body is sound."""
    return list(_body(body))


def _body(body: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("body", body, {"widgets", "start", "end", "periodOverride"})
    if body.get("periodOverride", "auto") not in {"auto", "inherit"}:
        yield "periodOverride"
    if not re.fullmatch(r"-PT?\d+[MHDW]|\d{4}-.*", body.get("start", "-PT3H")):
        yield "start"
    if len(body["widgets"]) > 500:
        yield "more than 500 widgets"
    cells: set[tuple[int, int]] = set()
    for number, widget in enumerate(body["widgets"]):
        name = f"widget {number}"
        yield from _unknown(name, widget, COMMON)
        x, y, width, height = (widget[key] for key in ("x", "y", "width", "height"))
        if not (0 <= x <= 23 and y >= 0 and 1 <= width <= 24 and 1 <= height <= 1000 and x + width <= 24):
            yield f"{name}: place"
        taken = {(column, row) for column in range(x, x + width) for row in range(y, y + height)}
        if taken & cells:
            yield f"{name}: overlaps"
        cells |= taken
        kind = {"text": _text, "alarm": _alarms, "metric": _metrics}[widget["type"]]
        yield from (f"{name}: {mistake}" for mistake in kind(widget["properties"]))


def _text(properties: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("text", properties, {"markdown", "background"})
    if not properties["markdown"]:
        yield "no markdown"


def _alarms(properties: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("alarm", properties, ALARM)
    if not 1 <= len(properties["alarms"]) <= 100:
        yield "1 to 100 alarms"
    yield from (
        arn for arn in properties["alarms"] if not re.fullmatch(r"arn:aws:cloudwatch:[^:]+:\d{12}:alarm:.+", arn)
    )


def _metrics(properties: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("metric", properties, METRIC)
    if not properties.get("region"):
        yield "no region"
    if properties.get("view", "timeSeries") not in VIEWS:
        yield "view"
    if not _period(properties.get("period", 300)):
        yield "period"
    if len(properties["metrics"]) > 500:
        yield "more than 500 metrics"
    ids = [entry[-1]["id"] for entry in properties["metrics"] if isinstance(entry[-1], dict) and "id" in entry[-1]]
    if len(ids) != len(set(ids)):
        yield "ids are not unique"
    yield from (f"id {name}" for name in ids if not re.fullmatch(r"[a-z][A-Za-z0-9_]*", name))
    for entry in properties["metrics"]:
        yield from _entry(entry, set(ids))
    for line in properties.get("annotations", {}).get("horizontal", []):
        yield from _unknown("line", line, {"value", "label", "fill", "color", "visible", "yAxis"})
        if not isinstance(line["value"], int | float) or line.get("fill", "none") not in {"above", "below", "none"}:
            yield "line"
    if properties.get("legend", {}).get("position", "bottom") not in {"right", "bottom", "hidden"}:
        yield "legend"
    for side, axis in properties.get("yAxis", {}).items():
        yield from _unknown(f"axis {side}", axis, {"label", "min", "max", "showUnits"})


def _entry(entry: list[Any], ids: set[str]) -> Iterator[str]:
    if isinstance(entry[0], dict):
        [options] = entry
        yield from _unknown("expression", options, EXPRESSION)
        expression = options["expression"]
        if len(expression) > 1024:
            yield "expression of more than 1,024 characters"
        outside = re.sub(r"SEARCH\('[^']*', '\w+'(, \d+)?\)", "", expression)
        used = set(re.findall(r"\b[a-z][A-Za-z0-9_]*\b", outside))
        if not used <= ids:
            yield f"expression {expression} uses {used - ids}"
        if outside == expression and not used:
            yield f"expression {expression} uses nothing"
        return
    words = [word for word in entry if not isinstance(word, dict)]
    if len(words) < 2 or len(words) % 2 or len(words) > 2 + 2 * 30 or not all(isinstance(word, str) for word in words):
        yield f"metric {words}"
    if isinstance(entry[-1], dict):
        yield from _unknown("metric", entry[-1], RENDERING)
        if not _period(entry[-1].get("period", 300)):
            yield "period"


def _period(seconds: int) -> bool:
    return seconds in {1, 5, 10, 30} or (seconds >= 60 and seconds % 60 == 0)


def _unknown(name: str, given: dict[str, Any], known: set[str]) -> Iterator[str]:
    yield from (f"{name}: {key} is not known" for key in given.keys() - known)
