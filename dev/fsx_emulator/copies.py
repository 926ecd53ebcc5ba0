"""CopyBackup."""

from dev.fsx_emulator import lifecycle, quotas, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.records import Backup


def copy_backup(backend: StrictFSxBackend, parameters: Json) -> Json:
    """CopyBackup: called in the destination Region; the copy is USER_INITIATED whatever its source is."""
    own_tags: list[Json] = parameters.get("Tags", [])
    tags.check(own_tags)
    known = backend.tokens.recall("CopyBackup", parameters)
    if known in backend.backups:
        return {"Backup": backend.show_backup(backend.backups[known])}
    origin = _origin(backend, parameters.get("SourceRegion", backend.region))
    source = origin.backup(parameters["SourceBackupId"])
    check_source(source, backend.now)
    if parameters.get("CopyTags"):
        own_tags = tags.merge(own_tags, tags.inheritable(origin.tags_of(source.resource_arn)))
    key = parameters.get("KmsKeyId") or backend.context.default_key(backend.region)
    quotas.check_copies(backend.context.quotas, backend.backups.values(), backend.now, source.volume_id, key)
    quotas.check_backups(backend.context.quotas, backend.backups.values(), source.file_system_type)
    record = backend.add_backup(
        source.file_system,
        source.volume,
        lifecycle.copy_course(backend.now, _seconds(backend, source, key)),
        own_tags,
        kms_key_id=key,
        source_backup_id=source.backup_id,
        source_region=origin.region,
        children=source.children,
    )
    if backend.context.copies.keep_creation_time:
        record.created = source.created
    source.copies.append(record)
    backend.tokens.remember("CopyBackup", parameters, record.backup_id)
    return {"Backup": backend.show_backup(record)}


def check_source(source: Backup, now: float) -> None:
    """Whether a backup can be copied now. Pure.

    Raises:
        ServiceError: UnsupportedOperation for FlexGroup volumes, SourceBackupUnavailable unless AVAILABLE.
    """
    if (source.volume or {}).get("OntapConfiguration", {}).get("VolumeStyle") == "FLEXGROUP":
        raise ServiceError("UnsupportedOperation", "Backups of FlexGroup volumes cannot be copied.")
    if source.lifecycle(now) != lifecycle.AVAILABLE:
        raise ServiceError(
            "SourceBackupUnavailable",
            f"Backup '{source.backup_id}' is not AVAILABLE.",
            {"BackupId": source.backup_id},
        )


def _origin(backend: StrictFSxBackend, region: str) -> StrictFSxBackend:
    origin = backend.of(backend.account, region)
    if origin is not None and origin.partition == backend.partition:
        return origin
    raise ServiceError("InvalidRegion", f"SourceRegion {region!r} is no Region of the partition {backend.partition}.")


def _seconds(backend: StrictFSxBackend, source: Backup, key: str) -> float:
    """A copy is incremental while an earlier one of the same target with the same key is still in the destination."""
    durations = backend.context.durations
    incremental = any(
        earlier.source_backup_id
        and (earlier.file_system_id, earlier.volume_id) == (source.file_system_id, source.volume_id)
        and earlier.kms_key_id == key
        and earlier.lifecycle(backend.now) == lifecycle.AVAILABLE
        for earlier in backend.backups.values()
    )
    if incremental and durations.incremental_copy is not None:
        return durations.incremental_copy
    return durations.copy
