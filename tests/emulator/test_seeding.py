"""Resources made directly, and what cannot be made."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx, SettingError
from tests.emulator.calls import listed


def test_a_chosen_id(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system(file_system_id="fs-0123456789abcdef0")
    assert file_system_id == "fs-0123456789abcdef0"
    backup_id = fsx.seed_backup(file_system_id, backup_id="backup-0123456789abcdef0")
    assert listed(client) == [backup_id] == ["backup-0123456789abcdef0"]


def test_a_history_with_everything(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    made = fsx.seed_backups(
        [
            {"target_id": file_system_id, "creation_time": f"2025-01-{day:02}T00:00:00Z", "tags": {"Day": str(day)}}
            for day in range(1, 32)
        ]
    )
    found = {
        backup["BackupId"]: (backup["CreationTime"].day, backup["Tags"])
        for page in client.get_paginator("describe_backups").paginate()
        for backup in page["Backups"]
    }
    expected = {id_: (day, [{"Key": "Day", "Value": str(day)}]) for day, id_ in enumerate(made, 1)}
    assert found == expected


def test_a_foreign_backup_that_becomes_ready(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    backup_id = fsx.seed_backup(file_system_id, backup_type="AUTOMATIC", lifecycle="CREATING", ready_after=30)
    for seconds, expected in ((0, "CREATING"), (29, "CREATING"), (1, "AVAILABLE")):
        fsx.control.advance(seconds)
        assert client.describe_backups(BackupIds=[backup_id])["Backups"][0]["Lifecycle"] == expected


def test_members_can_be_left_out(fsx: EmulatedFSx, client: Any) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), without=["CreationTime", "Type"])
    (backup,) = client.describe_backups(BackupIds=[backup_id])["Backups"]
    assert "CreationTime" not in backup
    assert "Type" not in backup
    assert backup["Lifecycle"] == "AVAILABLE"


def test_an_existing_backup_can_be_changed(fsx: EmulatedFSx, client: Any) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system())
    fsx.control.set_backup(backup_id, lifecycle="FAILED", failure_message="Lost.")
    fsx.control.set_backup(backup_id, creation_time="2020-01-01T00:00:00Z")
    (backup,) = client.describe_backups(BackupIds=[backup_id])["Backups"]
    assert (backup["Lifecycle"], backup["FailureDetails"]["Message"]) == ("FAILED", "Lost.")
    assert backup["CreationTime"].year == 2020


def test_a_wish_for_the_next_backup_can_be_taken_back(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("WINDOWS")
    fsx.control.next_backup(file_system_id, "STUCK")
    fsx.control.next_backup(file_system_id, "AVAILABLE")
    made = client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    fsx.control.advance(2)
    assert client.describe_backups(BackupIds=[made])["Backups"][0]["Lifecycle"] == "AVAILABLE"


def test_seeds_pass_by_the_quotas_and_rules_of_backups(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.quotas(lustre_backups=0)
    file_system_id = fsx.seed_file_system(configuration={"DeploymentType": "SCRATCH_1"})
    fsx.seed_backup(file_system_id, lifecycle="CREATING")
    assert len(listed(client)) == 1


def test_removed_file_systems_leave_nothing_but_backups(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    backup_id = fsx.seed_backup(fsx.seed_volume(file_system_id))
    fsx.control.remove(file_system_id)
    assert client.describe_file_systems()["FileSystems"] == []
    assert client.describe_volumes()["Volumes"] == []
    assert client.describe_backups(BackupIds=[backup_id])["Backups"]


KNOWN, BACKUP = "fs-0123456789abcdef0", "backup-0123456789abcdef0"
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("seed_file_system", {"file_system_type": "FLOPPY"}, "file_system_type"),
    ("seed_file_system", {"file_system_id": "fs-1"}, "file_system_id"),
    ("seed_file_system", {"file_system_id": KNOWN}, "file_system_id"),
    ("seed_file_system", {"tags": ["a"]}, "tags"),
    ("seed_file_system", {"tags": {"key": 1}}, "tags"),
    ("seed_file_system", {"configuration": {"DeploymentType": "ETERNAL"}}, "configuration"),
    ("seed_file_system", {"storage_capacity": 0}, "storage_capacity"),
    ("seed_file_system", {"region": "moon-north-1"}, "region"),
    ("seed_storage_virtual_machine", {"file_system_id": KNOWN}, "file_system_id"),
    ("seed_volume", {"file_system_id": KNOWN}, "file_system_id"),
    ("seed_volume", {"file_system_id": "fs-00000000000000000"}, "file_system_id"),
    ("seed_volume", {"file_system_id": KNOWN, "configuration": {"OntapVolumeType": "RO"}}, "configuration"),
    ("seed_volume", {"file_system_id": KNOWN, "name": ""}, "name"),
    ("seed_backup", {"target_id": "fs-00000000000000000"}, "target_id"),
    ("seed_backup", {"target_id": None}, "target_id"),
    ("seed_backup", {"target_id": KNOWN, "lifecycle": ""}, "lifecycle"),
    ("seed_backup", {"target_id": KNOWN, "backup_type": 7}, "backup_type"),
    ("seed_backup", {"target_id": KNOWN, "creation_time": "now"}, "creation_time"),
    ("seed_backup", {"target_id": KNOWN, "tags": {"": "x"}}, "tags"),
    ("seed_backup", {"target_id": KNOWN, "failure_message": "x" * 257}, "failure_message"),
    ("seed_backup", {"target_id": KNOWN, "ready_after": -1}, "ready_after"),
    ("seed_backup", {"target_id": KNOWN, "backup_id": BACKUP}, "backup_id"),
    ("seed_backup", {"target_id": KNOWN, "without": ["Colour"]}, "without"),
    ("seed_backup", {"target_id": KNOWN, "without": "Type"}, "without"),
    ("seed_backups", {"backups": {"target_id": KNOWN}}, "backups"),
    ("seed_backups", {"backups": [{"target_id": KNOWN}, {"target_id": KNOWN, "colour": "blue"}]}, "backups[1]"),
    ("seed_backups", {"backups": [{"target_id": KNOWN}, {"target_id": KNOWN, "lifecycle": ""}]}, "lifecycle"),
    ("seed_backups", {"backups": [{"target_id": KNOWN, "backup_id": "backup-0123456789abcdef1"}] * 2}, "backups"),
    ("set_backup", {"backup_id": "backup-00000000000000000"}, "backup_id"),
    ("set_backup", {"backup_id": BACKUP, "lifecycle": ""}, "lifecycle"),
    ("set_backup", {"backup_id": BACKUP, "lifecycle": "FAILED", "creation_time": "now"}, "creation_time"),
    ("next_backup", {"target_id": KNOWN, "outcome": "LOST"}, "outcome"),
    ("next_backup", {"target_id": "fs-00000000000000000", "outcome": "FAILED"}, "target_id"),
    ("remove", {"resource_id": "fs-00000000000000000"}, "resource_id"),
]


@pytest.mark.parametrize(
    ("name", "arguments", "field"), REFUSED, ids=[f"{name}-{field}-{n}" for n, (name, _, field) in enumerate(REFUSED)]
)
def test_seeds_that_cannot_be_are_refused_and_change_nothing(
    fsx: EmulatedFSx, client: Any, name: str, arguments: dict[str, Any], field: str
) -> None:
    fsx.seed_file_system(file_system_id=KNOWN)
    fsx.seed_backup(KNOWN, backup_id=BACKUP)
    before = _state(client)
    with pytest.raises(SettingError) as caught:
        getattr(fsx.control, name)(**arguments)
    sentence = str(caught.value)
    assert sentence.startswith(field)
    assert sentence.endswith(".")
    assert _state(client) == before


def _state(client: Any) -> list[Any]:
    backups = [page["Backups"] for page in client.get_paginator("describe_backups").paginate() if page["Backups"]]
    file_systems = client.describe_file_systems(FileSystemIds=[KNOWN])["FileSystems"]
    return [backups, file_systems]


def test_quotas_of_file_systems_hold_for_seeds(fsx: EmulatedFSx) -> None:
    fsx.control.quotas(file_systems=0)
    with pytest.raises(SettingError, match="FILE_SYSTEM_COUNT"):
        fsx.seed_file_system()
