"""File systems and volumes: as much as backups need."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import LUSTRE, OTHER, SUBNET, Refused, described, machine_of

WINDOWS: dict[str, Any] = {
    "FileSystemType": "WINDOWS",
    "LustreConfiguration": None,
    "WindowsConfiguration": {"ThroughputCapacity": 32, "DeploymentType": "MULTI_AZ_1"},
}


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
        ({"SubnetIds": [SUBNET, OTHER]}, "BadRequest"),
        ({"FileSystemType": "FLOPPY"}, "BadRequest"),
        (WINDOWS | {"SubnetIds": [SUBNET, OTHER]}, "BadRequest"),
    ],
    ids=["no-configuration", "foreign", "no-capacity", "two-subnets", "unknown-type", "no-preferred-subnet"],
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


def test_volumes_of_ontap(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    machine = machine_of(client, fsx.seed_volume(file_system_id))
    fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    made = client.create_volume(
        VolumeType="ONTAP",
        Name="vol_2",
        OntapConfiguration={
            "StorageVirtualMachineId": machine,
            "SizeInMegabytes": 1024,
            "JunctionPath": "/a&Action=DeleteBackup&b",  # which is no operation
        },
    )["Volume"]
    assert (made["Lifecycle"], made["FileSystemId"]) == ("CREATING", file_system_id)
    assert made["OntapConfiguration"]["JunctionPath"] == "/a&Action=DeleteBackup&b"
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


@pytest.mark.parametrize("name", ["vol1", "vol-2", "v\u00f6l"], ids=["taken", "hyphen", "umlaut"])
def test_names_of_ontap_volumes(fsx: EmulatedFSx, client: Any, refused: Refused, name: str) -> None:
    volumes = [fsx.seed_volume(fsx.seed_file_system("ONTAP")) for _ in range(2)]  # both named vol1
    configuration = {"StorageVirtualMachineId": machine_of(client, volumes[0]), "SizeInMegabytes": 1}
    request = {"VolumeType": "ONTAP", "Name": name, "OntapConfiguration": configuration}
    assert refused(client.create_volume, **request)["Code"] == "BadRequest"


def test_one_unknown_id_fails_the_listing(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    known = fsx.seed_file_system("ONTAP")
    error = refused(client.describe_file_systems, FileSystemIds=[known, "fs-00000000000000000"])
    assert error["Code"] == "FileSystemNotFound"
    error = refused(client.describe_volumes, VolumeIds=[fsx.seed_volume(known), "fsvol-00000000000000000"])
    assert error["Code"] == "VolumeNotFound"
