"""What becomes of backups while time passes."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx


def _course(fsx: EmulatedFSx, client: Any, backup_id: str) -> list[str]:
    """The lifecycles of a backup over three seconds, in quarters of a second, repetitions left out."""
    seen: list[str] = []
    for _ in range(12):
        (backup,) = client.describe_backups(BackupIds=[backup_id])["Backups"]
        seen.append(backup["Lifecycle"])
        fsx.control.advance(0.25)
    return list(dict.fromkeys(seen))


@pytest.mark.parametrize(
    ("file_system_type", "expected"),
    [
        ("LUSTRE", ["PENDING", "CREATING", "TRANSFERRING", "AVAILABLE"]),
        ("WINDOWS", ["CREATING", "AVAILABLE"]),
        ("OPENZFS", ["CREATING", "AVAILABLE"]),
    ],
    ids=["lustre", "windows", "openzfs"],
)
def test_phases_of_a_backup(fsx: EmulatedFSx, client: Any, file_system_type: str, expected: list[str]) -> None:
    made = client.create_backup(FileSystemId=fsx.seed_file_system(file_system_type))["Backup"]["BackupId"]
    assert _course(fsx, client, made) == expected


def test_phases_of_a_volume_backup(fsx: EmulatedFSx, client: Any) -> None:
    made = client.create_backup(VolumeId=fsx.seed_volume(fsx.seed_file_system("ONTAP")))["Backup"]["BackupId"]
    assert _course(fsx, client, made) == ["CREATING", "AVAILABLE"]


def test_phases_of_a_copy(fsx: EmulatedFSx, client: Any) -> None:
    source = fsx.seed_backup(fsx.seed_file_system())
    made = client.copy_backup(SourceBackupId=source)["Backup"]["BackupId"]
    assert _course(fsx, client, made) == ["COPYING", "AVAILABLE"]


def test_failed_backups_say_why(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.control.next_backup(file_system_id, "FAILED", "The network went away.")
    made = client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    assert _course(fsx, client, made) == ["PENDING", "CREATING", "TRANSFERRING", "FAILED"]
    (backup,) = client.describe_backups(BackupIds=[made])["Backups"]
    assert backup["FailureDetails"]["Message"] == "The network went away."
    assert "ProgressPercent" not in backup


def test_stuck_backups_never_end(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.control.next_backup(file_system_id, "STUCK")
    made = client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    assert _course(fsx, client, made) == ["PENDING", "CREATING"]
    fsx.control.advance(10 * 365 * 86_400)
    (backup,) = client.describe_backups(BackupIds=[made])["Backups"]
    assert (backup["Lifecycle"], backup["ProgressPercent"]) == ("CREATING", 0)


def test_only_the_next_backup_is_concerned(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("WINDOWS")
    fsx.control.next_backup(file_system_id, "FAILED")
    for expected in ("FAILED", "AVAILABLE"):
        made = client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
        fsx.control.advance(2)
        assert client.describe_backups(BackupIds=[made])["Backups"][0]["Lifecycle"] == expected
