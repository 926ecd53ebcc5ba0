"""File systems and volumes of the Region: which need a plan, and what else happens to those that have one.

Source: Amazon FSx API Reference, FileSystem and Volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .clients import side_by_side
from .fsx import call, tag_map, tags_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient

EXCLUDE_TAG = "fsx-backup:exclude"
MOST_TAG_CALLS = 1_000
AHEAD = timedelta(hours=4)  # AWS Backup User Guide: FSx starts no backup so long before a window of its own, or in it
WINDOW = timedelta(minutes=30)


def resources(client: FSxClient, *, volumes: bool) -> dict[str, Resource]:
    """Every file system of the Region, and with `volumes` every ONTAP volume, by its id. Raises Transient."""
    pages = client.get_paginator("describe_file_systems").paginate()
    found = call(lambda: [_file_system(raw) for page in pages for raw in page["FileSystems"]])
    if volumes:
        more = client.get_paginator("describe_volumes").paginate()
        raws: list[Any] = call(lambda: [raw for page in more for raw in page["Volumes"]])
        found += [_volume(raw) for raw in raws if raw.get("VolumeType") == "ONTAP"]
    return {resource.id: resource for resource in found}


@dataclass(frozen=True)
class Resource:
    """A file system or an ONTAP volume that may need a plan. `automatic_days`: retention of FSx's own backups, 0 = off.

    `daily` and `weekly` are their window and the maintenance window as FSx gives them: "05:00", "1:05:00" (Monday).
    """

    id: str
    type: str
    arn: str
    tags: Mapping[str, str]
    can_be_backed_up: bool
    file_system_id: str
    automatic_days: int = 0
    daily: str = ""
    weekly: str = ""


def _file_system(raw: Any) -> Resource:
    kind, id_ = raw.get("FileSystemType", ""), raw["FileSystemId"]
    which = {"WINDOWS": "Windows", "LUSTRE": "Lustre", "ONTAP": "Ontap", "OPENZFS": "OpenZFS"}.get(kind, "")
    settings = raw.get(f"{which}Configuration", {})
    lustre = (
        settings.get("DeploymentType", "").startswith("PERSISTENT") and "DataRepositoryConfiguration" not in settings
    )
    possible = {"WINDOWS": True, "OPENZFS": True, "LUSTRE": lustre}.get(kind, False)
    return Resource(
        id_,
        kind,
        raw.get("ResourceARN", ""),
        tag_map(raw),
        possible and raw.get("Lifecycle") in {"AVAILABLE", "UPDATING"},
        id_,
        settings.get("AutomaticBackupRetentionDays", 0),
        settings.get("DailyAutomaticBackupStartTime", ""),
        settings.get("WeeklyMaintenanceStartTime", ""),
    )


def _volume(raw: Any) -> Resource:
    """Source: FSx for ONTAP User Guide, "Protecting your data with volume backups"."""
    settings = raw.get("OntapConfiguration", {})
    possible = (
        settings.get("OntapVolumeType") == "RW"
        and not settings.get("StorageVirtualMachineRoot")
        and settings.get("FlexCacheEndpointType") != "CACHE"
        and raw.get("Lifecycle") in {"CREATED", "AVAILABLE"}
    )
    arn = raw.get("ResourceARN", "")
    return Resource(raw["VolumeId"], "ONTAP", arn, tag_map(raw), possible, raw.get("FileSystemId", ""))


def uncovered(client: FSxClient, found: Mapping[str, Resource], covered: Collection[str]) -> list[Resource]:
    """What could be backed up and has no plan. A volume is left out by its file system's tag as well as by its own."""

    def excluded(resource: Resource) -> bool:
        parent = found.get(resource.file_system_id)
        return EXCLUDE_TAG in resource.tags or (parent is not None and EXCLUDE_TAG in parent.tags)

    rest = [r for r in found.values() if r.can_be_backed_up and r.id not in covered and not excluded(r)]
    volumes = [resource for resource in rest if resource.id != resource.file_system_id][:MOST_TAG_CALLS]
    tags = side_by_side(lambda volume: tags_of(client, volume.arn), volumes)
    left_out = {volume.id for volume, own in zip(volumes, tags, strict=True) if EXCLUDE_TAG in own}
    return [resource for resource in rest if resource.id not in left_out]


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
