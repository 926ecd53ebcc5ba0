"""DeleteBackup: what is deleted, and what is protected."""

from collections.abc import Callable
from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import SUBNET, Refused, listed


def test_a_deleted_backup_is_removed_at_once(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system()
    backup_id, later = fsx.seed_backup(file_system_id), fsx.seed_backup(file_system_id)
    response = client.delete_backup(BackupId=backup_id)
    assert (response["BackupId"], response["Lifecycle"]) == (backup_id, "DELETED")
    assert listed(client) == [later], "later backups of the chain stay whole"
    assert refused(client.delete_backup, BackupId=backup_id)["Code"] == "BackupNotFound"


@pytest.mark.parametrize("backup_id", ["backup-xyz", "backup-", "fs-0123456789abcdef0", ""])
def test_an_id_of_another_form_is_refused(fsx: EmulatedFSx, unchecked: Any, refused: Refused, backup_id: str) -> None:
    assert refused(unchecked.delete_backup, BackupId=backup_id)["Code"] == "BadRequest"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        *(({"lifecycle": state}, "BackupInProgress") for state in ("PENDING", "CREATING", "TRANSFERRING", "COPYING")),
        ({"backup_type": "AWS_BACKUP"}, "BadRequest"),
        ({"lifecycle": "FAILED"}, None),
        ({"backup_type": "AUTOMATIC"}, None),
    ],
)
def test_what_can_be_deleted(
    fsx: EmulatedFSx, client: Any, refused: Refused, state: dict[str, str], code: str | None
) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), **state)
    if code:
        assert refused(client.delete_backup, BackupId=backup_id)["Code"] == code
        assert listed(client) == [backup_id]
    else:
        client.delete_backup(BackupId=backup_id)
        assert listed(client) == []


def _restore(fsx: EmulatedFSx, backup_id: str) -> tuple[str, str, str]:
    made = fsx.client().create_file_system_from_backup(BackupId=backup_id, SubnetIds=[SUBNET])["FileSystem"]
    return "BackupRestoring", "FileSystemId", made["FileSystemId"]


def _copy(fsx: EmulatedFSx, backup_id: str) -> tuple[str, str, str]:
    fsx.client("eu-west-1").copy_backup(SourceBackupId=backup_id, SourceRegion="us-east-1")
    return "BackupBeingCopied", "BackupId", backup_id


@pytest.mark.parametrize("use", [_restore, _copy])
def test_a_backup_in_use_cannot_be_deleted(
    fsx: EmulatedFSx, client: Any, refused: Refused, use: Callable[[EmulatedFSx, str], tuple[str, str, str]]
) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system("OPENZFS"))
    code, member, value = use(fsx, backup_id)
    error = refused(client.delete_backup, BackupId=backup_id)
    assert (error["Code"], error[member]) == (code, value)
    fsx.control.advance(2)
    client.delete_backup(BackupId=backup_id)


def test_the_newest_available_backup_of_a_volume_goes_last(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(file_system_id)
    fsx.seed_backup(fsx.seed_volume(file_system_id), creation_time="2026-02-28T00:00:00Z")
    oldest, newest, failed = (
        fsx.seed_backup(volume_id, creation_time=f"2026-02-0{day}T00:00:00Z", lifecycle=lifecycle)
        for day, lifecycle in enumerate(("AVAILABLE", "AVAILABLE", "FAILED"), 1)
    )
    for other in (failed, oldest):
        error = refused(client.delete_backup, BackupId=newest)
        assert (error["Code"], "only after all its others" in error["Error"]["Message"]) == ("BadRequest", True)
        client.delete_backup(BackupId=other)
    client.delete_backup(BackupId=newest)


def test_of_a_file_system_the_newest_can_go_first(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    older = fsx.seed_backup(file_system_id, creation_time="2026-02-01T00:00:00Z")
    client.delete_backup(BackupId=fsx.seed_backup(file_system_id))
    assert listed(client) == [older]
