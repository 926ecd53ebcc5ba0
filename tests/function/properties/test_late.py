"""When a plan is late: simulated schedules over two years of clock changes, against a simple reading of the rule."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsx_backup.health import State, assess, lateness
from fsx_backup.model import CLOCK_SKEW, Backup, Plan, Target
from fsx_backup.occurrence import LATENESS
from fsx_backup.registry import Entry
from fsx_backup.schedule_expression import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from fsx_backup.health import Health

TARGET = "fs-0123456789abcdef0"
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
EXPRESSIONS = (
    "cron(0 0/4 * * ? *)",
    "cron(30 2 * * ? *)",
    "cron(15 1,2,3 * * ? *)",
    "cron(0 0 ? * MON-FRI *)",
    "cron(0 12 L * ? *)",
    "cron(0 6 ? * 2#1 *)",
    "cron(0 3 1 1/3 ? 2025-2026)",
    "rate(1 hour)",
    "rate(5 hours)",
    "rate(3 days)",
    "at(2025-03-30T01:30:00)",
)
BEGIN = datetime(2025, 1, 10, 7, 3, 20, tzinfo=UTC)
END = BEGIN + timedelta(days=731)  # both clock changes, twice
CHECK = timedelta(minutes=30)
CLOCK_CHANGES = [
    datetime(year, month, day, tzinfo=UTC)
    for year, month, day in ((2025, 3, 30), (2025, 10, 26), (2026, 3, 29), (2026, 4, 5), (2026, 10, 25))
]


@dataclass
class Simulation:
    """A plan's schedule and its backups, each created and completed when the windows allow it."""

    expression: str
    timezone: str = "UTC"
    start_minutes: int = 240
    completion_minutes: int = 1440
    flexible: int = 0
    changed: datetime = BEGIN
    made: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)  # due, created, completed

    def __post_init__(self) -> None:
        self.schedule = parse(self.expression, self.timezone, self.changed)
        plan = Plan(
            "home",
            Target(TARGET),
            timezone=self.timezone,
            start_window_minutes=self.start_minutes,
            completion_window_minutes=self.completion_minutes,
            flexible_window_minutes=self.flexible,
        )
        self.entry = Entry(plan, "", {}, self.expression, self.timezone, self.flexible, True, self.changed)

    def due(self, start: datetime, end: datetime, most: int = 10**6) -> list[datetime]:
        found: list[datetime] = []
        fired = self.schedule.after(start - timedelta(microseconds=1))
        while fired and fired <= end and len(found) < most:
            found.append(fired)
            fired = self.schedule.after(fired)
        return found

    def seen(self, now: datetime) -> Health:
        """The plan as a check at this moment sees it, with the backups of the last weeks."""
        until = bisect_right(self.made, now, key=lambda times: times[1])
        recent = self.made[max(0, until - 8) : until]
        backups = [
            Backup(
                f"backup-{number}",
                "AVAILABLE" if completed <= now else "CREATING",
                "USER_INITIATED",
                created,
                {
                    "fsx-backup:deployment": "prod",
                    "fsx-backup:plan": "home",
                    "fsx-backup:scheduled-time": due.isoformat(),
                },
                TARGET,
            )
            for number, (due, created, completed) in enumerate(recent)
        ]
        return assess("home", self.entry, backups, "prod", now)


@st.composite
def simulations(draw: st.DrawFn) -> Simulation:
    """Anywhere in two years, half of them around a clock change."""
    start = draw(st.sampled_from([1, 30, 60, 240, 1440]))
    around = st.sampled_from(CLOCK_CHANGES).map(lambda day: day - timedelta(days=1))
    changed = draw(around | st.integers(0, 700).map(lambda days: BEGIN + timedelta(days=days)))
    return Simulation(
        draw(st.sampled_from(EXPRESSIONS)),
        draw(st.sampled_from(ZONES)),
        start,
        draw(st.sampled_from([60, 240, 1440, 4000]).filter(lambda minutes: minutes >= start)),
        draw(st.sampled_from([0, 15, 120])),
        changed + timedelta(seconds=draw(st.integers(0, 100_000))),
    )


def run(plan: Simulation, seconds: Callable[[int], int], due: list[datetime], *, long: bool = False) -> None:
    """Make every occurrence's backup inside both windows.

    Unless `long`, none takes until the start window of the next occurrence is over, which would then be skipped.
    """
    busy = plan.changed
    start = timedelta(minutes=plan.flexible + plan.start_minutes)
    for moment in due:
        if (plan.made and plan.made[-1][1] >= moment) or busy > moment + start:
            continue  # skipped: served by a later one, or the plan's earlier backup is in the way
        created = max(busy, moment) + timedelta(seconds=seconds(int(start.total_seconds())))
        latest = moment + timedelta(minutes=plan.flexible + plan.completion_minutes)
        created = min(created, moment + start + LATENESS, latest)
        if not long and (following := plan.schedule.after(moment)):
            latest = min(latest, following + start)
        busy = created + timedelta(seconds=seconds(max(0, int((latest - created).total_seconds()))))
        plan.made.append((moment, created, busy))


def any_number(seed: int) -> Callable[[int], int]:
    """Seconds of a span: none, all, or some."""
    random = Random(seed)
    return lambda most: random.choice((0, most, random.randint(0, most)))


def edges(plan: Simulation) -> list[datetime]:
    """Every moment at which something happens to a backup, just before and just after it."""
    second = timedelta(seconds=1)
    return sorted(
        {moment + by for times in plan.made for moment in times for by in (-second, 0 * second, second, CHECK)}
    )


@given(st.integers(), simulations())
def test_a_plan_whose_backups_keep_their_windows_is_never_late(seed: int, plan: Simulation) -> None:
    due = plan.due(plan.changed, END, 12)
    run(plan, any_number(seed), due)
    for now in edges(plan):
        if now <= due[-1]:
            found = plan.seen(now)
            assert found.state in {State.OK, State.RUNNING, State.WAITING}, (now, found)


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_two_years_without_a_false_alert(expression: str, timezone: str) -> None:
    """The slowest backups that the windows allow, at their last moment; all of the days around the clock changes."""
    plan = Simulation(expression, timezone, start_minutes=240, completion_minutes=480)
    due = plan.due(BEGIN, END)
    run(plan, lambda most: most, due)
    for number, (moment, created, completed) in enumerate(plan.made[:-2]):
        if number % 100 == 0 or any(abs(moment - day) < timedelta(days=2) for day in CLOCK_CHANGES):
            for now in (created, completed - timedelta(seconds=1), completed, completed + CHECK):
                assert plan.seen(now).state is not State.LATE, (moment, now)


def is_late(plan: Simulation, due: list[datetime], now: datetime) -> bool:
    """The definition, word for word."""
    flexible = timedelta(minutes=plan.flexible)
    start = flexible + timedelta(minutes=plan.start_minutes) + LATENESS
    completion = flexible + timedelta(minutes=plan.completion_minutes)
    for number, moment in enumerate(due):
        if moment > now or any(made >= moment and done <= now for _, made, done in plan.made):
            continue
        missed = [other + start for other in due[number + 1 : number + 2] if other + start < now]
        running = any(
            made <= missed[0] and now < done and now <= of + completion for of, made, done in plan.made if missed
        )
        if moment + completion < now or (missed and not running):
            return True
    return False


def test_a_backup_that_begins_after_a_missed_start_window_does_not_end_a_lateness() -> None:
    """A backup that takes four hours of an hourly plan: what was due meanwhile is served by none that is available."""
    plan = Simulation("rate(1 hour)", "UTC", 1, 240, 0, BEGIN)
    due = plan.due(BEGIN, END, 6)
    plan.made = [(due[n], due[n], due[n] + timedelta(hours=4, minutes=-1)) for n in (0, 4)]
    moments = {due[3] + timedelta(minutes=m): late for m, late in {58: False, 59: True, 62: True, 119: True}.items()}
    for now, late in moments.items():
        assert (plan.seen(now).state is State.LATE) == is_late(plan, due, now) == late, now


@pytest.mark.parametrize(("early", "late"), [(timedelta(seconds=2), False), (CLOCK_SKEW + timedelta(seconds=1), True)])
def test_a_backup_serves_its_own_occurrence_where_the_clock_of_fsx_is_behind(early: timedelta, late: bool) -> None:
    plan = Simulation("rate(1 hour)", "UTC", 1, 60, 0, BEGIN)
    first, second = plan.due(BEGIN, END, 2)
    plan.made = [(first, first - early, first + timedelta(minutes=10))]
    assert (plan.seen(second + timedelta(seconds=90)).state is State.LATE) == late


@given(st.data(), simulations())
def test_a_stop_of_any_kind_is_late_at_the_computed_moment(data: st.DataObject, plan: Simulation) -> None:
    due = plan.due(plan.changed, END, 12)
    run(plan, any_number(data.draw(st.integers())), due, long=data.draw(st.booleans()))
    del plan.made[data.draw(st.integers(0, len(plan.made))) :]
    never_ends = data.draw(st.booleans())
    if plan.made and never_ends:  # the last one never ends
        plan.made[-1] = (*plan.made[-1][:2], datetime.max.replace(tzinfo=UTC))
    last = due[-1] if due else plan.changed
    for _ in range(10):
        now = plan.changed + (last - plan.changed) * data.draw(st.floats(0, 1))
        assert (plan.seen(now).state is State.LATE) == is_late(plan, due, now)


@given(st.data(), simulations())
def test_one_check_after_it_sees_the_crossing(data: st.DataObject, plan: Simulation) -> None:
    """Of all checks, exactly one has the moment since its predecessor, and it is the first to find the plan late."""
    due = plan.due(plan.changed, END, 12)
    run(plan, any_number(data.draw(st.integers())), due)
    del plan.made[data.draw(st.integers(0, len(plan.made))) :]
    end = max([times[2] for times in plan.made], default=plan.changed)
    stopped = lateness(plan.seen(end), end + timedelta(days=200))
    if stopped is None:
        return  # nothing more was due
    since = stopped[1]
    nominal = end.replace(second=0, microsecond=0) + (since - end) // CHECK * CHECK - 2 * CHECK
    found = [(at, plan.seen(at + timedelta(seconds=5))) for at in (nominal + step * CHECK for step in range(6))]
    crossing = [health for at, health in found if health.since and at - CHECK < health.since <= at and health.late]
    assert [health.since for health in crossing] == [since]
    first = next(at for at, health in found if health.state is State.LATE and health.since == since)
    assert since - CHECK < first <= since + CHECK


def test_the_newest_400_days_matter() -> None:
    plan = Simulation("rate(1 day)")
    assert plan.seen(BEGIN + timedelta(days=1_000)).occurrence == BEGIN + timedelta(days=600)
