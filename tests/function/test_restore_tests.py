"""Restore tests, from the message of their schedule to the outcome."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.function.copies import FRANKFURT, seed_copies
from tests.function.restores import everything, made, restore, seed
from tests.function.watching import outcomes
from tests.support.world import DEPLOYMENT, World

TYPES = ["LUSTRE", "WINDOWS", "OPENZFS", "ONTAP"]


@pytest.mark.parametrize("kind", TYPES)
def test_the_newest_backup_is_restored_and_what_was_made_of_it_deleted(world: World, kind: str) -> None:
    target, test, newest = seed(world, kind)
    before = {*everything(world)}
    world.fsx.control.durations(restore=1800, deletion=300)
    mail = restore(world, target, test=test)
    assert outcomes(world) == ["RESTORE_PASSED"]
    assert mail.subject == f"home: RESTORE TEST PASSED ({target})"
    assert {*everything(world)} == before
    assert len(world.backups()) == 2  # no final one
    restored = mail.data["restored"]
    assert (restored["backup_id"], restored["size"]) == (newest, 1_073_741_824)
    assert 1800 <= restored["seconds"] <= 1800 * 1.25 + 30
    assert f"Backup     {newest}, 1,073,741,824 bytes" in mail.text
    for plan in ({}, {"Plan": "home"}):
        assert world.cloudwatch.values("RestoreSeconds", Deployment=DEPLOYMENT, **plan) == [restored["seconds"]]
    assert not world.cloudwatch.values("RunsCompleted", Deployment=DEPLOYMENT)


SETTINGS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "lustre": ("LUSTRE", {}, {"AutomaticBackupRetentionDays": 0}),
    "lustre among others": (
        "LUSTRE",
        {"throughput_capacity": 64, "deployment_type": "SINGLE_AZ_1"},
        {"DeploymentType": "PERSISTENT_2"},
    ),
    "windows as it was": ("WINDOWS", {}, {"ThroughputCapacity": 32, "AutomaticBackupRetentionDays": 0}),
    "windows in two zones": (
        "WINDOWS",
        {
            "deployment_type": "MULTI_AZ_1",
            "throughput_capacity": 64,
            "subnet_ids": ["subnet-00000001", "subnet-00000002"],
        },
        {"DeploymentType": "MULTI_AZ_1", "ThroughputCapacity": 64, "PreferredSubnetId": "subnet-00000001"},
    ),
    "openzfs": ("OPENZFS", {"throughput_capacity": 128}, {"ThroughputCapacity": 128}),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_what_is_asked_of_fsx(world: World, case: str) -> None:
    kind, test, expected = SETTINGS[case]
    target, *_ = seed(world, kind)
    more = {"security_group_ids": ["sg-00000001"], "kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/k"}
    message = world.send(world.restore(target, test=test | more))
    world.settle()
    [call] = world.fsx.control.calls("CreateFileSystemFromBackup")
    asked = call["parameters"]
    [settings] = [value for name, value in asked.items() if name.endswith("Configuration")]
    assert expected.items() <= settings.items()
    assert asked["SecurityGroupIds"] == more["security_group_ids"]
    assert asked["KmsKeyId"] == more["kms_key_arn"]
    assert {tag["Key"]: tag["Value"] for tag in asked["Tags"]} == {
        "Name": "restore test of home",
        "fsx-backup:deployment": DEPLOYMENT,
        "fsx-backup:plan": "home",
        "fsx-backup:restore-test": "2026-03-01T04:00:00Z",
        "fsx-backup:restored": asked["BackupId"],
        "fsx-backup:restore-test-minutes": "720",
        "fsx-backup:restored-by": message,
    }


DISKS: dict[str, tuple[dict[str, Any], str]] = {
    "WINDOWS": ({"DeploymentType": "SINGLE_AZ_2", "ThroughputCapacity": 32}, "WindowsConfiguration"),
    "LUSTRE": (
        {"DeploymentType": "PERSISTENT_1", "PerUnitStorageThroughput": 12, "DriveCacheType": "READ"},
        "LustreConfiguration",
    ),
}


@pytest.mark.parametrize("kind", DISKS)
def test_hard_disks_are_restored_as_such(world: World, kind: str) -> None:
    settings, member = DISKS[kind]
    place: dict[str, Any] = {"StorageCapacity": 6000, "SubnetIds": ["subnet-00000001"], member: settings}
    system = world.fsx.client().create_file_system(FileSystemType=kind, StorageType="HDD", **place)["FileSystem"]
    world.advance(hours=1)
    world.history(system["FileSystemId"], [0.01])
    world.send(world.restore(system["FileSystemId"], test={"hold_minutes": 60}))
    world.settle(hours=0.5)
    restored = everything(world)[made(world)[0]]
    assert restored["StorageType"] == "HDD"
    assert restored["SubnetIds"] == ["subnet-0123456789abcdef0"]
    assert {"PerUnitStorageThroughput", "DriveCacheType"} & settings.keys() <= restored[member].keys()


def test_a_held_one_is_announced_whatever_else_is_not_and_kept_if_it_is_tagged(world: World) -> None:
    target, *_ = seed(world)
    world.send(world.restore(target, notify_on_success=False, test={"hold_minutes": 60}))
    world.settle(hours=0.5)
    [held] = made(world)
    assert outcomes(world) == ["RESTORED"]
    assert f"{held} is there until 2026-03-01 05:00 UTC." in world.topic.mails[0].data["reason"]
    arn = everything(world)[held]["ResourceARN"]
    world.fsx.client().tag_resource(ResourceARN=arn, Tags=[{"Key": "FSx-Backup:Hold", "Value": "forensics"}])
    world.send(world.restore(target))
    world.settle()
    assert made(world) == [held]
    world.send(world.restore(target))  # a kept one is not in the way
    world.settle()
    assert made(world) == [held]
    assert outcomes(world) == ["RESTORED", "RESTORE_PASSED", "RESTORE_PASSED"]


def test_a_held_one_does_not_look_like_a_message_that_nobody_receives(world: World) -> None:
    """The metric of the queue's age counts what was received less than three times; its alarm is at 90 minutes."""
    target, *_ = seed(world)
    world.send(world.restore(target, test={"hold_minutes": 20 * 60}))
    world.settle(hours=1.5)
    [record] = world.queue.records
    assert json.loads(record.body)["action"] == "restore_end"
    assert record.receives >= 3
    world.settle(hours=24)
    assert outcomes(world) == ["RESTORED", "RESTORE_PASSED"]


@pytest.mark.parametrize("topic", ["works", "broken"])
def test_it_is_held_for_a_validation(world: World, topic: str) -> None:
    target, *_ = seed(world)
    if topic == "broken":
        world.topic.broken = ClientError({"Error": {"Code": "NotFound"}}, "Publish")
    world.send(world.restore(target, test={"hold_minutes": 20 * 60}))
    world.settle(hours=19)
    [held] = made(world)
    world.topic.broken = None
    world.settle()
    assert not made(world)
    assert outcomes(world) == ["RESTORED", "RESTORE_PASSED"][topic == "broken" :]
    assert world.fsx.control.counts()["CreateFileSystemFromBackup"] == 1
    if topic == "works":
        data = world.topic.mails[0].data
        assert (data["restored"]["id"], data["kept_until"]) == (held, "2026-03-02T00:00:30Z")
        assert data["restored"]["dns"].startswith(held)
        assert "Kept until 2026-03-02T00:00:30Z" in world.topic.mails[0].text


def test_a_fleet_has_its_turns(world: World) -> None:
    targets = sorted(world.fsx.seed_file_system("LUSTRE", tags={"Backup": "daily"}) for _ in range(3))
    for target in targets:
        world.history(target, [1])
    tested = []
    for _ in range(4):
        mail = restore(world, "", target_tags={"Backup": "daily"}, test={"schedule": "cron(0 4 * * ? *)"})
        tested.append(mail.attributes["target"])
        world.advance(hours=24 - world.now.hour + 4, minutes=-world.now.minute, seconds=-world.now.second)
    assert sorted(tested[:3]) == targets
    assert tested[3] == tested[0]


def test_a_copy_is_restored_in_its_region(world: World) -> None:
    target = world.fsx.seed_file_system()
    world.history(target, [0.5])
    [copy] = seed_copies(world, target, [1])
    mail = restore(world, target, copies={FRANKFURT: {}}, test={"source": FRANKFURT})
    assert outcomes(world) == ["RESTORE_PASSED"]
    assert (mail.data["restored"]["backup_id"], mail.data["restored"]["region"]) == (copy, FRANKFURT)
    assert "describe-file-systems" not in mail.text  # it is deleted
    assert not made(world, FRANKFURT)
    assert {call["region"] for call in world.fsx.control.calls("CreateFileSystemFromBackup")} == {FRANKFURT}


def test_by_hand(world: World) -> None:
    target, _, newest = seed(world)
    world.schedule(target, restore_test={"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-00000001"]})
    answer = world.invoke({"action": "restore_test", "plan": "home", "dry_run": True})
    assert (answer["outcome"], answer["backup_id"]) == ("DRY_RUN", newest)
    assert not world.fsx.control.counts().get("CreateFileSystemFromBackup")
    assert world.invoke({"action": "restore_test", "plan": "home"})["outcome"] == "IN_PROGRESS"
    world.settle()
    assert outcomes(world) == ["RESTORE_PASSED"]


def test_a_time_that_is_ahead_is_waited_for(world: World) -> None:
    """What is made before it would not pass for the test's, and never be deleted."""
    target, *_ = seed(world)
    ahead = f"{world.now + timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}"
    world.send(world.restore(target) | {"scheduled_time": ahead})
    world.settle()
    assert outcomes(world) == ["RESTORE_PASSED"]
    assert not made(world)


def test_the_report_has_the_last_tests(world: World) -> None:
    target, *_ = seed(world)
    test = {"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-00000001"]}
    world.schedule(target, restore_test=test)
    for days in (1, 30):
        world.fsx.control.durations(restore=60 * days)
        restore(world, target)
        world.advance(days=days)
    [row] = world.invoke({"action": "status"})["restore_tests"]
    assert (row["plan"], row["source"], len(row["seconds"])) == ("home", "newest", 2)
    assert row["seconds"][0] < 120
    assert row["seconds"][1] >= 1800
    assert (row["passed"][:10], row["next"]) == ("2026-03-02", "2026-04-01T12:00:00Z")
    world.send({"action": "report", "plans": ["home"], "notify": "always"})
    world.settle()
    assert "home: last passed 2026-03-02T" in world.topic.mails[-1].said
