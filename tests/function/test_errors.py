"""Errors of FSx and of the function: what is tried again, what is notified, what is left alone."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.function.faults.broken import Broken
from tests.support.world import START, World

TRANSIENT = ["http_500", "http_503", "timeout", "reset", "truncated_body", "InternalServerError", "Throttling"]


@pytest.mark.fault("transient")
@pytest.mark.parametrize("operation", ["DescribeBackups", "DescribeFileSystems", "CreateBackup"])
@pytest.mark.parametrize("fault", TRANSIENT)
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_passes_is_tried_again_and_gives_one_backup(
    world: World, target: str, operation: str, fault: str, when: str
) -> None:
    if fault == "truncated_body" and when == "before":
        when = "after"
    world.fsx.control.fault(fault, operation, when=when, times=3)
    world.send(world.message(target))
    world.settle()
    assert len(world.backups()) == 1
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("transient")
@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_does_not_pass_is_notified_when_the_start_window_ends(world: World, target: str, fault: str) -> None:
    world.fsx.control.fault(fault, "DescribeBackups", times=None)
    old = world.history(target, [30])
    world.send(world.message(target, start_window_minutes=30, completion_window_minutes=60))
    world.settle()
    world.fsx.control.clear_faults()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert set(world.backups()) == set(old)


@pytest.mark.fault("transient")
def test_throttling_is_tried_again_sooner_than_a_backup_is_looked_at(world: World, target: str) -> None:
    world.fsx.control.fault("Throttling", "DescribeBackups", times=None)
    world.send(world.message(target))
    world.deliver()
    [kept] = world.queue.records
    after_error = kept.visible_at - world.now
    world.fsx.control.clear_faults()
    world.advance(seconds=after_error.total_seconds())
    world.deliver()
    assert after_error < kept.visible_at - world.now


@pytest.mark.fault("refused")
@pytest.mark.fault("quota", cases="ServiceLimitExceeded*")
@pytest.mark.parametrize(
    ("fault", "members", "words"),
    [
        ("ServiceLimitExceeded", {"Limit": "TOTAL_USER_INITIATED_BACKUPS"}, "TOTAL_USER_INITIATED_BACKUPS"),
        ("UnsupportedOperation", {}, "ONTAP is backed up per volume (volume_id)"),
        ("BadRequest", {}, "Correct the plan's entry"),
        ("FileSystemNotFound", {}, "remove its plan"),
    ],
)
def test_what_fsx_refuses_is_notified_once(world: World, target: str, fault: str, members: Any, words: str) -> None:
    old = world.history(target, [30, 40])
    world.fsx.control.fault(fault, "CreateBackup", members=members, times=None)
    world.send(world.message(target))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "FAILED"
    assert fault in mail.text
    assert words in mail.text
    assert set(world.backups()) == set(old)
    assert world.fsx.control.counts()["CreateBackup"] == 1


@pytest.mark.fault("token-conflict")
def test_a_token_used_with_other_tags_finds_its_backup(world: World, target: str) -> None:
    message = world.message(target)
    world.send(message)
    world.deliver()
    [backup] = world.backups()
    # Not seen in the next listing, and the file system's tags changed since.
    arn = world.fsx.client().describe_file_systems()["FileSystems"][0]["ResourceARN"]
    world.fsx.client().tag_resource(ResourceARN=arn, Tags=[{"Key": "New", "Value": "1"}])
    world.fsx.control.fault("IncompatibleParameterError", "CreateBackup")
    world.send(message)
    world.settle()
    assert set(world.backups()) == {backup}


@pytest.mark.fault("token-conflict")
def test_a_token_of_a_backup_that_is_never_listed_is_notified(world: World, target: str) -> None:
    world.fsx.control.fault("IncompatibleParameterError", "CreateBackup", times=None)
    world.send(world.message(target))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert "The cause: FSx was asked for this backup already, but does not list it." in mail.text


@pytest.mark.fault("transient")
def test_a_refusal_that_is_cut_short_is_no_refusal(world: World, target: str) -> None:
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING", ready_after=60)
    world.fsx.control.fault("truncated_body", "CreateBackup", when="after")
    world.send(world.message(target))
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]


@pytest.mark.fault("denied")
def test_access_denied_is_an_error_that_alarms_see_and_is_notified_once(world: World, target: str) -> None:
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=3)
    world.send(world.message(target))
    for _ in range(3):
        with pytest.raises(ClientError, match="AccessDenied"):
            world.deliver()
        world.advance(minutes=31)
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["ERROR"]
    assert "AccessDenied" in world.topic.mails[0].text
    assert world.topic.mails[0].subject == f"home: ERROR AccessDeniedException ({target})"
    world.settle()  # the permission is back
    assert len(world.backups()) == 1
    assert world.topic.mails[-1].attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("denied")
def test_an_error_at_a_later_poll_is_notified_too(world: World, target: str) -> None:
    world.send(world.message(target))
    world.deliver()
    world.fsx.control.fault("AccessDenied", "DescribeBackups", times=2)
    for _ in range(2):
        world.advance(minutes=31)
        with pytest.raises(ClientError, match="AccessDenied"):
            world.deliver()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["ERROR"]


@pytest.mark.fault("denied", "dead-letters")
def test_a_message_that_keeps_crashing_ends_in_the_dead_letters(world: World, target: str) -> None:
    """Not before its completion window is over."""
    broken: Any = Broken(world.fsx.client(), RuntimeError("a bug"), lambda _: True)
    world.function = world.connect(broken)
    begin = world.now
    world.send(world.message(target))
    for _ in range(world.queue.max_receives):
        with pytest.raises(RuntimeError, match="a bug"):
            world.deliver()
        world.advance(minutes=31)
    assert world.deliver() is None
    assert len(world.queue.dead_letters) == 1
    assert world.now - begin > timedelta(days=1)
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["ERROR"]


@pytest.mark.fault("denied")
def test_access_that_stays_denied_ends_in_an_unknown_state(world: World, target: str) -> None:
    """An hour after the completion window: the message is no dead letter."""
    world.fsx.control.fault("AccessDenied", "DescribeBackups", times=None)
    world.send(world.message(target))
    while world.now <= START + timedelta(hours=25):
        with pytest.raises(ClientError, match="AccessDenied"):
            world.deliver()
        world.advance(minutes=31)
    world.deliver()
    assert not world.queue.records
    assert not world.queue.dead_letters
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["ERROR", "UNKNOWN"]
    assert "AWS refused the calls, and the completion window ended" in world.topic.mails[1].said
    assert "It is unknown whether a backup exists." in world.topic.mails[1].said
    assert "Restore the role's permissions" in world.topic.mails[1].said


@pytest.mark.fault("held")
@pytest.mark.parametrize("refusal", ["BackupRestoring", "BackupBeingCopied", "BackupInProgress"])
def test_one_backup_that_fsx_keeps_does_not_stop_the_purge(world: World, target: str, refusal: str) -> None:
    world.history(target, [1])
    old = world.history(target, [10 + n for n in range(10)])
    world.fsx.control.fault(refusal, "DeleteBackup", match={"BackupId": old[4]}, times=None)
    world.send(world.message(target))
    world.settle()
    assert set(old) & set(world.backups()) == {old[4]}
    [mail] = world.topic.mails
    assert "9 deleted" in mail.text
    assert f"left for the next run: {old[4]}" in mail.text


@pytest.mark.fault("already-deleted")
def test_a_backup_that_is_already_gone_counts_as_deleted(world: World, target: str) -> None:
    _, *old = world.history(target, [1, 10, 11])
    world.fsx.control.fault("BackupNotFound", "DeleteBackup", match={"BackupId": old[0]})
    world.send(world.message(target))
    world.settle()
    assert "2 deleted" in world.topic.mails[0].text


@pytest.mark.fault("denied")
def test_deletes_that_are_denied_are_notified(world: World, target: str) -> None:
    world.history(target, [1, 10, 11, 12])
    world.fsx.control.fault("AccessDenied", "DeleteBackup", times=None)
    world.send(world.message(target))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PARTIAL"
    assert "3 deletes failed" in mail.text
    assert "fsx:DeleteBackup" in mail.text


@pytest.mark.fault("little-time")
def test_little_time_stops_the_purge_and_the_next_step_goes_on(world: World, target: str) -> None:
    """One delete by each worker at least, and one notification at the end, with the total."""
    world.history(target, [1])
    old = world.history(target, [10 + n for n in range(20)])
    world.fsx.control.durations(backup=0)
    world.send(world.message(target))
    world.deliver()
    world.context.seconds_left = 10
    world.advance(minutes=1)
    world.deliver()
    assert len(set(old) & set(world.backups())) == 12
    assert not world.topic.mails
    world.settle()
    assert not set(old) & set(world.backups())
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COMPLETED"
    assert "20 deleted" in mail.text


@pytest.mark.fault("little-time")
def test_a_purge_that_another_environment_ends_says_that_it_does_not_know_all(world: World, target: str) -> None:
    world.history(target, [1])
    old = world.history(target, [10 + n for n in range(10)])
    world.fsx.control.durations(backup=0)
    world.send(world.message(target))
    world.context.seconds_left = 10
    world.deliver()
    world.advance(minutes=1)
    world.deliver()
    world.function = world.connect()
    world.settle()
    assert not set(old) & set(world.backups())
    [mail] = world.topic.mails
    assert "2 deleted now, 2 kept; the log has all deletes of this run" in mail.text


@pytest.mark.fault("broken-listing")
def test_an_incomplete_listing_deletes_nothing(world: World, target: str) -> None:
    world.history(target, [1])
    old = world.history(target, [10 + n for n in range(8)])
    world.fsx.control.durations(backup=0)
    world.fsx.control.listing(page_size=3)
    world.send(world.message(target))
    world.deliver()
    world.fsx.control.fault("http_500", "DescribeBackups", at=3)
    world.advance(minutes=1)
    world.deliver()
    assert set(old) < set(world.backups())
    world.settle()
    assert not set(old) & set(world.backups())


@pytest.mark.fault("hostile")
def test_names_from_outside_cannot_break_a_mail(world: World) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    world.fsx.control.next_backup(target, "FAILED", "line one\r\nSubject: forged\x1b[31m " + "ü" * 200)
    world.send(world.message(target, name="a" * 64))
    world.settle()
    [mail] = world.topic.mails  # the topic refuses what SNS would refuse
    assert len(mail.subject) <= 99
    assert mail.subject.startswith("aaaa")
    assert "\r" not in mail.text
    assert "\x1b" not in mail.text
    assert not any(line.startswith("Subject:") for line in mail.text.splitlines())
