"""The FSx calls of restore tests. Nothing is decided here.

Source: Amazon FSx API Reference; botocore's service model.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from . import restore_tests
from .clients import side_by_side
from .fsx import NotFound, Rejected, Transient, call
from .model import OPENZFS, Target
from .resources import Resource, of_file_system, of_volume, resources, with_tags
from .restore_tests import PREFIX, tags, volume_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient

    from .model import Backup
    from .occurrence import Occurrence
    from .restore_plan import RestoreTest
    from .settings import Settings

CONFIGURATIONS = {"WINDOWS": "WindowsConfiguration", "LUSTRE": "LustreConfiguration", OPENZFS: "OpenZFSConfiguration"}
# Type -> of its settings, which must be named when any is: FSx does not take them from the backup then.
NEEDED = {
    "WINDOWS": ("ThroughputCapacity",),
    "LUSTRE": ("DeploymentType", "PerUnitStorageThroughput", "DriveCacheType"),
    OPENZFS: ("DeploymentType", "ThroughputCapacity"),
}


log = logging.getLogger("fsx_backup")


class NoBackup(Exception):
    """The backup is not there any more."""


def made(client: FSxClient) -> list[Resource]:
    """Everything that a restore test may have made, and more. Raises Transient."""
    found = resources(client, volumes=True)
    try:
        return list(with_tags(client, found, named(found)).values())
    except Rejected as error:  # of the tags of a volume that was listed just now
        raise Transient(str(error)) from error


def named(found: Mapping[str, Resource]) -> list[Resource]:
    """The volumes that a restore test may have made, whose tags are yet to be read."""
    return [one for one in found.values() if one.name.startswith(PREFIX)]


def left_over(
    client: Callable[[str, str], Any],
    home: Iterable[Resource],
    elsewhere: Collection[str],
    settings: Settings,
    now: datetime,
) -> tuple[list[tuple[str, Resource]], dict[str, str]]:
    """What tests should have deleted by now, with its Region, and why it is not known of other Regions.

    `home`: what there is at home. `elsewhere`: the Regions with copies, because a test may have been made there that no
    plan has any more.
    """

    def listed(asked: tuple[str, Any]) -> Sequence[Resource] | str:
        try:
            return made(asked[1])
        except (Transient, ClientError) as error:
            log.warning("what restore tests left in %s is not known: %s", asked[0], error)
            return str(error)

    clients = [(region, client("fsx", region)) for region in elsewhere]
    answers = dict(zip(elsewhere, side_by_side(listed, clients), strict=True))
    read = {region: found for region, found in answers.items() if not isinstance(found, str)}
    found = [(region, one) for region, there in ({settings.region: home} | read).items() for one in there]
    left = [(region, one) for region, one in found if restore_tests.left_over(one, settings.deployment, now)]
    return left, {region: why for region, why in answers.items() if isinstance(why, str)}


def describe(client: FSxClient, id_: str) -> Resource | None:
    """As it is now, with its tags; None if FSx does not know it. Raises Transient."""
    try:
        if id_.startswith("fsvol-"):
            volumes = call(lambda: [of_volume(raw) for raw in client.describe_volumes(VolumeIds=[id_])["Volumes"]])
            return with_tags(client, {one.id: one for one in volumes}, volumes).get(id_)
        found = call(lambda: client.describe_file_systems(FileSystemIds=[id_])["FileSystems"])
        return of_file_system(found[0]) if found else None
    except NotFound:
        return None


def create(client: FSxClient, test: Occurrence, backup: Backup, wanted: RestoreTest, message: str) -> None:
    """Ask for a file system or volume of the backup. The same message gives the same one.

    Raises NoBackup, Conflict, Rejected, Transient, and ClientError for what the API does not model.
    """
    given: Any = {"BackupId": backup.id, "ClientRequestToken": test.token}
    given["Tags"] = [{"Key": key, "Value": value} for key, value in tags(test, backup, wanted, message).items()]
    try:
        raw: Any = call(lambda: client.describe_backups(BackupIds=[backup.id])["Backups"])
        if not raw:
            raise NoBackup(backup.id)
        if Target(backup.target_id).is_volume:
            given |= {"Name": volume_name(test), "OntapConfiguration": _volume_settings(wanted)}
            call(lambda: client.create_volume_from_backup(**given))
            return
        given |= _file_system_settings(raw[0].get("FileSystem", {}), wanted)
        call(lambda: client.create_file_system_from_backup(**given))
    except ClientError as error:
        code, words = (error.response["Error"].get(name, "") for name in ("Code", "Message"))
        if code == "BackupNotFound":
            raise NoBackup(backup.id) from error
        if code in restore_tests.REMEDIES:
            raise Rejected(f"{code}: {words}", "") from error
        raise


def _volume_settings(wanted: RestoreTest) -> dict[str, Any]:
    if not wanted.storage_virtual_machine_id:
        raise Rejected("MissingVolumeConfiguration: an ONTAP volume is restored into a storage virtual machine", "")
    return {"StorageVirtualMachineId": wanted.storage_virtual_machine_id}


def _file_system_settings(saved: Any, wanted: RestoreTest) -> dict[str, Any]:
    """Without automatic backups; otherwise as it was, unless the plan says something else."""
    if not wanted.subnet_ids:
        raise Rejected("InvalidNetworkSettings: a file system is restored into a subnet", "")
    kind = saved.get("FileSystemType", "")
    member = CONFIGURATIONS[kind]
    before = saved.get(member, {})
    settings = {name: before[name] for name in NEEDED[kind] if name in before}
    settings["AutomaticBackupRetentionDays"] = 0
    if wanted.throughput_capacity and kind != "LUSTRE":  # of a fleet
        settings["ThroughputCapacity"] = wanted.throughput_capacity
    if wanted.deployment_type and kind != "LUSTRE":
        settings["DeploymentType"] = wanted.deployment_type
    if str(settings.get("DeploymentType", before.get("DeploymentType"))).startswith("MULTI_AZ"):
        settings["PreferredSubnetId"] = wanted.subnet_ids[0]
    given: Any = {"SubnetIds": [*wanted.subnet_ids], "SecurityGroupIds": [*wanted.security_group_ids]}
    given |= {
        "KmsKeyId": wanted.kms_key_arn,
        "StorageType": saved.get("StorageType"),
    }  # SSD by default, not the backup's
    return {name: value for name, value in given.items() if value} | {member: settings}


def delete(client: FSxClient, resource: Resource) -> None:
    """Without a final backup. Raises Transient, Rejected, and ClientError for what the API does not model."""
    settings: Any = {"SkipFinalBackup": True}
    try:
        if resource.is_volume:
            call(lambda: client.delete_volume(VolumeId=resource.id, OntapConfiguration=settings))
            return
        if resource.type == OPENZFS:
            settings["Options"] = ["DELETE_CHILD_VOLUMES_AND_SNAPSHOTS"]
        given: Any = {CONFIGURATIONS[resource.type]: settings}
        call(lambda: client.delete_file_system(FileSystemId=resource.id, **given))
    except NotFound:
        return
