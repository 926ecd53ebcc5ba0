"""Restore tests that fail, and how they say it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.function.faults.matrix import DENIED, TRANSPORT, modelled
from tests.function.restores import everything, made, restore, seed, tagged
from tests.function.watching import outcomes
from tests.support.world import DEPLOYMENT, START, World


@pytest.mark.parametrize("days", [[], [30, 2]])
def test_without_an_available_backup(world: World, days: list[int]) -> None:
    """Since when, as far as FSx still lists the backups."""
    target = world.fsx.seed_file_system()
    ids = world.history(target, days, lifecycle="FAILED")
    mail = restore(world, target)
    assert outcomes(world) == ["RESTORE_FAILED"]
    said = "FSx lists 0 of this plan."
    if ids:
        said = f"lists 2 of this plan: the oldest is {ids[0]} of 2026-01-30 04:00 UTC (FAILED), the newest {ids[1]} of "
    assert f"There is no AVAILABLE backup of file system {target} to restore. " in mail.said
    assert said in mail.said
    assert "Again      aws lambda invoke" in mail.text
    assert not made(world)


@pytest.mark.parametrize("operation", ["DescribeBackups", "CreateFileSystemFromBackup"])
def test_a_backup_that_is_deleted_meanwhile(world: World, operation: str) -> None:
    target, *_ = seed(world)
    world.fsx.control.fault("BackupNotFound", operation, at=2 if operation == "DescribeBackups" else 1)
    restore(world, target)
    assert outcomes(world) == ["RESTORE_PASSED"]
    assert not made(world)


@pytest.mark.parametrize("kind", ["LUSTRE", "ONTAP"])
@pytest.mark.parametrize("outcome", ["FAILED", "STUCK"])
def test_a_restore_that_comes_to_nothing_is_deleted_too(world: World, kind: str, outcome: str) -> None:
    target, test, newest = seed(world, kind)
    before = {*everything(world)}
    world.fsx.control.next_restore(newest, outcome, "The disk caught fire.")
    mail = restore(world, target, test={**test, "completion_window_minutes": 120, "hold_minutes": 600})
    assert outcomes(world) == ["RESTORE_FAILED"]
    assert {*everything(world)} == before
    said = {
        "FAILED": "is FAILED: The disk caught fire.",
        "STUCK": "still CREATING when its window ended, 2026-03-01 06:00 UTC.",
    }
    assert said[outcome] in mail.said
    assert (outcome == "STUCK") == (world.now > START + timedelta(hours=2))
    assert not world.cloudwatch.values("RestoreSeconds", Deployment=DEPLOYMENT)


@pytest.mark.parametrize(
    ("kind", "option"),
    {
        "LUSTRE": "--lustre-configuration SkipFinalBackup=true",
        "WINDOWS": "--windows-configuration SkipFinalBackup=true",
        "OPENZFS": "--open-zfs-configuration SkipFinalBackup=true,Options=DELETE_CHILD_VOLUMES_AND_SNAPSHOTS",
        "ONTAP": "--ontap-configuration SkipFinalBackup=true",
    }.items(),
)
def test_what_cannot_be_deleted_for_a_day_is_said(world: World, kind: str, option: str) -> None:
    target, test, _ = seed(world, kind)
    what = "volume" if kind == "ONTAP" else "file-system"
    operation = f"Delete{what.title().replace('-', '')}"
    world.fsx.control.fault("BadRequest", operation, times=None)
    mail = restore(world, target, test=test)
    assert outcomes(world) == ["RESTORE_FAILED"]
    [left] = made(world)
    said = f"The restore itself passed. {left}, which was made for the test, could not be deleted: BadRequest: "
    assert said in mail.said
    assert f"--{what}-ids {left}" in mail.text
    assert f"aws fsx delete-{what} --region us-east-1 --{what}-id {left} {option}\n" in mail.text.replace("\\\n", "")
    assert "lambda invoke" not in mail.text  # first what is there
    assert timedelta(hours=24) < world.now - START < timedelta(hours=25)
    assert len(world.fsx.control.calls(operation)) <= 100  # within what a message may be received


def test_a_self_managed_directory(world: World) -> None:
    """No backup has its credentials. The plan cannot know the directory; FSx does."""
    directory = {"DomainName": "corp.example.com", "DnsIps": ["10.0.0.1"], "UserName": "joiner"}
    settings = {"SelfManagedActiveDirectoryConfiguration": directory}
    target = world.fsx.seed_file_system("WINDOWS", configuration=settings)
    world.history(target, [1])
    mail = restore(world, target)
    assert outcomes(world) == ["RESTORE_FAILED"]
    assert "refused the restore: BadRequest: A self-managed Active Directory needs the credentials" in mail.said
    assert mail.data["remedy"].endswith("remove restore_test from this plan, and restore manually with them.")


def test_no_room_in_the_account(world: World) -> None:
    target, *_ = seed(world)
    world.fsx.control.quotas(file_systems=1)
    mail = restore(world, target)
    assert "ServiceLimitExceeded: The limit of 1 is reached: FILE_SYSTEM_COUNT" in mail.said
    assert mail.data["remedy"].startswith(
        "Request a higher quota in Service Quotas, or delete what is no longer needed."
    )


CREATING = ("CreateFileSystemFromBackup", "CreateVolumeFromBackup")


DELETING = ("DeleteFileSystem", "DeleteVolume")


REFUSED = {
    "ActiveDirectoryError": "remove restore_test from this plan, and restore manually",
    "BadRequest": "Correct restore_test as FSx says",
    "FileSystemNotFound": "Correct storage_virtual_machine_id",
    "InvalidNetworkSettings": "Correct subnet_ids",
    "InvalidPerUnitStorageThroughput": "Contact AWS Support",
    "MissingFileSystemConfiguration": "Set throughput_capacity",
    "MissingVolumeConfiguration": "Set storage_virtual_machine_id",
    "ServiceLimitExceeded": "Request a higher quota",
    "StorageVirtualMachineNotFound": "Correct storage_virtual_machine_id",
}


ERRORS = [
    (operation, error)
    for operation in (*CREATING, *DELETING)
    for error in sorted({*modelled(operation), *TRANSPORT, "InternalServerError", DENIED})
]


@pytest.mark.parametrize(("operation", "error"), ERRORS)
def test_every_error_of_a_restore(world: World, operation: str, error: str) -> None:
    """Refused for good, or passing, or for the alarm; and never anything is left."""
    target, test, _ = seed(world, "ONTAP" if "Volume" in operation else "LUSTRE")
    before = {*everything(world)}
    when = "after" if error == "truncated_body" else "before"
    world.fsx.control.fault(error, operation, when=when, times=2)
    world.send(world.restore(target, test=test))
    for _ in range(3):
        try:
            world.settle()
        except ClientError as raised:
            assert raised.response["Error"]["Code"] == error == DENIED  # noqa: PT017
            world.advance(minutes=31)
    refused = operation in CREATING and error in REFUSED
    rises = ["ERROR"] if error == DENIED else []
    assert outcomes(world) == ([*rises, "RESTORE_FAILED"] if refused else [*rises, "RESTORE_PASSED"])
    assert {*everything(world)} == before
    if refused:
        assert f"FSx refused the restore: {error}: " in world.topic.mails[0].said
        assert REFUSED[error] in world.topic.mails[0].said


@pytest.mark.parametrize("operation", ["DescribeFileSystems", "DescribeBackups", "CreateFileSystemFromBackup"])
def test_fsx_never_answers(world: World, operation: str) -> None:
    target, *_ = seed(world)
    world.fsx.control.fault("http_503", operation, times=None)
    mail = restore(world, target, test={"completion_window_minutes": 60})
    assert outcomes(world) == ["RESTORE_FAILED"]
    silent = operation == "DescribeFileSystems"
    assert (
        "FSx did not respond until the test was given up" if silent else "No restore had been started by"
    ) in mail.said
    assert "503" in mail.data["reason"]


@pytest.mark.parametrize("kind", ["LUSTRE", "ONTAP"])
def test_without_a_place_to_restore_to(world: World, kind: str) -> None:
    target, *_ = seed(world, kind)
    mail = restore(world, target, test={"subnet_ids": []})
    assert outcomes(world) == ["RESTORE_FAILED"]
    assert ("subnet_ids" if kind == "LUSTRE" else "storage_virtual_machine_id") in mail.data["remedy"]


@pytest.mark.parametrize("operation", ["DescribeFileSystems", "CreateFileSystemFromBackup"])
def test_what_is_denied_all_the_time_is_no_silence(world: World, operation: str) -> None:
    target, *_ = seed(world)
    world.fsx.control.fault(DENIED, operation, times=None)
    world.send(world.restore(target, test={"completion_window_minutes": 60}))
    while world.queue.records:
        with suppress(ClientError):
            world.settle(hours=1)
        world.advance(minutes=31)
    mail = world.topic.mails[-1]
    assert mail.attributes["outcome"] == "RESTORE_FAILED"
    assert DENIED in mail.data["reason"]
    assert "Dashboard" not in mail.data["remedy"]
    assert "max_restore_tests" not in mail.data["remedy"]


def test_the_reason_is_not_lost_when_the_deletion_fails_too(world: World) -> None:
    target, _, newest = seed(world)
    world.fsx.control.next_restore(newest, "FAILED", "The disk caught fire.")
    world.fsx.control.fault("BadRequest", "DeleteFileSystem", times=None)
    mail = restore(world, target)
    assert "The disk caught fire." in mail.data["reason"]
    assert "could not be deleted" in mail.data["reason"]


def test_a_leftover_that_cannot_be_deleted_holds_up_no_test(world: World) -> None:
    target, *_ = seed(world)
    old = tagged(world, 99)
    world.fsx.control.fault(DENIED, "DeleteFileSystem", times=1)
    restore(world, target)
    assert outcomes(world) == ["RESTORE_PASSED"]
    assert made(world) == [old]
