"""Quotas of user-initiated backups, per account, Region and file system type; of file systems and volumes."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import LUSTRE, Refused, machine_of

LIMIT = "TOTAL_USER_INITIATED_BACKUPS"


@pytest.mark.parametrize(
    ("file_system_type", "quota"), [("WINDOWS", 500), ("LUSTRE", 500), ("OPENZFS", 10_000), ("ONTAP", 10_000)]
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


@pytest.mark.parametrize(
    ("kind", "region", "backup_type", "counts"),
    [
        ("LUSTRE", "us-east-1", "USER_INITIATED", True),
        ("LUSTRE", "us-east-1", "AWS_BACKUP", True),
        ("LUSTRE", "us-east-1", "AUTOMATIC", False),
        ("WINDOWS", "us-east-1", "USER_INITIATED", False),
        ("LUSTRE", "eu-west-1", "USER_INITIATED", False),
    ],
)
def test_what_counts(
    fsx: EmulatedFSx, client: Any, refused: Refused, *, kind: str, region: str, backup_type: str, counts: bool
) -> None:
    fsx.control.quotas(lustre_backups=1)
    fsx.seed_backup(fsx.seed_file_system(kind, region=region), backup_type=backup_type)
    request = {"FileSystemId": fsx.seed_file_system()}
    if counts:
        assert refused(client.create_backup, **request)["Limit"] == LIMIT
    else:
        client.create_backup(**request)


def test_deleting_frees_the_quota(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.quotas(lustre_backups=1)
    file_system_id = fsx.seed_file_system()
    client.delete_backup(BackupId=fsx.seed_backup(file_system_id))
    client.create_backup(FileSystemId=file_system_id)


def test_copies_count(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    fsx.control.quotas(lustre_backups=2)
    file_system_id = fsx.seed_file_system()
    source = fsx.seed_backup(file_system_id)
    client.copy_backup(SourceBackupId=source)
    assert refused(client.copy_backup, SourceBackupId=source)["Limit"] == LIMIT
    assert refused(client.create_backup, FileSystemId=file_system_id)["Limit"] == LIMIT


def test_file_systems_and_volumes_have_a_quota(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    machine = machine_of(client, fsx.seed_volume(fsx.seed_file_system("ONTAP")))
    fsx.control.quotas(file_systems=1, volumes_per_file_system=1)
    error = refused(client.create_file_system, **LUSTRE)
    assert (error["Code"], error["Limit"]) == ("ServiceLimitExceeded", "FILE_SYSTEM_COUNT")
    configuration = {"StorageVirtualMachineId": machine, "SizeInMegabytes": 1024}
    error = refused(client.create_volume, VolumeType="ONTAP", Name="vol1", OntapConfiguration=configuration)
    assert (error["Code"], error["Limit"]) == ("ServiceLimitExceeded", "VOLUMES_PER_FILE_SYSTEM")
