"""The state of a plan: the edges."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fsx_backup.health import Health, State, assess, newest_available
from fsx_backup.model import CLOCK_SKEW, Backup, Copies, Plan, Retention, Target
from fsx_backup.registry import Entry
from tests.function.copies import FRANKFURT, HOME
from tests.support.world import DEPLOYMENT, START

A_MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)
OWN = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}
PLAN = Plan(
    "home",
    Target("fs-1"),
    start_window_minutes=60,
    completion_window_minutes=120,
    copies=(Copies(FRANKFURT, Retention(), completion_window_minutes=240),),
)
ENTRY = Entry(PLAN, "", {}, "cron(0 4 * * ? *)", "UTC", 0, enabled=True, changed=START)
THERE = replace(ENTRY, plan=PLAN.there(PLAN.copies[0], HOME))
FLEET = replace(ENTRY, plan=replace(PLAN, target=Target(""), target_tags={"Backup": "daily"}))


def backup(hours: float, lifecycle: str = "AVAILABLE", tags: dict[str, str] = OWN, **more: Any) -> Backup:
    """One that was created so many hours after START."""
    return Backup(f"backup-{hours}", lifecycle, "USER_INITIATED", START + timedelta(hours=hours), tags, "fs-1", **more)


def seen(entry: Entry | None = ENTRY, hours: float = 0, later: timedelta = timedelta(0), *own: Backup) -> Health:
    return assess("home", entry, own, DEPLOYMENT, START + timedelta(hours=hours) + later)


def test_the_newest_available_backup_is_own_and_has_a_creation_time_that_can_be() -> None:
    now = START + timedelta(hours=5)
    newest = replace(backup(5), created=now + CLOCK_SKEW)
    others = [
        backup(1),
        backup(6, "CREATING"),
        replace(backup(7), created=None),
        replace(backup(8), created=now + CLOCK_SKEW + A_MOMENT),
        backup(4.9, tags=OWN | {"fsx-backup:plan": "other"}),
        backup(4.8, "FAILED"),
    ]
    assert newest_available([*others, newest], PLAN, DEPLOYMENT, now) == newest
    assert newest_available(others, PLAN, DEPLOYMENT, now) == others[0]
    assert newest_available(others[1:], PLAN, DEPLOYMENT, now) is None


@pytest.mark.parametrize(
    ("entry", "label"),
    [
        (ENTRY, "home"),
        (THERE, f"home in {FRANKFURT}"),
        (FLEET, "home"),
        (replace(FLEET, plan=FLEET.plan.of("fs-7")), "home (fs-7)"),
        (None, "home"),
    ],
)
def test_what_a_report_calls_it(entry: Entry | None, label: str) -> None:
    assert Health("home", entry=entry).label == label


def test_a_window_that_has_just_ended_is_not_missed_yet() -> None:
    """The first backup is due at START, its completion window of two hours ends at 06:00."""
    assert seen(ENTRY, 2).state is State.WAITING
    late = seen(ENTRY, 2, A_MOMENT)
    assert (late.state, late.since) == (State.LATE, START + timedelta(hours=2))
    assert late.reason == "No backup is available of the occurrence due at 2026-03-01 04:00 UTC or of a later one."


def test_a_copy_and_a_fleet_are_named_as_such() -> None:
    """A copy's window counts from the end of the source's."""
    assert seen(THERE, 6).state is State.WAITING
    assert seen(THERE, 6, A_MOMENT).reason.startswith(f"No copy is available in {FRANKFURT} of the occurrence due at")
    assert "There are no targets with the tags Backup=daily that can be backed up." in seen(FLEET, 3).reason
    assert "that can be backed up" not in seen(ENTRY, 3).reason


def test_the_start_window_of_a_copy_is_its_whole_window() -> None:
    hours = [Health("home", entry=entry).start_window / timedelta(hours=1) for entry in (ENTRY, THERE, None)]
    assert hours == [1, 6, 0]


def test_a_backup_of_exactly_the_greatest_age_is_not_too_old() -> None:
    entry = replace(ENTRY, plan=replace(PLAN, max_backup_age_hours=12))
    assert seen(entry, 12.5, timedelta(0), backup(0.5)).state is State.OK
    old = seen(entry, 12.5, A_MOMENT, backup(0.5))
    assert (old.state, old.late) == (State.TOO_OLD, True)


def test_what_cannot_be_read_is_a_problem_and_not_late() -> None:
    unreadable = seen(replace(ENTRY, expression="every day"), 1, timedelta(0), backup(0.1))
    assert (unreadable.state, unreadable.problem, unreadable.late) == (State.UNKNOWN, True, False)


def test_who_disabled_it() -> None:
    outside = seen(replace(ENTRY, enabled=False))
    assert (outside.state, outside.problem) == (State.DISABLED, True)
    assert "outside of Terraform: enable it" in outside.reason
    paused = seen(replace(ENTRY, plan=replace(PLAN, enabled=False), enabled=False))
    assert (paused.reason, paused.problem) == ("The schedule is disabled.", False)


def test_a_schedule_that_was_edited_is_a_problem_but_late_only_without_a_backup() -> None:
    entry = replace(ENTRY, problem="plan.name is other.")
    edited = seen(entry, 1, timedelta(0), backup(0.1))
    assert (edited.state, edited.problem, edited.late) == (State.OK, True, False)
    running = seen(entry, 1, timedelta(0), backup(0.1, "CREATING"))
    assert (running.state, running.problem, running.late) == (State.RUNNING, True, False)


def test_the_moment_of_the_change_counts() -> None:
    assert seen(hours=30).firings(START - DAY, START + DAY) == [START, START + DAY]
    assert seen(hours=30).firings(START, START + DAY) == [START + DAY]


@pytest.mark.parametrize(
    ("changed", "newest", "hides"), [(72, 0.1, True), (72, 71, False), (20, 0.1, False), (0, 1, False)]
)
@pytest.mark.parametrize("expression", ["cron(0 4 * * ? *)", "rate(1 day)"])
def test_a_change_hides_what_was_due_before_it(expression: str, changed: float, newest: float, hides: bool) -> None:
    entry = replace(ENTRY, expression=expression, changed=START + timedelta(hours=changed))
    assert seen(entry, changed, timedelta(minutes=1), backup(newest)).hides == hides


def test_it_hides_nothing_before_the_window_has_ended() -> None:
    entry = replace(ENTRY, changed=START + timedelta(hours=25))
    assert not seen(entry, 26, timedelta(0), backup(0.1)).hides
    assert seen(entry, 26, A_MOMENT, backup(0.1)).hides


def test_without_data_of_its_time_zone_nothing_is_overdue() -> None:
    entry = replace(ENTRY, plan=replace(PLAN, timezone="Mars/Olympus", retention=Retention(days=1, keep_daily=1)))
    assert seen(entry, 100, timedelta(0), *map(backup, range(5))).overdue == frozenset()
