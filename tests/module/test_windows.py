"""A message outlives the windows of its plan, and is no dead letter before they end: computed from planned values."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dev.terraform import Plan, Stack
from fsx_backup import occurrence
from fsx_backup.model import Plan as BackupPlan
from fsx_backup.model import Target
from tests.module.inputs import HOME, KEY
from tests.module.restore_tests import TEST
from tests.support.planning import module_call

# In minutes: completion and flexible window, and a copy's. Each counts from the end of another; 13 days in all at most.
WINDOWS = [(60, 0), (60, 1440), (1440, 1440), (2880, 1440), (17_280, 1440), (18_720, 0), (60, 10, 18_650)]
# Of a restore test, after a day in which it waits for its place: its window, whose polls begin anew; and as a message
# of its own, the hold with the day that its deletion may take.
TESTS: list[tuple[int, dict[str, int]]] = [
    (15_840, {"completion_window_minutes": 14_400}),
    (2880, {"hold_minutes": 1440}),
]
FOR_ERRORS = 40  # receives beyond those that polling needs


@pytest.fixture(scope="module")
def deployments(tmp_path_factory: pytest.TempPathFactory, aws_environment: dict[str, str]) -> Plan:
    """A deployment for each row, all in one plan."""
    stack = Stack(tmp_path_factory.mktemp("windows"), aws_environment)
    calls = {
        f"row{n}": module_call(
            stack.folder,
            name=f"row{n}",
            file_systems={"home": HOME | windows(*minutes), "other": HOME | windows(60, 0)},
            encryption={"kms_key_arn": KEY},
        )
        for n, minutes in enumerate(WINDOWS)
    } | {
        f"row{n}": module_call(
            stack.folder,
            name=f"row{n}",
            file_systems={"home": HOME | windows(60, 0) | {"restore_test": TEST | test}},
            encryption={"kms_key_arn": KEY},
        )
        for n, (_, test) in enumerate(TESTS, start=len(WINDOWS))
    }
    (stack.folder / "main.tf.json").write_text(json.dumps({"module": calls}))
    stack.init()
    return stack.plan()


def windows(completion: int, flexible: int, *copies: int) -> dict[str, Any]:
    return {
        "start_window_minutes": 60,
        "completion_window_minutes": completion,
        "flexible_window_minutes": flexible,
        "copies": {f"us-east-{n}": {"completion_window_minutes": minutes} for n, minutes in enumerate(copies)},
    }


def planned(deployments: Plan, row: int, address: str) -> dict[str, Any]:
    return deployments.resources(address.split(".", maxsplit=1)[0])[f"module.row{row}.{address}"]


@pytest.mark.fault("dead-letters")
@pytest.mark.parametrize("row", range(len(WINDOWS + TESTS)))
def test_no_message_is_a_dead_letter_before_its_window_ends(deployments: Plan, row: int) -> None:
    queue = planned(deployments, row, "aws_sqs_queue.this")
    policy = planned(deployments, row, "aws_sqs_queue_redrive_policy.this")["redrive_policy"]
    receives = json.loads(policy)["maxReceiveCount"]
    visibility = timedelta(seconds=queue["visibility_timeout_seconds"])
    end = timedelta(minutes=[*map(sum, WINDOWS), *(minutes for minutes, _ in TESTS)][row])
    assert receives_until(end, lambda _: visibility) <= receives <= 1000  # the function crashes at every delivery
    anew = timedelta(days=1) if row >= len(WINDOWS) else timedelta(0)
    polls = receives_until(end - anew, poll) + (receives_until(anew, poll) if anew else 0)
    assert polls + FOR_ERRORS <= receives  # it polls all the time
    assert end + timedelta(days=1) <= timedelta(seconds=queue["message_retention_seconds"])
    assert max(visibility, occurrence.LONGEST_WAIT) < timedelta(hours=12)  # as long as SQS hides a message


def test_the_queue_age_alarm_is_above_what_retries_alone_can_reach(deployments: Plan) -> None:
    """The metric leaves out messages that were received three times: two pauses are the oldest that it can show."""
    alarm = planned(deployments, 0, 'aws_cloudwatch_metric_alarm.this["queue-age"]')
    visibility = planned(deployments, 0, "aws_sqs_queue.this")["visibility_timeout_seconds"]
    longest_pause = max(timedelta(seconds=visibility), occurrence.LONGEST_WAIT)
    assert 2 * longest_pause < timedelta(seconds=alarm["threshold"]) <= timedelta(hours=2)
    thresholds = {
        planned(deployments, row, 'aws_cloudwatch_metric_alarm.this["queue-age"]')["threshold"]
        for row in range(len(WINDOWS))
    }
    assert thresholds == {alarm["threshold"]}  # whatever the windows


def receives_until(end: timedelta, pause: Callable[[timedelta], timedelta]) -> int:
    """How often a message is received from its sending to the end of its window, that moment included."""
    waited, receives = timedelta(0), 1
    while (waited := waited + pause(waited)) <= end:
        receives += 1
    return receives


def poll(waited: timedelta) -> timedelta:
    """The function's own pause, a throttled call after every receive: so the shortest that it ever makes."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    following = occurrence.Occurrence("fsx-backup", BackupPlan("home", Target("fs-0123456789abcdef0")), start)
    return occurrence.wait(following, start + waited, datetime.max.replace(tzinfo=UTC), occurrence.AFTER_ERROR)
