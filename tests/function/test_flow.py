"""One message to its end: backup, wait, purge, notification."""

import json
from typing import Any

import pytest

from fsx_backup.handler import BackupFailed
from tests.support.world import DEPLOYMENT, World


@pytest.fixture
def lustre(world: World) -> str:
    return world.fsx.seed_file_system("LUSTRE", tags={"Owner": "hpc", "Name": "scratch", "aws:created": "x"})


@pytest.mark.parametrize("kind", ["LUSTRE", "OPENZFS", "WINDOWS"])
def test_a_file_system_gets_its_backup_and_it_is_notified(world: World, kind: str) -> None:
    target = world.fsx.seed_file_system(kind)
    world.send(world.message(target))
    world.settle()
    [backup] = world.backups().values()
    assert backup["Lifecycle"] == "AVAILABLE"
    assert backup["FileSystem"]["FileSystemId"] == target
    [mail] = world.topic.mails
    assert mail.subject == f"home: backup completed ({target})"
    assert backup["BackupId"] in mail.text
    assert mail.attributes == {
        "outcome": "COMPLETED",
        "severity": "info",
        "deployment": DEPLOYMENT,
        "plan": "home",
        "target": target,
    }


def test_an_ontap_volume_gets_its_backup(world: World) -> None:
    volume = world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP"), tags={"Owner": "db"})
    world.send(world.message(volume))
    world.settle()
    [backup] = world.backups().values()
    assert backup["Volume"]["VolumeId"] == volume
    assert {"Key": "Owner", "Value": "db"} in backup["Tags"]
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("tags")
def test_the_backup_says_whose_it_is(world: World, lustre: str) -> None:
    message = world.message(lustre, backup_name="nightly", backup_tags={"Team": "hpc", "Owner": "us"})
    world.send(message)
    world.settle()
    [backup] = world.backups().values()
    assert {tag["Key"]: tag["Value"] for tag in backup["Tags"]} == {
        "Name": "nightly",
        "fsx-backup:deployment": DEPLOYMENT,
        "fsx-backup:plan": "home",
        "fsx-backup:scheduled-time": message["scheduled_time"],
        "fsx-backup:retention": "days=7 keep_last=1",
        "Team": "hpc",
        "Owner": "us",  # the plan's own tags go before the file system's
    }


def test_the_file_systems_tags_are_not_copied_if_not_wanted(world: World, lustre: str) -> None:
    world.send(world.message(lustre, copy_tags=False))
    world.settle()
    [backup] = world.backups().values()
    assert "Owner" not in {tag["Key"] for tag in backup["Tags"]}
    assert "DescribeFileSystems" not in world.fsx.control.counts()


@pytest.mark.fault("tags")
def test_fifty_tags_of_the_file_system_leave_room_for_the_own_ones(world: World) -> None:
    target = world.fsx.seed_file_system("OPENZFS", tags={f"k{n:02}": "ünï" for n in range(50)})
    world.send(world.message(target))
    world.settle()
    [backup] = world.backups().values()
    keys = {tag["Key"] for tag in backup["Tags"]}
    assert len(keys) == 50
    assert {"Name", "fsx-backup:deployment", "fsx-backup:plan", "fsx-backup:scheduled-time", "k00", "k44"} <= keys


def test_a_running_backup_keeps_its_message_and_nothing_is_sent_again(world: World, lustre: str) -> None:
    world.fsx.control.durations(backup=7200)
    world.send(world.message(lustre))
    sent = world.queue.records[0]
    world.deliver()
    assert world.queue.records == [sent]
    assert not world.topic.mails
    world.settle()
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"
    assert world.fsx.control.counts()["CreateBackup"] == 1
    assert sent.receives < 25  # two hours: few polls, and the same message every time


@pytest.mark.fault("same-message")
def test_the_same_message_twice_gives_one_backup(world: World, lustre: str) -> None:
    message = world.message(lustre)
    world.send(message)
    world.send(message)
    world.settle()
    world.send(message)
    world.settle()
    assert len(world.backups()) == 1


@pytest.mark.fault("foreign")
def test_only_old_owned_backups_are_purged_and_only_when_the_new_one_is_available(world: World, lustre: str) -> None:
    old = world.history(lustre, [8, 9, 30])
    young = world.history(lustre, [1, 6.9])
    foreign = world.fsx.seed_backup(lustre, creation_time="2025-01-01T00:00:00Z", tags={"Name": "manual"})
    other = world.history(lustre, [100], plan="weekly")
    automatic = world.fsx.seed_backup(lustre, creation_time="2025-01-01T00:00:00Z", backup_type="AUTOMATIC")
    world.send(world.message(lustre))
    world.deliver()
    assert set(old) <= set(world.backups())
    world.settle()
    left = set(world.backups())
    assert not left & set(old)
    assert {*young, foreign, *other, automatic} <= left
    [mail] = world.topic.mails
    assert "3 deleted" in mail.text


@pytest.mark.fault("backup-failed")
def test_nothing_is_purged_when_the_backup_fails(world: World, lustre: str) -> None:
    old = world.history(lustre, [8, 90])
    world.fsx.control.next_backup(lustre, "FAILED", "The disk caught fire.")
    world.send(world.message(lustre, notify_on_success=False))
    world.settle()
    assert set(old) <= set(world.backups())
    [mail] = world.topic.mails
    assert mail.subject == f"home: backup FAILED ({lustre})"
    assert "The disk caught fire." in mail.text
    assert "What to do: " in mail.text
    assert "Nothing was purged" in mail.text


def test_success_is_notified_only_if_wanted(world: World, lustre: str) -> None:
    world.send(world.message(lustre, notify_on_success=False))
    world.settle()
    assert len(world.backups()) == 1
    assert not world.topic.mails


def test_start_alone_purges_nothing(world: World, lustre: str) -> None:
    old = world.history(lustre, [30])
    world.send(world.message(lustre, action="start"))
    world.settle()
    assert set(old) < set(world.backups())
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"


def test_purge_alone_makes_no_backup(world: World, lustre: str) -> None:
    old = world.history(lustre, [30, 8])
    newest = world.history(lustre, [7.5])
    answer = world.invoke(world.message(lustre, action="purge") | {"dry_run": False})
    assert set(answer["purge"]["deleted"]) == set(old)
    assert list(world.backups()) == newest  # older than its seven days, but the last available one


@pytest.mark.fault("dry-run")
@pytest.mark.parametrize("flag", [{}, {"dry_run": True}, {"dry_run": "false"}, {"dry_run": "maybe"}, {"dry_run": 0}])
def test_a_purge_that_does_not_say_it_is_meant_is_a_dry_run(world: World, lustre: str, flag: dict[str, Any]) -> None:
    old = world.history(lustre, [30, 8, 1])
    answer = world.invoke(world.message(lustre, action="purge") | flag)
    assert answer["outcome"] == "DRY_RUN"
    assert {d["backup_id"]: d["delete"] for d in answer["purge"]["decisions"]} == {
        old[0]: True,
        old[1]: True,
        old[2]: False,
    }
    rows = answer["table"].splitlines()
    assert rows[0].split() == ["BACKUP", "CREATED", "LIFECYCLE", "ACTION", "BECAUSE"]
    assert any(old[2] in row and "keep" in row and "not older than 7 days" in row for row in rows)
    assert any(old[0] in row and "delete" in row for row in rows)
    assert set(old) == set(world.backups())
    assert not world.topic.mails


@pytest.mark.fault("dry-run")
def test_a_dry_run_of_a_backup_makes_none(world: World, lustre: str) -> None:
    answer = world.invoke(world.message(lustre) | {"dry_run": True})
    assert answer["outcome"] == "DRY_RUN"
    assert not world.backups()


def test_a_direct_invocation_answers_at_once_and_the_queue_goes_on(world: World, lustre: str) -> None:
    message = world.message(lustre)
    del message["scheduled_time"]
    answer = world.invoke(message)
    assert answer["outcome"] == "IN_PROGRESS"
    [backup] = world.backups().values()
    assert answer["backup_id"] == backup["BackupId"]
    [follow_up] = world.queue.records
    assert json.loads(follow_up.body)["scheduled_time"] == answer["scheduled_time"]
    world.advance(minutes=5)
    world.settle()
    assert len(world.backups()) == 1
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"


def test_a_direct_invocation_that_fails_is_an_error(world: World) -> None:
    with pytest.raises(BackupFailed, match="FileSystemNotFound"):
        world.invoke(world.message("fs-00000000000000000"))
    assert world.topic.mails[0].attributes["outcome"] == "FAILED"


@pytest.mark.fault("backup-in-progress")
def test_an_automatic_backup_under_way_is_waited_for(world: World, lustre: str) -> None:
    world.fsx.seed_backup(lustre, backup_type="AUTOMATIC", lifecycle="CREATING", ready_after=3600)
    world.send(world.message(lustre))
    world.settle()
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"
    assert len(world.backups()) == 2


@pytest.mark.fault("backup-in-progress")
def test_the_start_window_ends(world: World, lustre: str) -> None:
    world.fsx.seed_backup(lustre, backup_type="AUTOMATIC", lifecycle="CREATING")
    world.send(world.message(lustre, start_window_minutes=60))
    sent = world.now
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert "start window of 60 minutes" in mail.text
    assert not world.queue.records
    assert 60 * 60 <= (world.now - sent).total_seconds() <= 61 * 60  # tried until the last moment, notified at once
    assert "The cause: BackupInProgress" in mail.text
    assert len(world.backups()) == 1


@pytest.mark.fault("stuck")
def test_the_completion_window_ends(world: World, lustre: str) -> None:
    world.fsx.control.next_backup(lustre, "STUCK")
    old = world.history(lustre, [30])
    world.send(world.message(lustre, completion_window_minutes=300))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "NOT_COMPLETED"
    assert "still CREATING after the completion window of 300 minutes" in mail.text
    assert len(world.backups()) == 2
    assert set(old) <= set(world.backups())


@pytest.mark.fault("refused")
def test_a_file_system_that_does_not_exist_is_notified_once(world: World) -> None:
    world.send(world.message("fs-00000000000000000"))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "FAILED"
    assert "fs-00000000000000000" in mail.text
    assert "What to do: If it was deleted, remove its plan" in mail.text
    assert not world.queue.records
    assert world.fsx.control.counts().get("CreateBackup", 0) <= 1


@pytest.mark.fault("shortened")
def test_a_policy_that_wants_too_much_deletes_nothing(world: World, lustre: str) -> None:
    world.history(lustre, [0.5])
    old = world.history(lustre, [10 + n for n in range(12)])
    world.send(world.message(lustre, retention={"days": 1, "max_deletes": 5}))
    world.settle()
    assert set(old) <= set(world.backups())
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PURGE_BLOCKED"
    assert "would delete 12 backups made under another policy, or under none that is known" in mail.text
    assert "more than max_deletes = 5. None of them was deleted." in mail.text
    assert all(backup in mail.text for backup in old)


@pytest.mark.fault("publish")
def test_the_topic_is_gone(world: World, lustre: str) -> None:
    world.topic.broken = RuntimeError("NotFound")
    world.send(world.message(lustre))
    world.deliver()
    world.advance(minutes=1)
    with pytest.raises(RuntimeError, match="NotFound"):
        world.deliver()
    assert [backup["Lifecycle"] for backup in world.backups().values()] == ["AVAILABLE"]
    assert world.queue.records  # kept: it is notified when the topic is back
    world.topic.broken = None
    world.advance(minutes=15)
    world.settle()
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"
