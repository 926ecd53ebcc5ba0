"""DeleteFileSystem and DeleteVolume: final backups, what is below, what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx, SettingError
from tests.emulator.calls import Refused, described, listed

CHILDREN = {"Options": ["DELETE_CHILD_VOLUMES_AND_SNAPSHOTS"]}
RESERVED = {"FinalBackupTags": [{"Key": "aws:k", "Value": ""}]}
SKIP, FINAL = {"SkipFinalBackup": True}, {"SkipFinalBackup": False}


def _seed(fsx: EmulatedFSx, kind: str) -> str:
    file_system_id = fsx.seed_file_system(kind)
    return fsx.seed_volume(file_system_id) if kind == "ONTAP" else file_system_id


def _delete(client: Any, target_id: str) -> Callable[..., dict[str, Any]]:
    volume = target_id.startswith("fsvol-")
    method, name = (client.delete_volume, "VolumeId") if volume else (client.delete_file_system, "FileSystemId")

    def call(**configuration: Any) -> dict[str, Any]:
        response: dict[str, Any] = method(**{name: target_id}, **configuration)
        return response

    return call


@pytest.mark.parametrize(
    ("kind", "configuration", "final"),
    [
        ("WINDOWS", {}, True),
        ("WINDOWS", {"WindowsConfiguration": SKIP}, False),
        ("OPENZFS", {}, True),
        ("OPENZFS", {"OpenZFSConfiguration": {**SKIP, **CHILDREN}}, False),
        ("LUSTRE", {}, False),
        ("LUSTRE", {"LustreConfiguration": FINAL}, True),
        ("ONTAP", {}, True),
        ("ONTAP", {"OntapConfiguration": SKIP}, False),
    ],
)
def test_a_final_backup_is_made_unless_it_is_skipped(
    fsx: EmulatedFSx, client: Any, kind: str, configuration: dict[str, Any], final: bool
) -> None:
    target_id = _seed(fsx, kind)
    response = _delete(client, target_id)(**configuration)
    told: dict[str, Any] = next((value for name, value in response.items() if name.endswith("Response")), {})
    assert (response["Lifecycle"], listed(client)) == ("DELETING", [told["FinalBackupId"]] if final else [])


def test_automatic_backups_are_taken_along(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.seed_backup(file_system_id, backup_type="AUTOMATIC")
    kept = fsx.seed_backup(file_system_id)
    client.delete_file_system(FileSystemId=file_system_id)
    assert listed(client) == [kept]


@pytest.mark.parametrize("kind", ["LUSTRE", "ONTAP"])
def test_what_is_deleted_is_there_for_a_while(fsx: EmulatedFSx, client: Any, refused: Refused, kind: str) -> None:
    fsx.control.durations(deletion=5)
    target_id = _seed(fsx, kind)
    skip = {"OntapConfiguration": SKIP} if kind == "ONTAP" else {}
    code = "VolumeNotFound" if kind == "ONTAP" else "FileSystemNotFound"
    _delete(client, target_id)(**skip)
    for state in ("DELETING", "DELETING"):
        assert described(client, target_id)["Lifecycle"] == state
        assert refused(_delete(client, target_id), **skip)["Code"] == "BadRequest", "by another request"
        fsx.control.advance(2.5)
    with pytest.raises(SettingError, match="there is no"):
        fsx.control.set_lifecycle(target_id, "FAILED")
    assert refused(described, client=client, identifier=target_id)["Code"] == code
    assert refused(_delete(client, target_id), **skip)["Code"] == code


def test_the_quota_of_backups_holds_for_final_ones(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    fsx.control.quotas(ontap_backups=0)
    error = refused(client.delete_volume, VolumeId=_seed(fsx, "ONTAP"))
    assert (error["Code"], error["Limit"]) == ("ServiceLimitExceeded", "TOTAL_USER_INITIATED_BACKUPS")


# Type, its lifecycle, and a configuration with which it is not deleted.
REFUSED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "foreign": ("WINDOWS", "AVAILABLE", {"OpenZFSConfiguration": SKIP}),
    "foreign to a volume": ("ONTAP", "CREATED", {"OpenZFSConfiguration": CHILDREN}),
    "no final backup is possible": ("WINDOWS", "FAILED", {}),
    "reserved tags": ("WINDOWS", "AVAILABLE", {"WindowsConfiguration": RESERVED}),
    "nor of what is being made": ("WINDOWS", "CREATING", {}),
    "nor of a volume": ("ONTAP", "FAILED", {}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_deletions_that_are_refused(fsx: EmulatedFSx, client: Any, refused: Refused, case: str) -> None:
    kind, state, configuration = REFUSED[case]
    target_id = _seed(fsx, kind)
    fsx.control.set_lifecycle(target_id, state)
    assert refused(_delete(client, target_id), **configuration)["Code"] == "BadRequest"
    assert described(client, target_id)["Lifecycle"] == state
    _delete(client, target_id)(**{"OntapConfiguration" if kind == "ONTAP" else "WindowsConfiguration": SKIP})


def test_ontap_goes_after_its_volumes(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    root = fsx.seed_volume(file_system_id, configuration={"StorageVirtualMachineRoot": True})
    assert refused(client.delete_volume, VolumeId=root, OntapConfiguration=SKIP)["Code"] == "BadRequest"
    fsx.control.remove(root)
    client.delete_volume(VolumeId=fsx.seed_volume(file_system_id), OntapConfiguration=SKIP)
    assert refused(client.delete_file_system, FileSystemId=file_system_id)["Code"] == "BadRequest"
    fsx.control.advance(2)
    client.delete_file_system(FileSystemId=file_system_id)


def test_children_of_openzfs_go_on_request_only(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("OPENZFS")
    root = described(client, file_system_id)["OpenZFSConfiguration"]["RootVolumeId"]

    def chain() -> list[str]:
        made = [root]
        for name in ("child", "grandchild", "last"):
            parent = {"ParentVolumeId": made[-1]}
            volume = client.create_volume(VolumeType="OPENZFS", Name=name, OpenZFSConfiguration=parent)["Volume"]
            made.append(volume["VolumeId"])
        return made[1:]

    child, _, last = chain()
    for target_id, further in ((root, CHILDREN), (child, {}), (file_system_id, SKIP)):
        configuration = {"OpenZFSConfiguration": further}
        assert refused(_delete(client, target_id), **configuration)["Code"] == "BadRequest", target_id
    client.delete_volume(VolumeId=child, OpenZFSConfiguration=CHILDREN)
    assert described(client, last)["Lifecycle"] == "DELETING"
    fsx.control.advance(2)
    chain()
    client.delete_file_system(FileSystemId=file_system_id, OpenZFSConfiguration={**SKIP, **CHILDREN})
    fsx.control.advance(2)
    assert client.describe_volumes()["Volumes"] == []
