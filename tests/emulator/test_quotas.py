"""Quotas of user-initiated backups, per account, Region and file system type."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused

LIMIT = "TOTAL_USER_INITIATED_BACKUPS"


@pytest.mark.parametrize(
    ("file_system_type", "quota"),
    [("WINDOWS", 500), ("LUSTRE", 500), ("OPENZFS", 10_000), ("ONTAP", 10_000)],
    ids=["windows", "lustre", "openzfs", "ontap"],
)
def test_quota_by_file_system_type(
    fsx: EmulatedFSx, client: Any, refused: Refused, file_system_type: str, quota: int
) -> None:
    target = fsx.seed_file_system(file_system_type)
    request = {"FileSystemId": target}
    if file_system_type == "ONTAP":
        target = fsx.seed_volume(target)
        request = {"VolumeId": target}
    fsx.seed_backups([{"target_id": target}] * (quota - 1))
    client.create_backup(**request)
    fsx.control.advance(2)
    error = refused(client.create_backup, **request)
    assert (error["Code"], error["Limit"], error["Status"]) == ("ServiceLimitExceeded", LIMIT, 400)


def test_quotas_can_be_adjusted(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.control.quotas(lustre_backups=0)
    assert refused(client.create_backup, FileSystemId=file_system_id)["Limit"] == LIMIT
    fsx.control.quotas(lustre_backups=1)
    client.create_backup(FileSystemId=file_system_id)


def test_the_quota_spans_file_systems_but_not_types(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    fsx.control.quotas(lustre_backups=1, windows_backups=1)
    fsx.seed_backup(fsx.seed_file_system("LUSTRE"))
    assert refused(client.create_backup, FileSystemId=fsx.seed_file_system("LUSTRE"))["Limit"] == LIMIT
    client.create_backup(FileSystemId=fsx.seed_file_system("WINDOWS"))


def test_every_region_has_its_own(fsx: EmulatedFSx) -> None:
    fsx.control.quotas(lustre_backups=1)
    fsx.seed_backup(fsx.seed_file_system())
    fsx.client("eu-west-1").create_backup(FileSystemId=fsx.seed_file_system(region="eu-west-1"))


def test_backups_of_aws_backup_count(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    fsx.control.quotas(lustre_backups=1)
    file_system_id = fsx.seed_file_system()
    fsx.seed_backup(file_system_id, backup_type="AWS_BACKUP")
    assert refused(client.create_backup, FileSystemId=file_system_id)["Limit"] == LIMIT


def test_automatic_backups_do_not_count(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.quotas(lustre_backups=1)
    file_system_id = fsx.seed_file_system()
    fsx.seed_backup(file_system_id, backup_type="AUTOMATIC")
    client.create_backup(FileSystemId=file_system_id)


def test_copies_count(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    fsx.control.quotas(lustre_backups=2)
    file_system_id = fsx.seed_file_system()
    source = fsx.seed_backup(file_system_id)
    client.copy_backup(SourceBackupId=source)
    assert refused(client.copy_backup, SourceBackupId=source)["Limit"] == LIMIT
    assert refused(client.create_backup, FileSystemId=file_system_id)["Limit"] == LIMIT


def test_deleting_makes_room(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.quotas(lustre_backups=1)
    file_system_id = fsx.seed_file_system()
    client.delete_backup(BackupId=fsx.seed_backup(file_system_id))
    client.create_backup(FileSystemId=file_system_id)


def test_a_repeated_request_needs_no_room(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.quotas(lustre_backups=1)
    request = {"FileSystemId": fsx.seed_file_system(), "ClientRequestToken": "occurrence-1"}
    first, second = (client.create_backup(**request)["Backup"]["BackupId"] for _ in range(2))
    assert first == second


def test_file_systems_have_a_quota(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    fsx.control.quotas(file_systems=1)
    fsx.seed_file_system()
    error = refused(
        client.create_file_system,
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=["subnet-0123456789abcdef0"],
    )
    assert (error["Code"], error["Limit"]) == ("ServiceLimitExceeded", "FILE_SYSTEM_COUNT")


def test_volumes_have_a_quota(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    machine = fsx.control.seed_storage_virtual_machine(file_system_id)
    fsx.control.quotas(volumes_per_file_system=0)
    error = refused(
        client.create_volume,
        VolumeType="ONTAP",
        Name="vol1",
        OntapConfiguration={"StorageVirtualMachineId": machine, "SizeInMegabytes": 1024},
    )
    assert (error["Code"], error["Limit"]) == ("ServiceLimitExceeded", "VOLUMES_PER_FILE_SYSTEM")
