"""Which function carries out which operation. What is missing here is NotImplemented."""

from collections.abc import Callable

from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.backups import create_backup, delete_backup, describe_backups
from dev.fsx_emulator.copies import copy_backup
from dev.fsx_emulator.deletions import delete_file_system, delete_volume
from dev.fsx_emulator.file_systems import create_file_system, describe_file_systems
from dev.fsx_emulator.model import Json, description
from dev.fsx_emulator.restores import create_file_system_from_backup, create_volume_from_backup
from dev.fsx_emulator.tagging import list_tags_for_resource, tag_resource, untag_resource
from dev.fsx_emulator.volumes import create_volume, describe_volumes

OPERATIONS: dict[str, Callable[[StrictFSxBackend, Json], Json]] = {
    "CopyBackup": copy_backup,
    "CreateBackup": create_backup,
    "CreateFileSystem": create_file_system,
    "CreateFileSystemFromBackup": create_file_system_from_backup,
    "CreateVolume": create_volume,
    "CreateVolumeFromBackup": create_volume_from_backup,
    "DeleteBackup": delete_backup,
    "DeleteFileSystem": delete_file_system,
    "DeleteVolume": delete_volume,
    "DescribeBackups": describe_backups,
    "DescribeFileSystems": describe_file_systems,
    "DescribeVolumes": describe_volumes,
    "ListTagsForResource": list_tags_for_resource,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
}


def missing() -> list[str]:
    """The operations of the model that are not emulated, in alphabetical order."""
    return sorted(set(description()["operations"]) - set(OPERATIONS))
