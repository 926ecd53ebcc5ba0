"""What recipients and programs read: one shape for every outcome."""

import re
from typing import Any

import pytest

from fsx_backup import notifications
from fsx_backup.event import parse
from tests.support.world import DEPLOYMENT, Mail, World

SEVERITIES = {
    "COMPLETED": "info",
    "PURGED": "info",
    "PARTIAL": "warning",
    "PURGE_BLOCKED": "warning",
    "REPORT": "warning",
    "FAILED": "error",
    "NOT_STARTED": "error",
    "NOT_COMPLETED": "error",
    "UNKNOWN": "error",
    "INVALID": "error",
    "ERROR": "error",
}


def notified(world: World, outcome: str) -> Mail:
    """Let an outcome happen to a plan that has one young and one old backup; the message that it gives."""
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [1, 30])
    plan: dict[str, Any] = {}
    match outcome:
        case "PARTIAL":
            world.fsx.control.fault("AccessDenied", "DeleteBackup", times=None)
        case "PURGE_BLOCKED":
            world.history(target, [20, 21])
            plan = {"retention": {"max_deletes": 2}}
        case "FAILED":
            world.fsx.control.next_backup(target, "FAILED", "The disk caught fire.")
        case "NOT_STARTED":
            world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
        case "NOT_COMPLETED":
            world.fsx.control.next_backup(target, "STUCK")
        case "UNKNOWN":
            world.send(world.message(target))
            world.deliver()
            world.fsx.control.fault("http_503", "DescribeBackups", times=None)
            world.settle()
            world.fsx.control.clear_faults()
            return world.topic.mails[-1]
        case "ERROR":
            world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
        case "REPORT":
            world.service_quotas.quotas = {"Lustre backups": 2}
            world.send({"version": 1, "action": "report", "plans": []})
            world.deliver()
            return world.topic.mails[-1]
        case "INVALID":
            world.send({"action": "dance"})
            world.deliver()
            return world.topic.mails[-1]
    if outcome == "PURGED":
        world.invoke(world.message(target, action="purge") | {"dry_run": False})
        return world.topic.mails[-1]
    world.send(world.message(target, **plan))
    if outcome == "ERROR":
        with pytest.raises(Exception, match="AccessDenied"):
            world.deliver()
    else:
        world.settle()
    return world.topic.mails[-1]


@pytest.mark.parametrize("outcome", SEVERITIES)
def test_every_outcome_has_the_same_shape(world: World, outcome: str) -> None:
    mail = notified(world, outcome)
    about_a_plan = outcome not in {"INVALID", "REPORT"}
    attributes = {"outcome": outcome, "severity": SEVERITIES[outcome], "deployment": DEPLOYMENT}
    if about_a_plan:
        target = re.search(r"fs-[0-9a-f]+", mail.text)
        assert target
        attributes |= {"plan": "home", "target": target[0]}
    assert mail.attributes == attributes
    assert mail.subject.startswith("home: " if about_a_plan else f"{DEPLOYMENT}: ")
    if SEVERITIES[outcome] != "info":
        assert "What happened: " in mail.text
        assert "What to do: " in mail.text
    section = outcome.lower().replace("_", "-")
    assert re.search(rf"^Runbook +docs/runbook\.md#{section}$", mail.text, re.MULTILINE)
    assert re.search(rf"^Log +aws logs tail /aws/lambda/{DEPLOYMENT} --region us-east-1", mail.text, re.MULTILINE)
    if about_a_plan:
        assert re.search(r"^Since +2026-03-0", mail.text, re.MULTILINE)
        assert re.search(r"^Purge ", mail.text, re.MULTILINE)
    if about_a_plan and outcome not in {"ERROR", "UNKNOWN"}:
        assert re.search(r"^Newest +backup-\w+ of 20\d\d-", mail.text, re.MULTILINE)
    # For programs: the same, as JSON.
    assert mail.data.items() >= attributes.items()
    assert mail.data["text"] == mail.text
    assert mail.data["subject"] == mail.subject
    assert mail.data["runbook"] == f"docs/runbook.md#{section}"


def test_the_outcomes_subjects_differ(world: World) -> None:
    subjects = {outcome: notified(world, outcome).subject for outcome in SEVERITIES if outcome != "ERROR"}
    assert len({re.sub(r"\(.*", "", subject) for subject in subjects.values()}) == len(subjects)


def test_the_message_says_what_is_left_to_restore_from(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    [newest] = world.history(target, [3])
    world.fsx.control.next_backup(target, "FAILED", "The disk caught fire.")
    world.send(world.message(target))
    world.settle()
    [mail] = world.topic.mails
    assert re.search(rf"^Newest +{newest} of 2026-02-26 04:00 UTC, 3 days ago$", mail.text, re.MULTILINE)
    assert "Purge      none: nothing was deleted" in mail.text


def test_a_plan_without_an_available_backup_says_so(world: World) -> None:
    world.send(world.message("fs-00000000000000000"))
    world.settle()
    assert "Newest     no available backup of this plan was seen" in world.topic.mails[0].text


@pytest.mark.fault("hostile")
def test_long_lists_are_bounded_and_the_counts_are_exact(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [1, *(10 + number / 100 for number in range(45))])
    world.send(world.message(target))
    world.settle()
    [mail] = world.topic.mails
    assert "45 deleted" in mail.text
    assert mail.text.count("  deleted backup-") == 20
    assert "… and 25 more" in mail.text
    assert mail.data["purge"] == {
        "deleted": 45,
        "all_known": True,
        "kept": 2,
        **dict.fromkeys(("left", "failed", "unfinished", "blocked", "later"), 0),
    }


@pytest.mark.fault("hostile")
def test_a_long_plan_does_not_flood_the_mail(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    world.fsx.control.next_backup(target, "FAILED")
    world.send(world.message(target, backup_tags={f"key-{number}": "ü" * 200 for number in range(40)}))
    world.settle()
    [mail] = world.topic.mails
    assert "see the module's output `commands`" in mail.text
    assert len(mail.text) < 3000


@pytest.mark.fault("hostile")
def test_however_long_an_error_is_the_facts_below_it_are_read_and_sns_takes_it(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    world.fsx.control.next_backup(target, "FAILED", "\ud800\x07" + '\U0001f4a5"\\' * 60)
    world.send(world.message(target))
    world.settle()
    [mail] = world.topic.mails  # the topic encodes and measures it as SNS does
    assert "\x07" not in mail.data["reason"]
    request = parse(world.message(target), world.now)
    crash = notifications.of_crash(world.settings, RuntimeError('"' * 100_000), request, direct=False)
    notifications.publish(world.topic, world.settings.topic_arn, crash)  # type: ignore[arg-type] # a double
    [_, mail] = world.topic.mails
    assert "Target     file system" in mail.text
    assert "Runbook    docs/runbook.md#error" in mail.text
