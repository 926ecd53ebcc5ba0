"""File systems and volumes of the Region: which need a plan, and what else happens to those that have one.

Source: Amazon FSx API Reference, FileSystem and Volume.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .clients import side_by_side
from .fsx import NotFound, Rejected, Transient, call, tag_map, tags_of
from .model import EXCLUDE_TAG, ONTAP, RESTORE_TEST_TAG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient

AHEAD = timedelta(hours=4)  # AWS Backup User Guide: FSx starts no backup so long before a window of its own, or in it
WINDOW = timedelta(minutes=30)


def resources(client: FSxClient, *, volumes: bool) -> dict[str, Resource]:
    """Every file system of the Region, and with `volumes` every ONTAP volume, by its id. Raises Transient."""
    pages = client.get_paginator("describe_file_systems").paginate()
    try:
        found = call(lambda: [of_file_system(raw) for page in pages for raw in page["FileSystems"]])
        if volumes and any(resource.type == ONTAP for resource in found):
            more = client.get_paginator("describe_volumes").paginate()
            raws: list[Any] = call(lambda: [raw for page in more for raw in page["Volumes"]])
            found += [of_volume(raw) for raw in raws if raw.get("VolumeType") == ONTAP]
    except Rejected as error:  # of the token of a page: nothing else was asked for
        raise Transient(str(error)) from error
    return {resource.id: resource for resource in found}


def with_tags(client: FSxClient, found: Mapping[str, Resource], volumes: Iterable[Resource]) -> dict[str, Resource]:
    """The same with the tags of these volumes, without those that were deleted meanwhile. Raises Transient."""

    def own_tags(volume: Resource) -> Mapping[str, str] | None:
        try:
            return tags_of(client, volume.arn)
        except NotFound:
            return None

    asked = list(volumes)
    tags = dict(zip((volume.id for volume in asked), side_by_side(own_tags, asked), strict=True))
    read = {id_: replace(found[id_], tags=own) for id_, own in tags.items() if own is not None}
    return {id_: resource for id_, resource in found.items() if id_ not in tags} | read


def left_out(resource: Resource, found: Mapping[str, Resource]) -> bool:
    """By a tag of its own or of its file system."""
    both = (resource, found.get(resource.file_system_id, resource))
    return any(EXCLUDE_TAG in one.tags or RESTORE_TEST_TAG in one.tags for one in both)


@dataclass(frozen=True)
class Resource:
    """A file system or an ONTAP volume that may need a plan. `obstacle`: why it cannot be backed up, empty if it can.

    `root`: of a storage virtual machine. `automatic_days`: retention of FSx's own backups, 0 = off.

    `daily` and `weekly` are their window and the maintenance window as FSx gives them: "05:00", "1:05:00" (Monday).
    """

    id: str
    type: str
    arn: str
    tags: Mapping[str, str]
    obstacle: str
    file_system_id: str
    created: datetime | None = None
    root: bool = False
    automatic_days: int = 0
    daily: str = ""
    weekly: str = ""
    lifecycle: str = ""
    failure: str = ""
    name: str = ""  # of a volume
    dns: str = ""

    @property
    def is_volume(self) -> bool:
        return self.id != self.file_system_id


def of_file_system(raw: Any) -> Resource:
    """What DescribeFileSystems says of one."""
    kind, id_ = raw.get("FileSystemType", ""), raw["FileSystemId"]
    which = {"WINDOWS": "Windows", "LUSTRE": "Lustre", "ONTAP": "Ontap", "OPENZFS": "OpenZFS"}.get(kind, "")
    settings = raw.get(f"{which}Configuration", {})
    obstacle = "" if raw.get("Lifecycle") in {"AVAILABLE", "UPDATING"} else f"it is {raw.get('Lifecycle')}"
    if kind == "LUSTRE" and "DataRepositoryConfiguration" in settings:
        obstacle = "it is linked to a data repository"
    elif kind == "LUSTRE" and not settings.get("DeploymentType", "").startswith("PERSISTENT"):
        obstacle = "it is a scratch file system"
    elif kind not in {"WINDOWS", "OPENZFS", "LUSTRE"}:
        obstacle = "it is backed up per volume"
    return Resource(
        id_,
        kind,
        raw.get("ResourceARN", ""),
        tag_map(raw),
        obstacle,
        id_,
        raw.get("CreationTime"),
        False,
        settings.get("AutomaticBackupRetentionDays", 0),
        settings.get("DailyAutomaticBackupStartTime", ""),
        settings.get("WeeklyMaintenanceStartTime", ""),
        raw.get("Lifecycle", ""),
        raw.get("FailureDetails", {}).get("Message", ""),
        dns=raw.get("DNSName", ""),
    )


def of_volume(raw: Any) -> Resource:
    """What DescribeVolumes says of one.

    Source: FSx for ONTAP User Guide, "Protecting your data with volume backups".
    """
    settings = raw.get("OntapConfiguration", {})
    obstacle = "" if raw.get("Lifecycle") in {"CREATED", "AVAILABLE"} else f"it is {raw.get('Lifecycle')}"
    if settings.get("FlexCacheEndpointType") == "CACHE":
        obstacle = "it is a FlexCache volume"
    elif settings.get("OntapVolumeType") != "RW":
        obstacle = f"its type is {settings.get('OntapVolumeType')}"
    root = bool(settings.get("StorageVirtualMachineRoot"))
    if root:
        obstacle = "it is the root volume of a storage virtual machine"
    return Resource(
        raw["VolumeId"],
        ONTAP,
        raw.get("ResourceARN", ""),
        tag_map(raw),
        obstacle,
        raw.get("FileSystemId", ""),
        raw.get("CreationTime"),
        root,
        lifecycle=raw.get("Lifecycle", ""),
        failure=raw.get("LifecycleTransitionReason", {}).get("Message", ""),
        name=raw.get("Name", ""),
    )


def uncovered(found: Mapping[str, Resource], covered: Collection[str]) -> list[Resource]:
    """What could be backed up and has no plan. `found` with the tags of volumes."""
    return [r for r in found.values() if not (r.obstacle or r.id in covered or left_out(r, found))]


def collisions(resource: Resource, firings: Iterable[datetime], flexible: timedelta) -> dict[str, int]:
    """How many firings come within four hours before a window of the file system, or inside it. By the window."""
    day, _, time = resource.weekly.partition(":")
    windows = {f"maintenance window {resource.weekly}": (time, int(day))} if time else {}
    if resource.automatic_days and resource.daily:
        windows[f"automatic backup window {resource.daily}"] = (resource.daily, 0)
    counts: dict[str, int] = {}
    for firing in firings:
        for name, (at, weekday) in windows.items():
            hour, minute = map(int, at.split(":"))
            midnight = firing.replace(hour=0, minute=0, second=0, microsecond=0)
            starts = [midnight + timedelta(days=offset, hours=hour, minutes=minute) for offset in (-1, 0, 1, 2)]
            counts[name] = counts.get(name, 0) + any(
                start - AHEAD <= firing + flexible and firing < start + WINDOW
                for start in starts
                if weekday in {0, start.isoweekday()}
            )
    return {name: count for name, count in counts.items() if count}
