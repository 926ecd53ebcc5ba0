"""CreateFileSystem, DescribeFileSystems and DeleteFileSystem."""

from typing import Any

from dev.fsx_emulator import identifiers, quotas, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.backups import take_backup
from dev.fsx_emulator.errors import ServiceError, bad_request
from dev.fsx_emulator.model import Json, project
from dev.fsx_emulator.records import Backup, FileSystem
from dev.fsx_emulator.volumes import add_volume

# File system type -> (member of requests and descriptions, shape of the description).
CONFIGURATIONS = {
    "WINDOWS": ("WindowsConfiguration", "WindowsFileSystemConfiguration"),
    "LUSTRE": ("LustreConfiguration", "LustreFileSystemConfiguration"),
    "ONTAP": ("OntapConfiguration", "OntapFileSystemConfiguration"),
    "OPENZFS": ("OpenZFSConfiguration", "OpenZFSFileSystemConfiguration"),
}
# What the service fills in for a request that leaves it out (API reference, per configuration).
_DEFAULTS: dict[str, Json] = {
    "WINDOWS": {"DeploymentType": "SINGLE_AZ_1", "CopyTagsToBackups": False, "AutomaticBackupRetentionDays": 30},
    "LUSTRE": {
        "DeploymentType": "SCRATCH_1",
        "CopyTagsToBackups": False,
        "AutomaticBackupRetentionDays": 0,
        "DataCompressionType": "NONE",
        "MountName": "fsx",
    },
    "ONTAP": {"AutomaticBackupRetentionDays": 30},
    "OPENZFS": {"CopyTagsToBackups": False, "CopyTagsToVolumes": False, "AutomaticBackupRetentionDays": 30},
}
_DATA_REPOSITORY = ("ImportPath", "ExportPath", "ImportedFileChunkSize", "AutoImportPolicy")


def create_file_system(backend: StrictFSxBackend, parameters: Json) -> Json:
    """CreateFileSystem."""
    tags.check(parameters.get("Tags", []))
    known = backend.tokens.recall("CreateFileSystem", parameters)
    if known in backend.file_systems:
        return {"FileSystem": backend.show_file_system(backend.file_systems[known])}
    check_configuration(parameters)
    record = add_file_system(backend, parameters, ready_at=backend.now + backend.context.durations.file_system)
    backend.tokens.remember("CreateFileSystem", parameters, record.file_system_id)
    return {"FileSystem": backend.show_file_system(record)}


def check_configuration(parameters: Json) -> None:
    """Whether type, configuration, capacity and subnets go together. Pure.

    Raises:
        ServiceError: MissingFileSystemConfiguration, BadRequest.
    """
    kind = parameters["FileSystemType"]
    own, _ = CONFIGURATIONS[kind]
    for member, _ in CONFIGURATIONS.values():
        if member in parameters and member != own:
            raise bad_request(f"{member} cannot be applied to a {kind} file system.")
    configuration = parameters.get(own, {})
    if kind != "LUSTRE" and not configuration:
        raise ServiceError("MissingFileSystemConfiguration", f"A {kind} file system needs a {own}.")
    if "StorageCapacity" not in parameters and parameters.get("StorageType") != "INTELLIGENT_TIERING":
        raise bad_request("StorageCapacity is required.")
    subnets = 2 if str(configuration.get("DeploymentType", "")).startswith("MULTI_AZ") else 1
    if len(parameters["SubnetIds"]) != subnets:
        raise bad_request(f"This deployment type takes exactly {subnets} subnet{'s' if subnets > 1 else ''}.")


def add_file_system(
    backend: StrictFSxBackend,
    parameters: Json,
    *,
    ready_at: float,
    file_system_id: str | None = None,
    **further: Any,
) -> FileSystem:
    """Keep a new file system made from a request's parameters, within the quota.

    Raises:
        ServiceError: ServiceLimitExceeded.
    """
    living = sum(backend.now < record.gone_at for record in backend.file_systems.values())
    quotas.check_file_systems(backend.context.quotas, living)
    ids = backend.context.ids
    file_system_id = file_system_id or ids.new("fs")
    kind = parameters["FileSystemType"]
    member, _ = CONFIGURATIONS[kind]
    body: Json = {
        "OwnerId": backend.account,
        "CreationTime": backend.now,
        "FileSystemId": file_system_id,
        "FileSystemType": kind,
        "StorageCapacity": parameters.get("StorageCapacity", 0),
        "StorageType": parameters.get("StorageType", "SSD"),
        "VpcId": ids.new("vpc"),
        "SubnetIds": parameters["SubnetIds"],
        "NetworkInterfaceIds": [ids.new("eni")],
        "DNSName": f"{file_system_id}.fsx.{backend.region}.amazonaws.com",
        "KmsKeyId": parameters.get("KmsKeyId") or backend.context.default_key(backend.region),
        "ResourceARN": backend.arn(f"file-system/{file_system_id}"),
        "NetworkType": parameters.get("NetworkType", "IPV4"),
        member: _describe_configuration(kind, parameters.get(member, {})),
    }
    if "FileSystemTypeVersion" in parameters:
        body["FileSystemTypeVersion"] = parameters["FileSystemTypeVersion"]
    record = FileSystem(file_system_id, kind, body["ResourceARN"], body, ready_at, **further)
    backend.file_systems[file_system_id] = record
    backend.tagger.tag_resource(record.resource_arn, parameters.get("Tags", []))
    if kind == "OPENZFS":
        root = add_volume(backend, record, {"VolumeType": "OPENZFS", "Name": "fsx"}, ready_at=ready_at)
        body[member]["RootVolumeId"] = root.volume_id
    return record


def _describe_configuration(kind: str, requested: Json) -> Json:
    """The configuration as descriptions show it: defaults filled in, without secrets and request-only members."""
    described: Json = {**_DEFAULTS[kind], **project(CONFIGURATIONS[kind][1], requested)}
    described.setdefault("WeeklyMaintenanceStartTime", "1:05:00")
    if described["AutomaticBackupRetentionDays"]:
        described.setdefault("DailyAutomaticBackupStartTime", "05:00")
    described.pop("FsxAdminPassword", None)
    described.pop("Aliases", None)
    if requested.get("Aliases"):
        described["Aliases"] = [{"Name": name, "Lifecycle": "AVAILABLE"} for name in requested["Aliases"]]
    repository = {name: requested[name] for name in _DATA_REPOSITORY if name in requested}
    if repository:
        described["DataRepositoryConfiguration"] = {"Lifecycle": "AVAILABLE", **repository}
    return described


def describe_file_systems(backend: StrictFSxBackend, parameters: Json) -> Json:
    """DescribeFileSystems: by ids, one unknown id being an error, or all."""
    ids = parameters.get("FileSystemIds")
    if ids:
        records = [backend.file_system(file_system_id) for file_system_id in dict.fromkeys(ids)]
    else:
        records = [record for record in backend.file_systems.values() if backend.now < record.gone_at]
    weighted = ((identifiers.weight(record.file_system_id), record) for record in records)
    scope = ("DescribeFileSystems", sorted(ids or []))
    shown, further = backend.page(scope, weighted, parameters, whole=bool(ids))
    return {"FileSystems": [backend.show_file_system(record) for record in shown], **further}


def delete_file_system(backend: StrictFSxBackend, parameters: Json) -> Json:
    """DeleteFileSystem: takes its automatic backups along; the others stay, with its description.

    A final backup is made by default for Windows and OpenZFS, for Lustre on request only.
    """
    record = backend.file_system(parameters["FileSystemId"])
    kind = record.file_system_type
    own, _ = CONFIGURATIONS[kind]
    for member, _ in CONFIGURATIONS.values():
        if member in parameters and member != own:
            raise bad_request(f"{member} cannot be applied to delete a {kind} file system.")
    below = [volume for volume in backend.volumes.values() if volume.file_system_id == record.file_system_id]
    if kind == "ONTAP" and below:
        raise bad_request("Delete the volumes of this file system first.")
    configuration = parameters.get(own, {})
    final_backup: Json = {}
    if kind != "ONTAP" and not configuration.get("SkipFinalBackup", kind == "LUSTRE"):
        final_tags = configuration.get("FinalBackupTags", [])
        tags.check(final_tags)
        final = _final_backup(backend, record, final_tags)
        final_backup = {"FinalBackupId": final.backup_id, "FinalBackupTags": backend.tags_of(final.resource_arn)}
    for backup in [*backend.backups.values()]:
        if backup.file_system_id == record.file_system_id and backup.backup_type == "AUTOMATIC":
            backend.remove_backup(backup)
    for volume in below:
        del backend.volumes[volume.volume_id]
    record.gone_at = backend.now + backend.context.durations.file_system
    response: Json = {"FileSystemId": record.file_system_id, "Lifecycle": "DELETING"}
    if kind != "ONTAP":
        response[own.replace("Configuration", "Response")] = {
            name: value for name, value in final_backup.items() if value
        }
    return response


def _final_backup(backend: StrictFSxBackend, record: FileSystem, final_tags: list[Json]) -> Backup:
    """DeleteFileSystem has fewer errors than CreateBackup: what it does not list becomes BadRequest."""
    try:
        return take_backup(backend, record.file_system_id, final_tags)
    except ServiceError as error:
        if error.code == "ServiceLimitExceeded":
            raise
        raise bad_request(f"The final backup cannot be made. {error.message}") from error
