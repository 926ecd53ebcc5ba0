"""What the function is put through while its calls are recorded: one of each kind that the unit tests know."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from fsx_backup.handler import BackupFailed
from fsx_backup.values import InvalidEvent
from tests.module.restore_tests import MONTHLY, SVM, TEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.world import World

LUSTRE, OPENZFS, WINDOWS = (f"fs-{n:017x}" for n in (1, 2, 3))
ONTAP, VOLUME = "fs-00000000000000004", "fsvol-00000000000000005"
OTHER_VOLUME = "fsvol-00000000000000099"
ADOPT = {"Name": "user-scheduled backup", "Team": "hpc"}

FAR, FAR_KEY = "eu-central-1", "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
COPIES: dict[str, Any] = {FAR: {"retention": {"days": 1}, "kms_key_arn": FAR_KEY}, "us-west-2": {}}
THERE = {"source": FAR, "kms_key_arn": FAR_KEY}  # where a restore test is made
TAGGED = "fs-00000000000000006"
SELECTED = {"Backup": "daily", "Env": "prod"}

# As the module is given them; `adopting` takes over backups that were made by the sample.
FILE_SYSTEMS: dict[str, dict[str, Any]] = {
    "lustre": {"file_system_id": LUSTRE, "adopt_tags": ADOPT},
    "openzfs": {"file_system_id": OPENZFS, "restore_test": TEST},
    "windows": {"file_system_id": WINDOWS, "copies": COPIES, "restore_test": TEST | THERE},
    "volume": {"volume_id": VOLUME, "restore_test": MONTHLY | {"storage_virtual_machine_id": SVM}},
    "fleet": {"target_tags": SELECTED, "target_types": ["LUSTRE", "WINDOWS", "OPENZFS"]},
}


def seed(world: World) -> None:
    for kind, identifier in (("LUSTRE", LUSTRE), ("OPENZFS", OPENZFS), ("WINDOWS", WINDOWS), ("ONTAP", ONTAP)):
        world.fsx.seed_file_system(kind, file_system_id=identifier, tags={"Owner": "hpc", "Name": kind})
    world.fsx.seed_volume(ONTAP, volume_id=VOLUME, tags={"Owner": "db"})
    world.fsx.seed_file_system("LUSTRE", file_system_id=TAGGED, tags=SELECTED | {"Owner": "hpc"})


def every_kind_of_target(world: World) -> None:
    for name, target in (("lustre", LUSTRE), ("openzfs", OPENZFS), ("windows", WINDOWS), ("volume", VOLUME)):
        world.history(target, [8, 9], plan=name)
        world.send(world.message(target, name=name))
    world.settle()


def own_tags(world: World) -> None:
    world.send(world.message(OPENZFS, name="openzfs", backup_tags={"Team": "ünï"}, copy_tags=False))
    world.settle()


def adopted_backups(world: World) -> None:
    for age in (30, 40):
        moment = world.now.timestamp() - age * 86_400
        world.fsx.seed_backup(LUSTRE, creation_time=moment, tags=ADOPT | {"Name": "user-scheduled backup"})
    world.send(world.message(LUSTRE, name="lustre", adopt_tags=ADOPT))
    world.settle()


def direct_invocation_and_its_follow_up(world: World) -> None:
    world.history(OPENZFS, [8], plan="openzfs")
    world.invoke(world.message(OPENZFS, name="openzfs"))
    world.advance(minutes=5)
    world.settle()


def purge_by_hand(world: World) -> None:
    world.history(WINDOWS, [1, 8], plan="windows")
    world.invoke(world.message(WINDOWS, name="windows", action="purge"))
    world.invoke(world.message(WINDOWS, name="windows", action="purge") | {"dry_run": False})


def partial_purge(world: World) -> None:
    world.history(LUSTRE, [1, 8, 9], plan="lustre")
    world.context.seconds_left = 10
    world.invoke(world.message(LUSTRE, name="lustre", action="purge") | {"dry_run": False})
    world.context.seconds_left = 120
    world.advance(minutes=1)
    world.settle()


def failures(world: World) -> None:
    """A failed backup, a refused one, a blocked purge, a message that cannot be understood, denied access."""
    world.fsx.control.next_backup(OPENZFS, "FAILED", "The disk caught fire.")
    world.send(world.message(OPENZFS, name="openzfs"))
    world.settle()
    world.fsx.control.fault("ServiceLimitExceeded", "CreateBackup")
    world.send(world.message(LUSTRE, name="lustre"))
    world.settle()
    world.history(WINDOWS, [8, 9, 10], plan="windows")
    world.send(world.message(WINDOWS, name="windows", retention={"max_deletes": 1}))
    world.settle()
    with suppress(InvalidEvent):
        world.invoke({"action": "explode"})
    world.fsx.control.fault("AccessDenied", "DescribeBackups")
    with suppress(ClientError):
        world.invoke(world.message(LUSTRE, name="lustre"))
    world.fsx.control.next_backup(WINDOWS, "STUCK")
    with suppress(BackupFailed):
        world.invoke(world.message(WINDOWS, name="windows", completion_window_minutes=240))
    world.settle()


def the_samples_event(world: World) -> None:
    world.history(LUSTRE, [8], plan=LUSTRE)
    world.invoke({"start-backup": "true", "purge-backups": "true", "filesystem-id": LUSTRE, "notify_on_success": "Yes"})
    world.advance(minutes=5)
    world.settle()


def checks_and_reports(world: World) -> None:
    """A plan that gets late and recovers, one that nobody knows, what no plan covers, and all that the report asks."""
    world.history(LUSTRE, [1], plan="lustre")
    world.fsx.seed_volume(ONTAP, volume_id=OTHER_VOLUME)
    world.schedule(LUSTRE, name="lustre", changed=world.now - timedelta(days=9))
    world.schedule(VOLUME, name="volume")
    for plan in ("lustre", "volume"):
        world.invoke({"action": "check", "plan": plan})
    with suppress(InvalidEvent):
        world.invoke({"action": "check", "plan": "unknown"})
    world.check(interval_minutes=1440)
    world.advance(hours=1)
    world.check()
    world.invoke({"action": "status"})
    world.invoke({"action": "backup", "plan": "lustre"})
    world.settle()


def a_fleet(world: World) -> None:
    world.send(world.message("", name="fleet", **FILE_SYSTEMS["fleet"]))
    world.settle()


def copies(world: World) -> None:
    """Made, purged, and counted in their Regions."""
    world.schedule(WINDOWS, name="windows", copies=COPIES)
    for _ in range(5):
        world.send(world.message(WINDOWS, name="windows", copies=COPIES))
        world.settle()
        world.advance(days=3)
    world.invoke({"action": "status"})


def restore_tests(world: World) -> None:
    """A file system, a volume, and a file system of a copy in its Region: restored, found and deleted."""
    [volume] = world.fsx.client().describe_volumes(VolumeIds=[VOLUME])["Volumes"]
    machine = {"storage_virtual_machine_id": volume["OntapConfiguration"]["StorageVirtualMachineId"]}
    world.send(world.message(WINDOWS, name="windows", copies=COPIES))
    world.settle()
    for name, target in (("openzfs", OPENZFS), ("volume", VOLUME)):
        world.history(target, [1], plan=name)
    world.send(world.restore(OPENZFS, name="openzfs"))
    world.send(world.restore(VOLUME, name="volume", test=machine))
    world.send(world.restore(WINDOWS, name="windows", test=THERE, copies=COPIES))
    world.settle()
    world.invoke({"action": "status"})


SCENARIOS: list[Callable[[World], None]] = [
    every_kind_of_target,
    own_tags,
    adopted_backups,
    direct_invocation_and_its_follow_up,
    purge_by_hand,
    partial_purge,
    failures,
    the_samples_event,
    checks_and_reports,
    a_fleet,
    copies,
    restore_tests,
]
