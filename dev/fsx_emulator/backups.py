"""CreateBackup, DescribeBackups and DeleteBackup."""

from collections.abc import Iterable

from dev.fsx_emulator import lifecycle, quotas, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.errors import ServiceError, bad_request
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.records import Backup, FileSystem, Volume

# Supported names according to DescribeBackupsRequest; the enum of the model is shared with other
# operations and holds three more.
FILTERS = {
    "file-system-id": "file_system_id",
    "backup-type": "backup_type",
    "file-system-type": "file_system_type",
    "volume-id": "volume_id",
}
# Lifecycles in which a backup can be made.
FILE_SYSTEM_STATES = frozenset({"AVAILABLE", "UPDATING"})
VOLUME_STATES = frozenset({"AVAILABLE", "CREATED"})


def create_backup(backend: StrictFSxBackend, parameters: Json) -> Json:
    """CreateBackup: a user-initiated backup of a file system or of an ONTAP volume.

    The token comes first: a repeated request gets the backup it made, whatever became of the file system since.
    """
    targets = [name for name in ("FileSystemId", "VolumeId") if name in parameters]
    if len(targets) != 1:
        raise bad_request("Give exactly one of FileSystemId and VolumeId.")
    own_tags: list[Json] = parameters.get("Tags", [])
    tags.check(own_tags)
    known = backend.tokens.recall("CreateBackup", parameters)
    if known in backend.backups:  # a deleted one is made anew; AWS documents nothing
        return {"Backup": backend.show_backup(backend.backups[known])}
    record = take_backup(backend, parameters[targets[0]], own_tags)
    backend.tokens.remember("CreateBackup", parameters, record.backup_id)
    return {"Backup": backend.show_backup(record)}


def take_backup(backend: StrictFSxBackend, target_id: str, own_tags: list[Json]) -> Backup:
    """Start a backup of a file system or volume that allows one now.

    Raises:
        ServiceError: FileSystemNotFound, VolumeNotFound, UnsupportedOperation, BadRequest, BackupInProgress,
            ServiceLimitExceeded.
    """
    now = backend.now
    volume = backend.volume(target_id) if target_id.startswith("fsvol-") else None
    file_system = backend.file_system(volume.file_system_id if volume else target_id)
    check_target(file_system, volume, now)
    if any(
        target_id == (backup.volume_id or backup.file_system_id)
        and backup.in_progress(now)
        and not backup.source_backup_id
        for backup in backend.backups.values()
    ):
        raise ServiceError("BackupInProgress", f"Another backup of '{target_id}' is already under way.")
    quotas.check_backups(backend.context.quotas, backend.backups.values(), file_system.file_system_type)
    final, failure = backend.next_outcomes.pop(target_id, (lifecycle.AVAILABLE, None))
    course = lifecycle.backup_course(
        now,
        backend.context.durations.backup,
        lustre=file_system.file_system_type == "LUSTRE",
        final=final,
        failure=failure,
    )
    return backend.add_backup(
        backend.snapshot(file_system),
        backend.snapshot(volume) if volume else None,
        course,
        own_tags or _copied_tags(backend, volume or file_system),
        children=backend.children_of(file_system.file_system_id),
    )


def check_target(file_system: FileSystem, volume: Volume | None, now: float) -> None:
    """Whether this kind of target can be backed up at all. Pure.

    Raises:
        ServiceError: UnsupportedOperation by kind, BadRequest by state.
    """
    kind = file_system.file_system_type
    if volume is None:
        if kind == "ONTAP":
            raise _unsupported("Backups of ONTAP are made by volume: give a VolumeId.")
        if kind == "LUSTRE":
            configuration = file_system.body["LustreConfiguration"]
            if not configuration["DeploymentType"].startswith("PERSISTENT"):
                raise _unsupported("Backups of Lustre need a persistent deployment type.")
            if "DataRepositoryConfiguration" in configuration:
                raise _unsupported("Lustre file systems that are linked to a data repository cannot be backed up.")
    elif volume.volume_type != "ONTAP":
        raise _unsupported("Backups by volume are for ONTAP alone: give a FileSystemId.")
    elif volume.body["OntapConfiguration"]["OntapVolumeType"] != "RW":
        kind = volume.body["OntapConfiguration"]["OntapVolumeType"]
        raise bad_request(f"Of ONTAP volumes only the read-write ones (RW) can be backed up, not {kind}.")
    state = volume.lifecycle(now) if volume else file_system.lifecycle(now)
    if state not in (VOLUME_STATES if volume else FILE_SYSTEM_STATES):
        raise bad_request(f"A backup cannot be made while its target is {state}.")


def _unsupported(message: str) -> ServiceError:
    return ServiceError("UnsupportedOperation", message)


def _copied_tags(backend: StrictFSxBackend, target: FileSystem | Volume) -> list[Json]:
    """The target's tags where it has CopyTagsToBackups; any tag in the request switches that off."""
    configurations = [body for name, body in target.body.items() if name.endswith("Configuration")]
    if not any(body.get("CopyTagsToBackups") for body in configurations):
        return []
    return tags.inheritable(backend.tags_of(target.resource_arn))


def describe_backups(backend: StrictFSxBackend, parameters: Json) -> Json:
    """DescribeBackups: by ids, which override filters, or all that every filter lets through."""
    ids = parameters.get("BackupIds")
    if ids:
        records = [backend.backup(backup_id) for backup_id in dict.fromkeys(ids)]
        scope: tuple[object, ...] = ("DescribeBackups", sorted(ids))
    else:
        wanted = _wanted(parameters.get("Filters", []))
        if not backend.context.copies.by_target:
            _check_targets(backend, wanted)
        records = list(backend.backups.values())
        for name, values in wanted:
            records = [backup for backup in records if getattr(backup, FILTERS[name]) in values]
        if "file-system-id" in dict(wanted):
            # It found no backups of volumes until late 2025, so nobody may rely on it.
            records = [backup for backup in records if not backup.volume_id]
        scope = ("DescribeBackups", sorted((name, sorted(values)) for name, values in wanted))
    shown, further = backend.page(scope, ((record.weight, record) for record in records), parameters, whole=bool(ids))
    return {"Backups": [backend.show_backup(record) for record in shown], **further}


def _wanted(filters: list[Json]) -> list[tuple[str, frozenset[str]]]:
    wanted = []
    for item in filters:
        name = item.get("Name")
        if name not in FILTERS:
            raise bad_request(f"DescribeBackups has no filter {name!r}; it has {', '.join(FILTERS)}.")
        if not item.get("Values"):
            raise bad_request(f"The filter {name} has no values.")
        wanted.append((name, frozenset(item["Values"])))
    return wanted


def _check_targets(backend: StrictFSxBackend, wanted: list[tuple[str, frozenset[str]]]) -> None:
    """Raises FileSystemNotFound or VolumeNotFound where this Region knows a target by copies alone."""
    for name, kind in (("file-system-id", backend.file_system), ("volume-id", backend.volume)):
        asked = frozenset().union(*(values for filtered, values in wanted if filtered == name))
        for backup in backend.backups.values():
            if backup.source_backup_id and getattr(backup, FILTERS[name]) in asked:
                kind(getattr(backup, FILTERS[name]))


def delete_backup(backend: StrictFSxBackend, parameters: Json) -> Json:
    """DeleteBackup: final and at once. A repeated request with the same token succeeds again."""
    backup_id = parameters["BackupId"]
    response = {"BackupId": backup_id, "Lifecycle": "DELETED"}
    if backend.tokens.recall("DeleteBackup", parameters):
        return response
    record = backend.backup(backup_id)
    check_deletable(record, [*backend.file_systems.values(), *backend.volumes.values()], backend.now)
    check_not_newest(record, backend.backups.values(), backend.now)
    backend.remove_backup(record)
    backend.tokens.remember("DeleteBackup", parameters, backup_id)
    return response


def check_deletable(record: Backup, restores: Iterable[FileSystem | Volume], now: float) -> None:
    """Whether a backup can be deleted now. Pure.

    Raises:
        ServiceError: BackupInProgress, BackupRestoring, BackupBeingCopied; BadRequest for AWS Backup's own.
    """
    if record.backup_type == "AWS_BACKUP":
        raise bad_request("This backup was made by AWS Backup and can be deleted only there.")
    if record.in_progress(now):
        raise ServiceError("BackupInProgress", f"Backup '{record.backup_id}' is still in progress.")
    for restored in restores:
        if restored.restored_from == record.backup_id and restored.lifecycle(now) == "CREATING":
            raise ServiceError(
                "BackupRestoring",
                f"File system '{restored.file_system_id}' is being restored from this backup, or a volume of it.",
                {"FileSystemId": restored.file_system_id},
            )
    if record.copied_at(now):
        raise ServiceError("BackupBeingCopied", "This backup is being copied.", {"BackupId": record.backup_id})


def check_not_newest(record: Backup, backups: Iterable[Backup], now: float) -> None:
    """Of a volume's backups the newest AVAILABLE one goes last. Pure.

    Raises:
        ServiceError: BadRequest.
    """
    others = [backup for backup in backups if backup.volume_id == record.volume_id and backup is not record]
    newer = (backup for backup in others if backup.lifecycle(now) == lifecycle.AVAILABLE)
    if record.volume_id is None or not others or record.lifecycle(now) != lifecycle.AVAILABLE:
        return
    if all(backup.created < record.created for backup in newer):
        raise bad_request("The most recent available backup of a volume can be deleted only after all its others.")
