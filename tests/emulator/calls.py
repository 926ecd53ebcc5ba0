"""What the tests of the emulator share: when they begin, and calls that many of them make."""

from collections.abc import Callable
from typing import Any

START = "2026-03-01T04:00:00+00:00"
SUBNET, OTHER = "subnet-0123456789abcdef0", "subnet-0123456789abcdef1"
# A request of CreateFileSystem.
LUSTRE = {
    "FileSystemType": "LUSTRE",
    "StorageCapacity": 1200,
    "SubnetIds": [SUBNET],
    "LustreConfiguration": {"DeploymentType": "PERSISTENT_1", "PerUnitStorageThroughput": 50},
}

type Refused = Callable[..., dict[str, Any]]


def listed(client: Any, **parameters: Any) -> list[str]:
    """The ids of all backups of a listing, in the order in which they come."""
    pages = client.get_paginator("describe_backups").paginate(**parameters)
    return [backup["BackupId"] for page in pages for backup in page["Backups"]]


def described(client: Any, identifier: str) -> dict[str, Any]:
    """What the service says of a backup, a file system or a volume, by its id."""
    kind = {"backup": "Backup", "fs": "FileSystem", "fsvol": "Volume"}[identifier.partition("-")[0]]
    method = {"Backup": "describe_backups", "FileSystem": "describe_file_systems", "Volume": "describe_volumes"}[kind]
    (found,) = getattr(client, method)(**{f"{kind}Ids": [identifier]})[f"{kind}s"]
    result: dict[str, Any] = found
    return result


def machine_of(client: Any, volume_id: str) -> str:
    """The storage virtual machine that a seeded volume hangs from."""
    return str(described(client, volume_id)["OntapConfiguration"]["StorageVirtualMachineId"])


def arn(resource: str) -> str:
    """The ARN of a resource of the tests' account and Region."""
    return f"arn:aws:fsx:us-east-1:123456789012:{resource}"
