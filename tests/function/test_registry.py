"""Plans by name: what the schedules say, and what is answered where they say nothing."""

import re

import pytest

from fsx_backup.values import InvalidEvent
from tests.support.world import DEPLOYMENT, World


@pytest.mark.parametrize("action", ["backup", "start"])
def test_a_backup_by_name_uses_the_plans_settings(world: World, target: str, action: str) -> None:
    world.schedule(target, backup_tags={"team": "storage"}, notify_on_success=True)
    answer = world.invoke({"action": action, "plan": "home"})
    assert answer["outcome"] == "IN_PROGRESS"
    [backup] = world.backups().values()
    assert {"Key": "team", "Value": "storage"} in backup["Tags"]
    world.scheduler.schedules.clear()  # the message in the queue does not need it any more
    world.advance(minutes=5)
    world.settle()
    assert world.topic.mails[-1].attributes["outcome"] == "COMPLETED"


def test_a_purge_by_name_is_a_dry_run_unless_it_says_otherwise(world: World, target: str) -> None:
    world.schedule(target)
    world.history(target, [1, 2, 3, 30])
    assert world.invoke({"action": "purge", "plan": "home"})["outcome"] == "DRY_RUN"
    assert world.invoke({"action": "purge", "plan": "home", "dry_run": False})["outcome"] == "PURGED"
    assert len(world.backups()) == 3


def test_a_full_plan_and_the_samples_json_need_no_schedule(world: World, target: str) -> None:
    assert world.invoke(world.message(target))["outcome"] == "IN_PROGRESS"
    world.advance(minutes=5)
    assert world.invoke({"filesystem-id": target, "start-backup": "true"})["outcome"] == "IN_PROGRESS"
    assert world.scheduler.calls == 0


@pytest.mark.parametrize("action", ["backup", "purge", "start", "check"])
@pytest.mark.parametrize("name", ["hom", "a name / of none", "", "x" * 200])
def test_an_unknown_name_is_answered_with_the_known_ones(world: World, target: str, action: str, name: str) -> None:
    for known in ("home", "projects"):
        world.schedule(target, name=known)
    with pytest.raises(InvalidEvent, match=re.escape("Known plans: home, projects.")):
        world.invoke({"action": action, "plan": name})


def test_many_known_names_are_counted(world: World, target: str) -> None:
    for number in range(30):
        world.schedule(target, name=f"plan-{number:02}")
    with pytest.raises(InvalidEvent, match="plan-19 and 10 more"):
        world.invoke({"action": "backup", "plan": "hom"})


def test_without_a_health_check_no_name_is_known(world: World) -> None:
    with pytest.raises(InvalidEvent, match="Known plans: none"):
        world.invoke({"action": "backup", "plan": "home"})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"plan": 3}', '{"plan": {"name": "other"}}', "[" * 100_000])
def test_a_schedule_whose_input_was_edited_is_named(world: World, target: str, text: str) -> None:
    world.schedule(target)
    world.scheduler.schedules[DEPLOYMENT, "home"]["Target"]["Input"] = text
    with pytest.raises(InvalidEvent, match="schedule of plan home was edited outside of Terraform"):
        world.invoke({"action": "backup", "plan": "home"})
    assert not world.backups()
