"""Client request tokens of every operation that has one: the same request twice has one effect."""

from collections.abc import Callable
from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import LUSTRE, SUBNET, Refused, described, machine_of

type Requests = Callable[[EmulatedFSx], tuple[dict[str, Any], dict[str, Any]]]


def _delete(fsx: EmulatedFSx) -> tuple[dict[str, Any], dict[str, Any]]:
    file_system_id = fsx.seed_file_system()
    first, second = (fsx.seed_backup(file_system_id) for _ in range(2))
    return {"BackupId": first}, {"BackupId": second}


def _volume(fsx: EmulatedFSx) -> tuple[dict[str, Any], dict[str, Any]]:
    machine = machine_of(fsx.client(), fsx.seed_volume(fsx.seed_file_system("ONTAP")))
    configuration = {"StorageVirtualMachineId": machine, "SizeInMegabytes": 1024}
    return {"VolumeType": "ONTAP", "Name": "vol2", "OntapConfiguration": configuration}, {"Name": "vol3"}


def _restored_volume(fsx: EmulatedFSx) -> tuple[dict[str, Any], dict[str, Any]]:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    configuration = {"StorageVirtualMachineId": machine_of(fsx.client(), volume_id)}
    request = {"BackupId": fsx.seed_backup(volume_id), "Name": "vol2", "OntapConfiguration": configuration}
    return request, {"Name": "vol3"}


# Operation -> a request, and what another request with the same token changes.
REQUESTS: dict[str, Requests] = {
    "create_backup": lambda fsx: ({"FileSystemId": fsx.seed_file_system()}, {"FileSystemId": fsx.seed_file_system()}),
    "copy_backup": lambda fsx: ({"SourceBackupId": fsx.seed_backup(fsx.seed_file_system())}, {"CopyTags": True}),
    "delete_backup": _delete,
    "create_file_system": lambda _: (LUSTRE, {"StorageCapacity": 2400}),
    "create_file_system_from_backup": lambda fsx: (
        {"BackupId": fsx.seed_backup(fsx.seed_file_system()), "SubnetIds": [SUBNET]},
        {"Tags": [{"Key": "Name", "Value": "another"}]},
    ),
    "create_volume": _volume,
    "create_volume_from_backup": _restored_volume,
    "delete_file_system": lambda fsx: (
        {"FileSystemId": fsx.seed_file_system("WINDOWS")},
        {"WindowsConfiguration": {"SkipFinalBackup": True}},
    ),
    "delete_volume": lambda fsx: (
        {"VolumeId": fsx.seed_volume(fsx.seed_file_system("ONTAP"))},
        {"OntapConfiguration": {"SkipFinalBackup": True}},
    ),
}


@pytest.mark.parametrize("operation", REQUESTS)
def test_the_same_request_has_one_effect_and_another_one_is_refused(
    fsx: EmulatedFSx, client: Any, refused: Refused, operation: str
) -> None:
    request, change = REQUESTS[operation](fsx)
    method = getattr(client, operation)
    # A small quota of backups: a repeated request needs none of it.
    fsx.control.quotas(lustre_backups=1 if operation == "create_backup" else 2)
    first = _id(method(**request, ClientRequestToken="occurrence-1"))
    fsx.control.advance(2)
    assert _id(method(**request, ClientRequestToken="occurrence-1")) == first
    error = refused(method, **(request | change), ClientRequestToken="occurrence-1")
    assert (error["Code"], error["Parameter"]) == ("IncompatibleParameterError", *change)
    if operation == "delete_backup":
        assert described(client, change["BackupId"])["Lifecycle"] == "AVAILABLE"


def _id(response: dict[str, Any]) -> str:
    body = next((response[name] for name in ("Backup", "FileSystem", "Volume") if name in response), response)
    return str(next(body[name] for name in ("BackupId", "VolumeId", "FileSystemId") if name in body))


def test_what_was_restored_and_is_gone_is_restored_again(fsx: EmulatedFSx, client: Any) -> None:
    """AWS: the token is known if its file system exists. Source: API Reference, CreateFileSystemFromBackup."""
    request, change = REQUESTS["create_file_system_from_backup"](fsx)
    first = _id(client.create_file_system_from_backup(**request, ClientRequestToken="occurrence-1"))
    fsx.control.remove(first)
    request |= change
    assert _id(client.create_file_system_from_backup(**request, ClientRequestToken="occurrence-1")) != first
