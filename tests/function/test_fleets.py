"""Plans with target_tags: what is selected, a message for each target, and what is said of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fsx_backup.handler import MOST_PREVIEWED, BackupFailed
from fsx_backup.values import InvalidEvent
from tests.function.watching import pass_hours
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from tests.support.world import Mail, World

TAGS = {"Backup": "daily", "aws:cloudformation:stack-name": "hpc"}
OUT = {"fsx-backup:exclude": ""}


def fleet(world: World, **more: Any) -> dict[str, Any]:
    """The message of a plan with target_tags."""
    return world.message("", name="all", target_tags=TAGS, notify_on_success=False, **more)


def scheduled(world: World, **more: Any) -> dict[str, Any]:
    return world.schedule("", name="all", target_tags=TAGS, notify_on_success=False, **more)


def seed(world: World, count: int) -> list[str]:
    return sorted(world.fsx.seed_file_system("OPENZFS", tags=TAGS) for _ in range(count))


def made(world: World) -> Counter[str]:
    return Counter(backup["FileSystem"]["FileSystemId"] for backup in world.backups().values())


def retag(world: World, target: str, *, tagged: bool) -> None:
    client = world.fsx.client()
    [system] = client.describe_file_systems(FileSystemIds=[target])["FileSystems"]
    if tagged:
        client.tag_resource(ResourceARN=system["ResourceARN"], Tags=[{"Key": "Backup", "Value": "daily"}])
    else:
        client.untag_resource(ResourceARN=system["ResourceARN"], TagKeys=["Backup"])


@pytest.mark.fault("same-message")
def test_each_target_has_one_backup_however_often_the_message_comes(world: World) -> None:
    targets = seed(world, 12)
    world.fsx.seed_file_system("OPENZFS")
    message = scheduled(world)
    world.send(message)
    world.send(message)
    world.deliver()
    sent = [json.loads(record.body) for record in world.queue.records[1:]]
    assert sent == [{**message, "target": target} for target in targets]
    world.settle()
    assert made(world) == dict.fromkeys(targets, 1)
    assert not world.topic.mails
    assert world.cloudwatch.values("RunsFailed", Deployment=DEPLOYMENT) == [0] * 12  # of the targets alone


@pytest.mark.parametrize("refused", [1, 10, 35])
def test_what_the_queue_does_not_take_is_sent_again(world: World, refused: int) -> None:
    targets = seed(world, 12)
    world.send(fleet(world))
    world.queue.refuse = refused
    world.deliver()
    assert Counter(json.loads(record.body).get("target") for record in world.queue.records) == Counter(targets)


def test_a_queue_that_takes_nothing_is_an_error_and_the_message_is_delivered_again(world: World) -> None:
    targets = seed(world, 12)
    world.send(fleet(world))
    world.queue.refuse = 12 * 5
    with pytest.raises(RuntimeError, match="SQS did not take the messages of 10 targets: InternalError"):
        world.deliver()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["ERROR"]
    world.queue.refuse = 0
    world.advance(minutes=31)
    world.settle()
    assert made(world) == dict.fromkeys(targets, 1)


def test_long_messages_go_in_smaller_batches(world: World) -> None:
    """The double of the queue measures the batch as SQS does."""
    targets = seed(world, 12)
    tags = {f"{number:03}": "v" * 256 for number in range(40)}
    world.send(fleet(world, backup_tags=tags, purge_tags={f"{n}": "€" * 256 for n in range(20)}))
    world.deliver()
    assert len(world.queue.records) == len(targets)


@pytest.mark.fault("broken-listing")
@pytest.mark.parametrize("operation", ["DescribeFileSystems", "DescribeVolumes", "ListTagsForResource"])
def test_on_an_incomplete_listing_nothing_is_sent(world: World, operation: str) -> None:
    world.fsx.control.listing(page_size=1, short_pages=False)
    seed(world, 2)
    for _ in range(2):
        world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP", tags=TAGS))
    world.fsx.control.fault("InternalServerError", operation, at=2, times=None)
    world.send(fleet(world))
    world.deliver()
    assert [record.receives for record in world.queue.records] == [1]
    world.fsx.control.clear_faults()
    world.advance(minutes=1)
    world.settle()
    assert len(world.backups()) == 4


def test_while_fsx_does_not_answer_the_plan_waits_until_its_start_window_ends(world: World) -> None:
    seed(world, 2)
    world.fsx.control.fault("InternalServerError", "DescribeFileSystems", times=None)
    world.send(fleet(world))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert "targets with the tags Backup=daily, aws:cloudformation:stack-name=hpc" in mail.said
    assert not world.backups()


def test_no_target_is_notified_and_late(world: World) -> None:
    world.fsx.seed_file_system("OPENZFS", tags=TAGS | OUT)
    world.fsx.seed_file_system("LUSTRE", tags=TAGS, configuration={"DeploymentType": "SCRATCH_2"})
    world.send(scheduled(world))
    world.deliver()
    [mail] = world.topic.mails
    assert not world.queue.records
    assert mail.subject == "all: NO TARGETS"
    assert mail.attributes == {"outcome": "NO_TARGETS", "severity": "error", "deployment": DEPLOYMENT, "plan": "all"}
    assert "Others carry the tags: 1 excluded by fsx-backup:exclude, 1 that cannot be backed up." in mail.data["reason"]
    assert "#no-targets" in mail.text
    assert '--payload \'{"action":"backup","plan":"all"}\'' in mail.said
    assert world.cloudwatch.values("RunsFailed", Deployment=DEPLOYMENT) == [1]
    with pytest.raises(BackupFailed, match="NO_TARGETS: There are no targets with the tags"):
        world.invoke({"action": "backup", "plan": "all"})
    world.advance(hours=13)
    world.check(interval_minutes=720)
    assert world.topic.mails[-1].attributes["outcome"] == "LATE"
    assert "There are no targets with the tags" in world.topic.mails[-1].said
    assert world.cloudwatch.values("LatePlans", Deployment=DEPLOYMENT) == [1]


def run(world: World, **more: Any) -> dict[str, Any]:
    """The plan fires, and all its backups complete."""
    message = scheduled(world, changed=world.now - timedelta(days=30), **more)
    world.send(message)
    world.settle()
    return message


def report(world: World) -> tuple[dict[str, Any], Mail]:
    data = world.invoke({"action": "report", "plans": ["all"], "notify": "always"})
    return data, world.topic.mails[-1]


def test_a_new_file_system_is_not_late_at_once_and_one_without_backups_is_later(world: World) -> None:
    targets = seed(world, 1)
    run(world)
    world.advance(hours=3)
    targets += seed(world, 1)
    states = []
    for _ in range(2):
        rows = world.invoke({"action": "check", "plan": "all"})["targets"]
        states.append({row["target"]: row["state"] for row in rows})
        world.advance(hours=13)
        world.history(targets[0], [0], plan="all")
    assert states == [{targets[0]: "OK", targets[1]: "WAITING"}, {targets[0]: "OK", targets[1]: "LATE"}]
    assert world.invoke({"action": "check", "plan": "all", "target": targets[1]})["state"] == "LATE"
    with pytest.raises(InvalidEvent, match=r"is no target of plan all now"):
        world.invoke({"action": "check", "plan": "all", "target": "fs-0123456789abcdef0"})


def test_a_fleet_that_grew_and_shrank_in_the_report(world: World) -> None:
    stays, leaves = seed(world, 2)
    run(world)
    [added] = seed(world, 1)
    retag(world, leaves, tagged=False)
    scratch = world.fsx.seed_file_system("LUSTRE", tags=TAGS, configuration={"DeploymentType": "SCRATCH_2"})
    out = world.fsx.seed_file_system("WINDOWS", tags=TAGS | OUT)
    data, mail = report(world)
    expected = {"targets": sorted([stays, added]), "new": [added], "lost": [leaves]}
    assert data["fleets"] == {"all": expected | {"left_out": [out], "unfit": [scratch]}}
    assert {row["target"]: row["state"] for row in data["plans"]} == {stays: "OK", added: "WAITING"}
    assert f"Orphaned: 1 backup of plan all and target {leaves}, which it does not select any more." in mail.said
    assert f"all: new targets without a backup yet: {added}." in mail.said
    assert f"all: {scratch} (LUSTRE) has the plan's target_tags but cannot be backed up: it is a scratch" in mail.said
    assert data["uncovered"] == [leaves]
    world.send(fleet(world))
    world.settle()
    assert made(world)[leaves] == 1
    for identifier, backup in world.backups().items():
        if backup["FileSystem"]["FileSystemId"] == leaves:
            world.fsx.client().delete_backup(BackupId=identifier)
    assert report(world)[0]["fleets"]["all"]["lost"] == []


def test_a_target_that_cannot_be_backed_up_any_more_is_late_and_not_orphaned(world: World) -> None:
    [target] = seed(world, 1)
    run(world)
    world.fsx.control.set_lifecycle(target, "MISCONFIGURED")
    world.advance(hours=13)
    data, _ = report(world)
    assert [row["state"] for row in data["plans"]] == ["LATE"]
    assert any(text.startswith(f"all ({target}): LATE. ") for text in data["problems"])
    assert not data["orphaned"]


def test_two_plans_that_select_the_same_target(world: World) -> None:
    [target] = seed(world, 1)
    other = world.fsx.seed_file_system("LUSTRE")
    scheduled(world)
    world.schedule(target)
    for name in ("work", "twin"):
        world.schedule(other, name=name)
    notices = world.invoke({"action": "status"})["notices"]
    assert [text for text in notices if "more than one" in text] == [
        f"{target} is a target of more than one plan: all, home."
    ]


def test_of_an_edited_input_the_targets_are_still_found(world: World) -> None:
    [target] = seed(world, 1)
    run(world)
    edited = {"plan": {"target_tags": TAGS, "retention": "none"}}
    world.scheduler.schedules[DEPLOYMENT, "all"]["Target"]["Input"] = json.dumps(edited)
    [row] = world.invoke({"action": "check", "plan": "all"})["targets"]
    assert (row["target"], row["state"], row["problem"]) == (target, "OK", True)


@pytest.mark.parametrize("action", ["backup", "start", "purge"])
def test_by_name_for_all_targets_and_for_one(world: World, action: str) -> None:
    targets = seed(world, 2)
    foreign = world.fsx.seed_file_system("OPENZFS")
    scheduled(world)
    old = {target: world.history(target, [1, 20], plan="all") for target in [*targets, foreign]}
    event = {"action": action, "plan": "all", "dry_run": False}
    answer = world.invoke(event | {"target": targets[0]})
    assert (answer["plan"], answer["target"]) == ("all", targets[0])
    world.settle()
    assert made(world)[targets[0]] == {"backup": 2, "start": 3, "purge": 1}[action]
    assert made(world)[targets[1]] == 2
    world.advance(minutes=1)
    answer = world.invoke(event)
    assert (answer["outcome"], answer["target"], answer["targets"]) == ("EXPANDED", None, targets)
    world.settle()
    assert made(world)[targets[1]] == {"backup": 2, "start": 3, "purge": 1}[action]
    retag(world, targets[1], tagged=False)
    for target in (foreign, targets[1]):
        with pytest.raises(InvalidEvent, match=r"is not selected by plan all now, so its backups are left alone"):
            world.invoke(event | {"target": target})
    assert old[foreign][1] in world.backups()


def test_a_dry_run_lists_the_targets_first_and_then_decides_for_each(world: World) -> None:
    world.fsx.control.quotas(file_systems=1_000)
    targets = seed(world, MOST_PREVIEWED + 1)
    scheduled(world)
    old = {target: world.history(target, [1, 20], plan="all")[1] for target in targets[:2]}
    answer = world.invoke({"action": "purge", "plan": "all"})
    assert [*answer][-3:] == ["targets", "dry_runs", "left_out"]
    assert (answer["outcome"], answer["targets"], answer["left_out"]) == ("DRY_RUN", targets, 1)
    assert [one["target"] for one in answer["dry_runs"]] == targets[:-1]
    for number, (target, backup) in enumerate(old.items()):
        assert backup in answer["dry_runs"][number]["table"]
        assert f"{backup}" in world.invoke({"action": "purge", "plan": "all", "target": target})["table"]
    assert not world.queue.records
    assert len(world.backups()) == 4


def test_detailed_metrics_of_a_plan_are_those_of_all_its_targets(world: World) -> None:
    first, second = seed(world, 2)
    scheduled(world)
    world.history(first, [1], plan="all")
    world.history(second, [2, 3], plan="all")
    world.settings = replace(world.settings, detailed_metrics=True)
    world.function = world.connect()
    world.check()
    dimensions = {"Deployment": DEPLOYMENT, "Plan": "all"}
    assert world.cloudwatch.values("BackupAgeHours", **dimensions) == [pytest.approx(48)]
    assert world.cloudwatch.values("OwnedBytes", **dimensions) == [3 * 1024**3]


def test_an_alert_names_the_plan_once_and_its_targets(world: World) -> None:
    targets = seed(world, 2)
    world.send(scheduled(world))
    world.settle()
    pass_hours(world, 13)
    mail = world.topic.mails[-1]
    assert mail.subject == "prod: all LATE"
    assert all(f"- all ({target}): LATE since" in mail.said for target in targets)
    world.invoke({"action": "backup", "plan": "all"})
    world.settle()
    assert [mail.subject for mail in world.topic.mails[1:]] == ["prod: all OK again"]
