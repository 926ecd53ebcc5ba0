#!/usr/bin/env python3
"""Fail a pipeline when a plan would take protection away from FSx backups.

    terraform show -json plan.tfplan > plan.json
    plan_check.py plan.json [--allow ENTRY ...]

ENTRY is a key of `file_systems`, or the address of a resource, whose change is intended. Exit status: 0 nothing is
lost (or all of it is allowed), 1 something is, 2 the plan could not be checked.

Standard library alone, Python 3.9 or newer. Source of the format: Terraform's "JSON Output Format", plan
representation.
"""

import argparse
import json
import sys
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

ORPHANED = "become orphaned: no plan purges them, they are still paid for, and the deployment's check lists them"
UNLIMITED = -1  # of a keep-rule
GONE = {
    "aws_cloudwatch_log_group": "the function's log is lost",
    "aws_cloudwatch_metric_alarm": "what it watches is no longer reported",
    "aws_kms_key": "what it encrypts cannot be read any more, messages under way included",
    "aws_lambda_function": "no backup is made without it",
    "aws_scheduler_schedule": "nothing is measured without it, so the age of the backups is unknown",
    "aws_scheduler_schedule_group": "its schedules go with it",
    "aws_sns_topic": "its subscriptions go with it, and e-mail addresses have to be confirmed again",
    "aws_sns_topic_subscription": "the subscriber is no longer notified",
    "aws_sqs_queue": "the messages in it are lost, and with them the backups under way",
}


class Loss(NamedTuple):
    """Something that the plan takes away. `names` are what --allow may call it by."""

    sentence: str
    names: Tuple[str, ...]


class Uncheckable(Exception):
    """The plan cannot be judged; the text says why, and what to do."""


def changes_of_deployments(plan: Dict[str, Any]) -> List[Dict[str, Any]]:
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


def losses(changes: List[Dict[str, Any]]) -> Iterator[Loss]:
    """Everything that would be lost, in the plan's order."""
    removed = {
        (change.get("module_address", ""), change["index"])
        for change in changes
        if _is_backup(change) and _goes(change) == "removed"
    }
    checked = {
        (change.get("module_address", ""), name)
        for change in changes
        for name in _checked(change["change"].get("after") or {})
    }
    for change in changes:
        going, module = _goes(change), change.get("module_address", "")
        if going and _is_backup(change):
            yield _loss(
                change,
                f"its schedule would be {going}: no backup of {_target(change)} is made without it, and a backup is "
                "owned by its plan's name. Keep the entry, or allow it",
            )
        elif going == "removed" and (module, change.get("index")) in removed:
            continue  # goes with its plan, which is told
        elif going == "removed" and _checks_nothing_else(change, removed | checked):
            continue  # its plans are gone, or measured by another schedule
        elif going:
            consequence = GONE.get(change["type"], "what depends on it stops working")
            yield _loss(change, f"would be {going}: {consequence}. Find what changed it, or allow it")
        elif _is_backup(change) and "update" in change["change"]["actions"]:
            yield from _weakened(change)


def warnings(changes: List[Dict[str, Any]]) -> Iterator[str]:
    """What deserves a look and takes nothing away by itself."""
    for change in changes:
        if _is_backup(change) and change["change"]["actions"] == ["update"]:
            before, after = _plan(change["change"]["before"]), _plan(change["change"]["after"])
            if before and after and after["retention"]["max_deletes"] > before["retention"]["max_deletes"]:
                yield f"{change['index']}: max_deletes is raised, so a mistake in its retention may delete more."


def _checks_nothing_else(change: Dict[str, Any], names: Set[Tuple[str, str]]) -> bool:
    plans = _checked(change["change"].get("before") or {})
    return bool(plans) and all((change.get("module_address", ""), name) in names for name in plans)


def _checked(values: Dict[str, Any]) -> List[str]:
    """The names of the plans that a schedule has measured."""
    return [plan["name"] for plan in _message(values).get("each", [])]


def _weakened(change: Dict[str, Any]) -> Iterator[Loss]:
    state = change["change"]
    before, after = _plan(state["before"]), _plan(state["after"])
    if before is None or after is None:
        old = f" of {_id(before)}" if before else ""
        yield _loss(
            change,
            "its settings are known after apply only. If its target is replaced, the backups"
            f"{old} {ORPHANED}. Plan again when they are known, or allow it",
        )
        return
    if state["before"].get("state") == "ENABLED" and state["after"].get("state") == "DISABLED":
        yield _loss(change, "its schedule would be disabled: no backups are made. Set enabled = true, or allow it")
    if _id(before) != _id(after):
        yield _loss(
            change,
            f"would back up {_id(after)} instead of {_id(before)}: the backups of {_id(before)} {ORPHANED}. Give "
            f"{_id(after)} its own entry, or allow it",
        )
    for rule, kept in sorted(before["retention"].items()):
        keeps = after["retention"].get(rule, 0)
        if rule != "max_deletes" and _amount(keeps) < _amount(kept):
            yield _loss(
                change,
                f"its retention would be shortened: {rule} from {kept} to {keeps}, and the next run deletes what no "
                f"rule keeps. Set {rule} = {kept}, or allow it",
            )
    if not before["purge_tags"].items() <= after["purge_tags"].items():
        yield _loss(change, "its purge would reach more backups: purge_tags asks for less. Restore them, or allow it")
    if after["adopt_tags"] and after["adopt_tags"] != before["adopt_tags"]:
        yield _loss(change, "it would adopt and purge other backups: adopt_tags has changed. Restore them, or allow it")


def _loss(change: Dict[str, Any], sentence: str) -> Loss:
    address, module = change["address"], change.get("module_address", "")
    if not _is_backup(change):
        return Loss(f"{address}: {sentence} with --allow {_quoted(_local(change))}.", (address, _local(change)))
    entry = str(change["index"])
    where = f" ({module})" if module else ""
    return Loss(f"{entry}{where}: {sentence} with --allow {entry}.", (address, _local(change), entry))


def _local(change: Dict[str, Any]) -> str:
    """The address inside its module."""
    module = change.get("module_address", "")
    address: str = change["address"]
    return address[len(module) + 1 :] if module else address


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else text


def _goes(change: Dict[str, Any]) -> Optional[str]:
    actions = change["change"]["actions"]
    if "delete" in actions:
        return "replaced" if "create" in actions else "removed"
    return "forgotten" if "forget" in actions else None


def _sides(change: Dict[str, Any]) -> List[Dict[str, Any]]:
    return [side for side in (change["change"].get("before"), change["change"].get("after")) if side]


def _message(values: Dict[str, Any]) -> Dict[str, Any]:
    """The message that a schedule sends; empty if it is unknown or somebody else's."""
    try:
        message = json.loads(values["target"][0]["input"])
    except (KeyError, IndexError, TypeError, ValueError):
        return {}
    return message if isinstance(message, dict) else {}


def _is_message(values: Dict[str, Any]) -> bool:
    message = _message(values)
    return message.get("action") in ("backup", "check") and "scheduled_time" in message


def _is_group(change: Dict[str, Any], values: Dict[str, Any]) -> bool:
    """Whether it is a group of schedules that a deployment made."""
    tags = values.get("tags_all") or values.get("tags") or {}
    return change["type"] == "aws_scheduler_schedule_group" and "fsx-backup:deployment" in tags


def _is_backup(change: Dict[str, Any]) -> bool:
    return (change["type"], change["name"]) == ("aws_scheduler_schedule", "backup")


def _plan(values: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    return _message(values).get("plan")


def _id(plan: Dict[str, Any]) -> str:
    return str(plan.get("file_system_id") or plan.get("volume_id"))


def _target(change: Dict[str, Any]) -> str:
    plans = [plan for plan in map(_plan, _sides(change)) if plan]
    return _id(plans[0]) if plans else "its target"


def _amount(kept: int) -> float:
    return float("inf") if kept == UNLIMITED else kept


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Fail when a plan would take protection away from FSx backups.")
    parser.add_argument("plan", help="what `terraform show -json PLAN` printed; - for standard input")
    parser.add_argument("--allow", action="append", default=[], metavar="ENTRY", help="an intended change; repeatable")
    given = parser.parse_args(arguments)
    try:
        with sys.stdin if given.plan == "-" else open(given.plan, encoding="utf-8") as file:
            changes = changes_of_deployments(json.load(file))
    except (OSError, ValueError, AttributeError, Uncheckable) as error:
        print(f"plan check: {error}", file=sys.stderr)
        return 2
    found, allowed = list(losses(changes)), set(given.allow)
    used: Set[str] = set()
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
