"""CreateBackup: what it takes, what it refuses, what it makes."""

from collections.abc import Callable
from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from dev.fsx_emulator.model import shape
from tests.emulator.calls import Refused, described, listed

TAG = {"Key": "Name", "Value": "nightly"}

type Request = Callable[[EmulatedFSx], dict[str, str]]


def _file_system(kind: str, **configuration: str) -> Request:
    return lambda fsx: {"FileSystemId": fsx.seed_file_system(kind, configuration=configuration)}


def _volume(**configuration: Any) -> Request:
    return lambda fsx: {"VolumeId": fsx.seed_volume(fsx.seed_file_system("ONTAP"), configuration=configuration)}


def _both(fsx: EmulatedFSx) -> dict[str, str]:
    file_system_id = fsx.seed_file_system("ONTAP")
    return {"FileSystemId": file_system_id, "VolumeId": fsx.seed_volume(file_system_id)}


def _openzfs_root(fsx: EmulatedFSx) -> dict[str, str]:
    configuration = described(fsx.client(), fsx.seed_file_system("OPENZFS"))["OpenZFSConfiguration"]
    return {"VolumeId": configuration["RootVolumeId"]}


TARGETS: dict[str, tuple[Request, str, str]] = {
    "neither": (lambda _: {}, "BadRequest", "exactly one"),
    "both": (_both, "BadRequest", "exactly one"),
    "ontap by file system": (_file_system("ONTAP"), "UnsupportedOperation", "give a VolumeId"),
    "ontap volume that is not RW": (_volume(OntapVolumeType="DP"), "BadRequest", "not DP"),
    "openzfs by volume": (_openzfs_root, "UnsupportedOperation", "give a FileSystemId"),
    "scratch lustre": (_file_system("LUSTRE", DeploymentType="SCRATCH_2"), "UnsupportedOperation", "persistent"),
    "linked lustre": (_file_system("LUSTRE", ImportPath="s3://a-bucket"), "UnsupportedOperation", "data repository"),
    "unknown file system": (lambda _: {"FileSystemId": "fs-00000000000000000"}, "FileSystemNotFound", "fs-0"),
    "unknown volume": (lambda _: {"VolumeId": "fsvol-00000000000000000"}, "VolumeNotFound", "fsvol-0"),
}


@pytest.mark.parametrize("target", TARGETS)
def test_targets_that_cannot_be_backed_up(fsx: EmulatedFSx, client: Any, refused: Refused, target: str) -> None:
    request, code, words = TARGETS[target]
    error = refused(client.create_backup, **request(fsx))
    assert (error["Code"], words in error["Error"]["Message"]) == (code, True)
    assert listed(client) == []


@pytest.mark.parametrize(
    ("request_of", "states", "ready"),
    [
        (_file_system("OPENZFS"), "FileSystemLifecycle", {"AVAILABLE", "UPDATING"}),
        (_volume(), "VolumeLifecycle", {"AVAILABLE", "CREATED"}),
    ],
    ids=["file-system", "volume"],
)
def test_the_target_must_be_ready(
    fsx: EmulatedFSx, client: Any, refused: Refused, *, request_of: Request, states: str, ready: set[str]
) -> None:
    request = request_of(fsx)
    (target,) = request.values()
    for state in shape(states)["enum"]:
        fsx.control.set_lifecycle(target, state)
        if state in ready:
            client.create_backup(**request)
            fsx.control.advance(2)
        else:
            error = refused(client.create_backup, **request)
            assert error["Code"] == "BadRequest"
            assert error["Error"]["Message"] == f"A backup cannot be made while its target is {state}."


def _course(fsx: EmulatedFSx, client: Any, backup_id: str) -> list[str]:
    """The lifecycles of a backup over three seconds, in quarters of a second, repetitions left out."""
    seen: list[str] = []
    for _ in range(12):
        seen.append(described(client, backup_id)["Lifecycle"])
        fsx.control.advance(0.25)
    return list(dict.fromkeys(seen))


@pytest.mark.parametrize(
    ("request_of", "kind", "resource", "phases"),
    [
        (_file_system("LUSTRE"), "LUSTRE", "FILE_SYSTEM", ["PENDING", "CREATING", "TRANSFERRING"]),
        (_file_system("WINDOWS"), "WINDOWS", "FILE_SYSTEM", ["CREATING"]),
        (_file_system("OPENZFS"), "OPENZFS", "FILE_SYSTEM", ["CREATING"]),
        (_volume(), "ONTAP", "VOLUME", ["CREATING"]),
    ],
    ids=["lustre", "windows", "openzfs", "ontap"],
)
def test_what_is_made_and_its_phases(
    fsx: EmulatedFSx, client: Any, *, request_of: Request, kind: str, resource: str, phases: list[str]
) -> None:
    request = request_of(fsx)
    made = client.create_backup(**request)["Backup"]
    assert (made["FileSystem"] | made.get("Volume", {})).items() >= request.items()
    assert (made["Type"], made["FileSystem"]["FileSystemType"]) == ("USER_INITIATED", kind)
    assert (made["ResourceType"], made["ProgressPercent"]) == (resource, 0)
    assert _course(fsx, client, made["BackupId"]) == [*phases, "AVAILABLE"]


def test_the_next_backup_can_fail_or_never_end(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.control.next_backup(file_system_id, "FAILED", "The network failed.")
    failed = client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    assert _course(fsx, client, failed) == ["PENDING", "CREATING", "TRANSFERRING", "FAILED"]
    assert described(client, failed)["FailureDetails"]["Message"] == "The network failed."
    assert "ProgressPercent" not in described(client, failed)
    fsx.control.next_backup(file_system_id, "STUCK")
    fsx.control.next_backup(file_system_id, "AVAILABLE")  # takes it back
    assert (
        _course(fsx, client, client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"])[-1] == "AVAILABLE"
    )
    fsx.control.next_backup(file_system_id, "STUCK")
    stuck = client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    assert _course(fsx, client, stuck) == ["PENDING", "CREATING"]
    fsx.control.advance(10 * 365 * 86_400)
    assert (described(client, stuck)["Lifecycle"], described(client, stuck)["ProgressPercent"]) == ("CREATING", 0)


def test_the_work_takes_as_long_as_is_set(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.durations(backup=3600)
    made = client.create_backup(FileSystemId=fsx.seed_file_system("WINDOWS"))["Backup"]["BackupId"]
    seen = []
    for seconds in (1800, 1799, 1):
        fsx.control.advance(seconds)
        backup = described(client, made)
        seen.append((backup["Lifecycle"], backup["ProgressPercent"]))
    assert seen == [("CREATING", 50), ("CREATING", 99), ("AVAILABLE", 100)]


@pytest.mark.parametrize("token", ["", "x" * 64, "2026-03-01T04:00:00Z", "two words", "back`tick", "caret^", "ünicode"])
def test_token_length_and_alphabet(fsx: EmulatedFSx, client: Any, unchecked: Any, refused: Refused, token: str) -> None:
    file_system_id = fsx.seed_file_system()
    error = refused(unchecked.create_backup, FileSystemId=file_system_id, ClientRequestToken=token)
    assert (error["Code"], "ClientRequestToken" in error["Error"]["Message"]) == ("BadRequest", True)
    assert listed(client) == []
    client.create_backup(FileSystemId=file_system_id, ClientRequestToken="ABCXYZabcxyz0189_.-".ljust(63, "x"))


def test_the_token_of_a_deleted_backup_makes_a_new_one(fsx: EmulatedFSx, client: Any) -> None:
    request = {"FileSystemId": fsx.seed_file_system(), "ClientRequestToken": "occurrence-1"}
    first = client.create_backup(**request)["Backup"]["BackupId"]
    fsx.control.advance(2)
    client.delete_backup(BackupId=first)
    again = client.create_backup(**request)["Backup"]["BackupId"]
    assert listed(client) == [again] != [first]


@pytest.mark.parametrize("copy", [None, True])
@pytest.mark.parametrize("of_volume", [False, True])
@pytest.mark.parametrize("own", [None, [TAG]])
def test_tags_are_copied_where_the_target_says_so_and_the_request_has_none(
    fsx: EmulatedFSx, client: Any, copy: bool | None, of_volume: bool, own: Any
) -> None:
    tags = {"Team": "hpc", "aws:cloudformation:stack-name": "home"}
    target: Any = {"tags": tags, "configuration": {"CopyTagsToBackups": True} if copy else {}}
    if of_volume:
        request = {"VolumeId": fsx.seed_volume(fsx.seed_file_system("ONTAP", tags={"Of": "file system"}), **target)}
    else:
        request = {"FileSystemId": fsx.seed_file_system(**target)}
    made = client.create_backup(**request, **({"Tags": own} if own else {}))["Backup"]
    assert made.get("Tags") == (own or ([{"Key": "Team", "Value": "hpc"}] if copy else None))


TAGS: dict[str, list[dict[str, str]]] = {
    "empty list": [],
    "51 tags": [{"Key": f"key-{number}", "Value": ""} for number in range(51)],
    "129-character key": [{"Key": "k" * 129, "Value": ""}],
    "empty key": [{"Key": "", "Value": ""}],
    "257-character value": [{"Key": "key", "Value": "v" * 257}],
    "no value": [{"Key": "key"}],
    "key alphabet": [{"Key": "key!", "Value": ""}],
    "value alphabet": [{"Key": "key", "Value": "tab\tbed"}],
    "reserved key": [{"Key": "aws:key", "Value": ""}],
    "reserved key in capitals": [{"Key": "AWS:key", "Value": ""}],
    "key twice": [TAG, TAG],
}


@pytest.mark.parametrize("tags", TAGS)
def test_tags_beyond_their_limits_are_refused(
    fsx: EmulatedFSx, client: Any, unchecked: Any, refused: Refused, tags: str
) -> None:
    error = refused(unchecked.create_backup, FileSystemId=fsx.seed_file_system(), Tags=TAGS[tags])
    assert error["Code"] == "BadRequest"
    assert listed(client) == []


def test_tags_at_their_limits(fsx: EmulatedFSx, client: Any) -> None:
    tags = [{"Key": f"{number:03}" + "k" * 125, "Value": "ü é 漢 +-=._:/@ ".ljust(256, "v")} for number in range(50)]
    made = client.create_backup(FileSystemId=fsx.seed_file_system(), Tags=tags)["Backup"]
    assert made["Tags"] == tags


@pytest.mark.parametrize(
    ("backup_type", "lifecycle"),
    [("AUTOMATIC", "PENDING"), ("USER_INITIATED", "CREATING"), ("AWS_BACKUP", "TRANSFERRING")],
)
def test_one_backup_at_a_time_per_file_system(
    fsx: EmulatedFSx, client: Any, refused: Refused, backup_type: str, lifecycle: str
) -> None:
    file_system_id = fsx.seed_file_system()
    running = fsx.seed_backup(file_system_id, backup_type=backup_type, lifecycle=lifecycle)
    assert refused(client.create_backup, FileSystemId=file_system_id)["Code"] == "BackupInProgress"
    client.create_backup(FileSystemId=fsx.seed_file_system())
    fsx.control.set_backup(running, lifecycle="FAILED")
    client.create_backup(FileSystemId=file_system_id)


def test_volumes_of_one_file_system_are_backed_up_side_by_side(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    first, second = (fsx.seed_volume(file_system_id) for _ in range(2))
    for volume in (first, second):
        client.create_backup(VolumeId=volume)
    assert refused(client.create_backup, VolumeId=first)["Code"] == "BackupInProgress"
