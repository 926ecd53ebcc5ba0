"""CreateVolume and DescribeVolumes."""

import re
from typing import Any

from dev.fsx_emulator import identifiers, quotas, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.errors import ServiceError, bad_request
from dev.fsx_emulator.lifecycle import creation_course
from dev.fsx_emulator.model import Json, project
from dev.fsx_emulator.records import FileSystem, Volume

CONFIGURATIONS = {
    "ONTAP": ("OntapConfiguration", "OntapVolumeConfiguration"),
    "OPENZFS": ("OpenZFSConfiguration", "OpenZFSVolumeConfiguration"),
}
_DEFAULTS: dict[str, Json] = {
    "ONTAP": {"OntapVolumeType": "RW", "CopyTagsToBackups": False, "StorageVirtualMachineRoot": False},
    "OPENZFS": {"CopyTagsToSnapshots": False, "ReadOnly": False},
}
# The model's word for a volume that is ready.
READY = {"ONTAP": "CREATED", "OPENZFS": "AVAILABLE"}
_NAME = re.compile("[A-Za-z0-9_]*")
FILTERS = ("file-system-id", "storage-virtual-machine-id")
MEBIBYTE = 1024**2


def create_volume(backend: StrictFSxBackend, parameters: Json) -> Json:
    """CreateVolume, of ONTAP below a storage virtual machine or of OpenZFS below another volume."""
    tags.check(parameters.get("Tags", []))
    known = backend.tokens.recall("CreateVolume", parameters)
    if known in backend.volumes:
        return {"Volume": backend.show_volume(backend.volumes[known])}
    member, _ = CONFIGURATIONS[parameters["VolumeType"]]
    configuration = parameters.get(member)
    if not configuration:
        raise ServiceError("MissingVolumeConfiguration", f"This volume type needs a {member}.")
    if parameters["VolumeType"] == "ONTAP":
        if not ("SizeInMegabytes" in configuration) ^ ("SizeInBytes" in configuration):
            raise bad_request("Give exactly one of SizeInMegabytes and SizeInBytes.")
        file_system = machines_file_system(backend, configuration["StorageVirtualMachineId"])
    else:
        parent = backend.volumes.get(configuration["ParentVolumeId"])
        if parent is None or parent.volume_type != "OPENZFS":
            raise bad_request(f"There is no parent volume {configuration['ParentVolumeId']}.")
        file_system = backend.file_system(parent.file_system_id)
    record = add_volume(backend, file_system, parameters, seconds=backend.context.durations.file_system)
    backend.tokens.remember("CreateVolume", parameters, record.volume_id)
    return {"Volume": backend.show_volume(record)}


def machines_file_system(backend: StrictFSxBackend, machine: str) -> FileSystem:
    """Raises StorageVirtualMachineNotFound."""
    if machine not in backend.machines:
        raise ServiceError("StorageVirtualMachineNotFound", f"Storage virtual machine '{machine}' does not exist.")
    return backend.file_system(backend.machines[machine])


def add_volume(
    backend: StrictFSxBackend,
    file_system: FileSystem,
    parameters: Json,
    *,
    seconds: float,
    outcome: tuple[str | None, str | None] = (None, None),
    volume_id: str | None = None,
    **further: Any,
) -> Volume:
    """Keep a new volume made from a request's parameters, within the quota.

    Raises:
        ServiceError: ServiceLimitExceeded; BadRequest for an ONTAP volume's name.
    """
    siblings = backend.volumes_of(file_system.file_system_id)
    quotas.check_volumes(backend.context.quotas, len(siblings))
    kind = parameters["VolumeType"]
    volume_id = volume_id or backend.context.ids.new("fsvol")
    member, shape = CONFIGURATIONS[kind]
    configuration = {**_DEFAULTS[kind], **project(shape, parameters.get(member, {}))}
    if kind == "ONTAP":
        _check_name(parameters["Name"], configuration["StorageVirtualMachineId"], siblings)
        configuration["UUID"] = backend.context.ids.uuid()
        size = configuration.get("SizeInBytes") or configuration["SizeInMegabytes"] * MEBIBYTE
        configuration |= {"SizeInBytes": size, "SizeInMegabytes": size // MEBIBYTE}
    body: Json = {
        "CreationTime": backend.now,
        "FileSystemId": file_system.file_system_id,
        "Name": parameters["Name"],
        "ResourceARN": backend.arn(f"volume/{file_system.file_system_id}/{volume_id}"),
        "VolumeId": volume_id,
        "VolumeType": kind,
        member: configuration,
    }
    final, failure = outcome
    course = creation_course(backend.now, seconds, final or READY[kind], failure)
    record = Volume(volume_id, kind, file_system.file_system_id, body["ResourceARN"], body, course, **further)
    backend.volumes[volume_id] = record
    backend.tagger.tag_resource(record.resource_arn, parameters.get("Tags", []))
    return record


def _check_name(name: str, machine: str, siblings: list[Volume]) -> None:
    if not _NAME.fullmatch(name):
        raise bad_request("The name of an ONTAP volume has letters, digits and underscores only.")
    alike = (volume for volume in siblings if volume.body["Name"] == name)
    if any(volume.body["OntapConfiguration"]["StorageVirtualMachineId"] == machine for volume in alike):
        raise bad_request(f"The storage virtual machine {machine} has a volume {name} already.")


def describe_volumes(backend: StrictFSxBackend, parameters: Json) -> Json:
    """DescribeVolumes: by ids, one unknown id being an error, or all that every filter lets through."""
    ids = parameters.get("VolumeIds")
    filters = [(item.get("Name"), frozenset(item.get("Values") or [])) for item in parameters.get("Filters", [])]
    for name, values in filters:
        if name not in FILTERS or not values:
            raise bad_request(f"DescribeVolumes needs filters with values, named {' or '.join(FILTERS)}.")
    if ids:
        records = [backend.volume(volume_id) for volume_id in dict.fromkeys(ids)]
    else:
        records = [record for record in backend.volumes.values() if _passes(record, filters)]
    weighted = ((identifiers.weight(record.volume_id), record) for record in records)
    scope = ("DescribeVolumes", sorted(ids or []), sorted((name, sorted(values)) for name, values in filters))
    shown, further = backend.page(scope, weighted, parameters, whole=bool(ids))
    return {"Volumes": [backend.show_volume(record) for record in shown], **further}


def _passes(record: Volume, filters: list[tuple[str, frozenset[str]]]) -> bool:
    machine = record.body.get("OntapConfiguration", {}).get("StorageVirtualMachineId")
    found = {"file-system-id": record.file_system_id, "storage-virtual-machine-id": machine}
    return all(found[name] in values for name, values in filters)
