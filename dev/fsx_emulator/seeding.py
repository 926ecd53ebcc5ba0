"""File systems and volumes made directly, past the API's rules, ready at once."""

import math
from collections.abc import Callable, Container
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.file_systems import CONFIGURATIONS, add_file_system
from dev.fsx_emulator.model import Json, shape
from dev.fsx_emulator.records import FileSystem, Spell, Volume
from dev.fsx_emulator.settings import SettingError
from dev.fsx_emulator.validation import violations
from dev.fsx_emulator.volumes import add_machine, add_volume

# A configuration of each type that CreateBackup accepts.
_CONFIGURATIONS: dict[str, Json] = {
    "WINDOWS": {"DeploymentType": "SINGLE_AZ_2", "ThroughputCapacity": 32},
    "LUSTRE": {"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125},
    "ONTAP": {"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 128},
    "OPENZFS": {"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 64},
}


class TargetSeeding:
    """Makes and removes what backups are made of. Ids come back as strings; tags are {key: value}."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lock = emulator.lock

    def seed_file_system(
        self,
        file_system_type: str = "LUSTRE",
        *,
        file_system_id: str | None = None,
        tags: dict[str, str] | None = None,
        configuration: Json | None = None,
        storage_capacity: int = 1200,
        region: str | None = None,
    ) -> str:
        """An AVAILABLE file system. `configuration` is laid over one that allows backups, e.g.
        {"CopyTagsToBackups": true} or {"DeploymentType": "SCRATCH_2"}; `storage_capacity` is in GiB.
        """
        kind = settings.choice("file_system_type", file_system_type, CONFIGURATIONS)
        member, _ = CONFIGURATIONS[kind]
        wanted = {**_CONFIGURATIONS[kind], **settings.mapping("configuration", configuration or {})}
        held("configuration", shape("CreateFileSystemRequest")["members"][member]["shape"], wanted)
        request: Json = {
            "FileSystemType": kind,
            "StorageCapacity": settings.whole("storage_capacity", storage_capacity, least=1),
            "SubnetIds": ["subnet-0123456789abcdef0"],
            "Tags": tag_list(tags),
            member: wanted,
        }
        with self._lock:
            backend = self._backend(region)
            new_id("file_system_id", file_system_id, "FileSystemId", backend.file_systems)
            return made(
                lambda: (
                    add_file_system(
                        backend, request, ready_at=backend.now, file_system_id=file_system_id
                    ).file_system_id
                )
            )

    def seed_storage_virtual_machine(self, file_system_id: str) -> str:
        """An ONTAP storage virtual machine, for CreateVolume."""
        with self._lock:
            backend, target = find_target(self._emulator, "file_system_id", file_system_id)
            if not isinstance(target, FileSystem) or target.file_system_type != "ONTAP":
                raise SettingError(f"file_system_id must be that of an ONTAP file system, not {file_system_id!r}.")
            return add_machine(backend, target).storage_virtual_machine_id

    def seed_volume(
        self,
        file_system_id: str,
        *,
        volume_id: str | None = None,
        tags: dict[str, str] | None = None,
        configuration: Json | None = None,
        name: str = "vol1",
    ) -> str:
        """A ready ONTAP volume below a storage virtual machine of its own. `configuration` is laid over the
        defaults, e.g. {"OntapVolumeType": "DP"}.
        """
        wanted: Json = {
            "StorageVirtualMachineId": "svm-0123456789abcdef0",
            "SizeInMegabytes": 1024,
            "JunctionPath": f"/{settings.text('name', name, longest=200)}",
            **settings.mapping("configuration", configuration or {}),
        }
        held("configuration", "CreateOntapVolumeConfiguration", wanted)
        request = {"VolumeType": "ONTAP", "Name": name, "Tags": tag_list(tags), "OntapConfiguration": wanted}
        with self._lock:
            backend, target = find_target(self._emulator, "file_system_id", file_system_id)
            new_id("volume_id", volume_id, "VolumeId", backend.volumes)
            wanted["StorageVirtualMachineId"] = self.seed_storage_virtual_machine(file_system_id)
            assert isinstance(target, FileSystem)  # noqa: S101 - the line above refuses everything else
            return made(
                lambda: add_volume(backend, target, request, ready_at=backend.now, volume_id=volume_id).volume_id
            )

    def set_lifecycle(self, resource_id: str, lifecycle: str, seconds: float | None = None) -> Json:
        """Put a file system or a volume into a lifecycle of the model, for so many seconds of the emulator's clock or
        until another one is set. Returns its description.
        """
        end = math.inf if seconds is None else settings.number("seconds", seconds)
        with self._lock:
            backend, target = find_target(self._emulator, "resource_id", resource_id)
            kind = "FileSystemLifecycle" if isinstance(target, FileSystem) else "VolumeLifecycle"
            target.spell = Spell(settings.choice("lifecycle", lifecycle, shape(kind)["enum"]), backend.now + end)
            return backend.show_file_system(target) if isinstance(target, FileSystem) else backend.show_volume(target)

    def remove(self, resource_id: str) -> None:
        """Take a file system (with all below it) or a volume away, without a trace but its backups."""
        with self._lock:
            backend, target = find_target(self._emulator, "resource_id", resource_id)
            for volume in [*backend.volumes.values()]:
                if resource_id in {volume.volume_id, volume.file_system_id}:
                    del backend.volumes[volume.volume_id]
                    backend.tagger.delete_all_tags_for_resource(volume.resource_arn)
            if isinstance(target, FileSystem):
                del backend.file_systems[resource_id]
                backend.tagger.delete_all_tags_for_resource(target.resource_arn)
                for machine in [*backend.machines.values()]:
                    if machine.file_system_id == resource_id:
                        del backend.machines[machine.storage_virtual_machine_id]

    def _backend(self, region: str | None) -> StrictFSxBackend:
        name = self._emulator.default_region if region is None else settings.text("region", region)
        backend = self._emulator.backend(name)
        if backend is None:
            raise SettingError(f"region: FSx has no Region {name!r}.")
        return backend


def find_target(emulator: Emulator, field: str, identifier: Any) -> tuple[StrictFSxBackend, FileSystem | Volume]:
    """A file system or volume, in whatever Region it is."""
    if isinstance(identifier, str):
        for backend in emulator.regions():
            if identifier in backend.file_systems:
                return backend, backend.file_systems[identifier]
            if identifier in backend.volumes:
                return backend, backend.volumes[identifier]
    raise SettingError(f"{field}: there is no file system or volume {identifier!r}.")


def held(field: str, shape_name: str, value: Any) -> None:
    """Hold a setting against a shape of the API's model."""
    found = next(violations(shape_name, value, field), None)
    if found:
        raise SettingError(f"{found}.")


def tag_list(tags: Any) -> list[Json]:
    """{key: value} as the API's list; AWS's own `aws:` keys are allowed here, they occur in real life."""
    pairs = settings.mapping("tags", tags or {})
    listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
    if listed:
        held("tags", "Tags", listed)
    return listed


def new_id(field: str, identifier: Any, shape_name: str, taken: Container[str]) -> None:
    """An id that the caller chose: in the API's form and not taken. None lets the emulator choose."""
    if identifier is None:
        return
    held(field, shape_name, identifier)
    if identifier in taken:
        raise SettingError(f"{field}: {identifier} exists already.")


def made(make: Callable[[], str]) -> str:
    """Seeds keep to the quotas of file systems and volumes; a refusal is a setting's."""
    try:
        return make()
    except ServiceError as error:
        raise SettingError(f"{error.code}: {error.message}") from error
