"""The state of FSx in one account and Region: moto's backend, with the emulator's records in it."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from moto.fsx import models, urls

from dev.fsx_emulator import identifiers, paging, tags, views
from dev.fsx_emulator.context import Context
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.lifecycle import Course
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.records import Backup, FileSystem, Volume
from dev.fsx_emulator.tokens import TokenMemory


class StrictFSxBackend(models.FSxBackend):  # type: ignore[misc]  # moto's types are not read, see pyproject.toml
    """Resources of one Region. moto makes one per Region on demand, of the subclass that `bound_to` gives."""

    context: Context

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.region: str = region_name
        self.account: str = account_id
        self.file_systems: dict[str, FileSystem] = {}
        self.backups: dict[str, Backup] = {}
        self.volumes: dict[str, Volume] = {}
        # Storage virtual machine id -> the id of its file system. The API's own operation for them is not emulated.
        self.machines: dict[str, str] = {}
        self.tokens = TokenMemory()
        # Target id -> (final lifecycle, failure message) of the next backup made of it.
        self.next_outcomes: dict[str, tuple[str, str | None]] = {}

    @classmethod
    def bound_to(cls, context: Context) -> type["StrictFSxBackend"]:
        """A backend class that knows its context: moto insists on a class and on its two arguments."""
        return type(cls.__name__, (cls,), {"context": context})

    @classmethod
    def of(cls, account: str, region: str) -> "StrictFSxBackend | None":
        """What there is in a Region; None where FSx is not."""
        regions = models.fsx_backends[account]
        if region not in regions:
            return None
        found: StrictFSxBackend = regions[region]  # made now, if it is the first use
        return found

    @property
    def _url_module(self) -> ModuleType:
        # moto derives the module from the backend's own; this backend lives elsewhere.
        module: ModuleType = urls
        return module

    @property
    def now(self) -> float:
        """The emulator's present, epoch seconds."""
        return self.context.clock.now()

    def arn(self, resource: str) -> str:
        """The ARN of a resource of this Region, e.g. of `backup/backup-...`."""
        return identifiers.arn(self.partition, self.region, self.account, resource)

    def tags_of(self, resource_arn: str) -> list[Json]:
        """The tags of a resource, in the order in which they were given."""
        found: list[Json] = self.list_tags_for_resource(resource_arn)
        return found

    def forget_deleted(self) -> None:
        """File systems and volumes whose deletion is through are no more; before every operation."""
        records: list[FileSystem | Volume] = [*self.file_systems.values(), *self.volumes.values()]
        for record in records:
            if self.now >= record.gone_at:
                self.forget(record)

    def forget(self, record: FileSystem | Volume) -> None:
        """Remove a file system or a volume, with its tags."""
        self.tagger.delete_all_tags_for_resource(record.resource_arn)
        if isinstance(record, Volume):
            del self.volumes[record.volume_id]
        else:
            del self.file_systems[record.file_system_id]

    def volumes_of(self, file_system_id: str) -> list[Volume]:
        """The volumes on a file system, those that are being deleted included."""
        return [volume for volume in self.volumes.values() if volume.file_system_id == file_system_id]

    def children_of(self, file_system_id: str) -> tuple[str, ...]:
        """The names of the volumes below an OpenZFS file system's root."""
        below = (volume.body for volume in self.volumes_of(file_system_id) if volume.volume_type == "OPENZFS")
        return tuple(body["Name"] for body in below if "ParentVolumeId" in body["OpenZFSConfiguration"])

    def file_system(self, file_system_id: str) -> FileSystem:
        """Raises FileSystemNotFound."""
        if file_system_id not in self.file_systems:
            raise ServiceError("FileSystemNotFound", f"File system '{file_system_id}' does not exist.")
        return self.file_systems[file_system_id]

    def volume(self, volume_id: str) -> Volume:
        """Raises VolumeNotFound."""
        if volume_id not in self.volumes:
            raise ServiceError("VolumeNotFound", f"Volume '{volume_id}' does not exist.")
        return self.volumes[volume_id]

    def backup(self, backup_id: str) -> Backup:
        """Raises BackupNotFound."""
        if backup_id not in self.backups:
            raise ServiceError("BackupNotFound", f"Backup '{backup_id}' does not exist.")
        return self.backups[backup_id]

    def show_backup(self, record: Backup) -> Json:
        """A backup as the API describes it now."""
        return views.backup(record, self.tags_of(record.resource_arn), self.account, self.now)

    def show_file_system(self, record: FileSystem) -> Json:
        """A file system as the API describes it now."""
        return views.file_system(record, self.tags_of(record.resource_arn), self.now)

    def show_volume(self, record: Volume) -> Json:
        """A volume as the API describes it now."""
        return views.volume(record, self.now)

    def snapshot(self, record: FileSystem | Volume) -> Json:
        """What a backup keeps of its target: the description without its passing lifecycle."""
        if isinstance(record, Volume):
            return {**record.body}
        return {**record.body, **views.tagged(tags.inheritable(self.tags_of(record.resource_arn)))}

    def add_backup(
        self,
        file_system: Json,
        volume: Json | None,
        course: Course,
        own_tags: list[Json],
        *,
        backup_type: str = "USER_INITIATED",
        backup_id: str | None = None,
        **further: Any,
    ) -> Backup:
        """Keep a new backup of a file system or volume given as snapshots."""
        backup_id = backup_id or self.context.ids.new("backup")
        record = Backup(
            backup_id=backup_id,
            resource_arn=self.arn(f"backup/{backup_id}"),
            backup_type=backup_type,
            created=course.start,
            file_system_id=file_system["FileSystemId"],
            file_system_type=file_system["FileSystemType"],
            file_system=file_system,
            course=course,
            weight=identifiers.weight(backup_id),
            volume_id=volume["VolumeId"] if volume else None,
            volume=volume,
            **{"kms_key_id": file_system.get("KmsKeyId"), **further},
        )
        self.backups[backup_id] = record
        self.tagger.tag_resource(record.resource_arn, own_tags)
        return record

    def remove_backup(self, record: Backup) -> None:
        """A deleted backup is removed at once, with its tags."""
        del self.backups[record.backup_id]
        self.tagger.delete_all_tags_for_resource(record.resource_arn)

    def page[Item](
        self, scope: tuple[Any, ...], items: Iterable[tuple[int, Item]], parameters: Json, *, whole: bool = False
    ) -> tuple[list[Item], Json]:
        """One page of a listing, and NextToken if there is another. `whole` listings (by ids) have no short pages.

        Raises:
            ServiceError: BadRequest for a token that does not belong to `scope`.
        """
        listing = self.context.listing
        digest = paging.scope_of(self.region, *scope)
        if "NextToken" in parameters:
            cursor = paging.decode(parameters["NextToken"], digest)
        else:
            cursor = paging.start(listing.shuffle_seed, self.context.count_listing(), digest)
        limit = min(parameters.get("MaxResults", listing.page_size), listing.page_size)
        shown, token = paging.page(items, cursor, limit, short_pages=listing.short_pages and not whole)
        return shown, {"NextToken": token} if token else {}
