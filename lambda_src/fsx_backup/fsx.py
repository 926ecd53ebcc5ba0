"""The FSx calls, and what each of their errors means. Nothing is decided here.

Errors and limits: Amazon FSx API Reference; botocore's service model `fsx/2018-03-01`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched, groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError, PaginationError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from .clients import side_by_side
from .model import USER_INITIATED, Backup, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mypy_boto3_fsx import FSxClient
    from mypy_boto3_fsx.type_defs import BackupTypeDef, FilterTypeDef, TagTypeDef

MOST_VALUES = 20  # DescribeBackups: values of a filter
# botocore.exceptions.ConnectionError: no connection came about, which is no HTTPClientError.
NO_ANSWER = (NoConnection, HTTPClientError, IncompleteReadError, PaginationError, ResponseParserError)
RETRYABLE = frozenset(
    {"InternalServerError", "ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"}
)


class Transient(Exception):
    """FSx could not answer now, retries included. The same call may work later."""


class Busy(Exception):
    """Not now: another backup is in progress (FSx makes one at a time), or the target is in a passing state."""


class Conflict(Exception):
    """The token was used before with other parameters (IncompatibleParameterError)."""


class Rejected(Exception):
    """FSx will not do it, however often it is asked. `remedy` says what a person can do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


class NotFound(Rejected):
    """What the call is about is not there."""


class BadRequest(Rejected):
    """FSx does not say what is wrong with a request but in its message."""


def list_backups(client: FSxClient, target: Target | None, types: Sequence[str] = (USER_INITIATED,)) -> list[Backup]:
    """The backups of these types, a target's or all, as FSx orders them. Raises Transient rather than return a part."""
    return _list(client, types, *([_filter(target)] if target else []))


def list_by_target(client: FSxClient, targets: Iterable[Target]) -> list[Backup]:
    """The user-initiated backups of many targets: side by side, twenty targets in a listing. Raises Transient."""
    ordered = sorted(set(targets), key=lambda target: (target.is_volume, target.id))
    filters = [
        _filter(*some)
        for _, kind in groupby(ordered, lambda target: target.is_volume)
        for some in batched(kind, MOST_VALUES, strict=False)
    ]
    try:
        listed = side_by_side(lambda wanted: _list(client, (USER_INITIATED,), wanted), filters)
    except NotFound as error:  # a target that was described a moment ago
        raise Transient(str(error)) from error
    return [backup for some in listed for backup in some]


def tags_of(client: FSxClient, arn: str) -> dict[str, str]:
    """DescribeVolumes carries no tags in practice, so a volume's are listed. Source: the AWS provider's source code."""
    pages = client.get_paginator("list_tags_for_resource").paginate(ResourceARN=arn)
    return call(lambda: {key: value for page in pages for key, value in tag_map(page).items()})


def _filter(*targets: Target) -> FilterTypeDef:
    """For targets of one kind, 20 at most."""
    return {"Name": "volume-id" if targets[0].is_volume else "file-system-id", "Values": [t.id for t in targets]}


def _list(client: FSxClient, types: Sequence[str], *further: FilterTypeDef) -> list[Backup]:
    """Each backup once. A BadRequest cannot be about these filters: it passes, as one page's token may go stale."""
    filters: list[FilterTypeDef] = [*further, {"Name": "backup-type", "Values": [*types]}]
    pages = client.get_paginator("describe_backups").paginate(Filters=filters)
    try:
        found = call(lambda: [_backup(raw) for page in pages for raw in page["Backups"]])
    except BadRequest as error:
        raise Transient(str(error)) from error
    return list({backup.id: backup for backup in found}.values())


def find_backup(client: FSxClient, backup_id: str) -> Backup | None:
    """One backup by its id, which also finds what listings do not show yet. None if it is not there."""
    try:
        found = call(lambda: [_backup(raw) for raw in client.describe_backups(BackupIds=[backup_id])["Backups"]])
    except ClientError as error:
        if _code(error) == "BackupNotFound":
            return None
        raise
    return found[0] if found else None


@dataclass(frozen=True)
class TargetState:
    """A file system or volume as FSx describes it."""

    lifecycle: str
    arn: str
    tags: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether a refused backup is final. CREATED is a volume's AVAILABLE."""
        return self.lifecycle in {"AVAILABLE", "CREATED"}


def describe_target(client: FSxClient, target: Target) -> TargetState:
    """Raises NotFound if the target is not there, Transient if FSx does not answer."""

    def describe() -> list[Any]:
        if target.is_volume:
            return list(client.describe_volumes(VolumeIds=[target.id])["Volumes"])
        return list(client.describe_file_systems(FileSystemIds=[target.id])["FileSystems"])

    found = call(describe)
    if not found:
        raise NotFound(f"FSx does not know {target}.", _GONE)
    return TargetState(found[0].get("Lifecycle", "unknown"), found[0].get("ResourceARN", ""), tag_map(found[0]))


def target_tags(client: FSxClient, target: Target) -> Mapping[str, str]:
    """The tags of the file system or volume. Raises NotFound or Transient."""
    described = describe_target(client, target)
    return tags_of(client, described.arn) if target.is_volume else described.tags


def create_backup(client: FSxClient, target: Target, token: str, tags: Mapping[str, str]) -> Backup:
    """Ask for a backup; FSx answers at once and works on. The same token and tags give the same backup.

    Raises Busy, Conflict, Rejected or Transient.
    """
    which: dict[str, Any] = {"VolumeId" if target.is_volume else "FileSystemId": target.id}
    pairs: list[TagTypeDef] = [{"Key": key, "Value": value} for key, value in tags.items()]
    try:
        return call(lambda: _backup(client.create_backup(**which, ClientRequestToken=token, Tags=pairs)["Backup"]))
    except BadRequest as error:
        state = describe_target(client, target)
        if state.ready:
            raise
        raise Busy(f"{error} ({target} is {state.lifecycle})") from error


def copy_backup(
    client: FSxClient, source: Backup, token: str, tags: Mapping[str, str], *, home: str, key: str | None
) -> Backup:
    """Ask the client's Region for a copy of a backup in the Region `home`. Raises what `create_backup` does."""
    asked: Any = {"SourceBackupId": source.id, "SourceRegion": home, "ClientRequestToken": token}
    asked |= {"Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}
    asked |= {"KmsKeyId": key} if key else {}
    return call(lambda: _backup(client.copy_backup(**asked)["Backup"]))


def delete_backup(client: FSxClient, backup_id: str) -> str | None:
    """Delete one backup permanently. None when it is deleted, otherwise why FSx keeps it for now.

    Raises Transient, Rejected, and ClientError for what the API does not model (AccessDenied).
    """
    try:
        client.delete_backup(BackupId=backup_id)
    except ClientError as error:
        match _code(error):
            case "BackupNotFound":
                return None
            case "BackupRestoring":
                return f"is being restored to {error.response.get('FileSystemId', 'a file system')}"
            case "BackupBeingCopied":
                return f"is being copied to {error.response.get('BackupId', 'another backup')}"
            case "BackupInProgress":
                return "is still in progress"
            case "BadRequest" | "IncompatibleParameterError" as code:
                return f"was refused by FSx ({code}: {_message(error)})"
        raise _meaning(error) from error
    except NO_ANSWER as error:
        raise Transient(f"{type(error).__name__}: {error}") from error
    return None


_GONE = (
    "If it was deleted, remove its plan from file_systems; its backups stay. Otherwise correct the id, "
    "and check that the deployment is in the Region of the file system."
)


def call[T](ask: Callable[[], T]) -> T:
    """What FSx answers. Raises Transient and what `_meaning` makes of its refusals."""
    try:
        return ask()
    except ClientError as error:
        raise _meaning(error) from error
    except NO_ANSWER as error:
        raise Transient(f"{type(error).__name__}: {error}") from error
    except KeyError as error:  # an answer cut short that was still valid JSON
        raise Transient(f"Incomplete response: {error} is missing") from error


def _meaning(error: ClientError) -> Exception:
    """What a refusal means for the caller. What the API does not model, such as AccessDenied, stays as it is."""
    code, message = _code(error), _message(error)
    reason = f"{code}: {message}"
    match code:
        case "BackupInProgress":
            return Busy(reason)
        case "IncompatibleParameterError":
            return Conflict(reason)
        case "FileSystemNotFound" | "VolumeNotFound" | "ResourceNotFound":
            return NotFound(reason, _GONE)
        case "ServiceLimitExceeded":
            limit = error.response.get("Limit", "unknown")
            if limit == "TOTAL_IN_PROGRESS_COPY_BACKUPS":
                return Busy(f"{reason} (limit: {limit})")
            return Rejected(
                f"{reason} (limit: {limit})",
                "Request a higher quota in Service Quotas, or shorten the retention. Nothing was deleted to make room.",
            )
        case "UnsupportedOperation":
            return Rejected(
                reason,
                "FSx cannot back up this target: ONTAP is backed up per volume (volume_id), and Lustre must be "
                "persistent and not linked to a data repository.",
            )
        case "BadRequest":
            return BadRequest(reason, "Correct the plan's entry as the message says and apply again.")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # botocore puts the status in the place of a code it cannot read: 400 is a refusal that was cut short.
    passing = status >= 500 or status == 429 or code == "400" or code in RETRYABLE
    return Transient(reason) if passing else error


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _message(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Message", "")


def _backup(raw: BackupTypeDef) -> Backup:
    return Backup(
        id=raw["BackupId"],
        lifecycle=raw["Lifecycle"],
        type=raw["Type"],
        created=raw.get("CreationTime"),
        tags=tag_map(raw),
        target_id=raw.get("Volume", {}).get("VolumeId") or raw.get("FileSystem", {}).get("FileSystemId", ""),
        source_backup_id=raw.get("SourceBackupId"),
        source_region=raw.get("SourceBackupRegion"),
        failure=raw.get("FailureDetails", {}).get("Message"),
        file_system_type=raw.get("FileSystem", {}).get("FileSystemType") or raw.get("Volume", {}).get("VolumeType", ""),
        size=raw.get("SizeInBytes"),
    )


def tag_map(resource: Any) -> dict[str, str]:
    """The tags of a resource as FSx describes it."""
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}
