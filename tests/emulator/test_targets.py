"""The lifecycles in which a target can be backed up."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx, SettingError
from tests.emulator.calls import Refused


def test_file_system_that_is_not_ready_is_refused(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    created = client.create_file_system(
        FileSystemType="OPENZFS",
        StorageCapacity=64,
        SubnetIds=["subnet-0123456789abcdef0"],
        OpenZFSConfiguration={"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 64},
    )["FileSystem"]
    assert refused(client.create_backup, FileSystemId=created["FileSystemId"])["Code"] == "BadRequest"
    fsx.control.advance(2)
    client.create_backup(FileSystemId=created["FileSystemId"])


@pytest.mark.parametrize("lifecycle", ["CREATING", "MISCONFIGURED", "MISCONFIGURED_UNAVAILABLE", "FAILED", "DELETING"])
def test_a_file_system_that_is_not_available_is_refused(
    fsx: EmulatedFSx, client: Any, refused: Refused, lifecycle: str
) -> None:
    file_system_id = fsx.seed_file_system("OPENZFS")
    fsx.control.set_lifecycle(file_system_id, lifecycle, seconds=60)
    error = refused(client.create_backup, FileSystemId=file_system_id)
    assert error["Code"] == "BadRequest"
    assert error["Error"]["Message"] == f"A backup cannot be made while its target is {lifecycle}."
    fsx.control.advance(60)
    client.create_backup(FileSystemId=file_system_id)


def test_a_file_system_that_is_updated_can_be_backed_up(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("OPENZFS")
    assert fsx.control.set_lifecycle(file_system_id, "UPDATING")["Lifecycle"] == "UPDATING"
    client.create_backup(FileSystemId=file_system_id)


@pytest.mark.parametrize("lifecycle", ["CREATING", "PENDING", "MISCONFIGURED", "FAILED", "DELETING"])
def test_a_volume_that_is_not_ready_is_refused(fsx: EmulatedFSx, client: Any, refused: Refused, lifecycle: str) -> None:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    fsx.control.set_lifecycle(volume_id, lifecycle, seconds=60)
    error = refused(client.create_backup, VolumeId=volume_id)
    assert error["Code"] == "BadRequest"
    assert error["Error"]["Message"].endswith(f"while its target is {lifecycle}.")
    fsx.control.advance(60)
    client.create_backup(VolumeId=volume_id)


@pytest.mark.parametrize("lifecycle", ["AVAILABLE", "CREATED"])
def test_both_words_for_a_ready_volume_will_do(fsx: EmulatedFSx, client: Any, lifecycle: str) -> None:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    fsx.control.set_lifecycle(volume_id, lifecycle)
    client.create_backup(VolumeId=volume_id)


def test_a_lifecycle_lasts_until_another_one_is_set(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()

    def shown() -> str:
        (described,) = client.describe_file_systems(FileSystemIds=[file_system_id])["FileSystems"]
        return str(described["Lifecycle"])

    fsx.control.set_lifecycle(file_system_id, "MISCONFIGURED")
    fsx.control.advance(10**6)
    assert shown() == "MISCONFIGURED"
    fsx.control.set_lifecycle(file_system_id, "AVAILABLE")
    assert shown() == "AVAILABLE"


@pytest.mark.parametrize("lifecycle", ["CREATED", "PENDING", "available", None])
def test_a_lifecycle_that_file_systems_do_not_have_is_refused(fsx: EmulatedFSx, lifecycle: Any) -> None:
    file_system_id = fsx.seed_file_system()
    with pytest.raises(SettingError, match=r"^lifecycle must be one of AVAILABLE, CREATING, "):
        fsx.control.set_lifecycle(file_system_id, lifecycle)
