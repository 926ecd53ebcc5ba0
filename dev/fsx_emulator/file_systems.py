"""CreateFileSystem and DescribeFileSystems."""

from typing import Any

from dev.fsx_emulator import identifiers, quotas, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.errors import ServiceError, bad_request
from dev.fsx_emulator.lifecycle import AVAILABLE, creation_course
from dev.fsx_emulator.model import Json, project
from dev.fsx_emulator.records import FileSystem
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
    record = add_file_system(backend, parameters, seconds=backend.context.durations.file_system)
    backend.tokens.remember("CreateFileSystem", parameters, record.file_system_id)
    return {"FileSystem": backend.show_file_system(record)}


def check_configuration(parameters: Json) -> None:
    """Whether type, configuration, capacity, subnets and directory go together. Pure.

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
    if subnets > 1 and configuration.get("PreferredSubnetId") not in parameters["SubnetIds"]:
        raise bad_request("This deployment type needs a PreferredSubnetId, which is one of SubnetIds.")
    directory = configuration.get("SelfManagedActiveDirectoryConfiguration")
    if directory and not ({"UserName", "Password"} <= {*directory} or "DomainJoinServiceAccountSecret" in directory):
        raise bad_request("A self-managed Active Directory needs the credentials of its service account.")


def add_file_system(
    backend: StrictFSxBackend,
    parameters: Json,
    *,
    seconds: float,
    outcome: tuple[str | None, str | None] = (None, None),
    file_system_id: str | None = None,
    **further: Any,
) -> FileSystem:
    """Keep a new file system made from a request's parameters, within the quota.

    Raises:
        ServiceError: ServiceLimitExceeded.
    """
    quotas.check_file_systems(backend.context.quotas, len(backend.file_systems))
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
    final, failure = outcome
    course = creation_course(backend.now, seconds, final or AVAILABLE, failure)
    record = FileSystem(file_system_id, kind, body["ResourceARN"], body, course, **further)
    backend.file_systems[file_system_id] = record
    backend.tagger.tag_resource(record.resource_arn, parameters.get("Tags", []))
    if kind == "OPENZFS":
        root = add_volume(backend, record, {"VolumeType": "OPENZFS", "Name": "fsx"}, seconds=seconds)
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
        records = list(backend.file_systems.values())
    weighted = ((identifiers.weight(record.file_system_id), record) for record in records)
    scope = ("DescribeFileSystems", sorted(ids or []))
    shown, further = backend.page(scope, weighted, parameters, whole=bool(ids))
    return {"FileSystems": [backend.show_file_system(record) for record in shown], **further}
