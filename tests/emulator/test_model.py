"""Every response of every operation, errors included, against botocore's own model of the API."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from dev.fsx_emulator import EmulatedFSx
from dev.fsx_emulator.operations import OPERATIONS, missing
from tests.emulator.calls import SUBNET, Refused, arn, described, listed, machine_of
from tests.emulator.checker import mismatches, recorded

TAGS = [{"Key": "Name", "Value": "nightly"}]


def test_the_checker_sees_what_it_must(client: Any) -> None:
    backup = client.meta.service_model.shape_for("Backup")
    good: dict[str, Any] = {"BackupId": "backup-0123456789abcdef0", "Lifecycle": "AVAILABLE", "Type": "AUTOMATIC"}
    good |= {"CreationTime": 1.5, "FileSystem": {}, "ProgressPercent": 100}
    assert list(mismatches(backup, good, "")) == []
    bad: dict[str, Any]
    for bad in (
        {"BackupId": "backup-xyz-0123456789"},
        {"Lifecycle": "DONE"},
        {"CreationTime": "today"},
        {"FileSystem": None},
        {"ProgressPercent": 101},
        {"ProgressPercent": 1.5},
        {"FileSystemId": "fs-0123456789abcdef0"},
        {"Tags": []},
        {"Tags": [{"Key": "k"}]},
    ):
        found = list(mismatches(backup, {**good, **bad}, ""))
        assert len(found) == 1, (bad, found)
    assert list(mismatches(backup, {"BackupId": "backup-0123456789abcdef0"}, ""))


CREATE: dict[str, dict[str, Any]] = {
    "LUSTRE": {
        "LustreConfiguration": {
            "DeploymentType": "PERSISTENT_1",
            "PerUnitStorageThroughput": 50,
            "AutomaticBackupRetentionDays": 7,
            "CopyTagsToBackups": True,
        }
    },
    "WINDOWS": {
        "WindowsConfiguration": {
            "ThroughputCapacity": 32,
            "Aliases": ["files.example.com"],
            "SelfManagedActiveDirectoryConfiguration": {
                "DomainName": "example.com",
                "UserName": "admin",
                "Password": "secret",
                "DnsIps": ["10.0.0.1"],
            },
        }
    },
    "ONTAP": {"OntapConfiguration": {"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 128}},
    "OPENZFS": {
        "OpenZFSConfiguration": {
            "DeploymentType": "SINGLE_AZ_1",
            "ThroughputCapacity": 64,
            "RootVolumeConfiguration": {"DataCompressionType": "ZSTD"},
        }
    },
}


def _drive_everything(fsx: EmulatedFSx, client: Any, elsewhere: Any) -> None:
    """Every operation once and more, for every type of file system, in every lifecycle."""
    for kind, configuration in CREATE.items():
        request = {"FileSystemType": kind, "StorageCapacity": 1200, "SubnetIds": [SUBNET], "Tags": TAGS}
        file_system_id = client.create_file_system(**request, **configuration)["FileSystem"]["FileSystemId"]
        client.describe_file_systems(FileSystemIds=[file_system_id])
        fsx.control.advance(2)
        target = {"FileSystemId": file_system_id}
        if kind == "ONTAP":
            machine = machine_of(client, fsx.seed_volume(file_system_id))
            ontap = {"StorageVirtualMachineId": machine, "SizeInMegabytes": 1024}
            volume = client.create_volume(VolumeType="ONTAP", Name="vol2", Tags=TAGS, OntapConfiguration=ontap)[
                "Volume"
            ]
            fsx.control.advance(2)
            target = {"VolumeId": volume["VolumeId"]}
        _drive_backups(fsx, client, elsewhere, target)
        client.list_tags_for_resource(ResourceARN=arn(f"file-system/{file_system_id}"))
        client.describe_volumes()
        fsx.control.remove(next(iter(target.values())))
        client.describe_backups()
    root = described(client, fsx.seed_file_system("OPENZFS"))["OpenZFSConfiguration"]["RootVolumeId"]
    client.create_volume(VolumeType="OPENZFS", Name="data", OpenZFSConfiguration={"ParentVolumeId": root})
    client.describe_volumes()
    for kind in ("WINDOWS", "LUSTRE", "OPENZFS"):
        client.delete_file_system(FileSystemId=fsx.seed_file_system(kind))
        client.describe_file_systems()
    client.delete_volume(VolumeId=fsx.seed_volume(fsx.seed_file_system("ONTAP")))
    client.describe_volumes()


def _drive_backups(fsx: EmulatedFSx, client: Any, elsewhere: Any, target: dict[str, str]) -> None:
    made = client.create_backup(**target, Tags=TAGS)["Backup"]["BackupId"]
    for _ in range(5):
        client.describe_backups(BackupIds=[made])
        fsx.control.advance(0.5)
    target_id = next(iter(target.values()))
    fsx.control.next_backup(target_id, "FAILED")
    client.create_backup(**target)
    fsx.control.advance(2)
    fsx.control.next_backup(target_id, "STUCK")
    client.create_backup(**target)
    listed(client, PaginationConfig={"PageSize": 1})
    elsewhere.copy_backup(SourceBackupId=made, SourceRegion="us-east-1", CopyTags=True)
    elsewhere.describe_backups()
    for outcome in ("AVAILABLE", "FAILED"):
        fsx.control.next_restore(made, outcome, "The directory cannot be reached.")
        restored = _restore(client, made, target, f"restored_{outcome}")
        fsx.control.advance(2)
        described(client, restored)
    client.tag_resource(ResourceARN=arn(f"backup/{made}"), Tags=[{"Key": "é", "Value": ""}])
    client.untag_resource(ResourceARN=arn(f"backup/{made}"), TagKeys=["Name"])
    client.list_tags_for_resource(ResourceARN=arn(f"backup/{made}"), MaxResults=1)
    fsx.control.advance(2)
    if "FileSystemId" in target:  # of a volume the newest one must stay
        client.delete_backup(BackupId=made)


def _restore(client: Any, backup_id: str, target: dict[str, str], name: str) -> str:
    if "VolumeId" in target:
        ontap = {"StorageVirtualMachineId": machine_of(client, target["VolumeId"])}
        made = client.create_volume_from_backup(BackupId=backup_id, Name=name, Tags=TAGS, OntapConfiguration=ontap)
        return str(made["Volume"]["VolumeId"])
    windows = described(client, target["FileSystemId"]).get("WindowsConfiguration")
    directory = CREATE["WINDOWS"]["WindowsConfiguration"]
    further = {"WindowsConfiguration": directory} if windows else {}
    made = client.create_file_system_from_backup(BackupId=backup_id, SubnetIds=[SUBNET], Tags=TAGS, **further)
    return str(made["FileSystem"]["FileSystemId"])


def test_every_answer_keeps_to_the_model(fsx: EmulatedFSx, client: Any) -> None:
    elsewhere = fsx.client("eu-west-1")
    with recorded(client, elsewhere) as recorder:
        _drive_everything(fsx, client, elsewhere)
    assert {status for _, status, _, _ in recorder.seen} == {200}
    assert {operation.name for operation, *_ in recorder.seen} == set(OPERATIONS)
    lifecycles = {
        backup["Lifecycle"]
        for operation, _, _, document in recorder.seen
        for backup in [*document.get("Backups", []), *filter(None, [document.get("Backup")])]
    }
    assert lifecycles == {"PENDING", "CREATING", "TRANSFERRING", "COPYING", "AVAILABLE", "FAILED"}
    assert recorder.problems() == []


def _provoke(fsx: EmulatedFSx, client: Any, unchecked: Any, refused: Refused) -> None:
    """The refusals that the rules themselves lead to, of every operation."""
    nowhere = "backup-00000000000000000"
    lustre, windows = fsx.seed_file_system("LUSTRE"), fsx.seed_file_system("WINDOWS")
    ontap = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(ontap)
    backup, volume_backup = fsx.seed_backup(lustre), fsx.seed_backup(volume_id)
    machine = {"StorageVirtualMachineId": "svm-00000000000000000"}
    client.create_backup(FileSystemId=lustre, ClientRequestToken="t")
    fsx.control.quotas(windows_backups=0)
    client.copy_backup(SourceBackupId=backup)
    attempts: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (client.create_backup, {}),
        (client.create_backup, {"FileSystemId": "fs-00000000000000000"}),
        (client.create_backup, {"VolumeId": "fsvol-00000000000000000"}),
        (client.create_backup, {"FileSystemId": ontap}),
        (client.create_backup, {"FileSystemId": lustre}),
        (client.create_backup, {"FileSystemId": windows}),
        (client.create_backup, {"FileSystemId": windows, "ClientRequestToken": "t"}),
        (client.describe_backups, {"BackupIds": [nowhere]}),
        (client.describe_backups, {"NextToken": "AAAA"}),
        (client.delete_backup, {"BackupId": nowhere}),
        (client.delete_backup, {"BackupId": backup}),
        (client.copy_backup, {"SourceBackupId": nowhere}),
        (client.copy_backup, {"SourceBackupId": backup, "SourceRegion": "cn-north-1"}),
        (client.copy_backup, {"SourceBackupId": fsx.seed_backup(lustre, lifecycle="FAILED")}),
        (client.create_file_system, {"FileSystemType": "WINDOWS", "SubnetIds": [SUBNET]}),
        (client.create_file_system_from_backup, {"BackupId": nowhere, "SubnetIds": [SUBNET]}),
        (client.create_volume, {"VolumeType": "ONTAP", "Name": "v"}),
        (client.create_volume_from_backup, {"BackupId": nowhere, "Name": "v"}),
        (client.create_volume_from_backup, {"BackupId": volume_backup, "Name": "v"}),
        (client.create_volume_from_backup, {"BackupId": volume_backup, "Name": "v", "OntapConfiguration": machine}),
        (client.delete_volume, {"VolumeId": "fsvol-00000000000000000"}),
        (client.delete_volume, {"VolumeId": volume_id, "OpenZFSConfiguration": {}}),
        (client.delete_file_system, {"FileSystemId": "fs-00000000000000000"}),
        (client.delete_file_system, {"FileSystemId": windows}),
        (client.describe_file_systems, {"FileSystemIds": ["fs-00000000000000000"]}),
        (client.describe_volumes, {"VolumeIds": ["fsvol-00000000000000000"]}),
        (client.list_tags_for_resource, {"ResourceARN": arn(f"backup/{nowhere}")}),
        (client.tag_resource, {"ResourceARN": arn(f"backup/{nowhere}"), "Tags": TAGS}),
        (client.untag_resource, {"ResourceARN": arn(f"backup/{nowhere}"), "TagKeys": ["k"]}),
        (unchecked.describe_backups, {"MaxResults": 0}),
        (unchecked.create_backup, {"FileSystemId": lustre, "Tags": []}),
    ]
    for method, parameters in attempts:
        refused(method, **parameters)


def test_every_refusal_keeps_to_the_model(fsx: EmulatedFSx, client: Any, unchecked: Any, refused: Refused) -> None:
    with recorded(client, unchecked) as recorder:
        _provoke(fsx, client, unchecked, refused)
    refusals = [(operation.name, status) for operation, status, _, _ in recorder.seen if status != 200]
    assert {name for name, _ in refusals} == set(OPERATIONS)
    assert recorder.problems() == []


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_every_error_of_an_operation_can_be_sent(fsx: EmulatedFSx, unchecked: Any, operation: str) -> None:
    model = unchecked.meta.service_model.operation_model(operation)
    method = getattr(unchecked, xform_name(operation))
    with recorded(unchecked) as recorder:
        for shape in model.error_shapes:
            fsx.control.fault(shape.name, operation=operation)
            with pytest.raises(getattr(unchecked.exceptions, shape.name)) as caught:
                method()
            for member in shape.members:
                if member in {"Limit", "Parameter", "FileSystemId", "BackupId", "ResourceARN"}:
                    assert caught.value.response[member], "botocore hands the error's members on"
    assert len(recorder.seen) == len(model.error_shapes) > 0
    assert recorder.problems() == []


@pytest.mark.parametrize("operation", missing())
def test_operations_that_are_missing_say_so(unchecked: Any, fsx: EmulatedFSx, operation: str) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(unchecked, xform_name(operation))()
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert operation in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_wrong_types_are_refused(
    fsx: EmulatedFSx, unchecked: Any, refused: Refused, send: Callable[[str, Any], Any], operation: str
) -> None:
    shape = unchecked.meta.service_model.operation_model(operation).input_shape
    for name, member in shape.members.items():
        wrong = {"string": {"not": "this"}, "integer": True}.get(member.type_name, "text")
        error = refused(send, operation=operation, document={name: wrong})
        assert error["Code"] == "BadRequest"
        assert f"{name}: expected {member.type_name}" in error["Error"]["Message"]


@pytest.mark.parametrize("document", [b"{", b"[]", b"null", b'"text"'])
def test_bodies_that_are_no_json_object_are_refused(
    fsx: EmulatedFSx, refused: Refused, send: Callable[[str, Any], Any], document: bytes
) -> None:
    assert refused(send, operation="DescribeBackups", document=document)["Code"] == "SerializationException"


def test_members_that_the_model_does_not_know_are_ignored(fsx: EmulatedFSx, send: Callable[[str, Any], Any]) -> None:
    assert send("DescribeBackups", {"Colour": "blue", "NextToken": None})["Backups"] == []
