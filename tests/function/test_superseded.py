"""An occurrence that another backup of the plan serves, or without its target: counted, logged, not notified."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from tests.support.world import World


def own(world: World, target: str, minutes_after: float, lifecycle: str = "AVAILABLE", **more: str) -> str:
    """A backup of the plan, made so many minutes after now, for another occurrence."""
    [backup] = world.history(
        target,
        [-minutes_after / 1440],
        lifecycle=lifecycle,
        tags={
            "fsx-backup:deployment": DEPLOYMENT,
            "fsx-backup:plan": "home",
            "fsx-backup:scheduled-time": "2026-03-01T04:30:00Z",
            **more,
        },
    )
    return backup


def skipped(world: World) -> float:
    return sum(world.cloudwatch.values("RunsSkipped", Deployment=DEPLOYMENT))


@pytest.mark.parametrize("copy_tags", [True, False])  # whether the target is described before
@pytest.mark.parametrize("kind", ["LUSTRE", "ONTAP"])
def test_a_target_that_was_deleted_since_its_fleets_schedule_fired_is_skipped(
    world: World, caplog: pytest.LogCaptureFixture, kind: str, copy_tags: bool
) -> None:
    gone, stays = (world.fsx.seed_file_system(kind, tags={"Backup": "daily"}) for _ in range(2))
    targets = [world.fsx.seed_volume(one) for one in (gone, stays)] if kind == "ONTAP" else [gone, stays]
    world.send(world.message("", name="all", target_tags={"Backup": "daily"}, copy_tags=copy_tags))
    world.deliver()
    assert len(world.queue.records) == 2
    world.fsx.control.remove(targets[0])
    caplog.clear()
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    assert skipped(world) == 1
    [line] = [vars(one) for one in caplog.records if vars(one).get("outcome") == "SKIPPED"]
    assert (line["target"], line["reason"][:21]) == (targets[0], "The target left the f")


@pytest.mark.fault("quicker")
@pytest.mark.parametrize("lifecycle", ["AVAILABLE", "PENDING", "CREATING", "TRANSFERRING"])
@pytest.mark.parametrize("minutes_after", [0, 1, 100])
def test_a_backup_made_at_or_after_the_scheduled_time_serves_the_occurrence(
    world: World, target: str, caplog: pytest.LogCaptureFixture, lifecycle: str, minutes_after: float
) -> None:
    caplog.set_level(logging.INFO, "fsx_backup")
    world.send(world.message(target))
    backup = own(world, target, minutes_after, lifecycle)
    world.advance(minutes=120)
    world.settle()
    assert set(world.backups()) == {backup}
    assert "CreateBackup" not in world.fsx.control.counts()
    assert not world.queue.records
    assert not world.topic.mails
    assert skipped(world) == 1
    for metric in ("RunsCompleted", "RunsFailed"):
        assert not world.cloudwatch.values(metric, Deployment=DEPLOYMENT)
    [line] = [record.__dict__ for record in caplog.records if record.message == "step"]
    assert line["outcome"] == "SKIPPED"
    assert backup in line["reason"]


@pytest.mark.fault("quicker")
@pytest.mark.parametrize(
    ("minutes_after", "lifecycle", "tags"),
    [
        (-0.1, "AVAILABLE", {}),
        (10, "FAILED", {}),
        (10, "AVAILABLE", {"fsx-backup:plan": "another"}),
        (10, "AVAILABLE", {"fsx-backup:deployment": "another"}),
    ],
)
def test_what_does_not_serve_it(
    world: World, target: str, minutes_after: float, lifecycle: str, tags: dict[str, str]
) -> None:
    world.send(world.message(target))
    other = own(world, target, minutes_after, lifecycle, **tags)
    world.advance(minutes=20)
    world.settle()
    assert len(world.backups().keys() - {other}) == 1
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    assert skipped(world) == 0


@pytest.mark.fault("quicker")
@pytest.mark.parametrize("backup_type", ["AUTOMATIC", "AWS_BACKUP"])
def test_a_backup_of_another_type_with_the_same_tags_does_not_serve_it(
    world: World, target: str, backup_type: str
) -> None:
    world.send(world.message(target))
    tags = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}
    world.fsx.seed_backup(target, backup_type=backup_type, tags=tags)
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]


@pytest.mark.fault("quicker")
@pytest.mark.parametrize("occurrences", [2, 7])
def test_occurrences_that_waited_together_make_one_backup(world: World, target: str, occurrences: int) -> None:
    """Whichever is delivered first makes it, the others are superseded while it is in progress and afterwards."""
    world.fsx.control.durations(backup=1800)
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING", ready_after=60 * (10 * occurrences))
    for _ in range(occurrences):
        world.send(world.message(target))
        world.deliver()
        world.advance(minutes=10)
    world.settle()
    assert [backup["Type"] for backup in world.backups().values()].count("USER_INITIATED") == 1
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    assert skipped(world) == occurrences - 1


@pytest.mark.fault("quicker")
def test_a_start_window_that_ends_while_the_plans_own_backup_is_in_progress_is_skipped(
    world: World, target: str
) -> None:
    """Made before the scheduled time, so it does not serve the occurrence; but it is nobody else's fault."""
    earlier = own(world, target, -30, "CREATING")
    world.send(world.message(target, start_window_minutes=60))
    world.settle()
    assert set(world.backups()) == {earlier}
    assert not world.topic.mails
    assert skipped(world) == 1
    assert world.fsx.control.calls("CreateBackup")[-1]["time"] == "2026-03-01T05:00:00+00:00", "tried to the end"


@pytest.mark.fault("quicker")
@pytest.mark.parametrize("whose", ["AUTOMATIC", "another plan", "by hand"])
def test_a_start_window_that_ends_while_another_backup_is_in_progress_is_notified(
    world: World, target: str, whose: str
) -> None:
    tags = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "another"} if whose == "another plan" else {}
    world.fsx.seed_backup(
        target,
        lifecycle="CREATING",
        tags=tags,
        backup_type=whose if whose == "AUTOMATIC" else "USER_INITIATED",
        creation_time=world.now,
    )
    world.send(world.message(target, start_window_minutes=60))
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["NOT_STARTED"]
    assert skipped(world) == 0


@pytest.mark.fault("quicker")
@pytest.mark.parametrize("days", [1, 3])
def test_a_message_that_comes_again_after_retention_deleted_its_backup_is_no_error(
    world: World, target: str, days: int
) -> None:
    """Neither an error nor a second backup, though its start window is longer than the retention."""
    windows = {"start_window_minutes": 18_000, "completion_window_minutes": 18_000}
    plan: dict[str, Any] = {"retention": {"days": 1, "keep_last": 1}, **windows}
    message = world.message(target, **plan)
    world.send(message)
    world.settle(step=1)
    [first] = world.backups()
    for _ in range(days + 1):
        world.advance(days=1)
        world.send(world.message(target, **plan))
        world.settle(step=1)
    assert first not in world.backups()
    before, mails = set(world.backups()), len(world.topic.mails)
    for environment in (world.function, world.connect(world.fsx.client())):
        world.function = environment
        world.send(message)
        world.settle(step=1)
    assert set(world.backups()) == before
    assert len(world.topic.mails) == mails
    assert skipped(world) == 1  # where the run was counted as completed, it is counted no more


@pytest.mark.parametrize(("pause_days", "left"), [(8, 3), (30, 3)])
def test_a_default_plan_that_paused_keeps_three_backups(
    world: World, target: str, pause_days: float, left: int
) -> None:
    """Every four hours for a week; then a pause, then one run."""
    world.history(target, [pause_days + number / 6 for number in range(42)], tags={})
    message = world.message(target)
    del message["plan"]["retention"]
    world.send(message)
    world.settle()
    assert len(world.backups()) == left
