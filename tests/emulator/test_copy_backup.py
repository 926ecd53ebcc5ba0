"""CopyBackup: from where, to where, with which tags, how many at a time."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused, described, listed

KEY = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012"


@pytest.fixture
def elsewhere(fsx: EmulatedFSx) -> Any:
    return fsx.client("eu-west-1")


@pytest.fixture
def source(fsx: EmulatedFSx) -> str:
    return fsx.seed_backup(fsx.seed_file_system(), backup_type="AUTOMATIC", tags={"Theirs": "t", "Both": "theirs"})


def test_called_in_the_destination(fsx: EmulatedFSx, client: Any, elsewhere: Any, source: str) -> None:
    copy = elsewhere.copy_backup(SourceBackupId=source, SourceRegion="us-east-1")["Backup"]
    assert (copy["SourceBackupId"], copy["SourceBackupRegion"]) == (source, "us-east-1")
    assert (copy["Lifecycle"], copy["Type"]) == ("COPYING", "USER_INITIATED")
    assert copy["ResourceARN"].startswith("arn:aws:fsx:eu-west-1:123456789012:backup/")
    assert (listed(elsewhere), listed(client)) == ([copy["BackupId"]], [source])
    fsx.control.advance(2)
    assert described(elsewhere, copy["BackupId"])["Lifecycle"] == "AVAILABLE"


def test_copies_are_incremental_while_an_earlier_one_of_the_target_and_the_key_is_there(
    fsx: EmulatedFSx, elsewhere: Any, source: str
) -> None:
    def lifecycle_after_a_second(source_id: str, **further: str) -> str:
        copy = elsewhere.copy_backup(SourceBackupId=source_id, SourceRegion="us-east-1", **further)["Backup"]
        fsx.control.advance(1)
        found = str(described(elsewhere, copy["BackupId"])["Lifecycle"])
        fsx.control.advance(1)
        return found

    assert [lifecycle_after_a_second(source) for _ in range(2)] == ["COPYING"] * 2, "as full ones unless it is set"
    fsx.control.durations(incremental_copy=1)
    assert lifecycle_after_a_second(source) == "AVAILABLE"
    assert lifecycle_after_a_second(source, KmsKeyId=KEY) == "COPYING", "another key"
    ontap = fsx.seed_file_system("ONTAP")
    others = [fsx.seed_file_system(), *(fsx.seed_volume(ontap) for _ in range(2))]
    assert [lifecycle_after_a_second(fsx.seed_backup(other)) for other in others] == ["COPYING"] * 3, "other targets"
    for backup_id in listed(elsewhere):
        elsewhere.delete_backup(BackupId=backup_id)
    assert lifecycle_after_a_second(source) == "COPYING", "no earlier one is left"


def test_a_copy_within_its_region_does_not_hold_up_a_backup(fsx: EmulatedFSx, client: Any, source: str) -> None:
    copy = client.copy_backup(SourceBackupId=source)["Backup"]
    assert copy["SourceBackupRegion"] == "us-east-1"
    client.create_backup(FileSystemId=copy["FileSystem"]["FileSystemId"])


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "moon-north-1"])
def test_other_partitions_and_unknown_regions_are_refused(
    client: Any, refused: Refused, source: str, region: str
) -> None:
    assert refused(client.copy_backup, SourceBackupId=source, SourceRegion=region)["Code"] == "InvalidRegion"


@pytest.mark.parametrize(
    ("flag", "expected"), [({}, {}), ({"CopyTags": True}, {"Theirs": "t"})], ids=["default", "asked"]
)
def test_tags_are_copied_only_when_asked_for(
    client: Any, source: str, flag: dict[str, bool], expected: dict[str, str]
) -> None:
    own = [{"Key": "Own", "Value": "o"}, {"Key": "Both", "Value": "own"}]
    copy = client.copy_backup(SourceBackupId=source, Tags=own, **flag)["Backup"]
    assert {tag["Key"]: tag["Value"] for tag in copy["Tags"]} == {"Own": "o", "Both": "own", **expected}


def test_copied_and_own_tags_are_fifty_together(client: Any, refused: Refused, source: str) -> None:
    own = [{"Key": f"key-{number}", "Value": ""} for number in range(49)]
    assert refused(client.copy_backup, SourceBackupId=source, CopyTags=True, Tags=own)["Code"] == "BadRequest"
    assert len(client.copy_backup(SourceBackupId=source, CopyTags=True, Tags=own[1:])["Backup"]["Tags"]) == 50


@pytest.mark.parametrize("lifecycle", ["PENDING", "CREATING", "TRANSFERRING", "COPYING", "FAILED"])
def test_the_source_must_be_available(
    fsx: EmulatedFSx, client: Any, refused: Refused, source: str, lifecycle: str
) -> None:
    fsx.control.set_backup(source, lifecycle=lifecycle)
    error = refused(client.copy_backup, SourceBackupId=source)
    assert (error["Code"], error["BackupId"]) == ("SourceBackupUnavailable", source)


def test_volume_backups_are_copied_but_those_of_flexgroups(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    ontap = fsx.seed_file_system("ONTAP")
    volumes = [fsx.seed_volume(ontap), fsx.seed_volume(ontap, configuration={"VolumeStyle": "FLEXGROUP"})]
    copied, refusing = map(fsx.seed_backup, volumes)
    assert client.copy_backup(SourceBackupId=copied)["Backup"]["Volume"]["VolumeId"] == volumes[0]
    assert refused(client.copy_backup, SourceBackupId=refusing)["Code"] == "UnsupportedOperation"


def test_five_copies_at_a_time_of_a_volume_and_a_key(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    ontap = fsx.seed_file_system("ONTAP")
    source, other = (fsx.seed_backup(fsx.seed_volume(ontap)) for _ in range(2))
    fsx.control.quotas(ontap_copies=8)
    for _ in range(5):
        client.copy_backup(SourceBackupId=source)
    assert refused(client.copy_backup, SourceBackupId=source)["Limit"] == "TOTAL_IN_PROGRESS_COPY_BACKUPS"
    for further in ({"SourceBackupId": source, "KmsKeyId": KEY}, {"SourceBackupId": other}):
        client.copy_backup(**further)
    client.copy_backup(SourceBackupId=fsx.seed_backup(fsx.seed_file_system()))  # counted by themselves
    client.copy_backup(SourceBackupId=other)
    assert refused(client.copy_backup, SourceBackupId=other)["Limit"] == "TOTAL_USER_INITIATED_BACKUPS"


@pytest.mark.parametrize("kind", ["file-system-id", "volume-id"])
@pytest.mark.parametrize("found", [True, False])
def test_filters_by_target_may_know_copies_or_not(
    fsx: EmulatedFSx, elsewhere: Any, refused: Refused, kind: str, found: bool
) -> None:
    fsx.control.copies(by_target=found)
    target = fsx.seed_file_system("LUSTRE" if kind == "file-system-id" else "ONTAP")
    target = target if kind == "file-system-id" else fsx.seed_volume(target)
    copy = elsewhere.copy_backup(SourceBackupId=fsx.seed_backup(target), SourceRegion="us-east-1")["Backup"]["BackupId"]
    asked = {"Filters": [{"Name": kind, "Values": [target]}]}
    if found:
        assert listed(elsewhere, **asked) == [copy]
    else:
        error = "FileSystemNotFound" if kind == "file-system-id" else "VolumeNotFound"
        assert refused(elsewhere.describe_backups, **asked)["Code"] == error
    assert listed(elsewhere) == [copy]


@pytest.mark.parametrize("kept", [True, False])
def test_a_copys_creation_time_is_its_own_or_its_sources(fsx: EmulatedFSx, elsewhere: Any, kept: bool) -> None:
    fsx.control.copies(keep_creation_time=kept)
    source = fsx.seed_backup(fsx.seed_file_system(), creation_time="2026-02-01T00:00:00Z")
    copy = elsewhere.copy_backup(SourceBackupId=source, SourceRegion="us-east-1")["Backup"]
    assert f"{copy['CreationTime']:%m}" == ("02" if kept else "03")


def test_the_source_is_searched_in_the_source_region(elsewhere: Any, refused: Refused, source: str) -> None:
    assert refused(elsewhere.copy_backup, SourceBackupId=source)["Code"] == "BackupNotFound"


def test_five_copies_at_a_time_per_destination(
    fsx: EmulatedFSx, client: Any, elsewhere: Any, refused: Refused, source: str
) -> None:
    for _ in range(5):
        elsewhere.copy_backup(SourceBackupId=source, SourceRegion="us-east-1")
    error = refused(elsewhere.copy_backup, SourceBackupId=source, SourceRegion="us-east-1")
    assert (error["Code"], error["Limit"]) == ("ServiceLimitExceeded", "TOTAL_IN_PROGRESS_COPY_BACKUPS")
    client.copy_backup(SourceBackupId=source)
    fsx.control.advance(2)
    elsewhere.copy_backup(SourceBackupId=source, SourceRegion="us-east-1")
