"""Checks: what is measured, with how many calls, and what follows from it."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fsx_backup import fsx
from fsx_backup.event import InvalidEvent
from tests.support.world import DEPLOYMENT, World, new_world

LIMIT_HOURS = 6


def check(target: str, plan: str = "home", **more: Any) -> dict[str, Any]:
    """What a plan's command sends."""
    return {"version": 1, "action": "check", "plan": entry(target, plan, **more)}


def check_each(targets: Mapping[str, str]) -> dict[str, Any]:
    """What a schedule of checks sends, for plans by their names."""
    return {"version": 1, "action": "check", "each": [entry(target, plan) for plan, target in targets.items()]}


def entry(target: str, plan: str, **more: Any) -> dict[str, Any]:
    return {"name": plan, "volume_id" if target.startswith("fsvol-") else "file_system_id": target, **more}


def stale(world: World, plan: str) -> bool:
    """Whether the freshness alarm of a plan would sound: too old, or no age at all."""
    ages = world.cloudwatch.values("NewestBackupAgeHours", Deployment=DEPLOYMENT, Plan=plan)
    return not ages or ages[-1] > LIMIT_HOURS


def measured(world: World, plans: Iterable[str]) -> set[str]:
    return {plan for plan in plans if world.cloudwatch.values("GoodBackups", Deployment=DEPLOYMENT, Plan=plan)}


@pytest.fixture
def target(world: World) -> str:
    return world.fsx.seed_file_system("LUSTRE")


def test_a_plan_is_measured(world: World, target: str) -> None:
    world.history(target, [0.5, 1, 2])
    world.history(target, [0.1], lifecycle="FAILED")
    world.history(target, [0], lifecycle="CREATING")
    world.history(target, [0.01], plan="another")
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", creation_time=world.now)
    answer = world.invoke(check(target))
    assert answer["outcome"] == "CHECKED"
    sizes = [b.get("SizeInBytes", 0) for b in world.backups().values() if "'home'" in str(b.get("Tags"))]
    assert sum(sizes) > 0
    expected = {
        "NewestBackupAgeHours": 12.0,
        "GoodBackups": 3,
        "FailedBackups": 1,
        "BackupsInProgress": 1,
        "OwnedBytes": sum(sizes),
    }
    assert answer["metrics"] == expected
    for name, value in expected.items():
        assert world.cloudwatch.values(name, Deployment=DEPLOYMENT, Plan="home") == [value]
    assert not world.topic.mails


@pytest.mark.fault("silent-deployment")
def test_without_an_available_backup_there_is_no_age(world: World, target: str) -> None:
    world.history(target, [0.1], lifecycle="FAILED")
    world.fsx.seed_backup(
        target,
        creation_time=world.now + timedelta(hours=1),
        tags={"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"},
    )
    answer = world.invoke(check(target))
    assert "NewestBackupAgeHours" not in answer["metrics"]
    assert answer["metrics"]["GoodBackups"] == 1


def test_adopted_backups_count(world: World, target: str) -> None:
    world.fsx.seed_backup(target, creation_time=world.now - timedelta(hours=3), tags={"Name": "old"})
    assert "NewestBackupAgeHours" not in world.invoke(check(target))["metrics"]
    assert world.invoke(check(target, adopt_tags={"Name": "old"}))["metrics"]["NewestBackupAgeHours"] == 3


@pytest.mark.parametrize("page", [1000, 300, 50])
def test_a_thousand_backups_take_their_pages_and_one_call_more(world: World, target: str, page: int) -> None:
    world.fsx.control.listing(page_size=page, short_pages=False)
    tags = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}
    when = [(world.now - timedelta(hours=number + 1)).isoformat() for number in range(1000)]
    world.fsx.control.seed_backups([{"target_id": target, "creation_time": at, "tags": tags} for at in when])
    world.fsx.control.clear_calls()
    world.send(check(target))
    world.deliver()
    assert not world.queue.records
    counts = world.fsx.control.counts()
    assert set(counts) == {"DescribeBackups"}
    assert counts["DescribeBackups"] + len(world.cloudwatch.calls) == math.ceil(1000 / page) + 1
    assert world.cloudwatch.values("GoodBackups", Deployment=DEPLOYMENT, Plan="home") == [1000]


@pytest.fixture(params=[1, 20, 21, 100])
def many(request: pytest.FixtureRequest) -> Iterator[tuple[World, dict[str, str], set[str]]]:
    """So many plans, every third of them stale in one of several ways."""
    with new_world() as world:
        plans, stale_ones = {}, set()
        for number in range(request.param):
            plan = f"plan-{number}"
            plans[plan] = target = world.fsx.seed_file_system("OPENZFS")
            hours = [LIMIT_HOURS - 0.01, LIMIT_HOURS, 0.5][number % 3]
            match number % 9:
                case 0:
                    hours = LIMIT_HOURS + 0.01  # just too old
                case 3:
                    world.history(target, [0.01], plan=plan, lifecycle="FAILED")
                    hours = 48  # only a failed one is young
                case 6:
                    world.history(target, [0.01], plan="another")
                    hours = 0  # no backup of its own
            if number % 3 == 0:
                stale_ones.add(plan)
            if hours:
                world.history(target, [hours / 24], plan=plan)
        yield world, plans, stale_ones


@pytest.mark.fault("silent-deployment")
def test_exactly_the_stale_plans_are_detected(many: tuple[World, dict[str, str], set[str]]) -> None:
    world, plans, stale_ones = many
    world.fsx.control.listing(page_size=1000, short_pages=False)
    world.fsx.control.clear_calls()
    world.send(check_each(plans))
    assert world.deliver()
    assert not world.queue.records
    assert {plan for plan in plans if stale(world, plan)} == stale_ones
    assert world.fsx.control.counts() == {"DescribeBackups": math.ceil(len(plans) / 20)}
    assert len(world.cloudwatch.calls) == math.ceil(len(plans) / 20)  # published as they are found


def test_together_and_alone_plans_are_measured_alike(world: World) -> None:
    system = world.fsx.seed_file_system("ONTAP")
    targets = {kind: world.fsx.seed_file_system(kind) for kind in ("LUSTRE", "WINDOWS", "OPENZFS")}
    targets |= {"volume": world.fsx.seed_volume(system), "other": world.fsx.seed_volume(system)}
    targets["second"] = targets["LUSTRE"]
    for number, (plan, target) in enumerate(targets.items()):
        world.history(target, [number + 1, number + 2], plan=plan)
        world.history(target, [0.5], plan="another")
    together = world.invoke(check_each(targets))
    assert together["outcome"] == "CHECKED"
    alone = {plan: world.invoke(check(target, plan)) for plan, target in targets.items()}
    assert {found["plan"]: found for found in together["plans"]} == alone
    assert len(together["plans"]) == len(targets)
    assert [one["metrics"]["GoodBackups"] for one in together["plans"]] == [2] * len(targets)


@pytest.mark.fault("silent-deployment")
def test_a_target_that_fsx_rejects_does_not_hide_the_others(world: World) -> None:
    targets = {name: world.fsx.seed_file_system("LUSTRE") for name in ("first", "gone", "last")}
    for plan, target in targets.items():
        world.history(target, [1], plan=plan)
    for ids in (sorted(targets.values()), [targets["gone"]]):
        filters = [{"Name": "file-system-id", "Values": ids}, {"Name": "backup-type", "Values": ["USER_INITIATED"]}]
        world.fsx.control.fault("FileSystemNotFound", "DescribeBackups", match={"Filters": filters}, times=None)
    world.send(check_each(targets))
    with pytest.raises(fsx.Rejected, match="FileSystemNotFound"):
        world.deliver()
    assert measured(world, targets) == {"first", "last"}


@pytest.mark.fault("silent-deployment")
def test_what_fsx_answered_is_published_before_it_failed(world: World) -> None:
    targets = {f"plan-{number}": world.fsx.seed_file_system("LUSTRE") for number in range(25)}
    for plan, target in targets.items():
        world.history(target, [0.1], plan=plan)
    world.fsx.control.fault("http_503", "DescribeBackups", at=2, times=20)
    world.send(check_each(targets))
    world.deliver()
    assert len(world.queue.records) == 1
    assert len(measured(world, targets)) == 20
    world.fsx.control.clear_faults()
    world.advance(minutes=31)
    world.deliver()
    assert not world.queue.records
    assert measured(world, targets) == set(targets)


@pytest.mark.fault("silent-deployment")
def test_a_check_that_cannot_publish_is_an_error(world: World, target: str) -> None:
    world.cloudwatch.broken = RuntimeError("AccessDenied")
    world.send(check(target))
    with pytest.raises(RuntimeError):
        world.deliver()
    assert not world.topic.mails  # the alarms report it: a notification an hour and plan would drown everything
    world.advance(minutes=61)
    assert world.deliver()  # by now the next check is due: this one ends
    assert not world.queue.records


@pytest.mark.fault("silent-deployment")
def test_a_check_that_fsx_cannot_answer_is_kept_for_a_while(world: World, target: str) -> None:
    world.history(target, [1])
    world.fsx.control.fault("http_503", "DescribeBackups", times=20)
    world.send(check(target))
    world.deliver()
    assert world.queue.records
    world.fsx.control.clear_faults()
    world.advance(minutes=31)
    world.deliver()
    assert not world.queue.records
    assert world.cloudwatch.values("GoodBackups", Deployment=DEPLOYMENT, Plan="home") == [1]


def test_a_check_changes_nothing(world: World, target: str) -> None:
    old = world.history(target, [30, 40])
    world.invoke(check(target))
    world.invoke({"action": "check", "plans": ["home"]})
    assert set(world.backups()) == set(old)
    assert set(world.fsx.control.counts()) == {"DescribeBackups"}


@pytest.mark.fault("removed")
def test_backups_of_removed_plans_are_shown(world: World, target: str) -> None:
    world.history(target, [1, 2])
    world.history(target, [3, 4, 5], plan="removed")
    gone = world.fsx.seed_file_system("OPENZFS")
    world.history(gone, [6], plan="deleted")
    world.fsx.control.remove(gone)
    world.fsx.seed_backup(target, tags={"fsx-backup:deployment": "other", "fsx-backup:plan": "removed"})
    world.fsx.seed_backup(target, tags={"Name": "manual"})
    answer = world.invoke({"version": 1, "action": "check", "plans": ["home"]})
    assert answer["orphans"] == {f"removed ({target})": 3, f"deleted ({gone})": 1}
    assert world.cloudwatch.values("OrphanedBackups", Deployment=DEPLOYMENT) == [4]


def test_the_quota_counts_what_fsx_counts(world: World, target: str) -> None:
    world.service_quotas.quotas = {"Lustre backups": 10, "Windows backups": 400, "Lustre file systems": 3}
    for kind, count in {"USER_INITIATED": 5, "AWS_BACKUP": 2, "AUTOMATIC": 4}.items():
        for _ in range(count):
            world.fsx.seed_backup(target, backup_type=kind)
    answer = world.invoke({"action": "check", "plans": []})
    assert answer["used"] == {"LUSTRE": 7}
    assert answer["quotas"] == {"LUSTRE": 10, "ONTAP": 10_000, "OPENZFS": 10_000, "WINDOWS": 400}
    used = world.cloudwatch.values("BackupQuotaUsed", Deployment=DEPLOYMENT, FileSystemType="LUSTRE")
    assert used == [pytest.approx(70)]
    assert not world.topic.mails
    world.fsx.seed_backup(target)
    world.invoke({"action": "check", "plans": []})
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "QUOTA"
    assert "LUSTRE: 8 backups, 80% of the quota" in mail.text


def test_without_permission_to_ask_the_documented_quotas_hold(world: World, target: str) -> None:
    world.service_quotas.broken = ClientError({"Error": {"Code": "AccessDenied"}}, "ListServiceQuotas")
    answer = world.invoke({"action": "check", "plans": []})
    assert answer["quotas"] == {"LUSTRE": 500, "ONTAP": 10_000, "OPENZFS": 10_000, "WINDOWS": 500}


@pytest.mark.fault("malformed")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "exactly one of plan, each and plans"),
        ({"plans": ["home"], "each": []}, "exactly one of plan, each and plans"),
        ({"each": {"name": "home"}}, "each must be a list of plans, not"),
        ({"each": [{"file_system_id": "fs-0123456789abcdef0"}, {"file_system_id": "fs-X"}]}, "each[1].file_system_id"),
        ({"each": [], "dry_run": True}, 'Unknown field "dry_run". Allowed fields: action, each, plan, plans'),
    ],
)
def test_a_check_that_cannot_be_understood_is_refused(world: World, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidEvent, match=re.escape(words)):
        world.invoke({"action": "check", **wrong})
    assert words in world.topic.mails[0].text


@pytest.mark.fault("malformed")
@pytest.mark.parametrize(
    ("plans", "sentence"),
    [
        (None, "plans must be a JSON object, not missing."),
        ("home", "plans must be a JSON object, not 'home'."),
        ({"a": 1}, "plans must map the plans' names to their targets' ids, not {'a': 1}."),
        ([1], "plans must map the plans' names to their targets' ids, not [1]."),
    ],
)
def test_a_check_of_no_plans_is_refused(world: World, plans: object, sentence: str) -> None:
    with pytest.raises(InvalidEvent, match=re.escape(sentence)):
        world.invoke({"action": "check", "plans": plans})
    assert world.topic.mails[0].attributes["outcome"] == "INVALID"
