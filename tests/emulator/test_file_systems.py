"""File systems, volumes and restores: as much as backups need."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import LUSTRE, SUBNET, Refused, described, listed, machine_of


def test_a_file_system_becomes_available_and_disappears(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    made = client.create_file_system(**LUSTRE, Tags=[{"Key": "Name", "Value": "home"}])["FileSystem"]
    file_system_id = made["FileSystemId"]
    assert made["Lifecycle"] == "CREATING"
    fsx.control.advance(2)
    found = described(client, file_system_id)
    assert (found["Lifecycle"], found["Tags"]) == ("AVAILABLE", [{"Key": "Name", "Value": "home"}])
    assert found["LustreConfiguration"]["DeploymentType"] == "PERSISTENT_1"
    client.delete_file_system(FileSystemId=file_system_id)
    assert described(client, file_system_id)["Lifecycle"] == "DELETING"
    fsx.control.advance(2)
    assert client.describe_file_systems()["FileSystems"] == []
    assert refused(client.delete_file_system, FileSystemId=file_system_id)["Code"] == "FileSystemNotFound"


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


def test_file_systems_are_listed_in_pages(fsx: EmulatedFSx, client: Any) -> None:
    known = [fsx.seed_file_system() for _ in range(12)]
    pages = client.get_paginator("describe_file_systems").paginate(PaginationConfig={"PageSize": 5})
    assert sorted(item["FileSystemId"] for page in pages for item in page["FileSystems"]) == sorted(known)


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
def test_deleting_makes_a_final_backup_and_takes_automatic_ones_along(
    fsx: EmulatedFSx, client: Any, file_system_type: str, configuration: dict[str, Any], final: bool
) -> None:
    file_system_id = fsx.seed_file_system(file_system_type)
    automatic = fsx.seed_backup(file_system_id, backup_type="AUTOMATIC")
    kept = fsx.seed_backup(file_system_id)
    client.delete_file_system(FileSystemId=file_system_id, **configuration)
    remaining = listed(client)
    assert (automatic in remaining, kept in remaining, len(remaining)) == (False, True, 1 + final)


def test_deletions_that_are_refused(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    openzfs, windows, ontap = (fsx.seed_file_system(kind) for kind in ("OPENZFS", "WINDOWS", "ONTAP"))
    client.create_backup(FileSystemId=windows)  # no final backup is possible meanwhile
    volume_id = fsx.seed_volume(ontap)
    foreign = {"WindowsConfiguration": {"SkipFinalBackup": True}}
    for file_system_id, further in ((openzfs, foreign), (windows, {}), (ontap, {})):
        error = refused(client.delete_file_system, FileSystemId=file_system_id, **further)
        assert (error["Code"], described(client, file_system_id)["Lifecycle"]) == ("BadRequest", "AVAILABLE")
    fsx.control.remove(volume_id)
    client.delete_file_system(FileSystemId=ontap)


def test_volumes_of_ontap(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    machine = machine_of(client, fsx.seed_volume(file_system_id))
    fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    made = client.create_volume(
        VolumeType="ONTAP",
        Name="a&Action=DeleteBackup&b",  # which is no operation
        OntapConfiguration={"StorageVirtualMachineId": machine, "SizeInMegabytes": 1024},
    )["Volume"]
    assert (made["Lifecycle"], made["FileSystemId"]) == ("CREATING", file_system_id)
    assert made["Name"] == "a&Action=DeleteBackup&b"
    fsx.control.advance(2)
    assert described(client, made["VolumeId"])["Lifecycle"] == "CREATED"
    fsx.control.listing(short_pages=False)
    for name, value in (("file-system-id", file_system_id), ("storage-virtual-machine-id", machine)):
        found = client.describe_volumes(Filters=[{"Name": name, "Values": [value]}])["Volumes"]
        assert {volume["FileSystemId"] for volume in found} == {file_system_id}
        assert len(found) == 2


def test_volumes_of_openzfs(fsx: EmulatedFSx, client: Any) -> None:
    root = described(client, fsx.seed_file_system("OPENZFS"))["OpenZFSConfiguration"]["RootVolumeId"]
    made = client.create_volume(VolumeType="OPENZFS", Name="data", OpenZFSConfiguration={"ParentVolumeId": root})
    fsx.control.advance(2)
    assert described(client, made["Volume"]["VolumeId"])["Lifecycle"] == "AVAILABLE"


MACHINE = {"StorageVirtualMachineId": "svm-00000000000000000"}


@pytest.mark.parametrize(
    ("kind", "configuration", "code"),
    [
        ("ONTAP", {}, "MissingVolumeConfiguration"),
        ("ONTAP", {"OntapConfiguration": {**MACHINE, "SizeInMegabytes": 1}}, "StorageVirtualMachineNotFound"),
        ("ONTAP", {"OntapConfiguration": MACHINE}, "BadRequest"),
        ("OPENZFS", {"OpenZFSConfiguration": {"ParentVolumeId": "fsvol-00000000000000000"}}, "BadRequest"),
    ],
    ids=["no-configuration", "unknown-machine", "no-size", "unknown-parent"],
)
def test_volumes_that_cannot_be(
    client: Any, refused: Refused, kind: str, configuration: dict[str, Any], code: str
) -> None:
    assert refused(client.create_volume, VolumeType=kind, Name="vol1", **configuration)["Code"] == code


def test_one_unknown_id_fails_the_listing(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    known = fsx.seed_file_system("ONTAP")
    error = refused(client.describe_file_systems, FileSystemIds=[known, "fs-00000000000000000"])
    assert error["Code"] == "FileSystemNotFound"
    error = refused(client.describe_volumes, VolumeIds=[fsx.seed_volume(known), "fsvol-00000000000000000"])
    assert error["Code"] == "VolumeNotFound"


def test_a_restore_takes_the_settings_of_the_backup(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("LUSTRE", configuration={"CopyTagsToBackups": True})
    backup_id = fsx.seed_backup(file_system_id)
    fsx.control.remove(file_system_id)
    made = client.create_file_system_from_backup(BackupId=backup_id, SubnetIds=[SUBNET])["FileSystem"]
    assert (made["LustreConfiguration"]["CopyTagsToBackups"], made["Lifecycle"]) == (True, "CREATING")
    fsx.control.advance(2)
    assert described(client, made["FileSystemId"])["Lifecycle"] == "AVAILABLE"


def test_restores_that_are_refused(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    lustre, openzfs = fsx.seed_file_system("LUSTRE"), fsx.seed_file_system("OPENZFS")
    for backup_id, further in (
        (fsx.seed_backup(lustre, lifecycle="CREATING"), {}),
        (fsx.seed_backup(lustre, lifecycle="FAILED"), {}),
        (fsx.seed_backup(fsx.seed_volume(fsx.seed_file_system("ONTAP"))), {}),
        (fsx.seed_backup(lustre), {"StorageCapacity": 2400}),
        (fsx.seed_backup(openzfs), {"StorageCapacity": 600}),
    ):
        request = {"BackupId": backup_id, "SubnetIds": [SUBNET], **further}
        assert refused(client.create_file_system_from_backup, **request)["Code"] == "BadRequest", request
    larger = {"BackupId": fsx.seed_backup(openzfs), "SubnetIds": [SUBNET], "StorageCapacity": 2400}
    client.create_file_system_from_backup(**larger)
