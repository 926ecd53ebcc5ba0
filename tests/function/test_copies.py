"""Copies to other Regions, from the message to the purge there."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.function.copies import FRANKFURT, HOME, TOKYO, seed_copies
from tests.support.world import DEPLOYMENT, World

KEY = f"arn:aws:kms:{FRANKFURT}:123456789012:key/12345678-1234-1234-1234-123456789012"


def tags(backup: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in backup.get("Tags", [])}


@pytest.fixture
def lustre(world: World) -> str:
    return world.fsx.seed_file_system("LUSTRE")


@pytest.mark.parametrize("kind", ["LUSTRE", "ONTAP"])
def test_a_backup_and_its_copies(world: World, kind: str) -> None:
    target = world.fsx.seed_file_system(kind, tags={f"k{n:02}": "x" for n in range(48)})
    target = world.fsx.seed_volume(target, tags={"Owner": "hpc"}) if kind == "ONTAP" else target
    wanted = {FRANKFURT: {"retention": {"days": 30}, "kms_key_arn": KEY}, TOKYO: {}}
    world.send(world.message(target, copies=wanted, backup_tags={"Team": "hpc"}))
    world.settle()
    [backup] = world.backups().values()
    for region, policy in ((FRANKFURT, "days=30 keep_last=3"), (TOKYO, "days=7 keep_last=1")):
        [copy] = world.backups(region).values()
        assert (copy["SourceBackupId"], copy["Lifecycle"]) == (backup["BackupId"], "AVAILABLE")
        assert (copy["KmsKeyId"] == KEY) == (region == FRANKFURT)
        own = {"fsx-backup:copy": HOME, "fsx-backup:retention": policy, "Team": "hpc"}
        assert own.items() <= tags(copy).items()
        assert len(tags(copy)) == min(50, len(tags(backup)) + 1)
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COMPLETED"
    assert mail.text.count("AVAILABLE, 0 deleted, 1 kept") == 2
    assert [copy["region"] for copy in mail.data["copies"]] == [TOKYO, FRANKFURT]


def test_start_alone_copies_and_purges_nothing(world: World, lustre: str) -> None:
    old = seed_copies(world, lustre, [30, 40])
    world.send(world.message(lustre, action="start", copies={FRANKFURT: {}}))
    world.settle()
    assert len(world.backups(FRANKFURT).keys() - {*old}) == 1
    assert {*old} < world.backups(FRANKFURT).keys()


REFUSALS = {
    "InvalidDestinationKmsKey": ("CopyBackup", "Correct kms_key_arn"),
    "InvalidSourceKmsKey": ("CopyBackup", "Enable the key of the source's file system"),
    "InvalidRegion": ("CopyBackup", "Remove the Region from copies"),
    "IncompatibleRegionForMultiAZ": ("CopyBackup", "Remove the Region from copies: it has no Multi-AZ file systems"),
    "UnsupportedOperation": (
        "CopyBackup",
        "Remove the Region from copies: FSx does not copy backups of this target there",
    ),
    "SourceBackupUnavailable": ("CopyBackup", "See in FSx and CloudTrail"),
    "BackupNotFound": ("CopyBackup", "Find out in CloudTrail"),
    "BadRequest": ("CopyBackup", "Correct copies as the message says"),
    "ServiceLimitExceeded": ("CopyBackup", "Request a higher quota for that Region"),
    "AccessDeniedException": ("DescribeBackups", "If an SCP"),
    "UnrecognizedClientException": ("DescribeBackups", "Enable the Region in the account's settings"),
}


@pytest.mark.fault("copy-refused")
@pytest.mark.parametrize("error", REFUSALS)
def test_a_region_that_refuses_holds_up_no_other_and_no_purge(world: World, lustre: str, error: str) -> None:
    operation, remedy = REFUSALS[error]
    old, there, failing = (
        world.history(lustre, [1, 30])[1:],
        seed_copies(world, lustre, [1, 30], TOKYO)[1:],
        seed_copies(world, lustre, [1, 30]),
    )
    world.fsx.control.fault(error, operation, times=None, region=FRANKFURT)
    message = world.message(lustre, copies={FRANKFURT: {}, TOKYO: {}}, notify_on_success=False)
    world.send(message)
    world.settle(hours=1)
    world.fsx.control.clear_faults()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COPY_FAILED"
    assert mail.subject == f"home: COPY FAILED ({lustre})"
    assert f"{FRANKFURT}: COPY FAILED\n" in mail.text
    assert error in mail.data["reason"]
    assert mail.data["reason"].startswith(f"{FRANKFURT}: ")
    assert ("is not enabled in this account" in mail.data["reason"]) == (error == "UnrecognizedClientException")
    assert f"{FRANKFURT}: {remedy}" in mail.data["remedy"]
    assert f"aws fsx describe-backups --region {FRANKFURT}" in mail.text
    assert not {*old} & world.backups().keys()
    assert not {*there} & world.backups(TOKYO).keys()
    assert {*failing} == world.backups(FRANKFURT).keys()
    assert world.fsx.control.counts()["CopyBackup"] <= 2
    world.send(message)  # once more, as if nothing had been
    world.settle()
    assert len(world.backups(FRANKFURT).keys() - {*failing}) == 1


TRANSIENT = ("InternalServerError", "http_503", "timeout", "unreachable", "ThrottlingException", "truncated_body")


@pytest.mark.fault("copy-refused")
@pytest.mark.parametrize("operation", ["CopyBackup", "DescribeBackups"])
@pytest.mark.parametrize("error", TRANSIENT)
def test_a_region_that_does_not_answer_is_asked_again_until_its_window_ends(
    world: World, lustre: str, operation: str, error: str
) -> None:
    message = world.message(
        lustre, copies={FRANKFURT: {"completion_window_minutes": 60}}, completion_window_minutes=300
    )
    for times in (3, None):
        world.fsx.control.fault(error, operation, times=times, region=FRANKFURT)
        world.send({**message, "scheduled_time": f"{world.now:%Y-%m-%dT%H:%M:%SZ}"})
        begin = world.now
        world.settle()
        world.fsx.control.clear_faults()
    lost = (operation, error) == ("CopyBackup", "truncated_body")  # the copy was made, whatever became of the answer
    last = "COMPLETED" if lost else "COPY_NOT_COMPLETED"
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED", last]
    assert len(world.backups(FRANKFURT)) == 1 + lost
    if not lost:
        assert timedelta(hours=6) <= world.now - begin <= timedelta(hours=6, minutes=1)
        assert f"{FRANKFURT}: The copy was not started at the end of its window" in world.topic.mails[1].said
        assert "The cause: " in world.topic.mails[1].said


@pytest.mark.fault("transient")
def test_while_a_copy_is_waited_for_silence_at_home_is_no_outcome(world: World, lustre: str) -> None:
    world.fsx.control.durations(copy=6 * 3600)
    world.send(world.message(lustre, copies={FRANKFURT: {}}, start_window_minutes=60, completion_window_minutes=60))
    world.settle(hours=0.5)
    for error in ("http_503", "AccessDeniedException"):
        world.fsx.control.fault(error, "DescribeBackups", times=None, region=HOME)
        for _ in range(4):
            world.advance(minutes=31)
            with suppress(ClientError):
                world.deliver()
        world.fsx.control.clear_faults()
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["ERROR", "COMPLETED"]


@pytest.mark.fault("transient")
@pytest.mark.parametrize("times", [1, 4])
def test_an_answer_that_was_lost_makes_no_second_copy(world: World, lustre: str, times: int) -> None:
    world.fsx.control.fault("http_500", "CopyBackup", when="after", times=times)
    world.send(world.message(lustre, copies={FRANKFURT: {}}))
    world.settle()
    assert len(world.backups(FRANKFURT)) == 1
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("copy-refused")
@pytest.mark.parametrize("made", ["STUCK", "FAILED", "GONE"])
def test_a_copy_that_comes_to_nothing(world: World, lustre: str, made: str) -> None:
    old = seed_copies(world, lustre, [30])
    world.fsx.control.durations(copy=1e9)
    wanted = {FRANKFURT: {"completion_window_minutes": 600}}
    world.send(world.message(lustre, copies=wanted, completion_window_minutes=600))
    for _ in range(60):
        if new := world.backups(FRANKFURT).keys() - {*old}:
            break
        world.advance(seconds=30)
        world.deliver()
    if made == "FAILED":
        world.fsx.control.set_backup(next(iter(new)), "FAILED")
    elif made == "GONE":
        world.fsx.control.set_backup(next(iter(new)), "AVAILABLE")
        world.fsx.client(FRANKFURT).delete_backup(BackupId=next(iter(new)))
        world.advance(minutes=5)
        world.deliver()
        assert not world.topic.mails  # it may just not be shown yet
    world.settle(hours=49)
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == ("COPY_NOT_COMPLETED" if made == "STUCK" else "COPY_FAILED")
    said = {
        "STUCK": "The copy is still COPYING at the end of its window, 2026-03-02 00:00 UTC.",
        "FAILED": "FSx reports that the copy FAILED",
        "GONE": "The copy was deleted before this run was finished.",
    }
    assert mail.data["reason"].startswith(f"{FRANKFURT}: {said[made]}")
    assert {*old} <= world.backups(FRANKFURT).keys()
    assert world.fsx.control.counts()["CopyBackup"] == 1


@pytest.mark.fault("copies-both-ways")
@pytest.mark.parametrize("by_target", [True, False])
@pytest.mark.parametrize("keep_time", [True, False])
def test_only_its_own_old_copies_are_purged(world: World, lustre: str, by_target: bool, keep_time: bool) -> None:
    """The same plan's names in both Regions, with copies both ways; copies and backups by hand."""
    world.fsx.control.copies(by_target=by_target, keep_creation_time=keep_time)
    other = world.fsx.seed_file_system("LUSTRE", region=FRANKFURT)
    own = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}
    old = seed_copies(world, lustre, [8, 9, 40])
    kept = [
        *seed_copies(world, lustre, [1, 6.9]),
        *seed_copies(world, lustre, [50], tags={"fsx-backup:hold": "audit"}),
        *seed_copies(world, lustre, [50], tags={"fsx-backup:copy": FRANKFURT}),
        *seed_copies(world, lustre, [50], tags={"fsx-backup:deployment": "another"}),
        *seed_copies(world, lustre, [50], tags={"fsx-backup:scheduled-time": "soon"}),
        *seed_copies(world, lustre, [50], plan="weekly"),
        *seed_copies(world, world.fsx.seed_file_system(), [50]),  # a target of a fleet
        *seed_copies(world, other, [50]),  # a copy inside the Region
        *world.history(other, [50]),
        world.fsx.seed_backup(lustre, region=FRANKFURT, source_backup_id="backup-1", tags=own),  # by hand, with tags
    ]
    home = [
        world.fsx.seed_backup(lustre, source_backup_id="backup-2", tags=own, creation_time="2025-01-01T00:00:00Z"),
        world.fsx.seed_backup(
            other, region=HOME, source_backup_id="backup-3", tags=own | {"fsx-backup:copy": FRANKFURT}
        ),
    ]
    world.send(world.message(lustre, copies={FRANKFURT: {}}))
    world.settle()
    left = world.backups(FRANKFURT).keys()
    assert not {*old} & left
    assert {*kept} < left
    assert len(left) == len(kept) + 1
    assert {*home} < world.backups().keys()
    assert "3 deleted, 5 kept" in world.topic.mails[0].text


@pytest.mark.fault("shortened")
def test_each_region_keeps_by_its_own_retention_and_limit(world: World, lustre: str) -> None:
    days = [day + 0.5 for day in range(2, 40)]
    world.history(lustre, days)
    wanted = {FRANKFURT: {"retention": {"days": 20}}, TOKYO: {"retention": {"days": 1, "max_deletes": 5}}}
    here, there = (seed_copies(world, lustre, days, region) for region in wanted)
    world.send(world.message(lustre, copies=wanted))
    world.settle()
    assert len(world.backups()) == 1 + 5
    assert len({*here} & world.backups(FRANKFURT).keys()) == 18
    assert {*there} < world.backups(TOKYO).keys()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PURGE_BLOCKED"
    assert f"{TOKYO}: The retention policy would delete 36 backups" in mail.said


@pytest.mark.fault("dry-run")
def test_a_purge_by_hand_and_its_dry_run_know_the_regions(world: World, lustre: str) -> None:
    old, kept = seed_copies(world, lustre, [30, 31]), seed_copies(world, lustre, [0.5])
    message = world.message(lustre, action="purge", copies={FRANKFURT: {}, TOKYO: {}})
    answer = world.invoke(message)
    assert answer["outcome"] == "DRY_RUN"
    assert {d["backup_id"]: d["delete"] for d in answer["copies"][1]["purge"]["decisions"]} == {
        **dict.fromkeys(old, True),
        kept[0]: False,
    }
    assert f"\n{FRANKFURT}:\nBACKUP" in answer["table"]
    world.fsx.control.fault("AccessDeniedException", "DescribeBackups", region=TOKYO)
    world.invoke(message | {"dry_run": True})
    assert world.invoke(message | {"dry_run": False})["outcome"] == "PURGED"
    assert [*world.backups(FRANKFURT)] == kept


@pytest.mark.fault("copies-at-once")
def test_twelve_plans_in_the_same_minute(world: World) -> None:
    """Five copies run, seven wait their turn."""
    world.fsx.control.durations(copy=3600)
    for number in range(12):
        world.send(world.message(world.fsx.seed_file_system(), name=f"plan-{number}", copies={FRANKFURT: {}}))
    most = 0
    while world.queue.records and world.now.day == 1:
        while world.deliver():
            pass
        lifecycles = Counter(copy["Lifecycle"] for copy in world.backups(FRANKFURT).values())
        most = max(most, lifecycles["COPYING"])
        world.advance(seconds=60)
    assert most == 5
    assert len(world.backups(FRANKFURT)) == 12
    assert Counter(mail.attributes["outcome"] for mail in world.topic.mails) == {"COMPLETED": 12}


def test_a_copy_of_four_hours_takes_few_polls_and_two_listings(world: World, lustre: str) -> None:
    world.fsx.control.durations(copy=4 * 3600)
    world.send(world.message(lustre, copies={FRANKFURT: {}}))
    world.settle()
    calls = [call for call in world.fsx.control.calls("DescribeBackups") if call["region"] == FRANKFURT]
    listings = [call for call in calls if "Filters" in call["parameters"]]
    assert len(calls) <= 30
    assert len(listings) == 2
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"
