"""What restore tests left behind, and what only resembles it."""

from typing import Any

import pytest

from tests.function.copies import FRANKFURT
from tests.function.restores import FOREIGN, LONG, everything, made, restore, seed, tagged
from tests.function.watching import outcomes
from tests.support.world import DEPLOYMENT, World


def test_what_earlier_tests_left_is_deleted_and_one_in_progress_waited_for(world: World) -> None:
    target, *_ = seed(world)
    old = tagged(world, 14)
    restore(world, target)
    assert old not in everything(world)
    assert outcomes(world) == ["RESTORE_PASSED"]
    earlier = tagged(world, 12.5, **LONG)
    restore(world, target)
    assert made(world) == [earlier]
    assert world.invoke(world.restore(target))["outcome"] == "SKIPPED"
    assert len(world.topic.mails) == 1


@pytest.mark.parametrize("case", FOREIGN)
def test_a_real_file_system_is_never_deleted(world: World, case: str) -> None:
    """Neither as a leftover, nor if a message says that it was made for a test."""
    target, *_ = seed(world)
    real = tagged(world, 0, **FOREIGN[case])
    due = FOREIGN[case].get("restore-test") if case == "older than the tag" else f"{world.now:%Y-%m-%dT%H:%M:%SZ}"
    world.advance(hours=20)
    message = world.restore(target)
    restore(world, target)
    named = {
        "id": real,
        "type": "OPENZFS",
        "region": "us-east-1",
        "backup_id": "",
        "outcome": "RESTORE_PASSED",
        "at": message["scheduled_time"],
    }
    world.send(message | {"action": "restore_end", "scheduled_time": due, "restored": named})
    world.settle()
    assert real in everything(world)
    assert outcomes(world) == ["RESTORE_PASSED", "RESTORE_FAILED"]
    assert f"{real} does not have the tags of this test, so it was not deleted." in world.topic.mails[1].said
    assert "do not delete it before you know what it is" in world.topic.mails[1].said
    assert "aws fsx delete" not in world.topic.mails[1].text


def test_checks_count_and_reports_name_what_is_left(world: World) -> None:
    target, *_ = seed(world)
    world.schedule(target)
    world.check()
    assert not leftovers(world)  # nobody asked
    test = {"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-00000001"], "source": FRANKFURT}
    world.schedule(target, restore_test=test, copies={FRANKFURT: {}})
    world.check()
    left = [tagged(world, 13.5), tagged(world, 2, plan="removed"), tagged(world, 14, FRANKFURT)]
    tagged(world, 12.5, **LONG)
    tagged(world, 0.5, plan="removed")
    for case in ("no tag", "another deployment", "no time"):
        tagged(world, 99, **FOREIGN[case])
    world.check()
    assert leftovers(world) == [0, 3]
    report = world.invoke({"action": "status"})
    assert sorted(report["left_over"]) == sorted(left)
    [line] = [line for line in report["problems"] if line.startswith(left[2])]
    assert f"in {FRANKFURT} is left over from a restore test of plan 'home'" in line
    assert f"--region {FRANKFURT} --file-system-id {left[2]}" in line


def test_a_region_that_is_not_read_hides_nothing_and_ends_no_alarm(world: World) -> None:
    target, *_ = seed(world)
    test = {"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-00000001"]}
    world.schedule(target, restore_test=test, copies={FRANKFURT: {}})
    world.fsx.control.fault("AccessDeniedException", "DescribeFileSystems", times=None, region=FRANKFURT)
    world.check()
    assert not leftovers(world)  # none would end the alarm
    old = tagged(world, 40)
    world.check()
    assert leftovers(world) == [1]
    report = world.invoke({"action": "status"})
    assert report["left_over"] == [old]
    assert [line for line in report["problems"] if line.startswith(f"What restore tests left in {FRANKFURT} is not")]


@pytest.mark.parametrize("test", [None, {"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-00000001"]}])
def test_what_is_left_where_no_test_is_made_any_more_is_seen(world: World, test: dict[str, Any] | None) -> None:
    """The test was removed, or its source changed to home; and a plan with volumes was removed."""
    target, *_ = seed(world)
    volume, of_volume, _ = seed(world, "ONTAP", plan="removed")
    world.fsx.control.fault("BadRequest", "DeleteVolume", times=None)
    restore(world, volume, name="removed", test=of_volume)
    more: dict[str, Any] = {"restore_test": test} if test else {}
    world.schedule(target, copies={FRANKFURT: {}}, **more)
    left = [*made(world), tagged(world, 30, FRANKFURT)]
    world.check()
    assert len(left) == 2
    assert leftovers(world) == ([2] if test else [])  # without any test only reports look there
    assert sorted(world.invoke({"action": "status"})["left_over"]) == sorted(left)


def leftovers(world: World) -> list[float]:
    return world.cloudwatch.values("RestoreTestLeftovers", Deployment=DEPLOYMENT)


def test_what_no_test_can_have_made_is_no_leftover_whatever_its_tags(world: World) -> None:
    """ONTAP is restored as a volume."""
    target, *_ = seed(world)
    tags = {
        f"fsx-backup:{key}": value
        for key, value in {"deployment": DEPLOYMENT, "plan": "home", "restore-test": "2026-02-01T00:00:00Z"}.items()
    }
    system = world.fsx.seed_file_system("ONTAP", tags=tags)
    restore(world, target)
    assert outcomes(world) == ["RESTORE_PASSED"]
    assert system in everything(world)


def test_a_dry_run_names_the_backup_and_changes_nothing(world: World) -> None:
    target, _, newest = seed(world)
    left = tagged(world, 99)
    answer = world.invoke(world.restore(target) | {"dry_run": True})
    assert answer["reason"].startswith(f"{newest} of file system {target} would be restored")
    assert made(world) == [left]
