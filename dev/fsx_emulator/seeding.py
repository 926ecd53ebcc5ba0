"""File systems and volumes made directly, past the API's rules, ready at once."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.file_systems import CONFIGURATIONS, add_file_system
from dev.fsx_emulator.model import Json, shape
from dev.fsx_emulator.records import FileSystem, Volume
from dev.fsx_emulator.settings import SettingError
from dev.fsx_emulator.validation import violations
from dev.fsx_emulator.volumes import add_volume

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
        region: str | None = None,
    ) -> str:
        """An AVAILABLE file system. `configuration` is laid over one that allows backups, e.g.
        {"CopyTagsToBackups": true} or {"DeploymentType": "SCRATCH_2"}.
        """
        kind = settings.choice("file_system_type", file_system_type, CONFIGURATIONS)
        member, _ = CONFIGURATIONS[kind]
        wanted = {**_CONFIGURATIONS[kind], **settings.mapping("configuration", configuration or {})}
        matching("configuration", shape("CreateFileSystemRequest")["members"][member]["shape"], wanted)
        request: Json = {
            "FileSystemType": kind,
            "StorageCapacity": 1200,
            "SubnetIds": ["subnet-0123456789abcdef0"],
            "Tags": tag_list(tags),
            member: wanted,
        }
        with self._lock, _refusals_as_settings():
            backend = self._backend(region)
            new_id("file_system_id", file_system_id, "FileSystemId", backend.file_systems)
            made = add_file_system(backend, request, seconds=0, file_system_id=file_system_id)
            return made.file_system_id

    def seed_volume(
        self,
        file_system_id: str,
        *,
        volume_id: str | None = None,
        tags: dict[str, str] | None = None,
        configuration: Json | None = None,
    ) -> str:
        """A ready ONTAP volume below its own storage virtual machine. `configuration` is laid over the defaults,
        e.g. {"OntapVolumeType": "DP"}.
        """
        wanted: Json = {
            "StorageVirtualMachineId": "svm-0123456789abcdef0",
            "SizeInMegabytes": 1024,
            "JunctionPath": "/vol1",
            **settings.mapping("configuration", configuration or {}),
        }
        matching("configuration", "OntapVolumeConfiguration", wanted)
        request = {"VolumeType": "ONTAP", "Name": "vol1", "Tags": tag_list(tags), "OntapConfiguration": wanted}
        with self._lock, _refusals_as_settings():
            backend, target = find_target(self._emulator, "file_system_id", file_system_id)
            if not isinstance(target, FileSystem) or target.file_system_type != "ONTAP":
                raise SettingError(f"file_system_id must be that of an ONTAP file system, not {file_system_id!r}.")
            new_id("volume_id", volume_id, "VolumeId", backend.volumes)
            machine = wanted["StorageVirtualMachineId"] = backend.context.ids.new("svm")
            backend.machines[machine] = file_system_id
            return add_volume(backend, target, request, seconds=0, volume_id=volume_id).volume_id

    def set_lifecycle(self, resource_id: str, lifecycle: str) -> None:
        """Put a file system or a volume into a lifecycle of the model, until another one is set."""
        with self._lock:
            _, target = find_target(self._emulator, "resource_id", resource_id)
            kind = "FileSystemLifecycle" if isinstance(target, FileSystem) else "VolumeLifecycle"
            target.state = settings.choice("lifecycle", lifecycle, shape(kind)["enum"])

    def remove(self, resource_id: str) -> None:
        """Take a file system (with all below it) or a volume away; its backups stay."""
        with self._lock:
            backend, target = find_target(self._emulator, "resource_id", resource_id)
            for record in [target, *(backend.volumes_of(resource_id) if isinstance(target, FileSystem) else [])]:
                backend.forget(record)

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
            backend.forget_deleted()
            if identifier in backend.file_systems:
                return backend, backend.file_systems[identifier]
            if identifier in backend.volumes:
                return backend, backend.volumes[identifier]
    raise SettingError(f"{field}: there is no file system or volume {identifier!r}.")


def matching(field: str, shape_name: str, value: Any) -> None:
    """Refuse a setting that does not match a shape of the API's model."""
    found = next(violations(shape_name, value, field), None)
    if found:
        raise SettingError(f"{found}.")


def tag_list(tags: Any) -> list[Json]:
    """{key: value} as the API's list; AWS's own `aws:` keys are allowed here, they occur in real life."""
    pairs = settings.mapping("tags", tags or {})
    listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
    if listed:
        matching("tags", "Tags", listed)
    return listed


def new_id(field: str, identifier: Any, shape_name: str, taken: Container[str]) -> None:
    """An id that the caller chose: in the API's form and not taken. None lets the emulator choose."""
    if identifier is None:
        return
    matching(field, shape_name, identifier)
    if identifier in taken:
        raise SettingError(f"{field}: {identifier} exists already.")


@contextmanager
def _refusals_as_settings() -> Iterator[None]:
    """Seeds keep to the quotas of file systems and volumes; a refusal is a setting's."""
    try:
        yield
    except ServiceError as error:
        raise SettingError(f"{error.code}: {error.message}") from error
