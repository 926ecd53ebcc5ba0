"""CreateFileSystemFromBackup and CreateVolumeFromBackup."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import OTHER, SUBNET, Refused, described, machine_of

TWO = [SUBNET, OTHER]
MULTI = {"ThroughputCapacity": 32, "DeploymentType": "MULTI_AZ_1"}
ELSEWHERE = {**MULTI, "PreferredSubnetId": "subnet-0123456789abcdef2"}
DIRECTORY = {"DomainName": "corp.example.com", "DnsIps": ["10.0.0.1"], "UserName": "joiner"}
SELF_MANAGED = {"SelfManagedActiveDirectoryConfiguration": DIRECTORY}
MEBIBYTE = 1024**2


def _backup(
    fsx: EmulatedFSx, kind: str, saved: dict[str, Any] | None = None, **seed: Any
) -> tuple[str, dict[str, Any]]:
    """The operation that restores a new backup of this type, and its shortest request."""
    target_id = fsx.seed_file_system(kind, configuration=None if kind == "ONTAP" else saved)
    if kind != "ONTAP":
        backup_id = fsx.seed_backup(target_id, **seed)
        return "create_file_system_from_backup", {"BackupId": backup_id, "SubnetIds": [SUBNET]}
    volume_id = fsx.seed_volume(target_id, configuration=saved)
    machine = {"StorageVirtualMachineId": machine_of(fsx.client(), volume_id)}
    request = {"BackupId": fsx.seed_backup(volume_id, **seed), "Name": "vol_2", "OntapConfiguration": machine}
    return "create_volume_from_backup", request


def _restore(client: Any, operation: str, request: dict[str, Any]) -> str:
    response = getattr(client, operation)(**request)
    return str(response["Volume"]["VolumeId"] if "Volume" in response else response["FileSystem"]["FileSystemId"])


def test_a_restore_takes_the_settings_of_the_backup(fsx: EmulatedFSx, client: Any) -> None:
    operation, request = _backup(fsx, "LUSTRE", {"CopyTagsToBackups": True})
    fsx.control.remove(described(client, request["BackupId"])["FileSystem"]["FileSystemId"])
    made = described(client, _restore(client, operation, request))["LustreConfiguration"]
    assert (made["CopyTagsToBackups"], made["DeploymentType"]) == (True, "PERSISTENT_2")


# Type, settings of what was backed up, members of the request, whether it is accepted.
RULES: dict[str, tuple[str, dict[str, Any], dict[str, Any], bool]] = {
    "lustre": ("LUSTRE", {}, {}, True),
    "lustre, another size": ("LUSTRE", {}, {"StorageCapacity": 2400}, False),
    "lustre, foreign configuration": ("LUSTRE", {}, {"WindowsConfiguration": {"ThroughputCapacity": 32}}, False),
    "openzfs, smaller": ("OPENZFS", {}, {"StorageCapacity": 600}, False),
    "openzfs, larger": ("OPENZFS", {}, {"StorageCapacity": 2400}, True),
    "openzfs, no throughput": ("OPENZFS", {}, {"OpenZFSConfiguration": {"DeploymentType": "SINGLE_AZ_1"}}, False),
    "openzfs, no deployment": ("OPENZFS", {}, {"OpenZFSConfiguration": {"ThroughputCapacity": 64}}, False),
    "windows": ("WINDOWS", {}, {}, True),
    "windows, throughput": ("WINDOWS", {}, {"WindowsConfiguration": {"ThroughputCapacity": 8}}, True),
    "windows, no throughput": ("WINDOWS", {}, {"WindowsConfiguration": {"AutomaticBackupRetentionDays": 0}}, False),
    "two subnets for one zone": ("WINDOWS", {}, {"SubnetIds": TWO}, False),
    "one subnet for two zones": (
        "WINDOWS",
        {},
        {"WindowsConfiguration": {**MULTI, "PreferredSubnetId": SUBNET}},
        False,
    ),
    "no preferred subnet": ("WINDOWS", {}, {"SubnetIds": TWO, "WindowsConfiguration": MULTI}, False),
    "preferred subnet elsewhere": ("WINDOWS", MULTI, {"SubnetIds": TWO, "WindowsConfiguration": ELSEWHERE}, False),
    "preferred subnet of the backup": ("WINDOWS", {**MULTI, "PreferredSubnetId": SUBNET}, {"SubnetIds": TWO}, False),
    "two zones": (
        "WINDOWS",
        MULTI,
        {"SubnetIds": TWO, "WindowsConfiguration": {"ThroughputCapacity": 32, "PreferredSubnetId": OTHER}},
        True,
    ),
    "directory without credentials": ("WINDOWS", SELF_MANAGED, {}, False),
    "directory with credentials": (
        "WINDOWS",
        SELF_MANAGED,
        {
            "WindowsConfiguration": {
                "ThroughputCapacity": 32,
                "SelfManagedActiveDirectoryConfiguration": {**DIRECTORY, "Password": "secret"},
            }
        },
        True,
    ),
    "another directory": (
        "WINDOWS",
        SELF_MANAGED,
        {"WindowsConfiguration": {"ThroughputCapacity": 32, "ActiveDirectoryId": "d-0123456789"}},
        True,
    ),
    "ontap": ("ONTAP", {}, {}, True),
    "ontap, no configuration": ("ONTAP", {}, {"OntapConfiguration": None}, False),
    "ontap, name taken": ("ONTAP", {}, {"Name": "vol1"}, False),
    "ontap, name": ("ONTAP", {}, {"Name": "vol-2"}, False),
    "ontap, smaller": ("ONTAP", {}, {"OntapConfiguration": {"SizeInBytes": 1023 * MEBIBYTE}}, False),
    "ontap, larger": ("ONTAP", {}, {"OntapConfiguration": {"SizeInMegabytes": 2048}}, True),
    "ontap, two sizes": ("ONTAP", {}, {"OntapConfiguration": {"SizeInMegabytes": 2048, "SizeInBytes": 2**31}}, False),
    "ontap, unknown machine": (
        "ONTAP",
        {},
        {"OntapConfiguration": {"StorageVirtualMachineId": "svm-00000000000000000"}},
        False,
    ),
}
CODES = {
    "ontap, no configuration": "MissingVolumeConfiguration",
    "ontap, unknown machine": "StorageVirtualMachineNotFound",
}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_restored_and_what_is_refused(fsx: EmulatedFSx, unchecked: Any, refused: Refused, rule: str) -> None:
    kind, saved, members, accepted = RULES[rule]
    operation, request = _backup(fsx, kind, saved)
    if members.get("OntapConfiguration"):
        members = {"OntapConfiguration": {**request["OntapConfiguration"], **members["OntapConfiguration"]}}
    request = {name: value for name, value in {**request, **members}.items() if value is not None}
    if accepted:
        _restore(unchecked, operation, request)
    else:
        error = refused(getattr(unchecked, operation), **request)
        assert error["Code"] == CODES.get(rule, "BadRequest"), error


@pytest.mark.parametrize("kind", ["WINDOWS", "ONTAP"])
@pytest.mark.parametrize("lifecycle", ["CREATING", "FAILED"])
def test_the_backup_must_be_available(
    fsx: EmulatedFSx, client: Any, refused: Refused, kind: str, lifecycle: str
) -> None:
    operation, request = _backup(fsx, kind, lifecycle=lifecycle)
    assert refused(getattr(client, operation), **request)["Code"] == "BadRequest"


def test_volumes_and_file_systems_are_restored_each_by_their_own_operation(
    fsx: EmulatedFSx, client: Any, refused: Refused
) -> None:
    orders = [_backup(fsx, kind) for kind in ("WINDOWS", "ONTAP")]
    for (operation, request), (_, other) in zip(orders, reversed(orders), strict=True):
        wrong = {**request, "BackupId": other["BackupId"]}
        assert refused(getattr(client, operation), **wrong)["Code"] == "BadRequest"


@pytest.mark.parametrize("kind", ["WINDOWS", "LUSTRE", "OPENZFS", "ONTAP"])
@pytest.mark.parametrize("outcome", ["AVAILABLE", "FAILED", "STUCK"])
def test_how_a_restore_ends(fsx: EmulatedFSx, client: Any, refused: Refused, kind: str, outcome: str) -> None:
    operation, request = _backup(fsx, kind)
    fsx.control.durations(restore=60)
    fsx.control.next_restore(request["BackupId"], outcome, "The subnet is full.")
    made = _restore(client, operation, request)
    ready = "CREATED" if kind == "ONTAP" else "AVAILABLE"
    last = {"AVAILABLE": ready, "STUCK": "CREATING"}.get(outcome, outcome)
    for seconds, expected in ((0, "CREATING"), (59, "CREATING"), (1, last)):
        fsx.control.advance(seconds)
        found = described(client, made)
        assert found["Lifecycle"] == expected
        if kind == "ONTAP":
            assert found["OntapConfiguration"]["OntapVolumeType"] == ("RW" if expected == ready else "DP")
        reason = found.get("LifecycleTransitionReason" if kind == "ONTAP" else "FailureDetails", {}).get("Message")
        assert reason == ("The subnet is full." if expected == "FAILED" else None)
        if expected == "CREATING":
            error = refused(client.delete_backup, BackupId=request["BackupId"])
            assert (error["Code"], error["FileSystemId"]) == ("BackupRestoring", found["FileSystemId"])
    if kind == "ONTAP":
        request["Name"] = "vol_3"
    again = _restore(client, operation, request)
    fsx.control.advance(60)
    assert described(client, again)["Lifecycle"] == ready, "the order was for one restore"


@pytest.mark.parametrize(("wanted", "megabytes"), [({}, 4096), ({"SizeInBytes": 5000 * MEBIBYTE}, 5000)])
def test_a_restored_volume_is_as_large_as_it_was_or_larger_and_not_mounted(
    fsx: EmulatedFSx, client: Any, wanted: dict[str, int], megabytes: int
) -> None:
    operation, request = _backup(fsx, "ONTAP", {"SizeInMegabytes": 4096})
    request["OntapConfiguration"] |= wanted
    made = described(client, _restore(client, operation, request))["OntapConfiguration"]
    assert (made["SizeInMegabytes"], "JunctionPath" in made) == (megabytes, False)


@pytest.mark.parametrize("how", ["backup", "seed", "copy"])
def test_openzfs_comes_with_its_child_volumes(fsx: EmulatedFSx, client: Any, refused: Refused, how: str) -> None:
    file_system_id = fsx.seed_file_system("OPENZFS")
    root = {"ParentVolumeId": described(client, file_system_id)["OpenZFSConfiguration"]["RootVolumeId"]}
    client.create_volume(VolumeType="OPENZFS", Name="data", OpenZFSConfiguration=root)
    if how == "backup":
        backup_id = client.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    else:
        backup_id = fsx.seed_backup(file_system_id)
    if how == "copy":
        client = fsx.client("eu-west-1")
        backup_id = client.copy_backup(SourceBackupId=backup_id, SourceRegion="us-east-1")["Backup"]["BackupId"]
    fsx.control.advance(2)
    made = _restore(client, "create_file_system_from_backup", {"BackupId": backup_id, "SubnetIds": [SUBNET]})
    volumes = client.describe_volumes()["Volumes"]
    assert [volume["Name"] for volume in volumes if volume["FileSystemId"] == made].count("data") == 1
    request = {"FileSystemId": made, "OpenZFSConfiguration": {"SkipFinalBackup": True}}
    assert refused(client.delete_file_system, **request)["Code"] == "BadRequest"


def test_quotas_hold_for_restores(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    orders = [_backup(fsx, kind) for kind in ("WINDOWS", "ONTAP")]
    fsx.control.quotas(file_systems=2, volumes_per_file_system=1)
    limits = [refused(getattr(client, operation), **request)["Limit"] for operation, request in orders]
    assert limits == ["FILE_SYSTEM_COUNT", "VOLUMES_PER_FILE_SYSTEM"]
