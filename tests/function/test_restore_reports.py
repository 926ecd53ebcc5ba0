"""What reports say of restore tests that did not pass when they were due."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.function.restores import restore, seed
from tests.support.world import START, World

LIFE = timedelta(hours=24 + 12 + 1)  # waiting for a place, the window, the deletion
MONTHLY, RATE = "cron(0 12 1 * ? *)", "rate(7 days)"
DUE = START.replace(month=4, hour=12)
# The schedule, when it is reported from its beginning on, when a test passed, and the due time that is reported.
CASES: dict[str, tuple[str, timedelta, timedelta | None, str | None]] = {
    "never ran": (MONTHLY, DUE + LIFE - START, None, f"{DUE:%FT%TZ}"),
    "may pass yet": (MONTHLY, DUE + LIFE - START - timedelta(minutes=1), None, "2026-03-01T12:00:00Z"),
    "the first may pass yet": (MONTHLY, timedelta(hours=44), None, None),
    "the one before passed": (MONTHLY, DUE + LIFE - START, timedelta(days=29), f"{DUE:%FT%TZ}"),
    "passed late": (MONTHLY, timedelta(days=40), timedelta(days=33), None),
    "of a rate, none for two intervals": (RATE, timedelta(days=7) + LIFE, None, "2026-03-08T04:00:00Z"),
    "of a rate, the phase is not known": (RATE, timedelta(days=7) + LIFE, timedelta(days=3), None),
    "of a rate, the first": (RATE, timedelta(days=7), None, None),
    "never due": ("cron(0 12 1 * ? 2020)", timedelta(days=40), None, None),
    "longer ago than metrics are kept": ("at(2026-03-02T00:00:00)", timedelta(days=460), None, None),
}


@pytest.mark.parametrize("case", CASES)
def test_a_due_test_that_did_not_pass_is_a_problem(world: World, case: str) -> None:
    expression, now, passed, missed = CASES[case]
    target, *_ = seed(world)
    schedule(world, target, {"schedule": expression})
    if passed:
        world.advance(seconds=passed.total_seconds())
        restore(world, target)
    world.advance(seconds=(START + now - world.now).total_seconds())
    assert report(world) == missed
    world.cloudwatch.get_metric_statistics = broken  # type: ignore[method-assign]
    assert report(world) is None  # nobody knows


def test_what_is_not_due_is_neither_expected_nor_missed(world: World) -> None:
    """A plan that is disabled, and one that was changed since."""
    target, *_ = seed(world)
    world.advance(days=40)
    schedule(world, target, {"schedule": MONTHLY}, enabled=False, state="DISABLED", changed=START)
    assert report(world) is None
    [row] = world.invoke({"action": "status"})["restore_tests"]
    assert row["next"] is None
    schedule(world, target, {"schedule": MONTHLY}, changed=world.now)
    assert report(world) is None


def schedule(world: World, target: str, test: dict[str, Any], **more: Any) -> None:
    world.schedule(target, restore_test={"subnet_ids": ["subnet-00000001"], **test}, **more)


def report(world: World) -> str | None:
    """The due time of the test that is reported."""
    found = world.invoke({"action": "status"})
    lines = [line for line in found["problems"] if "restore test" in line]
    [row] = found["restore_tests"]
    if row["missed"]:
        [line] = lines
        assert line.startswith(f"home: the restore test due at {row['missed']} has not passed: ")
        assert '{"action":"restore_test","plan":"home"}' in line
    else:
        assert not lines
    return row["missed"]  # type: ignore[no-any-return]


def broken(**_: Any) -> Any:
    raise EndpointConnectionError(endpoint_url="https://monitoring")
