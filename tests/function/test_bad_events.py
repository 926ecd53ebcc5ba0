"""An event that cannot be understood: one sentence, no call, notified, and an error for a direct invoker."""

import re
from typing import Any

import pytest

from fsx_backup.event import parse, parse_check
from fsx_backup.values import InvalidEvent
from tests.function.copies import HOME
from tests.support.world import World

TARGET = "fs-0123456789abcdef0"


def native(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "action": "backup", "plan": {"name": "home", "file_system_id": TARGET}} | changes


def plan(**changes: Any) -> dict[str, Any]:
    return native(plan={"name": "home", "file_system_id": TARGET} | changes)


def fleet(**changes: Any) -> dict[str, Any]:
    return native(plan={"name": "all", "target_tags": {"aws:cloudformation:stack-name": ""}} | changes)


def copies(**settings: Any) -> dict[str, Any]:
    return plan(copies={"eu-central-1": settings})


BAD = {
    "text": ("hello", "The event must be a JSON object, not 'hello'."),
    "list": ([1], "The event must be a JSON object, not [1]."),
    "number": (7, "The event must be a JSON object"),
    "no action": (
        {"plan": {}},
        "action must be one of backup, start, purge, restore_test, check, status, report, not missing.",
    ),
    "unknown action": (
        native(action="explode"),
        "action must be one of backup, start, purge, restore_test, check, status, report, not 'explode'.",
    ),
    "action of another type": (native(action=["backup"]), "action must be one of"),
    "newer version": (native(version=2), "version must be 1, not 2: apply the module again."),
    "newer version with news": (
        native(version=2, priority="high"),
        "version must be 1, not 2: apply the module again.",
    ),
    "newer check": ({"version": 2, "action": "check", "plans": ["home"]}, "version must be 1, not 2"),
    "older version": (native(version=0), "version must be 1, not 0: apply the module again."),
    "version text": (native(version="1"), "version must be 1, not '1'"),
    "version null": (native(version=None), "version must be 1, not missing"),
    "version true": (native(version=True), "version must be 1"),
    "unknown field": (
        native(dryrun=True),
        'Unknown field "dryrun". Allowed fields: action, dry_run, plan, scheduled_time, target, version.',
    ),
    "no plan": ({"action": "backup"}, "plan must be a JSON object, not missing."),
    "unknown plan field": (plan(retension={}), 'Unknown field "plan.retension". Allowed fields: adopt_tags, '),
    "no target": (native(plan={"name": "a"}), "exactly one of file_system_id, volume_id, target_tags"),
    "two targets": (plan(volume_id="fsvol-0123456789abcdef0"), "exactly one of file_system_id, volume_id, target_tags"),
    "tags and a target": (plan(target_tags={"a": "b"}), "exactly one of file_system_id, volume_id, target_tags"),
    "types of one target": (plan(target_types=["LUSTRE"]), "plan.target_types goes with plan.target_tags: remove it."),
    "no tags": (fleet(target_tags={}), "plan.target_tags must have 1 to 10 tags, not 0."),
    "too many tags": (fleet(target_tags=dict.fromkeys("abcdefghijk", "")), "plan.target_tags must have 1 to 10 tags"),
    "tags as a list": (fleet(target_tags=["a"]), "plan.target_tags must be a JSON object, not ['a']."),
    "long tag": (fleet(target_tags={"a": "b" * 257}), "plan.target_tags.a must be a text of 0 to 256 characters"),
    "long tag key": (fleet(target_tags={"a" * 129: ""}), "a key of plan.target_tags must be a text of 1 to 128"),
    "unknown type": (
        fleet(target_types=["lustre"]),
        "plan.target_types must be a list of some of LUSTRE, WINDOWS, OPENZFS, ONTAP, not ['lustre'].",
    ),
    "no types": (fleet(target_types=[]), "plan.target_types must be a list of some of LUSTRE"),
    "fleet without a name": (native(plan={"target_tags": {"a": "b"}}), "plan.name must be 1 to 64"),
    "target of nothing": (fleet() | {"target": "fs-1"}, "target must be an id like fs-0123456789abcdef0 or fsvol-"),
    "target of another plan": (
        native(target="fsvol-0123456789abcdef0"),
        f"target must be the plan's, {TARGET}, not fsvol-0123456789abcdef0: leave it out.",
    ),
    "target of plans": ({"action": "check", "plans": ["a"], "target": TARGET}, 'Unknown field "target". Allowed'),
    "malformed id": (native(plan={"file_system_id": "fs-XYZ"}), "plan.file_system_id must be an id like"),
    "id of a number": (native(plan={"file_system_id": 7}), "plan.file_system_id must be an id like"),
    "volume as file system": (
        native(plan={"file_system_id": "fsvol-0123456789abcdef0"}),
        "plan.file_system_id must be an id like",
    ),
    "malformed volume": (native(plan={"volume_id": TARGET}), "plan.volume_id must be an id like"),
    "name": (plan(name="a b"), "plan.name must be 1 to 64"),
    "days zero": (plan(retention={"days": 0}), "plan.retention.days must be a whole number from 1 to 100000, not 0."),
    "days negative": (plan(retention={"days": -1}), "plan.retention.days must be a whole number"),
    "days fraction": (plan(retention={"days": 3.5}), "plan.retention.days must be a whole number"),
    "days text": (
        plan(retention={"days": "7"}),
        "plan.retention.days must be a whole number from 1 to 100000, not '7'.",
    ),
    "days null": (plan(retention={"days": None}), "plan.retention.days must be a whole number"),
    "days true": (plan(retention={"days": True}), "plan.retention.days must be a whole number"),
    "days absurd": (plan(retention={"days": 10**9}), "plan.retention.days must be a whole number"),
    "keep_last zero": (plan(retention={"keep_last": 0}), "plan.retention.keep_last must be a whole number from 1"),
    "keep_weekly below": (
        plan(retention={"keep_weekly": -2}),
        "plan.retention.keep_weekly must be a whole number from -1",
    ),
    "unknown rule": (
        plan(retention={"keep_minutely": 1}),
        'Unknown field "plan.retention.keep_minutely". Allowed fields: days, keep_daily',
    ),
    "retention list": (plan(retention=[]), "plan.retention must be a JSON object, not []."),
    "zone offset": (
        plan(timezone="+02:00"),
        "plan.timezone must be an IANA time zone like Europe/Paris, not '+02:00'.",
    ),
    "zone path": (plan(timezone="../../etc/passwd"), "plan.timezone must be an IANA time zone"),
    "zone number": (plan(timezone=3), "plan.timezone must be a text of 1 to 50 characters, not 3."),
    "flag": (plan(copy_tags="perhaps"), 'plan.copy_tags must be true, false, "Yes" or "No", not \'perhaps\'.'),
    "flag number": (plan(notify_on_success=1), "plan.notify_on_success must be true, false"),
    "window": (plan(start_window_minutes=0), "plan.start_window_minutes must be a whole number from 1"),
    "windows crossed": (
        plan(start_window_minutes=100, completion_window_minutes=99),
        "plan.start_window_minutes must not be longer than plan.completion_window_minutes.",
    ),
    "copies list": (plan(copies=["eu-central-1"]), "plan.copies must be a JSON object, not ['eu-central-1']."),
    "six Regions": (plan(copies={f"eu-west-{n}": {} for n in range(6)}), "at most 5 Regions, not 6."),
    "no Region": (plan(copies={"Frankfurt": {}}), "must be a Region like eu-central-1, not 'Frankfurt'."),
    "own Region": (plan(copies={"us-east-1": {}}), "plan.copies must not have the deployment's own Region us-east-1"),
    "copies text": (plan(copies={"eu-central-1": "yes"}), "plan.copies.eu-central-1 must be a JSON object, not 'yes'."),
    "copies field": (copies(region="x"), 'Unknown field "plan.copies.eu-central-1.region". Allowed fields: comp'),
    "copies retention": (copies(retention=None), "eu-central-1.retention must be a JSON object, not missing."),
    "copies days": (copies(retention={"days": 0}), "plan.copies.eu-central-1.retention.days must be a whole number"),
    "copies window": (copies(completion_window_minutes=0), "eu-central-1.completion_window_minutes must be a whole"),
    "key elsewhere": (copies(kms_key_arn="arn:aws:kms:us-east-1:1:key/k"), "must be the ARN of a key in eu-central-1"),
    "key text": (copies(kms_key_arn=7), "plan.copies.eu-central-1.kms_key_arn must be a text of 1 to 2048"),
    "copied from": (plan(copied_from="eu-central-1"), 'Unknown field "plan.copied_from"'),
    "backup name": (plan(backup_name=""), "plan.backup_name must be a text of 1 to 256 characters"),
    "tag value": (plan(backup_tags={"a": 1}), "plan.backup_tags.a must be a text"),
    "tag key": (plan(backup_tags={"\ud800\r\nX: y": 1}), "plan.backup_tags.\\ud800\\r\\nX: y must be a text"),
    "reserved tag": (plan(backup_tags={"fsx-backup:plan": "x"}), "plan.backup_tags must not have the key"),
    "aws tag": (plan(purge_tags=["a"]), "plan.purge_tags must be a JSON object"),
    "time": (native(scheduled_time="yesterday"), "scheduled_time must be a time with its offset like"),
    "time without offset": (
        native(scheduled_time="2026-01-31T04:00:00"),
        "scheduled_time must be a time with its offset",
    ),
    "time unreplaced": (native(scheduled_time="<aws.scheduler.scheduled-time>"), "scheduled_time must be a time"),
    "time of year 1": (
        native(scheduled_time="0001-01-01T00:00:00Z"),
        "scheduled_time must not be more than a day ahead or before 1970: ",
    ),
    "time before 1970": (
        native(scheduled_time="1970-01-01T00:59:59+01:00"),
        "scheduled_time must not be more than a day ahead or before 1970: ",
    ),
    "time out of range": (native(scheduled_time="9999-12-31T23:59:59-05:00"), "scheduled_time must be a time"),
    "time number": (native(scheduled_time=5), "scheduled_time must be a time"),
    "sample without id": (
        {"start-backup": "true"},
        "filesystem-id must be an id like fs-0123456789abcdef0, not missing.",
    ),
    "sample flag": (
        {"start-backup": "yep", "filesystem-id": TARGET},
        'start-backup must be true, false, "Yes" or "No", not \'yep\'.',
    ),
    "sample does nothing": ({"start-backup": "false", "filesystem-id": TARGET}, "both"),
    "sample unknown": (
        {"start-backup": "true", "filesystem-id": TARGET, "retention": 3},
        'Unknown field "retention". Allowed fields: dry_run, filesystem-id, ',
    ),
    "sample volume": (
        {"start-backup": "true", "filesystem-id": "fsvol-0123456789abcdef0"},
        "filesystem-id must be an id",
    ),
    "huge": (native(action="x" * 200_000), "action must be one of"),
}


@pytest.fixture(autouse=True)
def target(world: World) -> None:
    world.fsx.seed_file_system("LUSTRE", file_system_id=TARGET)


def check_nothing_happened(world: World, sentence: str) -> None:
    assert not world.fsx.control.calls()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "INVALID"
    assert sentence == mail.data["reason"][: len(sentence)]
    assert mail.attributes["severity"] == "error"
    assert len(mail.text) < 2000


@pytest.mark.fault("malformed")
@pytest.mark.fault("bad-retention", cases="days *")
@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_with_a_sentence(world: World, case: str) -> None:
    """As a message, which is done with then; the sentence is what a direct invoker gets."""
    event, sentence = BAD[case]
    world.send(event)
    world.deliver()
    assert not world.queue.records
    with pytest.raises(InvalidEvent) as error:
        parse_check(event, world.now) or parse(event, world.now, HOME)
    assert sentence in str(error.value)
    assert len(str(error.value)) < 400
    assert "\n" not in str(error.value)
    check_nothing_happened(world, str(error.value))


@pytest.mark.fault("malformed")
def test_a_direct_invoker_gets_the_error(world: World) -> None:
    event, sentence = BAD["days text"]
    with pytest.raises(InvalidEvent, match=re.escape(sentence)):
        world.invoke(event)
    check_nothing_happened(world, sentence)


@pytest.mark.fault("malformed")
def test_a_message_that_is_no_json(world: World) -> None:
    world.send("{not json")
    world.deliver()
    assert not world.queue.records
    check_nothing_happened(world, "The event must be a JSON object, not '{not json'.")
