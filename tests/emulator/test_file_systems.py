"""File systems, volumes and restores: as much as backups need."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused, listed

SUBNET = "subnet-0123456789abcdef0"
LUSTRE = {
    "FileSystemType": "LUSTRE",
    "StorageCapacity": 1200,
    "SubnetIds": [SUBNET],
    "LustreConfiguration": {"DeploymentType": "PERSISTENT_1", "PerUnitStorageThroughput": 50},
}


def _sole(client: Any, file_system_id: str) -> dict[str, Any]:
    (described,) = client.describe_file_systems(FileSystemIds=[file_system_id])["FileSystems"]
    result: dict[str, Any] = described
    return result


def test_a_file_system_becomes_available(fsx: EmulatedFSx, client: Any) -> None:
    made = client.create_file_system(**LUSTRE, Tags=[{"Key": "Name", "Value": "home"}])["FileSystem"]
    assert made["Lifecycle"] == "CREATING"
    fsx.control.advance(2)
    described = _sole(client, made["FileSystemId"])
    assert described["Lifecycle"] == "AVAILABLE"
    assert described["Tags"] == [{"Key": "Name", "Value": "home"}]
    assert described["LustreConfiguration"]["DeploymentType"] == "PERSISTENT_1"


def test_file_system_tokens(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    request = {**LUSTRE, "ClientRequestToken": "home"}
    first, second = (client.create_file_system(**request)["FileSystem"]["FileSystemId"] for _ in range(2))
    assert first == second
    error = refused(client.create_file_system, **{**request, "StorageCapacity": 2400})
    assert (error["Code"], error["Parameter"]) == ("IncompatibleParameterError", "StorageCapacity")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"FileSystemType": "WINDOWS", "LustreConfiguration": None}, "MissingFileSystemConfiguration"),
        ({"WindowsConfiguration": {"ThroughputCapacity": 32}}, "BadRequest"),
        ({"StorageCapacity": None}, "BadRequest"),
        ({"SubnetIds": [SUBNET, "subnet-0123456789abcdef1"]}, "BadRequest"),
        ({"FileSystemType": "FLOPPY"}, "BadRequest"),
    ],
    ids=["no-configuration", "foreign-configuration", "no-capacity", "two-subnets", "unknown-type"],
)
def test_file_systems_that_do_not_fit_together(
    client: Any, unchecked: Any, refused: Refused, change: dict[str, Any], code: str
) -> None:
    request = {name: value for name, value in {**LUSTRE, **change}.items() if value is not None}
    assert refused(unchecked.create_file_system, **request)["Code"] == code
    assert client.describe_file_systems()["FileSystems"] == []


def test_passwords_never_come_back(fsx: EmulatedFSx, client: Any) -> None:
    made = client.create_file_system(
        FileSystemType="ONTAP",
        StorageCapacity=1024,
        SubnetIds=[SUBNET],
        OntapConfiguration={
            "DeploymentType": "SINGLE_AZ_1",
            "ThroughputCapacity": 128,
            "FsxAdminPassword": "correct-horse-1",
        },
    )
    assert "correct-horse-1" not in str(made)


def test_unknown_file_systems_are_an_error(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    known = fsx.seed_file_system()
    error = refused(client.describe_file_systems, FileSystemIds=[known, "fs-00000000000000000"])
    assert error["Code"] == "FileSystemNotFound"


def test_file_systems_are_listed_in_pages(fsx: EmulatedFSx, client: Any) -> None:
    known = [fsx.seed_file_system() for _ in range(12)]
    found = [
        file_system["FileSystemId"]
        for page in client.get_paginator("describe_file_systems").paginate(PaginationConfig={"PageSize": 5})
        for file_system in page["FileSystems"]
    ]
    assert sorted(found) == sorted(known)


@pytest.mark.parametrize(
    ("file_system_type", "configuration", "final"),
    [
        ("WINDOWS", {}, True),
        ("WINDOWS", {"WindowsConfiguration": {"SkipFinalBackup": True}}, False),
        ("OPENZFS", {}, True),
        ("LUSTRE", {}, False),
        ("LUSTRE", {"LustreConfiguration": {"SkipFinalBackup": False}}, True),
    ],
    ids=["windows", "windows-skipped", "openzfs", "lustre", "lustre-asked-for"],
)
def test_deleting_makes_a_final_backup(
    fsx: EmulatedFSx, client: Any, file_system_type: str, configuration: dict[str, Any], final: bool
) -> None:
    file_system_id = fsx.seed_file_system(file_system_type)
    automatic = fsx.seed_backup(file_system_id, backup_type="AUTOMATIC")
    kept = fsx.seed_backup(file_system_id)
    answer = client.delete_file_system(FileSystemId=file_system_id, **configuration)
    assert answer["Lifecycle"] == "DELETING"
    remaining = listed(client)
    assert automatic not in remaining, "automatic backups go with their file system"
    assert kept in remaining
    assert len(remaining) == 1 + final


def test_a_deleted_file_system_disappears(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system()
    client.delete_file_system(FileSystemId=file_system_id)
    assert _sole(client, file_system_id)["Lifecycle"] == "DELETING"
    fsx.control.advance(2)
    assert client.describe_file_systems()["FileSystems"] == []
    assert refused(client.delete_file_system, FileSystemId=file_system_id)["Code"] == "FileSystemNotFound"


def test_configurations_of_other_types_do_not_delete(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    error = refused(
        client.delete_file_system,
        FileSystemId=fsx.seed_file_system("OPENZFS"),
        WindowsConfiguration={"SkipFinalBackup": True},
    )
    assert error["Code"] == "BadRequest"


def test_a_final_backup_that_cannot_be_made_stops_the_deletion(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("WINDOWS")
    client.create_backup(FileSystemId=file_system_id)
    assert refused(client.delete_file_system, FileSystemId=file_system_id)["Code"] == "BadRequest"
    assert _sole(client, file_system_id)["Lifecycle"] == "AVAILABLE"


def test_ontap_with_volumes_cannot_be_deleted(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(file_system_id)
    assert refused(client.delete_file_system, FileSystemId=file_system_id)["Code"] == "BadRequest"
    fsx.control.remove(volume_id)
    client.delete_file_system(FileSystemId=file_system_id)


def test_volumes_of_ontap(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    machine = fsx.control.seed_storage_virtual_machine(file_system_id)
    request = {
        "VolumeType": "ONTAP",
        "Name": "vol1",
        "OntapConfiguration": {"StorageVirtualMachineId": machine, "SizeInMegabytes": 1024},
        "ClientRequestToken": "vol1",
    }
    made, again = (client.create_volume(**request)["Volume"] for _ in range(2))
    assert made["VolumeId"] == again["VolumeId"]
    assert (made["Lifecycle"], made["FileSystemId"]) == ("CREATING", file_system_id)
    fsx.control.advance(2)
    for name, value in (("file-system-id", file_system_id), ("storage-virtual-machine-id", machine)):
        (found,) = client.describe_volumes(Filters=[{"Name": name, "Values": [value]}])["Volumes"]
        assert (found["VolumeId"], found["Lifecycle"]) == (made["VolumeId"], "CREATED")


def test_volumes_of_openzfs(fsx: EmulatedFSx, client: Any) -> None:
    root = _sole(client, fsx.seed_file_system("OPENZFS"))["OpenZFSConfiguration"]["RootVolumeId"]
    made = client.create_volume(VolumeType="OPENZFS", Name="data", OpenZFSConfiguration={"ParentVolumeId": root})
    fsx.control.advance(2)
    (found,) = client.describe_volumes(VolumeIds=[made["Volume"]["VolumeId"]])["Volumes"]
    assert found["Lifecycle"] == "AVAILABLE"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"VolumeType": "ONTAP"}, "MissingVolumeConfiguration"),
        (
            {
                "VolumeType": "ONTAP",
                "OntapConfiguration": {"StorageVirtualMachineId": "svm-00000000000000000", "SizeInMegabytes": 1},
            },
            "StorageVirtualMachineNotFound",
        ),
        (
            {"VolumeType": "ONTAP", "OntapConfiguration": {"StorageVirtualMachineId": "svm-00000000000000000"}},
            "BadRequest",
        ),
        (
            {"VolumeType": "OPENZFS", "OpenZFSConfiguration": {"ParentVolumeId": "fsvol-00000000000000000"}},
            "BadRequest",
        ),
    ],
    ids=["no-configuration", "unknown-machine", "no-size", "unknown-parent"],
)
def test_volumes_that_cannot_be(
    fsx: EmulatedFSx, client: Any, refused: Refused, request_: dict[str, Any], code: str
) -> None:
    assert refused(client.create_volume, Name="vol1", **request_)["Code"] == code


def test_unknown_volumes_are_an_error(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    assert refused(client.describe_volumes, VolumeIds=["fsvol-00000000000000000"])["Code"] == "VolumeNotFound"


def test_a_restore_takes_the_settings_of_the_backup(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("LUSTRE", configuration={"CopyTagsToBackups": True})
    backup_id = fsx.seed_backup(file_system_id)
    fsx.control.remove(file_system_id)
    request = {"BackupId": backup_id, "SubnetIds": [SUBNET], "ClientRequestToken": "restore"}
    made, again = (client.create_file_system_from_backup(**request)["FileSystem"] for _ in range(2))
    assert made["FileSystemId"] == again["FileSystemId"]
    assert made["LustreConfiguration"]["CopyTagsToBackups"] is True
    assert made["Lifecycle"] == "CREATING"
    fsx.control.advance(2)
    assert _sole(client, made["FileSystemId"])["Lifecycle"] == "AVAILABLE"


@pytest.mark.parametrize("lifecycle", ["CREATING", "FAILED"])
def test_only_available_backups_can_be_restored(
    fsx: EmulatedFSx, client: Any, refused: Refused, lifecycle: str
) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), lifecycle=lifecycle)
    error = refused(client.create_file_system_from_backup, BackupId=backup_id, SubnetIds=[SUBNET])
    assert error["Code"] == "BadRequest"


def test_volume_backups_are_not_restored_to_file_systems(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_volume(fsx.seed_file_system("ONTAP")))
    error = refused(client.create_file_system_from_backup, BackupId=backup_id, SubnetIds=[SUBNET])
    assert error["Code"] == "BadRequest"


def test_a_restore_keeps_the_capacity(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    lustre = fsx.seed_backup(fsx.seed_file_system("LUSTRE"))
    error = refused(client.create_file_system_from_backup, BackupId=lustre, SubnetIds=[SUBNET], StorageCapacity=2400)
    assert error["Code"] == "BadRequest"
    openzfs = fsx.seed_backup(fsx.seed_file_system("OPENZFS"))
    client.create_file_system_from_backup(BackupId=openzfs, SubnetIds=[SUBNET], StorageCapacity=2400)
