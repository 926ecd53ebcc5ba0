"""DeleteBackup: what goes, and what may not."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused, listed


def test_a_deleted_backup_is_gone_at_once(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system()
    backup_id, later = fsx.seed_backup(file_system_id), fsx.seed_backup(file_system_id)
    answer = client.delete_backup(BackupId=backup_id)
    assert (answer["BackupId"], answer["Lifecycle"]) == (backup_id, "DELETED")
    assert listed(client) == [later], "later backups of the chain stay whole"
    assert refused(client.describe_backups, BackupIds=[backup_id])["Code"] == "BackupNotFound"


def test_unknown_backup(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    assert refused(client.delete_backup, BackupId="backup-00000000000000000")["Code"] == "BackupNotFound"


def test_deleting_twice_is_not_found(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system())
    client.delete_backup(BackupId=backup_id)
    assert refused(client.delete_backup, BackupId=backup_id)["Code"] == "BackupNotFound"


def test_a_repeated_request_with_one_token_succeeds_again(fsx: EmulatedFSx, client: Any) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system())
    for _ in range(2):
        answer = client.delete_backup(BackupId=backup_id, ClientRequestToken="purge-1")
        assert answer["Lifecycle"] == "DELETED"


def test_same_token_for_another_backup_is_incompatible(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system()
    first, second = fsx.seed_backup(file_system_id), fsx.seed_backup(file_system_id)
    client.delete_backup(BackupId=first, ClientRequestToken="purge-1")
    error = refused(client.delete_backup, BackupId=second, ClientRequestToken="purge-1")
    assert (error["Code"], error["Parameter"]) == ("IncompatibleParameterError", "BackupId")
    assert listed(client) == [second]


@pytest.mark.parametrize("backup_id", ["backup-xyz", "backup-", "fs-0123456789abcdef0", ""])
def test_an_id_of_another_form_is_refused(fsx: EmulatedFSx, unchecked: Any, refused: Refused, backup_id: str) -> None:
    assert refused(unchecked.delete_backup, BackupId=backup_id)["Code"] == "BadRequest"


@pytest.mark.parametrize("lifecycle", ["PENDING", "CREATING", "TRANSFERRING", "COPYING"])
def test_backups_in_progress_cannot_be_deleted(fsx: EmulatedFSx, client: Any, refused: Refused, lifecycle: str) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), lifecycle=lifecycle)
    assert refused(client.delete_backup, BackupId=backup_id)["Code"] == "BackupInProgress"
    assert listed(client) == [backup_id]


def test_failed_backups_can_be_deleted(fsx: EmulatedFSx, client: Any) -> None:
    client.delete_backup(BackupId=fsx.seed_backup(fsx.seed_file_system(), lifecycle="FAILED"))
    assert listed(client) == []


def test_a_backup_that_is_being_restored_cannot_be_deleted(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system("OPENZFS"))
    restored = client.create_file_system_from_backup(BackupId=backup_id, SubnetIds=["subnet-0123456789abcdef0"])
    error = refused(client.delete_backup, BackupId=backup_id)
    assert (error["Code"], error["FileSystemId"]) == ("BackupRestoring", restored["FileSystem"]["FileSystemId"])
    fsx.control.advance(2)
    client.delete_backup(BackupId=backup_id)


def test_a_backup_that_is_being_copied_cannot_be_deleted(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system())
    copy = fsx.client("eu-west-1").copy_backup(SourceBackupId=backup_id, SourceRegion="us-east-1")["Backup"]
    error = refused(client.delete_backup, BackupId=backup_id)
    assert (error["Code"], error["BackupId"]) == ("BackupBeingCopied", backup_id)
    assert refused(fsx.client("eu-west-1").delete_backup, BackupId=copy["BackupId"])["Code"] == "BackupInProgress"
    fsx.control.advance(2)
    client.delete_backup(BackupId=backup_id)


def test_backups_of_aws_backup_cannot_be_deleted_here(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), backup_type="AWS_BACKUP")
    error = refused(client.delete_backup, BackupId=backup_id)
    assert error["Code"] == "BadRequest"
    assert "AWS Backup" in error["Error"]["Message"]
    assert listed(client) == [backup_id]


def test_automatic_backups_can_be_deleted(fsx: EmulatedFSx, client: Any) -> None:
    client.delete_backup(BackupId=fsx.seed_backup(fsx.seed_file_system(), backup_type="AUTOMATIC"))
    assert listed(client) == []


@pytest.fixture
def volume_backups(fsx: EmulatedFSx) -> list[str]:
    """An older backup, the newest AVAILABLE one, and a FAILED one after it, of one volume; one of another volume."""
    file_system_id = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(file_system_id)
    fsx.seed_backup(fsx.seed_volume(file_system_id, name="other"), creation_time="2026-02-28T00:00:00Z")
    wanted = {
        "2026-02-01T00:00:00Z": "AVAILABLE",
        "2026-02-02T00:00:00Z": "AVAILABLE",
        "2026-02-03T00:00:00Z": "FAILED",
    }
    return [
        fsx.seed_backup(volume_id, creation_time=created, lifecycle=lifecycle) for created, lifecycle in wanted.items()
    ]


def test_the_newest_available_backup_of_a_volume_goes_last(
    client: Any, volume_backups: list[str], refused: Refused
) -> None:
    oldest, newest, failed = volume_backups
    error = refused(client.delete_backup, BackupId=newest)
    assert error["Code"] == "BadRequest"
    assert "only after all its others" in error["Error"]["Message"]
    client.delete_backup(BackupId=failed)
    assert refused(client.delete_backup, BackupId=newest)["Code"] == "BadRequest"
    client.delete_backup(BackupId=oldest)
    client.delete_backup(BackupId=newest)


def test_that_order_can_be_switched_off(fsx: EmulatedFSx, client: Any, volume_backups: list[str]) -> None:
    fsx.control.behaviour(newest_volume_backup_last=False)
    client.delete_backup(BackupId=volume_backups[1])
    assert volume_backups[1] not in listed(client)


def test_of_a_file_system_the_newest_can_go_first(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    older = fsx.seed_backup(file_system_id, creation_time="2026-02-01T00:00:00Z")
    client.delete_backup(BackupId=fsx.seed_backup(file_system_id))
    assert listed(client) == [older]


def test_a_limit_can_be_played_though_the_model_does_not_list_it(
    fsx: EmulatedFSx, client: Any, refused: Refused
) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system())
    fsx.control.fault("ServiceLimitExceeded", operation="DeleteBackup")
    assert refused(client.delete_backup, BackupId=backup_id)["Code"] == "ServiceLimitExceeded"
    client.delete_backup(BackupId=backup_id)
