"""Resources made directly, and settings and seeds that are refused."""

from copy import deepcopy
from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx, SettingError
from dev.fsx_emulator.control import Control
from dev.fsx_emulator.emulator import Emulator
from tests.emulator.calls import described, listed


def test_a_history_with_everything(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.quotas(lustre_backups=0)  # seeds are not bound by the rules of backups
    file_system_id = fsx.seed_file_system(configuration={"DeploymentType": "SCRATCH_1"}, file_system_id=KNOWN)
    orders = [
        {"target_id": file_system_id, "creation_time": f"2025-01-{day:02}T00:00:00Z", "tags": {"Day": str(day)}}
        for day in range(1, 32)
    ]
    made = fsx.seed_backups([{**orders[0], "backup_id": BACKUP}, *orders[1:]])
    assert (file_system_id, made[0]) == (KNOWN, BACKUP)
    found = {
        backup["BackupId"]: (backup["CreationTime"].day, backup["Tags"])
        for page in client.get_paginator("describe_backups").paginate()
        for backup in page["Backups"]
    }
    assert found == {id_: (day, [{"Key": "Day", "Value": str(day)}]) for day, id_ in enumerate(made, 1)}


def test_a_foreign_backup_that_becomes_ready(fsx: EmulatedFSx, client: Any) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), lifecycle="CREATING", ready_after=30)
    for seconds, expected in ((0, "CREATING"), (29, "CREATING"), (1, "AVAILABLE")):
        fsx.control.advance(seconds)
        assert described(client, backup_id)["Lifecycle"] == expected


def test_words_that_the_model_does_not_know_and_members_left_out(fsx: EmulatedFSx, client: Any) -> None:
    state: dict[str, Any] = {"lifecycle": "ARCHIVED", "backup_type": "MANAGED", "without": ["CreationTime"]}
    backup = described(client, fsx.seed_backup(fsx.seed_file_system(), **state))
    assert (backup["Lifecycle"], backup["Type"], "CreationTime" in backup) == ("ARCHIVED", "MANAGED", False)


def test_an_existing_backup_can_be_changed(fsx: EmulatedFSx, client: Any) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system())
    fsx.control.set_backup(backup_id, lifecycle="FAILED")
    fsx.control.set_backup(backup_id, creation_time="2020-01-01T00:00:00Z")
    backup = described(client, backup_id)
    assert (backup["Lifecycle"], backup["CreationTime"].year) == ("FAILED", 2020)


def test_removed_file_systems_leave_nothing_but_backups(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP", tags={"Team": "hpc"})
    backup_id = fsx.seed_backup(fsx.seed_volume(file_system_id))
    fsx.control.remove(file_system_id)
    assert client.describe_file_systems()["FileSystems"] == []
    assert client.describe_volumes()["Volumes"] == []
    assert listed(client) == [backup_id]
    assert "Tags" not in described(client, fsx.seed_file_system(file_system_id=file_system_id))


def test_quotas_of_file_systems_hold_for_seeds(fsx: EmulatedFSx) -> None:
    fsx.control.quotas(file_systems=0)
    with pytest.raises(SettingError, match="FILE_SYSTEM_COUNT"):
        fsx.seed_file_system()


KNOWN, BACKUP, UNKNOWN = "fs-0123456789abcdef0", "backup-0123456789abcdef0", "fs-00000000000000000"
# Method of the instrument, its arguments, what the refusal begins with.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("advance", {"seconds": -1}, "seconds"),
    ("advance", {"seconds": float("nan")}, "seconds"),
    ("advance", {"seconds": True}, "seconds"),
    ("set_time", {"at": "yesterday"}, "at"),
    ("set_time", {"at": "2026-01-01T00:00:00"}, "at"),
    ("set_time", {"at": -1}, "at"),
    ("freeze", {"at": []}, "at"),
    ("latency", {"seconds": "1"}, "seconds"),
    ("latency", {"seconds": 1, "operation": "MakeBackup"}, "operation"),
    ("rate_limit", {"per_second": -1}, "per_second"),
    ("rate_limit", {"per_second": 1, "burst": 0}, "burst"),
    ("rate_limit", {"per_second": 1, "burst": 1.5}, "burst"),
    ("listing", {"page_size": 0}, "page_size"),
    ("listing", {"page_size": 1001}, "page_size"),
    ("listing", {"page_size": 10, "short_pages": "no"}, "short_pages"),
    ("listing", {"page_size": 10, "shuffle_seed": -1}, "shuffle_seed"),
    ("durations", {"backup": 5, "copy": -1}, "copy"),
    ("quotas", {"lustre_backups": 5, "windows_backups": 1.5}, "windows_backups"),
    ("copies", {"by_target": "yes"}, "by_target"),
    ("quotas", {"windows": 1}, "quotas: a field must be one of "),
    ("fault", {"fault": "Unlucky"}, "fault"),
    ("fault", {"fault": 500}, "fault"),
    ("fault", {"fault": "reset", "operation": ["CreateBackup"]}, "operation"),
    ("fault", {"fault": "reset", "when": "during"}, "when"),
    ("fault", {"fault": "truncated_body", "when": "before"}, "when"),
    ("fault", {"fault": "unreachable", "when": "after"}, "when"),
    ("fault", {"fault": "reset", "at": 0}, "at"),
    ("fault", {"fault": "reset", "times": 0}, "times"),
    ("fault", {"fault": "reset", "match": ["BackupId"]}, "match"),
    ("fault", {"fault": "BackupNotFound", "members": {"Limit": "x"}}, "members"),
    ("fault", {"fault": "ServiceLimitExceeded", "members": {"Limit": "SKY"}}, "members.Limit"),
    ("fault", {"fault": "BackupNotFound", "message": ""}, "message"),
    ("fault", {"fault": "timeout", "seconds": 3601}, "seconds"),
    ("calls", {"operation": "MakeBackup"}, "operation"),
    ("seed_file_system", {"file_system_type": "FLOPPY"}, "file_system_type"),
    ("seed_file_system", {"file_system_id": "fs-1"}, "file_system_id"),
    ("seed_file_system", {"file_system_id": KNOWN}, "file_system_id"),
    ("seed_file_system", {"tags": ["a"]}, "tags"),
    ("seed_file_system", {"tags": {"key": 1}}, "tags"),
    ("seed_file_system", {"configuration": {"DeploymentType": "ETERNAL"}}, "configuration"),
    ("seed_file_system", {"region": "moon-north-1"}, "region"),
    ("seed_volume", {"file_system_id": KNOWN}, "file_system_id"),
    ("seed_volume", {"file_system_id": UNKNOWN}, "file_system_id"),
    ("seed_volume", {"file_system_id": KNOWN, "configuration": {"OntapVolumeType": "RO"}}, "configuration"),
    ("seed_backup", {"target_id": UNKNOWN}, "target_id"),
    ("seed_backup", {"target_id": None}, "target_id"),
    ("seed_backup", {"target_id": KNOWN, "colour": "blue"}, "backups[0]"),
    ("seed_backup", {"target_id": KNOWN, "lifecycle": ""}, "lifecycle"),
    ("seed_backup", {"target_id": KNOWN, "backup_type": 7}, "backup_type"),
    ("seed_backup", {"target_id": KNOWN, "creation_time": "now"}, "creation_time"),
    ("seed_backup", {"target_id": KNOWN, "tags": {"": "x"}}, "tags"),
    ("seed_backup", {"target_id": KNOWN, "ready_after": -1}, "ready_after"),
    ("seed_backup", {"target_id": KNOWN, "backup_id": BACKUP}, "backup_id"),
    ("seed_backup", {"target_id": KNOWN, "without": ["Colour"]}, "without"),
    ("seed_backup", {"target_id": KNOWN, "without": "Type"}, "without"),
    ("seed_backups", {"backups": {"target_id": KNOWN}}, "backups"),
    ("seed_backups", {"backups": [{"target_id": KNOWN}, {"target_id": KNOWN, "lifecycle": ""}]}, "lifecycle"),
    ("seed_backups", {"backups": [{"target_id": KNOWN, "backup_id": "backup-0123456789abcdef1"}] * 2}, "backups"),
    ("set_backup", {"backup_id": "backup-00000000000000000"}, "backup_id"),
    ("set_backup", {"backup_id": BACKUP, "lifecycle": ""}, "lifecycle"),
    ("set_backup", {"backup_id": BACKUP, "lifecycle": "FAILED", "creation_time": "now"}, "creation_time"),
    ("next_backup", {"target_id": KNOWN, "outcome": "LOST"}, "outcome"),
    ("next_backup", {"target_id": UNKNOWN, "outcome": "FAILED"}, "target_id"),
    ("next_backup", {"target_id": KNOWN, "outcome": "FAILED", "message": "x" * 257}, "message"),
    ("next_restore", {"backup_id": UNKNOWN, "outcome": "FAILED"}, "backup_id"),
    ("next_restore", {"backup_id": BACKUP, "outcome": "LOST"}, "outcome"),
    ("next_restore", {"backup_id": BACKUP, "outcome": "FAILED", "message": ""}, "message"),
    ("set_lifecycle", {"resource_id": UNKNOWN, "lifecycle": "AVAILABLE"}, "resource_id"),
    ("set_lifecycle", {"resource_id": KNOWN, "lifecycle": "CREATED"}, "lifecycle"),
    ("set_lifecycle", {"resource_id": KNOWN, "lifecycle": None}, "lifecycle"),
    ("remove", {"resource_id": UNKNOWN}, "resource_id"),
]


@pytest.mark.parametrize(
    ("name", "arguments", "field"), REFUSED, ids=[f"{name}-{field}-{n}" for n, (name, _, field) in enumerate(REFUSED)]
)
def test_what_is_refused_changes_nothing(name: str, arguments: dict[str, Any], field: str) -> None:
    emulator = Emulator()
    control = Control(emulator)
    with emulator.installed(lambda *_: (500, {}, "")):
        control.freeze("2026-03-01T04:00:00Z")
        control.seed_file_system(file_system_id=KNOWN)
        control.seed_backup(KNOWN, backup_id=BACKUP)
        before = deepcopy(_state(emulator))
        with pytest.raises(SettingError) as caught:
            getattr(control, name)(**arguments)
        assert str(caught.value).startswith(field)
        assert str(caught.value).endswith(".")
        assert _state(emulator) == before


def _state(emulator: Emulator) -> list[Any]:
    (backend,) = emulator.regions()
    context = emulator.context
    return [
        emulator.instrument,
        *(context.clock.now(), context.listing, context.durations, context.quotas),
        *(backend.file_systems, backend.volumes, backend.backups, backend.next_outcomes),
    ]
