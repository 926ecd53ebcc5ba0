"""DeleteFileSystem and DeleteVolume: both return at once, what is deleted is DELETING for a while."""

from dev.fsx_emulator import file_systems, tags, volumes
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.backups import take_backup
from dev.fsx_emulator.errors import ServiceError, bad_request
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.records import FileSystem, Volume


def delete_file_system(backend: StrictFSxBackend, parameters: Json) -> Json:
    """DeleteFileSystem: takes its automatic backups along; the others stay, with its description.

    A final backup is made by default for Windows and OpenZFS, for Lustre on request only.
    """
    known: Json | None = backend.tokens.recall("DeleteFileSystem", parameters)
    if known:
        return known
    record = backend.file_system(parameters["FileSystemId"])
    kind = record.file_system_type
    configuration = _configuration(parameters, kind, file_systems.CONFIGURATIONS)
    _check_not_deleting(backend, record)
    below = backend.volumes_of(record.file_system_id)
    if kind == "ONTAP" and below:
        raise bad_request("Delete the volumes of this file system first.")
    _check_children(configuration, any("ParentVolumeId" in v.body.get("OpenZFSConfiguration", {}) for v in below))
    response: Json = {"FileSystemId": record.file_system_id, "Lifecycle": "DELETING"}
    if kind != "ONTAP":
        final = _final_backup(backend, record.file_system_id, configuration, skip=kind == "LUSTRE")
        response[file_systems.CONFIGURATIONS[kind][0].replace("Configuration", "Response")] = final
    for backup in [*backend.backups.values()]:
        if backup.file_system_id == record.file_system_id and backup.backup_type == "AUTOMATIC":
            backend.remove_backup(backup)
    return _deleting(backend, "DeleteFileSystem", parameters, response, [record, *below])


def delete_volume(backend: StrictFSxBackend, parameters: Json) -> Json:
    """DeleteVolume: a final backup is made by default of those of ONTAP, of OpenZFS none. Its backups stay."""
    known: Json | None = backend.tokens.recall("DeleteVolume", parameters)
    if known:
        return known
    record = backend.volume(parameters["VolumeId"])
    configuration = _configuration(parameters, record.volume_type, volumes.CONFIGURATIONS)
    _check_not_deleting(backend, record)
    own = record.body[volumes.CONFIGURATIONS[record.volume_type][0]]
    if own.get("StorageVirtualMachineRoot") or (record.volume_type == "OPENZFS" and "ParentVolumeId" not in own):
        raise bad_request("A root volume is deleted only with what it is the root of.")
    below = _below(backend, record)
    _check_children(configuration, bool(below))
    response: Json = {"VolumeId": record.volume_id, "Lifecycle": "DELETING"}
    if record.volume_type == "ONTAP":
        response["OntapResponse"] = _final_backup(backend, record.volume_id, configuration, skip=False)
    return _deleting(backend, "DeleteVolume", parameters, response, [record, *below])


def _configuration(parameters: Json, kind: str, configurations: dict[str, tuple[str, str]]) -> Json:
    own, _ = configurations[kind]
    for member in parameters:
        if member.endswith("Configuration") and member != own:
            raise bad_request(f"{member} cannot be applied to delete what is of the type {kind}.")
    found: Json = parameters.get(own, {})
    return found


def _check_not_deleting(backend: StrictFSxBackend, record: FileSystem | Volume) -> None:
    if record.lifecycle(backend.now) == "DELETING":
        raise bad_request("It is being deleted already.")


def _below(backend: StrictFSxBackend, record: Volume) -> list[Volume]:
    """The volumes of OpenZFS below another one, at any depth."""
    children = [
        volume
        for volume in backend.volumes_of(record.file_system_id)
        if volume.body.get("OpenZFSConfiguration", {}).get("ParentVolumeId") == record.volume_id
    ]
    return children + [volume for child in children for volume in _below(backend, child)]


def _check_children(configuration: Json, children: bool) -> None:
    if children and not configuration.get("Options"):
        raise bad_request("There are child volumes: give the option DELETE_CHILD_VOLUMES_AND_SNAPSHOTS.")


def _final_backup(backend: StrictFSxBackend, target_id: str, configuration: Json, *, skip: bool) -> Json:
    """Deletions have fewer errors than CreateBackup: what they do not list becomes BadRequest."""
    if configuration.get("SkipFinalBackup", skip):
        return {}
    final_tags = configuration.get("FinalBackupTags", [])
    tags.check(final_tags)
    try:
        final = take_backup(backend, target_id, final_tags)
    except ServiceError as error:
        if error.code == "ServiceLimitExceeded":
            raise
        raise bad_request(f"The final backup cannot be made. {error.message}") from error
    kept = backend.tags_of(final.resource_arn)
    return {"FinalBackupId": final.backup_id, **({"FinalBackupTags": kept} if kept else {})}


def _deleting(
    backend: StrictFSxBackend, operation: str, parameters: Json, response: Json, records: list[FileSystem | Volume]
) -> Json:
    for record in records:
        record.gone_at = backend.now + backend.context.durations.deletion
    backend.tokens.remember(operation, parameters, response)
    return response
