"""CreateFileSystemFromBackup and CreateVolumeFromBackup."""

from dev.fsx_emulator import lifecycle, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.errors import ServiceError, bad_request
from dev.fsx_emulator.file_systems import CONFIGURATIONS, add_file_system, check_configuration
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.records import Backup
from dev.fsx_emulator.volumes import MEBIBYTE, add_volume, machines_file_system

# Settings of a file system that its backup does not hand on: they belong to its own network.
_NETWORK = frozenset({"PreferredSubnetId", "EndpointIpAddressRange", "EndpointIpv6AddressRange", "RouteTableIds"})
_DIRECTORIES = frozenset({"ActiveDirectoryId", "SelfManagedActiveDirectoryConfiguration"})
# Settings that a volume has from its backup; it is not mounted unless the request says where.
_OF_A_VOLUME = ("SecurityStyle", "VolumeStyle", "SizeInBytes")


def create_file_system_from_backup(backend: StrictFSxBackend, parameters: Json) -> Json:
    """CreateFileSystemFromBackup: settings default to those of the file system that was backed up.

    While the new file system is CREATING, its backup cannot be deleted.

    Raises:
        ServiceError: BackupNotFound, BadRequest, IncompatibleParameterError, ServiceLimitExceeded.
    """
    tags.check(parameters.get("Tags", []))
    known = backend.tokens.recall("CreateFileSystemFromBackup", parameters, backend.file_systems)
    if known:
        return {"FileSystem": backend.show_file_system(backend.file_systems[known])}
    source = _source(backend, parameters)
    if source.volume_id is not None:
        raise bad_request("Backups of ONTAP volumes are restored with CreateVolumeFromBackup.")
    saved = source.file_system
    capacity = parameters.get("StorageCapacity", saved["StorageCapacity"])
    if capacity != saved["StorageCapacity"] and (
        source.file_system_type != "OPENZFS" or capacity < saved["StorageCapacity"]
    ):
        raise bad_request("StorageCapacity must equal the backup's; for OpenZFS it may be larger.")
    member, _ = CONFIGURATIONS[source.file_system_type]
    request = {
        **parameters,
        "FileSystemType": source.file_system_type,
        "StorageCapacity": capacity,
        "StorageType": parameters.get("StorageType", "SSD"),
        member: _settings(saved[member], parameters.get(member, {})),
    }
    check_configuration(request)
    seconds = backend.context.durations.restore
    record = add_file_system(
        backend, request, seconds=seconds, outcome=source.next_restore, restored_from=source.backup_id
    )
    for name in source.children:
        child = {"ParentVolumeId": record.body[member]["RootVolumeId"]}
        request = {"VolumeType": "OPENZFS", "Name": name, "OpenZFSConfiguration": child}
        add_volume(backend, record, request, seconds=seconds)
    source.next_restore = (None, None)
    backend.tokens.remember("CreateFileSystemFromBackup", parameters, record.file_system_id)
    return {"FileSystem": backend.show_file_system(record)}


def create_volume_from_backup(backend: StrictFSxBackend, parameters: Json) -> Json:
    """CreateVolumeFromBackup: a volume of ONTAP below an existing storage virtual machine, as large as it was.

    Raises:
        ServiceError: BackupNotFound, BadRequest, MissingVolumeConfiguration, StorageVirtualMachineNotFound,
            IncompatibleParameterError, ServiceLimitExceeded.
    """
    tags.check(parameters.get("Tags", []))
    known = backend.tokens.recall("CreateVolumeFromBackup", parameters, backend.volumes)
    if known:
        return {"Volume": backend.show_volume(backend.volumes[known])}
    source = _source(backend, parameters)
    if source.volume is None:
        raise bad_request("Backups of file systems are restored with CreateFileSystemFromBackup.")
    wanted = parameters.get("OntapConfiguration")
    if not wanted:
        raise ServiceError("MissingVolumeConfiguration", "A volume of ONTAP needs an OntapConfiguration.")
    saved = source.volume["OntapConfiguration"]
    size = wanted.get("SizeInBytes", wanted.get("SizeInMegabytes", 0) * MEBIBYTE) or saved["SizeInBytes"]
    if {"SizeInMegabytes", "SizeInBytes"} <= {*wanted} or size < saved["SizeInBytes"]:
        raise bad_request("Give one size at most, and none below the backup's.")
    kept = {name: saved[name] for name in _OF_A_VOLUME if name in saved}
    request = {
        **parameters,
        "VolumeType": "ONTAP",
        "OntapConfiguration": {**kept, **wanted, "SizeInBytes": size, "OntapVolumeType": "RW"},
    }
    record = add_volume(
        backend,
        machines_file_system(backend, wanted["StorageVirtualMachineId"]),
        request,
        seconds=backend.context.durations.restore,
        outcome=source.next_restore,
        restored_from=source.backup_id,
    )
    source.next_restore = (None, None)
    backend.tokens.remember("CreateVolumeFromBackup", parameters, record.volume_id)
    return {"Volume": backend.show_volume(record)}


def _source(backend: StrictFSxBackend, parameters: Json) -> Backup:
    source = backend.backup(parameters["BackupId"])
    if source.lifecycle(backend.now) != lifecycle.AVAILABLE:
        raise bad_request(f"Backup '{source.backup_id}' is not AVAILABLE.")
    return source


def _settings(saved: Json, wanted: Json) -> Json:
    """Those of the request, else those of the backup; a backup has no password of a directory's account."""
    left_out = _NETWORK | (_DIRECTORIES if _DIRECTORIES & {*wanted} else frozenset())
    kept = {name: value for name, value in saved.items() if name not in left_out}
    # Requests name aliases, descriptions say more of them.
    kept["Aliases"] = [alias["Name"] for alias in saved.get("Aliases", [])]
    return {**kept, **wanted}
