"""Records as the API describes them. Only members of the model's shapes, none of them null."""

from dev.fsx_emulator.lifecycle import AVAILABLE, FAILED
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.records import Backup, FileSystem, Volume

GIBIBYTE = 1024**3


def tagged(tags: list[Json]) -> Json:
    """The member Tags, left out where there are none: the model's lists of tags are never empty."""
    return {"Tags": tags} if tags else {}


def file_system(record: FileSystem, tags: list[Json], now: float) -> Json:
    """Shape FileSystem."""
    return {**record.body, **_state(record, "FailureDetails", now), **tagged(tags)}


def volume(record: Volume, now: float) -> Json:
    """Shape Volume. The model has Tags, the service's responses do not: ListTagsForResource has them. A volume of
    ONTAP is of type DP until its restore is complete.
    """
    body = {**record.body, **_state(record, "LifecycleTransitionReason", now)}
    if record.restored_from and record.course.at(now) != "CREATED":
        body["OntapConfiguration"] = {**body["OntapConfiguration"], "OntapVolumeType": "DP"}
    return body


def _state(record: FileSystem | Volume, reason: str, now: float) -> Json:
    """The lifecycle, with the reason for a failure in the member that is named."""
    lifecycle, message = record.lifecycle(now), record.course.failure
    told = {reason: {"Message": message}} if message and lifecycle == FAILED else {}
    return {"Lifecycle": lifecycle, **told}


def backup(record: Backup, tags: list[Json], account: str, now: float) -> Json:
    """Shape Backup; ProgressPercent, FailureDetails and SizeInBytes only where they mean something."""
    lifecycle = record.lifecycle(now)
    body: Json = {
        "BackupId": record.backup_id,
        "Lifecycle": lifecycle,
        "Type": record.backup_type,
        "CreationTime": record.created,
        "ResourceARN": record.resource_arn,
        **tagged(tags),
        "FileSystem": record.file_system,
        "OwnerId": account,
        "ResourceType": "VOLUME" if record.volume_id else "FILE_SYSTEM",
    }
    progress = record.course.progress(now)
    if progress is not None:
        body["ProgressPercent"] = progress
    if lifecycle == FAILED:
        body["FailureDetails"] = {"Message": record.course.failure or "The backup could not be completed."}
    if lifecycle == AVAILABLE:
        body["SizeInBytes"] = GIBIBYTE
    for member, value in (
        ("Volume", record.volume),
        ("KmsKeyId", record.kms_key_id),
        ("SourceBackupId", record.source_backup_id),
        ("SourceBackupRegion", record.source_region),
    ):
        if value is not None:
            body[member] = value
    return {member: value for member, value in body.items() if member not in record.without}
