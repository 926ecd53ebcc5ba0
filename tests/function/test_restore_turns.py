"""Which target of a fleet a restore test takes."""

import pytest

from fsx_backup.restore_plan import RestoreTest
from fsx_backup.restore_tests import turn
from fsx_backup.schedule_expression import parse
from tests.support.world import START

SCHEDULES = [
    "cron(0 4 ? * MON-FRI *)",
    "cron(0 4,10 * * ? *)",
    "cron(0 4 1,15 * ? *)",
    "cron(0 0/8 * * ? *)",
    "cron(0 4 ? * 2#1 *)",
    "cron(0 4 1 3,9 ? *)",
    "cron(0/30 * * * ? *)",
    "rate(36 hours)",
    "rate(10 days)",
]


@pytest.mark.parametrize("expression", SCHEDULES)
@pytest.mark.parametrize("count", [2, 7, 10])
def test_every_target_has_its_turn_before_one_has_it_again(expression: str, count: int) -> None:
    """Whenever one begins to look, also where the clock changes."""
    test = RestoreTest(expression, "Europe/Paris")
    schedule, due, taken = parse(expression, "Europe/Paris", START), START, []
    targets = [f"fs-{number}" for number in range(count)]
    for _ in range(count):
        due = schedule.after(due) or due
        taken.append(turn(targets[::-1], test, due))
    assert sorted(taken) == targets
