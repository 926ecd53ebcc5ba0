"""When a schedule fires: `cron`, `rate` and `at` as EventBridge Scheduler reads them. Pure: no calls, no clock.

Source: EventBridge Scheduler User Guide, "Schedule types" and "Daylight saving time": a local time that does not exist
is skipped, one that comes twice fires once (the first time).
"""

from __future__ import annotations

import re
from bisect import bisect
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .model import NoZoneData, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import tzinfo

YEARS = (1970, 2199)
END = datetime(YEARS[1] + 1, 1, 1, tzinfo=UTC)  # of what a rate is computed for
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SATURDAY, SUNDAY = 7, 1
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}

NEAR = timedelta(minutes=5)  # AWS promises no phase of a rate: it may fire a little beside the computed time


class Unreadable(ValueError):
    """The expression is none that this code understands."""


@dataclass(frozen=True)
class Schedule:
    """`firings` gives them in UTC, from about a moment on: forwards with 1, backwards with -1."""

    firings: Callable[[datetime, int], Iterator[datetime]]

    def after(self, moment: datetime) -> datetime | None:
        """The first firing later than `moment`; None if there is none any more."""
        return next((fired for fired in self.firings(moment, 1) if fired > moment), None)

    def until(self, moment: datetime) -> datetime | None:
        """The last firing not later than `moment`; None if there was none."""
        return next((fired for fired in self.firings(moment, -1) if fired <= moment), None)


def matched(firings: Sequence[datetime], made: Mapping[datetime, str]) -> Iterator[tuple[datetime, str | None]]:
    """Each firing with what was made at the nearest scheduled time that AWS gave, None where that is another's."""
    near = min([NEAR, *((following - fired) / 2 for fired, following in pairwise(firings))])
    ordered = sorted(made)
    for fired in firings:
        place = bisect(ordered, fired)
        beside = ordered[max(0, place - 1) : place + 1]
        nearest = min(beside, key=lambda time: abs(time - fired), default=None)
        yield fired, made[nearest] if nearest and abs(nearest - fired) < near else None


def parse(expression: str, timezone: str, changed: datetime) -> Schedule:
    """A schedule's expression in its zone. `changed`: its creation or last change, from which a rate counts.

    Raises Unreadable, whatever an expression is, and NoZoneData.
    """
    match = re.fullmatch(r"\s*(cron|rate|at)\s*\((.*)\)\s*", expression)
    if not match:
        raise Unreadable(f"{expression} is none of cron(...), rate(...) and at(...)")
    kind, text = match.group(1), match.group(2).strip()
    try:
        if kind == "cron":
            return _cron(_fields(text), zone(timezone))
        return _rate(text, changed) if kind == "rate" else _at(text, zone(timezone))
    except NoZoneData:
        raise
    except Exception as error:  # the check of all other plans must not end with this one's
        why = "it is out of range" if isinstance(error, OverflowError) else error
        raise Unreadable(f"{expression} cannot be read: {why}") from error


def _at(text: str, tz: tzinfo) -> Schedule:
    fired = _utc(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S"), tz)  # noqa: DTZ007 - local, see _utc
    return Schedule(lambda _moment, _direction: iter([fired] if fired else []))


def _rate(text: str, first: datetime) -> Schedule:
    match = re.fullmatch(r"([1-9][0-9]*)\s+(minute|hour|day)s?", text)
    if not match:
        raise ValueError("rate takes a whole number and its unit, like rate(12 hours)")
    interval = int(match.group(1)) * UNITS[match.group(2)]

    def firings(moment: datetime, direction: int) -> Iterator[datetime]:
        number = max(0, (moment - first) // interval)
        while number >= 0 and number * interval < END - first:
            yield first + number * interval
            number += direction

    return Schedule(firings)


class _Fields(NamedTuple):
    minutes: list[int]
    hours: list[int]
    months: list[int]
    years: list[int]
    matches: Callable[[date], bool]


def _fields(text: str) -> _Fields:
    parts = text.upper().split()
    if len(parts) != 6:
        raise ValueError("cron takes six fields: minutes hours day-of-month month day-of-week year")
    minutes, hours, day_of_month, month, day_of_week, year = parts
    if (day_of_month == "?") == (day_of_week == "?"):
        raise ValueError("exactly one of day-of-month and day-of-week must be ?")
    return _Fields(
        sorted(_numbers(minutes, 0, 59)),
        sorted(_numbers(hours, 0, 23)),
        sorted(_numbers(month, 1, 12, MONTHS)),
        sorted(_numbers(year, *YEARS)),
        _day_of_week(day_of_week) if day_of_month == "?" else _day_of_month(day_of_month),
    )


def _numbers(text: str, lowest: int, highest: int, names: tuple[str, ...] = ()) -> set[int]:
    """The numbers of a field: lists, ranges (which may wrap), steps, names."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", part)
        if not match or (match[1] == "*" and match[2]):
            raise ValueError(f"{part} is no value, range or step")
        first = lowest if match[1] == "*" else _number(match[1], lowest, highest, names)
        open_end = match[1] == "*" or match[3]
        last = _number(match[2], lowest, highest, names) if match[2] else highest if open_end else first
        step = int(match[3] or 1)
        if step < 1:
            raise ValueError(f"the step of {part} must be at least 1")
        span = highest - lowest + 1
        length = (last - first) % span + 1 if match[2] else last - first + 1
        found |= {lowest + (first - lowest + offset) % span for offset in range(0, length, step)}
    return found


def _number(text: str, lowest: int, highest: int, names: tuple[str, ...]) -> int:
    number = names.index(text) + lowest if text in names else int(text)
    if not lowest <= number <= highest:
        raise ValueError(f"{text} is not from {lowest} to {highest}")
    return number


def _day_of_month(text: str) -> Callable[[date], bool]:
    if text == "L":
        return lambda day: day.day == _last(day)
    if text == "LW":
        return lambda day: day.day == _nearest_weekday(day, _last(day))
    if text.endswith("W"):
        number = _number(text[:-1], 1, 31, ())
        return lambda day: number <= _last(day) and day.day == _nearest_weekday(day, number)
    numbers = _numbers(text, 1, 31)
    return lambda day: day.day in numbers


def _day_of_week(text: str) -> Callable[[date], bool]:
    if text == "L":
        return lambda day: _weekday(day) == SATURDAY
    if text.endswith("L"):
        number = _number(text[:-1], 1, 7, DAYS)
        return lambda day: _weekday(day) == number and day.day > _last(day) - 7
    if "#" in text:
        which, _, place = text.partition("#")
        number, nth = _number(which, 1, 7, DAYS), _number(place, 1, 5, ())
        return lambda day: _weekday(day) == number and (day.day - 1) // 7 + 1 == nth
    numbers = _numbers(text, 1, 7, DAYS)
    return lambda day: _weekday(day) in numbers


def _weekday(day: date) -> int:
    """1 is Sunday."""
    return day.isoweekday() % 7 + 1


def _last(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date, number: int) -> int:
    """The weekday nearest to a day of the month, inside that month."""
    weekday = _weekday(day.replace(day=number))
    if weekday == SATURDAY:
        return number - 1 if number > 1 else 3
    if weekday == SUNDAY:
        return number + 1 if number < _last(day) else number - 2
    return number


def _cron(fields: _Fields, tz: tzinfo) -> Schedule:
    def firings(moment: datetime, direction: int) -> Iterator[datetime]:
        for day in _days(fields, moment.astimezone(tz).date(), direction):
            for hour in fields.hours[::direction]:
                for minute in fields.minutes[::direction]:
                    fired = _utc(datetime(day.year, day.month, day.day, hour, minute), tz)  # noqa: DTZ001
                    if fired:
                        yield fired

    return Schedule(firings)


def _days(fields: _Fields, start: date, direction: int) -> Iterator[date]:
    """The matching local days from a day on."""
    for year in fields.years[::direction]:
        if (year - start.year) * direction < 0:
            continue
        for month in fields.months[::direction]:
            days = [date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1)][::direction]
            if (days[-1] - start).days * direction >= 0:  # the month is not over before it begins
                yield from (day for day in days if (day - start).days * direction >= 0 and fields.matches(day))


def _utc(local: datetime, tz: tzinfo) -> datetime | None:
    """A local time as UTC; the first of the two where it comes twice, None where it does not exist."""
    found = local.replace(tzinfo=tz).astimezone(UTC)
    return found if found.astimezone(tz).replace(tzinfo=None) == local else None
