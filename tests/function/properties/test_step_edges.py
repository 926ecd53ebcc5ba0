"""The edges of a step: a window's last moment, the limit of deletes, the tags' number, the last second of a purge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsx_backup import fsx
from fsx_backup.event import parse
from fsx_backup.memory import Seen
from fsx_backup.model import Action, Backup, Plan, Request, Target
from fsx_backup.occurrence import Next, Occurrence, decide, wait
from fsx_backup.report import Outcome, Report, Wait
from fsx_backup.step import Step
from tests.support.world import World

TIME = datetime(2026, 3, 1, 4, tzinfo=UTC)
PLAN = Plan("home", Target("fs-0123456789abcdef0"), start_window_minutes=60, completion_window_minutes=120)
OCCURRENCE = Occurrence("prod", PLAN, TIME)
OWN = Backup("backup-1", "CREATING", "USER_INITIATED", TIME, OCCURRENCE.own_tags)
MOMENT = timedelta(microseconds=1)


@pytest.mark.fault("late")
@pytest.mark.parametrize(
    ("lifecycle", "after", "expected"),
    [
        (None, timedelta(0), Next.CREATE),
        (None, timedelta(minutes=60), Next.CREATE),
        (None, timedelta(minutes=61), Next.CREATE),  # the delivery planned for the last moment, when it is late
        (None, timedelta(minutes=61) + MOMENT, Next.MISSED_START),
        *((lifecycle, timedelta(minutes=120), Next.WAIT) for lifecycle in ("PENDING", "CREATING", "TRANSFERRING")),
        ("COPYING", timedelta(minutes=120) + MOMENT, Next.MISSED_COMPLETION),
        ("A_NEW_WORD", timedelta(minutes=61), Next.WAIT),
        ("A_NEW_WORD", timedelta(minutes=121), Next.MISSED_COMPLETION),
        ("AVAILABLE", timedelta(days=9), Next.FINISH),
        ("FAILED", timedelta(0), Next.FAILED),
        ("DELETED", timedelta(0), Next.GONE),
    ],
)
def test_windows_include_their_last_moment(lifecycle: str | None, after: timedelta, expected: Next) -> None:
    backups = [replace(OWN, lifecycle=lifecycle)] if lifecycle else []
    assert decide(OCCURRENCE, backups, TIME + after) is expected
    flexible = replace(OCCURRENCE, plan=replace(PLAN, flexible_window_minutes=45))
    assert decide(flexible, backups, TIME + timedelta(minutes=45) + after) is expected


@pytest.mark.parametrize(
    ("waited", "expected"),
    [
        (0, 30),  # the shortest
        (119, 30),
        (124, 31),  # a quarter
        (3600, 900),
        (4800, 1200),  # the longest
        (7000, 200),  # not past the deadline
        (7180, 30),
        (9000, 1200),  # asked again after the deadline: no need to hurry
    ],
)
def test_a_message_is_left_alone_for_a_quarter_of_its_age(waited: int, expected: int) -> None:
    now = TIME + timedelta(seconds=waited)
    assert wait(OCCURRENCE, now, OCCURRENCE.completion_deadline).total_seconds() == expected


def test_a_long_wait_has_a_limit() -> None:
    long = Occurrence("prod", replace(PLAN, completion_window_minutes=10_000), TIME)
    assert wait(long, TIME + timedelta(hours=20), long.completion_deadline) == timedelta(minutes=20)


@pytest.mark.parametrize(
    "other",
    [
        replace(OWN, type="AUTOMATIC"),
        replace(OWN, source_backup_id="backup-0"),
        replace(OWN, tags={**OWN.tags, "fsx-backup:deployment": "test"}),
        replace(OWN, tags={**OWN.tags, "fsx-backup:plan": "weekly"}),
        replace(OWN, tags={**OWN.tags, "fsx-backup:scheduled-time": "2026-03-01T08:00:00Z"}),
        replace(OWN, tags={}),
    ],
)
def test_only_the_occurrences_own_backup_is_found(other: Backup) -> None:
    assert OCCURRENCE.find([other]) is None
    assert OCCURRENCE.find([other, OWN]) == OWN
    assert OCCURRENCE.find([OWN, replace(OWN, id="backup-0")]) == replace(OWN, id="backup-0")


@pytest.mark.fault("tags")
@given(
    st.dictionaries(st.text(min_size=1, max_size=9) | st.sampled_from(["aws:x", "fsx-backup:hold", "Name"]), st.text())
)
def test_tags_are_own_ones_first_and_fifty_at_most(copied: dict[str, str]) -> None:
    copied = {**copied, **{f"k{n}": "" for n in range(len(copied) * 5)}}
    tags = OCCURRENCE.tags(copied)
    assert tags.items() >= OCCURRENCE.own_tags.items()
    assert len(tags) <= 50
    taken = tags.keys() - OCCURRENCE.own_tags.keys()
    free = {key for key in copied if not key.startswith(("aws:", "fsx-backup:")) and key != "Name"}
    assert taken <= free
    assert len(taken) == min(45, len(free))
    assert taken == set(sorted(free)[:45])  # the same ones every time
    assert tags == OCCURRENCE.tags(dict(reversed(copied.items())))


@given(
    *(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["a", "b"]), st.integers(0, 3)) for _ in range(2)),
)
def test_the_token_names_the_occurrence(one: tuple[str, str, int], other: tuple[str, str, int]) -> None:
    tokens = []
    for deployment, plan, hour in (one, other):
        occurrence = Occurrence(deployment, replace(PLAN, name=plan), TIME + timedelta(hours=hour))
        tokens.append(occurrence.token)
        assert len(occurrence.token) == 51
    assert (tokens[0] == tokens[1]) == (one == other)


@pytest.mark.fault("shortened")
@pytest.mark.parametrize(("expired", "deleted"), [(5, 5), (6, 0)])
def test_as_many_deletes_as_max_deletes_are_made_and_no_more(world: World, expired: int, deleted: int) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [1, *(8 + n for n in range(expired))])
    world.send(world.message(target, action="purge", retention={"max_deletes": 5}) | {"dry_run": False})
    world.deliver()
    assert len(world.backups()) == 1 + expired - deleted
    assert not world.queue.records


@pytest.mark.fault("little-time")
@pytest.mark.parametrize(("seconds_left", "deleted"), [(75.0, 10), (74.9, 8), (5.0, 8)])
def test_no_delete_is_begun_that_might_not_end_in_time(world: World, seconds_left: float, deleted: int) -> None:
    """But one by each worker, so that every invocation makes progress. One notification at the end, with the total."""
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [1, *(8 + n for n in range(10))])
    world.context.seconds_left = seconds_left
    world.send(world.message(target, action="purge") | {"dry_run": False})
    world.deliver()
    assert len(world.backups()) == 11 - deleted
    assert len(world.queue.records) == (deleted < 10)  # the purge goes on
    assert len(world.topic.mails) == (deleted == 10)
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PURGED"
    assert "10 deleted" in mail.text
    assert len(world.backups()) == 1


@pytest.mark.fault("denied")
def test_a_denied_delete_beside_others_is_counted_apart(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    old = world.history(target, [1, 8, 9, 10, 11])
    world.fsx.control.fault("AccessDenied", "DeleteBackup", match={"BackupId": old[1]}, times=None)
    world.fsx.control.fault("BackupRestoring", "DeleteBackup", match={"BackupId": old[2]}, times=None)
    request = parse(world.message(target, action="purge") | {"dry_run": False}, world.now)
    report = Step(request, "prod", world.fsx.client(), world.now, lambda: 120.0, regional=world.fsx.client).run()
    assert isinstance(report, Report)
    assert report.outcome is Outcome.PARTIAL
    assert "1 delete failed" in report.reason
    assert report.purge is not None
    assert {decision.backup.id for decision in report.purge.deleted} == set(old[3:])
    assert set(report.purge.failures) == {old[1]}
    assert set(report.purge.left) == {old[2]}
    assert report.purge.unfinished == 0
    assert report.purge.kept == 3


def test_a_bug_in_a_delete_is_no_partial_purge(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [1, 8, 9])
    monkeypatch.setattr(fsx, "delete_backup", lambda client, backup_id: backup_id + 1)
    with pytest.raises(TypeError, match="concatenate"):
        world.invoke(world.message(target, action="purge") | {"dry_run": False})
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "ERROR"


@pytest.mark.fault("backup-failed")
def test_a_backup_that_fails_without_a_reason_is_notified(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    message = world.message(target)
    tags = OCCURRENCE.own_tags | {"fsx-backup:scheduled-time": message["scheduled_time"]}
    world.fsx.seed_backup(target, lifecycle="FAILED", tags=tags, without=["FailureDetails"])
    world.send(message)
    world.deliver()
    [mail] = world.topic.mails
    assert "FAILED: FSx gives no reason." in mail.text


def test_a_backup_that_is_deleted_meanwhile_is_notified(world: World) -> None:
    """DELETED is a lifecycle that the API knows; a backup may be listed with it for a while."""
    target = world.fsx.seed_file_system("LUSTRE")
    world.send(world.message(target))
    world.deliver()
    world.fsx.control.set_backup(next(iter(world.backups())), lifecycle="DELETED")
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "FAILED"
    assert "The backup was deleted before this run was finished." in mail.text
    assert "CloudTrail" in mail.text


@pytest.mark.fault("token-conflict")
def test_a_conflict_answers_with_the_backup_that_is_there(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    world.fsx.control.fault("IncompatibleParameterError", "CreateBackup", when="after")
    answer = world.invoke(world.message(target))
    assert answer["backup_id"] == next(iter(world.backups()))


@pytest.mark.fault("backup-in-progress")
@pytest.mark.parametrize(("others", "named"), [(0, 0), (2, 2), (4, 3)])
def test_who_was_in_the_way_is_named(world: World, others: int, named: int) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    kinds = ["AUTOMATIC", "USER_INITIATED", "AWS_BACKUP", "USER_INITIATED"][:others]
    in_the_way = [world.fsx.seed_backup(target, backup_type=kind, lifecycle="CREATING") for kind in kinds]
    if not others:
        world.fsx.control.fault("BackupInProgress", "CreateBackup", times=None)
    world.history(target, [1])
    world.send(world.message(target, start_window_minutes=1))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert sum(f"{backup} ({kind})" in mail.said for backup, kind in zip(in_the_way, kinds, strict=True)) == named
    assert ("now in progress on the target: " in mail.said) == bool(others)


@pytest.mark.fault("silence")
@pytest.mark.parametrize(
    ("after", "made", "expected"),
    [
        (timedelta(minutes=60) - MOMENT, False, None),
        (timedelta(minutes=60), False, Outcome.NOT_STARTED),
        (timedelta(minutes=120), False, Outcome.NOT_STARTED),
        (timedelta(minutes=120) + MOMENT, False, None),
        *((timedelta(minutes=minutes), True, None) for minutes in (60, 120, 180)),
        *((timedelta(minutes=180) + MOMENT, made, Outcome.UNKNOWN) for made in (False, True)),
    ],
)
def test_silence_ends_with_the_start_window_unless_a_backup_is_known(
    world: World, after: timedelta, made: bool, expected: Outcome | None
) -> None:
    """Or an hour after the completion window: `None` is another try."""
    world.fsx.control.fault("http_500", "DescribeBackups", times=None)
    request = Request(Action.BACKUP, PLAN, TIME)
    seen = Seen(backup_id="backup-0123456789abcdef0" if made else None)
    result = Step(
        request, "prod", world.fsx.client(), TIME + after, lambda: 300.0, regional=world.fsx.client, seen=seen
    ).run()
    if expected is None:
        assert isinstance(result, Wait)
    else:
        assert isinstance(result, Report)
        assert result.outcome is expected
        assert "FSx did not respond" in result.reason
