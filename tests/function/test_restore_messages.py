"""Messages of restore tests that cannot be understood."""

from typing import Any

import pytest

from tests.function.copies import FRANKFURT
from tests.function.watching import outcomes
from tests.support.world import World

UNREADABLE: dict[str, dict[str, Any]] = {
    "plan.restore_test.schedule must be a text": {"schedule": None},
    'Unknown field "plan.restore_test.scheduel"': {"scheduel": "rate(1 day)"},
    "plan.restore_test.subnet_ids must be a list of texts": {"subnet_ids": "subnet-1"},
    "plan.restore_test.subnet_ids must be a text": {"subnet_ids": [1]},
    "plan.restore_test.hold_minutes must be a whole number": {"hold_minutes": 18_000},
    "plan.restore_test.timezone must be an IANA time zone": {"timezone": "Mars!"},
    "plan.restore_test.source must be newest or a Region of plan.copies, not 'eu-central-1'": {"source": FRANKFURT},
}


@pytest.mark.parametrize("sentence", UNREADABLE)
def test_a_restore_test_that_cannot_be_read(world: World, sentence: str) -> None:
    world.send(world.restore(world.fsx.seed_file_system(), test=UNREADABLE[sentence]))
    world.settle()
    assert outcomes(world) == ["INVALID"]
    assert sentence in world.topic.mails[0].said


@pytest.mark.parametrize("more", [{}, {"restored": {}}, {"restored": {"id": 1}}, {"restored": {"at": "now"}}])
def test_a_second_message_that_cannot_be_read(world: World, more: dict[str, Any]) -> None:
    world.send(world.restore(world.fsx.seed_file_system()) | {"action": "restore_end"} | more)
    world.settle()
    assert outcomes(world) == ["INVALID"]


def test_a_plan_without_a_restore_test(world: World) -> None:
    world.send(world.message(world.fsx.seed_file_system(), action="restore_test"))
    world.settle()
    assert "Plan home has no restore_test: add it to the plan and apply the module." in world.topic.mails[0].said
