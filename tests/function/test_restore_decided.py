"""What a restore test made, what is left over, and what is said of it: the edges."""

from datetime import timedelta

import pytest

from fsx_backup import restore_tests
from fsx_backup.model import CLOCK_SKEW, Copies, Plan, Retention, Target
from fsx_backup.occurrence import Occurrence
from fsx_backup.resources import Resource
from fsx_backup.restore_plan import RestoreTest
from fsx_backup.verdicts import minute
from tests.function.copies import FRANKFURT, HOME
from tests.support.world import DEPLOYMENT, START

TEST = RestoreTest("cron(0 12 1 * ? *)", subnet_ids=("subnet-0123456789abcdef0",))
PLAN = Plan("home", Target("fs-1"), copies=(Copies(FRANKFURT, Retention()),), restore_test=TEST)
OCCURRENCE = Occurrence(DEPLOYMENT, PLAN, START)
A_MOMENT = timedelta(microseconds=1)
MANUALLY = "run the restore test manually."


def made(since: timedelta, **tags: str) -> Resource:
    """What is so much younger than the test was due."""
    own = {"deployment": DEPLOYMENT, "plan": "home", "restore-test": OCCURRENCE.time} | tags
    named = {f"fsx-backup:{key}": value for key, value in own.items()}
    return Resource("fs-2", "LUSTRE", "", named, "", "fs-2", START + since)


def test_what_is_older_than_the_test_was_not_made_by_it() -> None:
    assert restore_tests.due(made(-CLOCK_SKEW), DEPLOYMENT) == START
    assert restore_tests.due(made(-CLOCK_SKEW - A_MOMENT), DEPLOYMENT) is None


def test_it_is_left_over_an_hour_after_its_window_and_hold() -> None:
    one = made(timedelta(minutes=1), **{"restore-test-minutes": "60"})
    end = START + timedelta(minutes=1 + 60 + 60)
    assert not restore_tests.left_over(one, DEPLOYMENT, end)
    assert restore_tests.left_over(one, DEPLOYMENT, end + A_MOMENT)


@pytest.mark.parametrize(
    ("error", "remedy"),
    {
        "BadRequest: The active directory is self-managed.": "restore manually with them.",
        "ServiceLimitExceeded: Too many.": f"or delete what is no longer needed. Then {MANUALLY}",
        "BadRequest: Something else.": f"subnets, key, throughput, deployment type. Then {MANUALLY}",
    }.items(),
)
def test_a_refusal_has_its_remedy(error: str, remedy: str) -> None:
    assert restore_tests.refused(error).remedy.endswith(remedy)


@pytest.mark.parametrize(
    ("cause", "reason", "remedy"),
    [
        ("", "The log says why the attempts failed.", "Remove the cause, "),
        (
            f"10 {restore_tests.BUSY}",
            "The cause: 10 restore tests are in progress",
            "Spread the schedules of restore tests",
        ),
        ("FSx did not respond", "The cause: FSx did not respond.", "Remove the cause, "),
    ],
)
def test_what_was_never_asked_for_has_its_cause(cause: str, reason: str, remedy: str) -> None:
    said = restore_tests.not_asked(OCCURRENCE, cause)
    assert said.reason.startswith(f"No restore had been started by {minute(OCCURRENCE.start_deadline)}. {reason}")
    assert said.remedy.startswith(remedy)
    assert said.remedy.endswith(MANUALLY)


@pytest.mark.parametrize(
    ("denied", "what", "remedy"), [(True, "AWS refused", "Restore"), (False, "FSx did not", "Check")]
)
def test_silence_is_not_a_denial(denied: bool, what: str, remedy: str) -> None:
    said = restore_tests.unanswered(OCCURRENCE, "an error", denied=denied)
    assert said.reason.startswith(what)
    assert said.remedy.startswith(remedy)


@pytest.mark.parametrize(("region", "where"), [("", "fs-1 to restore"), (FRANKFURT, f"fs-1 in {FRANKFURT} to restore")])
def test_the_region_without_a_backup_is_named(region: str, where: str) -> None:
    plan = PLAN.there(PLAN.copies[0], HOME) if region else PLAN
    assert where in restore_tests.no_backup(plan, []).reason
