#!/usr/bin/env python3
"""Fail a pipeline when a plan would take protection away from FSx backups.

    terraform show -json plan.tfplan > plan.json
    plan_check.py plan.json [--allow ENTRY ...]

ENTRY is a key of `file_systems`, or the address of a resource, whose change is intended. Exit status: 0 nothing is
lost (or all of it is allowed), 1 something is, 2 the plan could not be checked.

It needs Python 3.11 or newer and lambda_src beside it, where the function says when a schedule fires. Source of the
format: Terraform's "JSON Output Format", plan representation.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "lambda_src")]
try:
    from datetime import UTC, datetime

    from plan_check.rules import fires_less, weakened
except ImportError as error:
    print(f"plan check: {error}. Run it with Python 3.11 or newer in the module's checkout.", file=sys.stderr)
    sys.exit(2)

GONE = {
    "aws_cloudwatch_log_group": "the function's log is lost",
    "aws_cloudwatch_metric_alarm": "what it watches is no longer reported",
    "aws_kms_key": "what it encrypts cannot be read any more, messages under way included",
    "aws_lambda_function": "no backup is made without it",
    "aws_scheduler_schedule": "late plans, or the state of the plans, are not reported without it",
    "aws_scheduler_schedule_group": "its schedules go with it",
    "aws_sns_topic": "its subscriptions go with it, and e-mail addresses have to be confirmed again",
    "aws_sns_topic_subscription": "the subscriber is no longer notified",
    "aws_sqs_queue": "the messages in it are lost, and with them the backups under way",
}
SUCCESSORS = {  # what earlier checkouts had for each plan, and what watches all plans in its place
    "freshness": 'aws_cloudwatch_metric_alarm.this["late"]',
    "check": "aws_scheduler_schedule.health_check",
    "deployment_check": "aws_scheduler_schedule.report",
}
TYPES = ["LUSTRE", "ONTAP", "OPENZFS", "WINDOWS"]  # of a fleet that names none
FIRING = {"state", "schedule_expression", "schedule_expression_timezone"}  # missing while unknown
ORPHANED = "become orphaned: no plan purges them, they are still paid for, and the report lists them"


class Loss(NamedTuple):
    """Something that the plan takes away. `names` are what --allow may call it by."""

    sentence: str
    names: tuple[str, ...]


class Uncheckable(Exception):
    """The plan cannot be judged; the text says why, and what to do."""


def changes_of_deployments(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The changes in the modules that are instances of fsx_backup.

    They are known by the messages of their schedules, and by the tag of their groups, because the messages about a
    target made in the same apply are known after apply only.
    """
    if str(plan.get("format_version", "")).split(".")[0] != "1":
        raise Uncheckable("this is not the JSON of a Terraform plan: give it what `terraform show -json` prints.")
    if plan.get("errored"):
        raise Uncheckable("the plan itself failed: plan again before checking it.")
    changes = [change for change in plan.get("resource_changes", []) if change.get("mode") == "managed"]
    deployments = {
        change.get("module_address", "")
        for change in changes
        if any(
            _is_message(side) if change["type"] == "aws_scheduler_schedule" else _is_group(change, side)
            for side in _sides(change)
        )
    }
    if not deployments:
        raise Uncheckable("no schedule of the fsx_backup module is in this plan: is it the right one?")
    return [change for change in changes if change.get("module_address", "") in deployments]


def losses(changes: list[dict[str, Any]], now: datetime) -> Iterator[Loss]:
    """Everything that would be lost, in the plan's order."""
    there = {(change.get("module_address"), _local(change)) for change in changes if change["change"].get("after")}
    for change in changes:
        going = _goes(change)
        if going and _is_backup(change):
            sentence = (
                f"its schedule would be {going}: no backup of {_target(change)} is made without it, and a backup is "
                "owned by its plan's name. Keep the entry, or allow it"
            )
            yield _loss(change, sentence)
        elif going == "removed" and (
            _of_restore_tests(change) or (change.get("module_address"), SUCCESSORS.get(change["name"])) in there
        ):
            continue
        elif going:
            consequence = GONE.get(change["type"], "what depends on it stops working")
            yield _loss(change, f"would be {going}: {consequence}. Find what changed it, or allow it")
        elif "update" in change["change"]["actions"] and not _of_restore_tests(change):
            for sentence in _weakened(change, now):
                yield _loss(change, f"{sentence}, or allow it")


def warnings(changes: list[dict[str, Any]]) -> Iterator[str]:
    """What deserves a look and takes nothing away by itself."""
    for change in changes:
        if change["name"] == "restore_test" and _goes(change) == "removed":
            yield f"{change['index']}: its restore test is removed, so nothing proves its backups any more."
        if _is_backup(change) and change["change"]["actions"] == ["update"]:
            before, after = _settings(change["change"]["before"]), _settings(change["change"]["after"])
            if not before or not after:
                continue
            if after["max_deletes"] > before["max_deletes"]:
                yield f"{change['index']}: max_deletes is raised, so a mistake in its retention may delete more."
            for region, was, will in _copies_kept(before, after):
                if was.get("kms_key_arn") != will.get("kms_key_arn"):
                    yield f"{change['index']}: copies to {region} get another key, so the next one is a full one."


def _weakened(change: dict[str, Any], now: datetime) -> Iterator[str]:
    """What an update takes away, each with its remedy."""
    before, after = change["change"]["before"], change["change"]["after"]
    kind = change["type"]
    if kind == "aws_scheduler_schedule":
        kind = change["name"]
        if not _message(after) or not after.keys() >= FIRING:
            lost = f" If its target is replaced, the backups of {_target(change)} {ORPHANED}."
            yield f"its settings are known after apply only.{lost * (kind == 'backup')} Plan again when they are known"
            return
        if (before["state"], after["state"]) == ("ENABLED", "DISABLED"):
            yield "its schedule would be disabled: it does not fire any more. Keep it enabled"
        elif before["state"] == "ENABLED":
            yield from fires_less(before, after, now)
        before, after = _settings(before), _settings(after)
    if kind == "backup" and not _still_selects(before, after):
        left = "targets that it no longer selects" if "target_tags" in before else _id(before)
        yield (
            f"would back up {_id(after)} instead of {_id(before)}: the backups of {left} {ORPHANED}. Give "
            f"{_id(after)} its own entry"
        )
    yield from weakened(kind, before, after)
    for region in sorted(before.get("copies", {}).keys() - after.get("copies", {}).keys()):
        yield (
            f"would not be copied to {region} any more: the copies there become orphaned, no plan purges them, and "
            f"they are still paid for. Keep {region} in copies"
        )
    for region, was, will in _copies_kept(before, after):
        for sentence in weakened("copies", was, will):
            yield f"in copies to {region}, {sentence}"


def _loss(change: dict[str, Any], sentence: str) -> Loss:
    address, module = change["address"], change.get("module_address", "")
    if not _is_backup(change):
        return Loss(f"{address}: {sentence} with --allow {_quoted(_local(change))}.", (address, _local(change)))
    entry = str(change["index"])
    where = f" ({module})" if module else ""
    return Loss(f"{entry}{where}: {sentence} with --allow {entry}.", (address, _local(change), entry))


def _local(change: dict[str, Any]) -> str:
    """The address inside its module."""
    module = change.get("module_address", "")
    address: str = change["address"]
    return address[len(module) + 1 :] if module else address


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else text


def _goes(change: dict[str, Any]) -> str | None:
    actions = change["change"]["actions"]
    if "delete" in actions:
        return "replaced" if "create" in actions else "removed"
    return "forgotten" if "forget" in actions else None


def _sides(change: dict[str, Any]) -> list[dict[str, Any]]:
    return [side for side in (change["change"].get("before"), change["change"].get("after")) if side]


def _message(values: dict[str, Any]) -> dict[str, Any]:
    """The message that a schedule sends; empty if it is unknown or somebody else's."""
    try:
        message = json.loads(values["target"][0]["input"])
    except (KeyError, IndexError, TypeError, ValueError):
        return {}
    return message if isinstance(message, dict) else {}


def _is_message(values: dict[str, Any]) -> bool:
    message = _message(values)
    return message.get("action") in ("backup", "check", "report") and "scheduled_time" in message


def _is_group(change: dict[str, Any], values: dict[str, Any]) -> bool:
    """Whether it is a group of schedules that a deployment made."""
    tags = values.get("tags_all") or values.get("tags") or {}
    return change["type"] == "aws_scheduler_schedule_group" and "fsx-backup:deployment" in tags


def _is_backup(change: dict[str, Any]) -> bool:
    return (change["type"], change["name"]) == ("aws_scheduler_schedule", "backup")


def _of_restore_tests(change: dict[str, Any]) -> bool:
    """They prove backups and protect none. Only an alarm on what they leave is worth keeping while there are any."""
    alarm = change["type"] == "aws_cloudwatch_metric_alarm" and "restore-test" in str(change.get("index"))
    return change["name"] in {"restore_test", "restore_tests"} or (alarm and _goes(change) == "removed")


def _settings(values: dict[str, Any]) -> dict[str, Any]:
    """What a schedule's message asks for; of a plan with its retention rules among the others."""
    message = _message(values)
    plan = message.get("plan")
    if not plan:
        return message
    copies = {region: {**copy, **copy["retention"]} for region, copy in plan.get("copies", {}).items()}
    types = {"target_types": TYPES} if "target_tags" in plan else {}
    return {**types, **plan, **plan["retention"], "copies": copies}


def _copies_kept(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The Regions to which a plan copies before and after."""
    for region, was in before.get("copies", {}).items():
        if region in after.get("copies", {}):
            yield region, was, after["copies"][region]


def _still_selects(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a plan has the same target; a fleet that asks for fewer of its tags has more targets."""
    if "target_tags" in before and after.get("target_tags"):
        return bool(after["target_tags"].items() <= before["target_tags"].items())
    return _id(before) == _id(after)


def _id(plan: dict[str, Any]) -> str:
    """What a plan backs up."""
    tags = ", ".join(f"{key}={value}" for key, value in plan.get("target_tags", {}).items())
    return f"targets with {tags}" if tags else str(plan.get("file_system_id") or plan.get("volume_id"))


def _target(change: dict[str, Any]) -> str:
    plans = [plan for plan in map(_settings, _sides(change)) if plan]
    return _id(plans[0]) if plans else "its target"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Fail when a plan would take protection away from FSx backups.")
    parser.add_argument("plan", help="what `terraform show -json PLAN` printed; - for standard input")
    parser.add_argument("--allow", action="append", default=[], metavar="ENTRY", help="an intended change; repeatable")
    given = parser.parse_args(arguments)
    try:
        with sys.stdin if given.plan == "-" else open(given.plan, encoding="utf-8") as file:
            plan = json.load(file)
        changes = changes_of_deployments(plan)
        now = datetime.fromisoformat(plan["timestamp"]) if "timestamp" in plan else datetime.now(UTC)
    except (OSError, ValueError, AttributeError, Uncheckable) as error:
        print(f"plan check: {error}", file=sys.stderr)
        return 2
    found, allowed = list(losses(changes, now)), set(given.allow)
    used: set[str] = set()
    for warning in warnings(changes):
        print(f"warning: {warning}")
    refused = 0
    for loss in found:
        matching = allowed.intersection(loss.names)
        used |= matching
        refused += not matching
        print(f"{'allowed' if matching else 'LOSS'}: {loss.sentence}")
    for name in sorted(allowed - used):
        print(f"warning: --allow {name} allows nothing in this plan: take it out again.")
    print(f"plan check: {refused} to answer for, {len(found) - refused} allowed.")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
