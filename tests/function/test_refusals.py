"""What FSx keeps, hides or says twice: each has a stated outcome, and a backup too many is never deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.function.faults.twist import twisted
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from tests.support.world import World

OWN = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}


@pytest.fixture
def target(world: World) -> str:
    world.fsx.control.durations(backup=0)
    return world.fsx.seed_file_system("OPENZFS")


def run(world: World, target: str, **plan: Any) -> Any:
    world.send(world.message(target, **plan))
    world.settle(step=1)
    return world.topic.mails[-1]


@pytest.mark.fault("held")
@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ("BackupRestoring", "is being restored to fs-"),
        ("BackupBeingCopied", "is being copied to backup-"),
        ("BackupInProgress", "is still in progress"),
        ("BadRequest", "was refused by FSx (BadRequest: The volume is offline.)"),
    ],
)
def test_a_delete_that_is_refused_run_after_run_is_a_warning_after_the_third(
    world: World, target: str, refusal: str, words: str
) -> None:
    world.history(target, [0.1, 0.2, 0.3])
    [kept] = world.history(target, [30])
    message = "The volume is offline." if refusal == "BadRequest" else None
    world.fsx.control.fault(refusal, "DeleteBackup", match={"BackupId": kept}, times=None, message=message)
    outcomes = []
    for _ in range(6):
        mail = run(world, target)
        outcomes.append(mail.attributes["outcome"])
        assert words in mail.text
        world.advance(days=1)
    assert "FSx has refused to delete 1 backup for three runs or more" in mail.text
    assert f"{kept} {words}" in mail.text
    assert outcomes[-1] == "PARTIAL"
    assert mail.attributes["severity"] == "warning"
    world.fsx.control.clear_faults()
    assert run(world, target).attributes["outcome"] == "COMPLETED"
    assert kept not in world.backups()


@pytest.mark.fault("held")
def test_the_first_two_refusals_are_no_warning(world: World, target: str) -> None:
    world.history(target, [0.5], tags=OWN)
    [kept] = world.history(target, [6.99])
    world.fsx.control.fault("BackupRestoring", "DeleteBackup", match={"BackupId": kept}, times=None)
    outcomes = []
    for _ in range(5):
        outcomes.append(run(world, target, retention={"days": 7, "keep_last": 1}).attributes["outcome"])
        world.advance(hours=12)
    assert outcomes == ["COMPLETED", "COMPLETED", "COMPLETED", "PARTIAL", "PARTIAL"]


@pytest.mark.fault("own-deleted")
@pytest.mark.parametrize("kept_beside", [1, 2])
def test_the_newest_other_backup_stays_beside_the_runs_own(world: World, target: str, kept_beside: int) -> None:
    """The run's own was deleted by somebody, but the listing still shows it."""
    old = world.history(target, [30, 40, 50])
    mail = run(world, target, retention={"days": 1, "keep_last": kept_beside})
    assert set(old) & world.backups().keys() == {old[0]}
    assert mail.attributes["outcome"] == "COMPLETED"


def test_of_two_backups_of_one_occurrence_the_available_one_counts(world: World, target: str) -> None:
    message = world.message(target)
    tags = OWN | {"fsx-backup:scheduled-time": message["scheduled_time"]}
    for lifecycle in ("FAILED", "AVAILABLE", "FAILED", "CREATING"):
        world.fsx.seed_backup(target, lifecycle=lifecycle, tags=tags)
    world.send(message)
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COMPLETED"
    assert "CreateBackup" not in world.fsx.control.counts()


@pytest.mark.parametrize(("ahead", "counts"), [(9, True), (10, True), (11, False)])
def test_a_creation_time_up_to_ten_minutes_ahead_is_now(world: World, target: str, ahead: int, counts: bool) -> None:
    [backup] = world.history(target, [-ahead / 1440])
    old = world.history(target, [30])
    answer = world.invoke(world.message(target, action="purge", retention={"keep_last": 1}) | {"dry_run": False})
    assert (old[0] in world.backups()) == (not counts)
    [decision] = [entry for entry in answer["purge"]["decisions"] if entry["backup_id"] == backup]
    assert ("creation time in the future" in decision["reasons"]) == (not counts)
    assert ("odd, kept" in world.topic.mails[-1].text) == (not counts)


@pytest.mark.fault("tags")
@pytest.mark.parametrize("key", ["fsx-backup:hold", "FSx-Backup:Hold", "FSX-BACKUP:HOLD", "Fsx-backup:hold"])
@pytest.mark.parametrize("value", ["", "audit", "false"])
def test_the_hold_tag_holds_in_any_letter_case(world: World, target: str, key: str, value: str) -> None:
    world.history(target, [1, 2, 3])
    [held] = world.history(target, [30], tags=OWN | {key: value})
    [free] = world.history(target, [31], tags=OWN | {f"{key}s": value})
    run(world, target)
    assert held in world.backups()
    assert free not in world.backups()


@pytest.mark.fault("broken-listing")
def test_a_backup_that_is_listed_twice_is_one(world: World, target: str) -> None:
    old = world.history(target, [1, 2, 30, 40])
    world.send(world.message(target, retention={"keep_last": 4, "days": 1}))
    world.deliver()

    def twice(page: dict[str, Any]) -> None:
        page["Backups"] = [*page["Backups"], *page["Backups"]]

    twisted(world, twice)
    world.advance(minutes=1)
    world.settle()
    [mail] = world.topic.mails
    assert set(old) - world.backups().keys() == {old[3]}
    assert mail.data["purge"].items() >= {"deleted": 1, "kept": 4}.items()


@pytest.mark.fault("broken-listing")
@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_without_backups_is_no_empty_listing(world: World, target: str, times: int) -> None:
    world.send(world.message(target))
    world.deliver()
    left = [times]

    def without(page: dict[str, Any]) -> None:
        if left[0]:
            left[0] -= 1
            del page["Backups"]

    twisted(world, without)
    world.advance(minutes=1)
    world.settle()
    assert left == [0]
    assert len(world.backups()) == 1
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]


@pytest.mark.fault("broken-listing")
@pytest.mark.parametrize("fault", ["BadRequest", "http_500", "Throttling"])
@pytest.mark.parametrize("page", [1, 2, 3])
def test_an_error_on_a_page_while_the_backup_runs_is_waited_out(
    world: World, target: str, fault: str, page: int
) -> None:
    world.fsx.control.durations(backup=600)
    world.history(target, [1 + number / 10 for number in range(8)])
    world.fsx.control.listing(page_size=3, short_pages=False)
    world.send(world.message(target))
    world.deliver()
    world.fsx.control.fault(fault, "DescribeBackups", at=page, times=1)
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]


@pytest.mark.fault("broken-listing")
def test_a_quota_error_of_a_delete_is_a_failed_delete(world: World, target: str) -> None:
    world.history(target, [1, 2, 3])
    old = world.history(target, [30, 31])
    world.fsx.control.fault("ServiceLimitExceeded", "DeleteBackup", match={"BackupId": old[0]}, times=None)
    mail = run(world, target)
    assert mail.attributes["outcome"] == "PARTIAL"
    assert "1 delete failed" in mail.text
    assert "1 deleted" in mail.text


@pytest.mark.fault("transient")
@pytest.mark.parametrize("operation", ["CreateBackup", "DeleteBackup"])
def test_what_took_effect_and_answered_500_four_times_has_one_effect(world: World, target: str, operation: str) -> None:
    old = world.history(target, [1, 2, 3, 30])
    world.fsx.control.fault("http_500", operation, when="after", times=4)
    world.send(world.message(target))
    world.settle()
    assert len(world.backups().keys() - set(old)) == 1
    assert old[3] not in world.backups()
    assert {mail.attributes["outcome"] for mail in world.topic.mails} <= {"COMPLETED", "PARTIAL"}


def test_the_duration_does_not_count_the_retries_of_a_notification(world: World, target: str) -> None:
    world.send(world.message(target))
    world.deliver()
    world.advance(minutes=1)
    world.topic.broken = RuntimeError("SNS does not respond.")
    for _ in range(3):
        with pytest.raises(RuntimeError):
            world.deliver()
        world.advance(minutes=30)
    world.topic.broken = None
    world.settle()
    assert world.cloudwatch.values("LongestDuration", Deployment=DEPLOYMENT) == [60.0]
    assert world.cloudwatch.values("RunsCompleted", Deployment=DEPLOYMENT) == [1]


@pytest.mark.parametrize("tags", [{}, {"Owner": "hpc", "aws:cloudformation:stack-name": "x"}])
def test_an_ontap_volumes_tags_are_copied_and_it_may_have_none(world: World, tags: dict[str, str]) -> None:
    volume = world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP"), tags=tags)
    assert run(world, volume).attributes["outcome"] == "COMPLETED"
    [backup] = world.backups().values()
    copied = {tag["Key"]: tag["Value"] for tag in backup["Tags"] if ":" not in tag["Key"] and tag["Key"] != "Name"}
    assert copied == {key: value for key, value in tags.items() if ":" not in key}


def test_a_volumes_backup_without_its_file_system_counts_for_its_type(world: World) -> None:
    volume = world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP"))
    world.fsx.seed_backup(volume, creation_time=world.now - timedelta(days=1), tags=OWN, without=["FileSystem"])
    world.schedule(volume)
    answer = world.invoke({"action": "status"})
    assert answer["quota"]["ONTAP"]["used"] == 1
    assert answer["orphaned"] == []


@pytest.mark.parametrize(
    ("name", "now", "orphans"),
    [("home", "same", 0), ("home", "moved", 2), ("renamed", "same", 2), ("home", "edited", 0)],
)
def test_backups_are_orphaned_by_plan_and_target(world: World, target: str, name: str, now: str, orphans: int) -> None:
    """Of a plan whose file system changed, nobody purges the old one's; while its target cannot be read, who knows."""
    world.history(target, [1, 2])
    world.schedule(world.fsx.seed_file_system("OPENZFS") if now == "moved" else target, name=name)
    if now == "edited":
        world.scheduler.schedules[DEPLOYMENT, name]["Target"]["Input"] = "{}"
    found = world.invoke({"action": "status"})["orphaned"]
    assert found == ([{"plan": "home", "target": target, "backups": 2}] if orphans else [])
