"""When schedules fire: against two public libraries, against a calendar walked half hour by half hour, and AWS's words.

Source: EventBridge Scheduler User Guide, "Schedule types" and "Daylight saving time".
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from aws_croniter import AwsCroniter  # type: ignore[import-untyped]
from pyawscron import AWSCron  # type: ignore[import-untyped]

from fsx_backup.model import NoZoneData
from fsx_backup.schedule_expression import Unreadable, matched, parse
from tests.module.expressions import ACCEPTED_EXPRESSIONS, REFUSED_EXPRESSIONS, UNDOCUMENTED_EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

ACCEPTED = [*ACCEPTED_EXPRESSIONS, *UNDOCUMENTED_EXPRESSIONS]
FURTHER = ["cron(0 12 ? * 5#5 *)", "cron(0 12 31W * ? *)", "cron(0 12 1W * ? *)", "cron(0 12 ? 2 7L *)"]
FURTHER += ["cron(0 12 29 2 ? *)", "cron(0 6 ? * 1 *)", "cron(0 6 ? * SUN *)"]
CRONS = [expression for expression in ACCEPTED + FURTHER if expression.startswith("cron")]
MANY = 10
LIBRARIES: dict[str, Callable[[str, datetime], list[list[datetime]]]] = {
    "aws-croniter": lambda text, at: [AwsCroniter(text).get_next(at, MANY), AwsCroniter(text).get_prev(at, MANY)],
    "pyawscron": lambda text, at: [
        AWSCron.get_next_n_schedule(MANY, at, text),
        AWSCron.get_prev_n_schedule(MANY, at, text),
    ],
}
# What a library cannot read, or reads otherwise than AWS: the calendar below and the plan's own table have these.
_BOTH = ("aws-croniter", "pyawscron")
OTHERWISE = {
    "cron(0 2 LW * ? *)": _BOTH,
    "cron(0 2 ? * L *)": _BOTH,  # AWS: "the last day of the week", Saturday; they find none
    "cron(0  2 * * ? *)": _BOTH,
    "cron(0 8 l * ? *)": _BOTH,
    "cron(*/15 2,14 1-15 JAN-JUN ? 1970/2)": ("aws-croniter",),
    "cron(0 8-18/2 ? * 2/2 *)": ("aws-croniter",),
    "cron(0 0/24 * * ? *)": ("aws-croniter",),
    "cron(15 10 ? * 6L 2022-2023)": ("pyawscron",),  # fails where nothing fires any more
    "cron(0 2 ? JAN,FEB,MAR * 2199)": ("pyawscron",),
    "cron(0 11 ? * FRI-MON *)": ("pyawscron",),
    "cron(40 6 ? * MON-SUN *)": ("pyawscron",),
    "cron(0 22-6 * * ? *)": ("pyawscron",),
    "cron(0 18-8/2 * nov-feb ? *)": ("pyawscron",),
    "cron(0 12 29 2 ? *)": ("pyawscron",),
}
BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("expression", CRONS)
def test_firings_are_those_of_two_libraries(expression: str, library: str) -> None:
    for at in (datetime(2024, 1, 15, 3, 7, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, tzinfo=UTC)):
        schedule = parse(expression, "UTC", at)
        found = [list(islice(schedule.firings(at, direction), MANY + 1440)) for direction in (1, -1)]
        mine = [[f for f in found[0] if f > at][:MANY], [f for f in found[1] if f < at][:MANY]]
        read = LIBRARIES[library]
        if library in OTHERWISE.get(expression, ()):
            with pytest.raises(Exception):  # noqa: B017, PT011 - each in its own way
                assert read(expression[5:-1].strip(), at) == mine
        else:
            assert [[f for f in some if f] for some in read(expression[5:-1].strip(), at)] == mine


def last(day: datetime, weekdays: range) -> int:
    """The last day of the month that is one of these weekdays (1 is Monday)."""
    end = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    while end.isoweekday() not in weekdays:
        end -= timedelta(days=1)
    return end.day


CALENDAR: dict[str, Callable[[datetime], bool]] = {
    "cron(0,30 * * * ? *)": lambda _: True,
    "cron(30 2 * * ? *)": lambda at: (at.hour, at.minute) == (2, 30),
    "cron(0/30 1-3 ? MAR,OCT SUN *)": lambda at: at.hour in {1, 2, 3} and at.month in {3, 10} and at.isoweekday() == 7,
    "cron(0 0 L * ? *)": lambda at: at.hour == at.minute == 0 and at.day == last(at, range(1, 8)),
    "cron(0 8 LW * ? *)": lambda at: at.hour == 8 and at.minute == 0 and at.day == last(at, range(1, 6)),
    "cron(30 23 ? * 6L *)": lambda at: at.hour == 23 and at.minute == 30 and at.day == last(at, range(5, 6)),
    "cron(0 6 ? 4/4 MON#1 2021-2029/2)": lambda at: (
        (at.hour, at.minute, at.isoweekday()) == (6, 0, 1) and at.day <= 7 and at.month % 4 == 0 and at.year % 2 == 1
    ),
    "cron(0 2 ? * L *)": lambda at: (at.hour, at.minute, at.isoweekday()) == (2, 0, 6),
    "cron(30 5 15W * ? *)": lambda at: (
        (at.hour, at.minute) == (5, 30)
        and at.isoweekday() < 6
        and (at.day == 15 or (at.day == 14 and at.isoweekday() == 5) or (at.day == 16 and at.isoweekday() == 1))
    ),
}


@pytest.mark.parametrize("zone", ZONES)
def test_firings_are_those_of_the_calendar(zone: str) -> None:
    """A local time that does not exist never comes by; one that comes twice counts the first time."""
    walked = [BEGIN + number * HALF_HOUR for number in range((END - BEGIN) // HALF_HOUR)]
    local = [(at, at.astimezone(ZoneInfo(zone))) for at in walked]
    once = [(at, there) for at, there in local if there.fold == 0]
    for expression, matches in CALENDAR.items():
        expected = [at for at, there in once if matches(there)]
        schedule = parse(expression, zone, BEGIN)
        forwards = takewhile(lambda at: at < END, schedule.firings(BEGIN, 1))
        backwards = takewhile(lambda at: at >= BEGIN, schedule.firings(END, -1))
        assert [at for at in forwards if at >= BEGIN] == expected, expression
        assert [at for at in backwards if at < END] == expected[::-1], expression
        second = timedelta(seconds=1)
        for at, following in zip(expected[:-1:97], expected[1::97], strict=False):
            assert schedule.after(at) == schedule.after(following - second) == following
            assert schedule.until(at) == schedule.until(following - second) == at


@pytest.mark.parametrize("expression", ACCEPTED)
def test_what_the_plan_accepts_can_be_read(expression: str) -> None:
    schedule = parse(expression, "Europe/Paris", BEGIN)
    following = schedule.after(BEGIN)
    assert following is None or schedule.until(following) == following > BEGIN


@pytest.mark.parametrize("expression", [*REFUSED_EXPRESSIONS, "", "cron", "cron(" + "9" * 400 + " 0 * * ? *)"])
def test_what_cannot_be_read_is_unreadable_and_nothing_else(expression: str) -> None:
    """AWS and the plan refuse more than this code does."""
    with suppress(Unreadable):
        parse(expression, "UTC", BEGIN).after(BEGIN)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("every day", "is none of cron"),
        ("rate(5 weeks)", "rate takes a whole number and its unit"),
        ("cron(0 0 * * ?)", "cron takes six fields"),
        ("cron(0 0 * * * *)", "exactly one of day-of-month and day-of-week must be"),
        ("cron(60 0 * * ? *)", "60 is not from 0 to 59"),
        ("cron(0 0 * 0 ? *)", "0 is not from 1 to 12"),
        ("cron(0/0 0 * * ? *)", "the step of 0/0 must be at least 1"),
        ("cron(0 *-5 * * ? *)", "*-5 is no value, range or step"),
        ("cron(0 0 ? * 2#6 *)", "6 is not from 1 to 5"),
    ],
)
def test_what_cannot_be_read_says_why(expression: str, why: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(why)):
        parse(expression, "UTC", BEGIN)


def test_rates_and_moments() -> None:
    """A rate fires when it is created, then at its interval; a moment once, and never where it does not exist."""
    rate = parse("rate(5 hours)", "Europe/Paris", BEGIN)
    assert rate.until(BEGIN - timedelta(seconds=1)) is None
    assert rate.after(BEGIN - timedelta(days=9)) == rate.until(BEGIN) == BEGIN
    assert rate.after(BEGIN) == rate.until(BEGIN + timedelta(hours=9)) == BEGIN + timedelta(hours=5)
    moment = parse("at(2025-10-26T02:30:00)", "Europe/Paris", BEGIN)
    assert moment.after(BEGIN) == moment.until(END) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert moment.after(END) is moment.until(BEGIN) is None
    assert parse("at(2025-03-30T02:30:00)", "Europe/Paris", BEGIN).after(BEGIN) is None
    with pytest.raises(NoZoneData):
        parse("cron(0 0 * * ? *)", "Mars/Olympus", BEGIN)


@pytest.mark.parametrize(
    ("minutes", "seconds", "expected"),
    [
        (2, [0, 120, 240], [0, 120, 240]),
        (2, [59, 181], [59, None, 181]),  # nearer than half the interval, so that a time belongs to one firing
        (2, [60, 180], [None, None, None]),
        (240, [-299, 14_400 + 300, 28_800 - 1, 28_800 + 2], [-299, None, 28_799]),
    ],
)
def test_a_firing_and_the_nearest_scheduled_time(minutes: int, seconds: list[int], expected: list[int | None]) -> None:
    firings = [BEGIN + timedelta(minutes=number * minutes) for number in range(3)]
    found = matched(firings, {BEGIN + timedelta(seconds=second): f"{second}" for second in reversed(seconds)})
    assert [at and int(at) for _, at in found] == expected
