"""CopyBackup: from where, to where, with which tags, how many at a time."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused, listed

KEY = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012"


@pytest.fixture
def elsewhere(fsx: EmulatedFSx) -> Any:
    return fsx.client("eu-west-1")


def test_called_in_the_destination(fsx: EmulatedFSx, client: Any, elsewhere: Any) -> None:
    source = fsx.seed_backup(fsx.seed_file_system(), backup_type="AUTOMATIC")
    copy = elsewhere.copy_backup(SourceBackupId=source, SourceRegion="us-east-1")["Backup"]
    assert (copy["SourceBackupId"], copy["SourceBackupRegion"]) == (source, "us-east-1")
    assert (copy["Lifecycle"], copy["Type"]) == ("COPYING", "USER_INITIATED")
    assert copy["ResourceARN"].startswith("arn:aws:fsx:eu-west-1:123456789012:backup/")
    assert listed(elsewhere) == [copy["BackupId"]]
    assert listed(client) == [source]


def test_without_a_source_region_it_is_the_same_one(fsx: EmulatedFSx, client: Any) -> None:
    source = fsx.seed_backup(fsx.seed_file_system())
    assert client.copy_backup(SourceBackupId=source)["Backup"]["SourceBackupRegion"] == "us-east-1"


def test_the_source_is_looked_for_in_the_source_region(fsx: EmulatedFSx, elsewhere: Any, refused: Refused) -> None:
    source = fsx.seed_backup(fsx.seed_file_system())
    assert refused(elsewhere.copy_backup, SourceBackupId=source)["Code"] == "BackupNotFound"


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "moon-north-1"])
def test_other_partitions_and_unknown_regions_are_refused(
    fsx: EmulatedFSx, client: Any, refused: Refused, region: str
) -> None:
    source = fsx.seed_backup(fsx.seed_file_system())
    error = refused(client.copy_backup, SourceBackupId=source, SourceRegion=region)
    assert error["Code"] == "InvalidRegion"


@pytest.mark.parametrize(
    ("copy_tags", "expected"),
    [(None, {"Own": "o", "Both": "own"}), (True, {"Own": "o", "Both": "own", "Theirs": "t"})],
    ids=["not-asked-for", "asked-for"],
)
def test_tags_are_copied_only_when_asked_for(
    fsx: EmulatedFSx, client: Any, copy_tags: bool | None, expected: dict[str, str]
) -> None:
    source = fsx.seed_backup(fsx.seed_file_system(), tags={"Theirs": "t", "Both": "theirs"})
    own = [{"Key": "Own", "Value": "o"}, {"Key": "Both", "Value": "own"}]
    flag = {} if copy_tags is None else {"CopyTags": copy_tags}
    copy = client.copy_backup(SourceBackupId=source, Tags=own, **flag)["Backup"]
    assert {tag["Key"]: tag["Value"] for tag in copy["Tags"]} == expected


def test_copied_and_own_tags_are_fifty_together(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    source = fsx.seed_backup(fsx.seed_file_system(), tags={f"key-{number}": "" for number in range(49)})
    own = [{"Key": "one", "Value": ""}, {"Key": "two", "Value": ""}]
    assert refused(client.copy_backup, SourceBackupId=source, CopyTags=True, Tags=own)["Code"] == "BadRequest"
    copy = client.copy_backup(SourceBackupId=source, CopyTags=True, Tags=own[:1])["Backup"]
    assert len(copy["Tags"]) == 50


@pytest.mark.parametrize("lifecycle", ["PENDING", "CREATING", "TRANSFERRING", "COPYING", "FAILED"])
def test_the_source_must_be_available(fsx: EmulatedFSx, client: Any, refused: Refused, lifecycle: str) -> None:
    source = fsx.seed_backup(fsx.seed_file_system(), lifecycle=lifecycle)
    error = refused(client.copy_backup, SourceBackupId=source)
    assert (error["Code"], error["BackupId"]) == ("SourceBackupUnavailable", source)


def test_volume_backups_cannot_be_copied(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    source = fsx.seed_backup(fsx.seed_volume(fsx.seed_file_system("ONTAP")))
    assert refused(client.copy_backup, SourceBackupId=source)["Code"] == "UnsupportedOperation"


def test_unknown_source(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    error = refused(client.copy_backup, SourceBackupId="backup-00000000000000000")
    assert error["Code"] == "BackupNotFound"


def test_five_copies_at_a_time_per_destination(fsx: EmulatedFSx, client: Any, elsewhere: Any, refused: Refused) -> None:
    source = fsx.seed_backup(fsx.seed_file_system())
    for _ in range(5):
        elsewhere.copy_backup(SourceBackupId=source, SourceRegion="us-east-1")
    error = refused(elsewhere.copy_backup, SourceBackupId=source, SourceRegion="us-east-1")
    assert (error["Code"], error["Limit"]) == ("ServiceLimitExceeded", "TOTAL_IN_PROGRESS_COPY_BACKUPS")
    client.copy_backup(SourceBackupId=source)
    fsx.control.advance(2)
    elsewhere.copy_backup(SourceBackupId=source, SourceRegion="us-east-1")


def test_tokens_hold_for_copies_too(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    source = fsx.seed_backup(fsx.seed_file_system())
    first, second = (client.copy_backup(SourceBackupId=source, ClientRequestToken="copy-1")["Backup"] for _ in range(2))
    assert first["BackupId"] == second["BackupId"]
    error = refused(client.copy_backup, SourceBackupId=source, ClientRequestToken="copy-1", CopyTags=True)
    assert (error["Code"], error["Parameter"]) == ("IncompatibleParameterError", "CopyTags")


def _seconds_to_copy(fsx: EmulatedFSx, client: Any, source: str, **further: str) -> float:
    """How long a copy is COPYING, in half seconds."""
    copy = client.copy_backup(SourceBackupId=source, SourceRegion="us-east-1", **further)["Backup"]["BackupId"]
    for half_seconds in range(10):
        if client.describe_backups(BackupIds=[copy])["Backups"][0]["Lifecycle"] == "AVAILABLE":
            return half_seconds / 2
        fsx.control.advance(0.5)
    raise AssertionError


def test_copies_are_incremental_while_an_earlier_one_with_the_key_is_there(fsx: EmulatedFSx, elsewhere: Any) -> None:
    file_system_id = fsx.seed_file_system()
    sources = [fsx.seed_backup(file_system_id) for _ in range(4)]
    assert _seconds_to_copy(fsx, elsewhere, sources[0]) == 2, "the first is a full one"
    assert _seconds_to_copy(fsx, elsewhere, sources[1]) == 1
    assert _seconds_to_copy(fsx, elsewhere, sources[2], KmsKeyId=KEY) == 2, "another key"
    for backup_id in listed(elsewhere):
        elsewhere.delete_backup(BackupId=backup_id)
    assert _seconds_to_copy(fsx, elsewhere, sources[3]) == 2, "no earlier one is left"


def test_another_file_systems_copy_does_not_count(fsx: EmulatedFSx, elsewhere: Any) -> None:
    for _ in range(2):
        assert _seconds_to_copy(fsx, elsewhere, fsx.seed_backup(fsx.seed_file_system())) == 2
