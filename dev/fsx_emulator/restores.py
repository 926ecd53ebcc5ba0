"""CreateFileSystemFromBackup."""

from dev.fsx_emulator import lifecycle, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.errors import bad_request
from dev.fsx_emulator.file_systems import CONFIGURATIONS, add_file_system
from dev.fsx_emulator.model import Json

_OPERATION = "CreateFileSystemFromBackup"


def create_file_system_from_backup(backend: StrictFSxBackend, parameters: Json) -> Json:
    """CreateFileSystemFromBackup: settings default to those of the file system that was backed up.

    While the new file system is CREATING, its backup cannot be deleted.

    Raises:
        ServiceError: BackupNotFound, BadRequest, IncompatibleParameterError, ServiceLimitExceeded.
    """
    tags.check(parameters.get("Tags", []))
    known = backend.tokens.recall(_OPERATION, parameters)
    if known in backend.file_systems:
        return {"FileSystem": backend.show_file_system(backend.file_systems[known])}
    source = backend.backup(parameters["BackupId"])
    if source.volume_id is not None:
        raise bad_request("Backups of ONTAP volumes are restored with CreateVolumeFromBackup.")
    if source.lifecycle(backend.now) != lifecycle.AVAILABLE:
        raise bad_request(f"Backup '{source.backup_id}' is not AVAILABLE.")
    saved = source.file_system
    capacity = parameters.get("StorageCapacity", saved["StorageCapacity"])
    if capacity != saved["StorageCapacity"] and (
        source.file_system_type != "OPENZFS" or capacity < saved["StorageCapacity"]
    ):
        raise bad_request("StorageCapacity must equal the backup's; for OpenZFS it may be larger.")
    member, _ = CONFIGURATIONS[source.file_system_type]
    settings = dict(saved[member])
    # Requests name aliases, descriptions say more of them.
    settings["Aliases"] = [alias["Name"] for alias in settings.get("Aliases", [])]
    request = {
        **parameters,
        "FileSystemType": source.file_system_type,
        "StorageCapacity": capacity,
        "StorageType": parameters.get("StorageType", saved["StorageType"]),
        member: {**settings, **parameters.get(member, {})},
    }
    record = add_file_system(
        backend,
        request,
        ready_at=backend.now + backend.context.durations.restore,
        restored_from=source.backup_id,
    )
    backend.tokens.remember(_OPERATION, parameters, record.file_system_id)
    return {"FileSystem": backend.show_file_system(record)}
