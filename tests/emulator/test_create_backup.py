"""CreateBackup: what it takes, what it refuses, what it makes."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused, listed

TAG = {"Key": "Name", "Value": "nightly"}


def test_neither_file_system_nor_volume_is_refused(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    assert refused(client.create_backup, Tags=[TAG])["Code"] == "BadRequest"


def test_file_system_and_volume_together_are_refused(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(file_system_id)
    error = refused(client.create_backup, FileSystemId=file_system_id, VolumeId=volume_id)
    assert error["Code"] == "BadRequest"
    assert listed(client) == []


@pytest.mark.parametrize("file_system_type", ["LUSTRE", "WINDOWS", "OPENZFS"])
def test_by_file_system_for_all_but_ontap(fsx: EmulatedFSx, client: Any, file_system_type: str) -> None:
    file_system_id = fsx.seed_file_system(file_system_type)
    backup = client.create_backup(FileSystemId=file_system_id)["Backup"]
    assert backup["FileSystem"]["FileSystemId"] == file_system_id
    assert backup["FileSystem"]["FileSystemType"] == file_system_type
    assert (backup["Type"], backup["ResourceType"]) == ("USER_INITIATED", "FILE_SYSTEM")


def test_ontap_by_volume(fsx: EmulatedFSx, client: Any) -> None:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    backup = client.create_backup(VolumeId=volume_id)["Backup"]
    assert backup["Volume"]["VolumeId"] == volume_id
    assert backup["ResourceType"] == "VOLUME"


def test_ontap_by_file_system_is_unsupported(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    error = refused(client.create_backup, FileSystemId=fsx.seed_file_system("ONTAP"))
    assert error["Code"] == "UnsupportedOperation"


def test_ontap_volume_that_is_not_rw_is_refused(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"), configuration={"OntapVolumeType": "DP"})
    error = refused(client.create_backup, VolumeId=volume_id)
    assert error["Code"] == "BadRequest"
    assert "not DP" in error["Error"]["Message"]


def test_openzfs_by_volume_is_unsupported(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("OPENZFS")
    (described,) = client.describe_file_systems(FileSystemIds=[file_system_id])["FileSystems"]
    root = described["OpenZFSConfiguration"]["RootVolumeId"]
    assert refused(client.create_backup, VolumeId=root)["Code"] == "UnsupportedOperation"


def test_scratch_lustre_is_unsupported(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("LUSTRE", configuration={"DeploymentType": "SCRATCH_2"})
    assert refused(client.create_backup, FileSystemId=file_system_id)["Code"] == "UnsupportedOperation"


def test_lustre_linked_to_a_data_repository_is_unsupported(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("LUSTRE", configuration={"ImportPath": "s3://a-bucket"})
    assert refused(client.create_backup, FileSystemId=file_system_id)["Code"] == "UnsupportedOperation"


def test_unknown_file_system(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    assert refused(client.create_backup, FileSystemId="fs-00000000000000000")["Code"] == "FileSystemNotFound"


def test_unknown_volume(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    assert refused(client.create_backup, VolumeId="fsvol-00000000000000000")["Code"] == "VolumeNotFound"


@pytest.mark.parametrize("of_token", [False, True], ids=["a-new-one", "the-deleted-one"])
def test_what_the_token_of_a_deleted_backup_gives_can_be_set(fsx: EmulatedFSx, client: Any, of_token: bool) -> None:
    fsx.control.behaviour(deleted_backups_by_token=of_token)
    request = {"FileSystemId": fsx.seed_file_system(), "ClientRequestToken": "occurrence-1", "Tags": [TAG]}
    first = client.create_backup(**request)["Backup"]
    fsx.control.advance(2)
    client.delete_backup(BackupId=first["BackupId"])
    again = client.create_backup(**request)["Backup"]
    if of_token:
        assert (again["BackupId"], again["Lifecycle"], again["Tags"]) == (first["BackupId"], "DELETED", [TAG])
        assert listed(client) == []
    else:
        assert again["BackupId"] != first["BackupId"]
        assert listed(client) == [again["BackupId"]]


@pytest.mark.parametrize(
    "token",
    ["", "x" * 64, "2026-03-01T04:00:00Z", "two words", "back`tick", "caret^", "ünicode"],
    ids=["empty", "64-characters", "colons", "space", "backtick", "caret", "unicode"],
)
def test_token_length_and_alphabet(fsx: EmulatedFSx, client: Any, unchecked: Any, refused: Refused, token: str) -> None:
    file_system_id = fsx.seed_file_system()
    error = refused(unchecked.create_backup, FileSystemId=file_system_id, ClientRequestToken=token)
    assert error["Code"] == "BadRequest"
    assert "ClientRequestToken" in error["Error"]["Message"]
    assert listed(client) == []


def test_longest_token_with_the_whole_alphabet(fsx: EmulatedFSx, client: Any) -> None:
    token = "ABCXYZabcxyz0189_.-" + "x" * 44
    assert len(token) == 63
    client.create_backup(FileSystemId=fsx.seed_file_system(), ClientRequestToken=token)


def test_same_token_and_parameters_give_the_existing_backup(fsx: EmulatedFSx, client: Any) -> None:
    request = {"FileSystemId": fsx.seed_file_system(), "ClientRequestToken": "occurrence-1", "Tags": [TAG]}
    first = client.create_backup(**request)["Backup"]
    fsx.control.advance(2)
    second = client.create_backup(**request)["Backup"]
    assert (second["BackupId"], second["Lifecycle"]) == (first["BackupId"], "AVAILABLE")
    assert listed(client) == [first["BackupId"]]


@pytest.mark.parametrize("differing", ["Tags", "FileSystemId"])
def test_same_token_with_other_parameters_is_incompatible(
    fsx: EmulatedFSx, client: Any, refused: Refused, differing: str
) -> None:
    request: dict[str, Any] = {"FileSystemId": fsx.seed_file_system(), "ClientRequestToken": "occurrence-1"}
    made = client.create_backup(**request, Tags=[TAG])["Backup"]
    others: dict[str, dict[str, Any]] = {
        "Tags": {"Tags": [{"Key": "Name", "Value": "another"}]},
        "FileSystemId": {"FileSystemId": fsx.seed_file_system(), "Tags": [TAG]},
    }
    error = refused(client.create_backup, **{**request, **others[differing]})
    assert (error["Code"], error["Parameter"]) == ("IncompatibleParameterError", differing)
    assert listed(client) == [made["BackupId"]]


def test_how_long_a_token_is_remembered_can_be_set(fsx: EmulatedFSx, client: Any) -> None:
    request = {"FileSystemId": fsx.seed_file_system(), "ClientRequestToken": "occurrence-1"}
    fsx.control.behaviour(token_seconds=60)
    first = client.create_backup(**request)["Backup"]["BackupId"]
    fsx.control.advance(60)
    assert client.create_backup(**request)["Backup"]["BackupId"] == first
    fsx.control.advance(1)
    assert client.create_backup(**request)["Backup"]["BackupId"] != first


def test_tags_switch_off_the_copying_of_tags(fsx: EmulatedFSx, client: Any) -> None:
    configuration = {"CopyTagsToBackups": True}
    file_system_id = fsx.seed_file_system(tags={"Team": "hpc"}, configuration=configuration)
    copied = client.create_backup(FileSystemId=file_system_id)["Backup"]
    assert copied["Tags"] == [{"Key": "Team", "Value": "hpc"}]
    fsx.control.advance(2)
    own = client.create_backup(FileSystemId=file_system_id, Tags=[TAG])["Backup"]
    assert own["Tags"] == [TAG]


def test_tags_are_not_copied_unless_the_file_system_says_so(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system(tags={"Team": "hpc"})
    assert client.create_backup(FileSystemId=file_system_id)["Backup"].get("Tags") is None


def test_reserved_tags_are_not_copied(fsx: EmulatedFSx, client: Any) -> None:
    tags = {"Team": "hpc", "aws:cloudformation:stack-name": "home"}
    file_system_id = fsx.seed_file_system(tags=tags, configuration={"CopyTagsToBackups": True})
    assert client.create_backup(FileSystemId=file_system_id)["Backup"]["Tags"] == [{"Key": "Team", "Value": "hpc"}]


def test_ontap_volumes_copy_their_own_tags(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP", tags={"Of": "file system"})
    volume_id = fsx.seed_volume(file_system_id, tags={"Of": "volume"}, configuration={"CopyTagsToBackups": True})
    assert client.create_backup(VolumeId=volume_id)["Backup"]["Tags"] == [{"Key": "Of", "Value": "volume"}]


@pytest.mark.parametrize(
    "tags",
    [
        [],
        [{"Key": f"key-{number}", "Value": ""} for number in range(51)],
        [{"Key": "k" * 129, "Value": ""}],
        [{"Key": "", "Value": ""}],
        [{"Key": "key", "Value": "v" * 257}],
        [{"Key": "key"}],
        [{"Key": "key!", "Value": ""}],
        [{"Key": "key", "Value": "tab\tbed"}],
        [{"Key": "aws:key", "Value": ""}],
        [{"Key": "AWS:key", "Value": ""}],
        [TAG, TAG],
    ],
    ids=[
        "empty-list",
        "51-tags",
        "129-character-key",
        "empty-key",
        "257-character-value",
        "no-value",
        "key-alphabet",
        "value-alphabet",
        "reserved-key",
        "reserved-key-in-capitals",
        "key-twice",
    ],
)
def test_tags_beyond_their_limits_are_refused(
    fsx: EmulatedFSx, client: Any, unchecked: Any, refused: Refused, tags: list[dict[str, str]]
) -> None:
    error = refused(unchecked.create_backup, FileSystemId=fsx.seed_file_system(), Tags=tags)
    assert error["Code"] == "BadRequest"
    assert listed(client) == []


def test_tags_at_their_limits(fsx: EmulatedFSx, client: Any) -> None:
    tags = [{"Key": f"{number:03}" + "k" * 125, "Value": "ü é 漢 +-=._:/@ ".ljust(256, "v")} for number in range(50)]
    made = client.create_backup(FileSystemId=fsx.seed_file_system(), Tags=tags)["Backup"]
    assert made["Tags"] == tags


@pytest.mark.parametrize("backup_type", ["AUTOMATIC", "USER_INITIATED", "AWS_BACKUP"])
@pytest.mark.parametrize("lifecycle", ["PENDING", "CREATING", "TRANSFERRING"])
def test_one_backup_at_a_time_per_file_system(
    fsx: EmulatedFSx, client: Any, refused: Refused, backup_type: str, lifecycle: str
) -> None:
    file_system_id = fsx.seed_file_system()
    running = fsx.seed_backup(file_system_id, backup_type=backup_type, lifecycle=lifecycle)
    assert refused(client.create_backup, FileSystemId=file_system_id)["Code"] == "BackupInProgress"
    client.create_backup(FileSystemId=fsx.seed_file_system())
    fsx.control.set_backup(running, lifecycle="FAILED")
    client.create_backup(FileSystemId=file_system_id)


def test_volumes_of_one_file_system_are_backed_up_side_by_side(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    first, second = (fsx.seed_volume(file_system_id, name=name) for name in ("one", "two"))
    made = {client.create_backup(VolumeId=volume)["Backup"]["BackupId"] for volume in (first, second)}
    assert set(listed(client)) == made
    assert refused(client.create_backup, VolumeId=first)["Code"] == "BackupInProgress"


def test_a_copy_under_way_does_not_hold_up_a_backup(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    client.copy_backup(SourceBackupId=fsx.seed_backup(file_system_id), SourceRegion="us-east-1")
    client.create_backup(FileSystemId=file_system_id)


def test_returns_before_the_work_is_done(fsx: EmulatedFSx, client: Any) -> None:
    made = client.create_backup(FileSystemId=fsx.seed_file_system("WINDOWS"))["Backup"]
    assert (made["Lifecycle"], made["ProgressPercent"]) == ("CREATING", 0)


def test_the_work_takes_as_long_as_is_set(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.durations(backup=3600)
    made = client.create_backup(FileSystemId=fsx.seed_file_system("WINDOWS"))["Backup"]["BackupId"]
    seen = []
    for seconds in (1800, 1799, 1):
        fsx.control.advance(seconds)
        (backup,) = client.describe_backups(BackupIds=[made])["Backups"]
        seen.append((backup["Lifecycle"], backup["ProgressPercent"]))
    assert seen == [("CREATING", 50), ("CREATING", 99), ("AVAILABLE", 100)]


def test_ids_have_the_real_form(fsx: EmulatedFSx, client: Any) -> None:
    made = client.create_backup(FileSystemId=fsx.seed_file_system())["Backup"]
    prefix, _, digits = made["BackupId"].partition("-")
    assert (prefix, len(digits), set(digits) <= set("0123456789abcdef")) == ("backup", 17, True)
    assert made["ResourceARN"] == f"arn:aws:fsx:us-east-1:123456789012:backup/{made['BackupId']}"
