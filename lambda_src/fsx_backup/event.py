"""The edge: JSON from the queue or from a direct invocation becomes a `Request`, or a sentence naming the bad field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from .model import (
    LARGEST_WINDOW,
    OWN_TAG_PREFIX,
    TYPES,
    Action,
    Check,
    NoZoneData,
    Plan,
    Request,
    Retention,
    Target,
)
from .schedule_expression import Unreadable
from .schedule_expression import parse as parse_schedule
from .values import (
    LARGEST_COUNT,
    InvalidEvent,
    copies,
    flag,
    hours,
    mapping,
    refuse_unknown,
    restore_test,
    restored,
    retention,
    shown,
    tags,
    text,
    whole,
)

MESSAGE_VERSION = 1
# FSx API reference: FileSystemId 11-21 characters, VolumeId 23.
TARGETS = {
    "file_system_id": (re.compile(r"fs-[0-9a-f]{8,18}"), "fs-0123456789abcdef0"),
    "volume_id": (re.compile(r"fsvol-[0-9a-f]{17}"), "fsvol-0123456789abcdef0"),
}
ONE_OF = (*TARGETS, "target_tags")
PLAN_NAME = re.compile(r"[0-9A-Za-z_.-]{1,64}")
MOST_TARGET_TAGS = 10
LARGEST_FLEXIBLE_WINDOW = 1_440  # EventBridge Scheduler's
LARGEST_INTERVAL = 10_080  # minutes, a week
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTIFY = ("problems", "always", "never")
RESTORES = (Action.RESTORE_TEST, Action.RESTORE_END)
RUNS = (Action.BACKUP, Action.START, Action.PURGE, *RESTORES)
# Action -> the fields of its message, beside version, action and scheduled_time.
CHECKS: dict[str, set[str]] = {
    Action.CHECK: {"plan", "target", "plans", "additional_targets", "interval_minutes"},
    Action.STATUS: set(),
    Action.REPORT: {"plans", "additional_targets", "schedule", "timezone", "notify", "require_coverage"},
    Action.RECOVERY: {"plans"},
}
TIME_ZONE = re.compile(r"[A-Za-z][0-9A-Za-z_+-]*(/[0-9A-Za-z][0-9A-Za-z_+-]*)*")


def parse(event: object, default_time: datetime, home: str = "") -> Request:
    """Understand a message of this module about one run, or the AWS sample's constant JSON.

    `default_time` names the occurrence when the event carries no `scheduled_time`; `home` is the deployment's Region.
    """
    if not isinstance(event, Mapping):
        raise InvalidEvent(f"The event must be a JSON object, not {shown(event)}.")
    sample = not {"filesystem-id", "start-backup", "purge-backups"}.isdisjoint(event)
    action, plan = _sample(event) if sample else _own(event)
    if home in {one.region for one in plan.copies}:
        raise InvalidEvent(f"plan.copies must not have the deployment's own Region {home}: name another, or remove it.")
    # A manual purge deletes only if the event says so: only JSON's own `false` switches a dry run off.
    dry_run = event.get("dry_run", action is Action.PURGE and not sample) is not False
    again = _again(event)
    preview = {"filesystem-id": plan.name, "purge-backups": "true"} if sample else {**again, "action": Action.PURGE}
    deleted = whole(event.get("deleted", 0), "deleted", 0, LARGEST_COUNT)
    time = _scheduled_time(event, default_time)
    made = restored(event.get("restored")) if action is Action.RESTORE_END else None
    return Request(action, plan, time, dry_run, again, {**preview, "dry_run": True}, deleted, event, made)


def _own(event: Mapping[str, Any]) -> tuple[Action, Plan]:
    _check_version(event)
    known = {"version", "action", "scheduled_time", "dry_run", "plan", "target", "schedule_arn", "deleted"}
    refuse_unknown(event, known | ({"restored"} if event.get("action") == Action.RESTORE_END else set()), "")
    if (action := event.get("action")) not in RUNS:
        raise InvalidEvent(f"action must be one of {', '.join([*RUNS[:-1], *CHECKS][:-1])}, not {shown(action)}.")
    plan = parse_plan(event.get("plan"))
    if action in RESTORES:
        if plan.restore_test is None:
            raise InvalidEvent(f"Plan {plan.name} has no restore_test: add it to the plan and apply the module.")
        plan = plan.tested(plan.restore_test)
    if "target" in event:
        target = _any_target(event["target"])
        if plan.target.id not in {"", target.id}:
            raise InvalidEvent(f"target must be the plan's, {plan.target.id}, not {target.id}: leave it out.")
        plan = plan.of(target.id)
    return Action(action), plan


def _sample(event: Mapping[str, Any]) -> tuple[Action, Plan]:
    """Source: FSx for Lustre User Guide, "Setting Up a Custom Backup Schedule"."""
    own = {"start-backup", "purge-backups", "filesystem-id", "notify_on_success"}
    refuse_unknown(event, own | {"scheduled_time", "dry_run", "deleted"}, "")
    start, purge = (flag(event.get(name, False), name) for name in ("start-backup", "purge-backups"))
    if not (start or purge):
        raise InvalidEvent('start-backup and purge-backups are both "false": set one of them to "true".')
    target = _target(event.get("filesystem-id"), "filesystem-id")
    notify = flag(event.get("notify_on_success", True), "notify_on_success")
    action = Action.BACKUP if start and purge else Action.START if start else Action.PURGE
    return action, Plan(target.id, target, notify_on_success=notify)


def parse_check(event: object, default_time: datetime) -> Check | None:
    """The check, report, status or recovery that the event asks for. None if it asks for something else."""
    if not isinstance(event, Mapping) or event.get("action") not in [*CHECKS]:
        return None
    _check_version(event)
    action = Action(event["action"])
    known = CHECKS[action] | {"version", "action", "scheduled_time"}
    refuse_unknown(event, known if "plan" in event else known - {"target"}, "")
    time = _scheduled_time(event, default_time)
    since = mapping(event.get("plans"), "plans") if action is Action.RECOVERY else {}
    plans = [event["plan"]] if "plan" in event else list(since) or event.get("plans")
    if action is not Action.STATUS:
        plans = _names(plans, "plan or plans" if action is Action.CHECK else "plans")
    if (notify := event.get("notify", NOTIFY[0])) not in NOTIFY:
        raise InvalidEvent(f"notify must be one of {', '.join(NOTIFY)}, not {shown(notify)}.")
    minutes = whole(event.get("interval_minutes", 30), "interval_minutes", 1, LARGEST_INTERVAL)
    return Check(
        action,
        time,
        tuple(plans) if plans is not None else None,
        time - timedelta(minutes=minutes) if action is Action.CHECK else _previous(event, time),
        frozenset(_names(event.get("additional_targets", []), "additional_targets")),
        notify,
        flag(event.get("require_coverage", False), "require_coverage"),
        dict(since),
        "plan" in event,
        _any_target(event["target"]).id if "target" in event else "",
    )


def _previous(event: Mapping[str, Any], time: datetime) -> datetime:
    """The firing before this one, of the schedule that the event names; a day ago where nobody can say."""
    expression = text(event.get("schedule", ""), "schedule", 256, shortest=0)
    try:
        schedule = parse_schedule(expression, _zone(event.get("timezone", "UTC"), "timezone"), time)
    except (Unreadable, NoZoneData):
        return time - DAY
    if found := schedule.until(time - timedelta(seconds=1)):
        return found
    following = schedule.after(time)  # of a rate, which counts from this firing
    return time - (following - time if following else DAY)


def _names(value: object, name: str) -> list[str]:
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise InvalidEvent(f"{name} must be given as names, not {shown(value)}.")
    return value


def _check_version(event: Mapping[str, Any]) -> None:
    """First of all: what another version's fields mean is not known."""
    version = event.get("version", MESSAGE_VERSION)
    if version != MESSAGE_VERSION or isinstance(version, bool):
        raise InvalidEvent(f"version must be {MESSAGE_VERSION}, not {shown(version)}: apply the module again.")


def _again(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event for another run: the same without its time, which would make it the same occurrence.

    A plan that has a schedule goes by the schedule's name: `arn:...:schedule/GROUP/NAME`.
    """
    unsaid = {"scheduled_time", "schedule_arn", "deleted", "restored"}
    again = {key: value for key, value in event.items() if key not in unsaid}
    if again.get("action") == Action.RESTORE_END:
        again["action"] = Action.RESTORE_TEST
    if "schedule_arn" in event:
        again["plan"] = text(event["schedule_arn"], "schedule_arn", 1600).rpartition("/")[2]
        again.pop("version", None)
    return again


def parse_plan(value: object) -> Plan:
    """A plan's settings."""
    plan = mapping(value, "plan")
    known = {f.name for f in fields(Plan)} - {"target", "copied_from", "testing"} | {*ONE_OF}
    refuse_unknown(plan, known, "plan.")
    readers: dict[str, Callable[[object, str], object]] = {
        "retention": retention,
        "timezone": _zone,
        "backup_name": lambda value, name: text(value, name, 256),
        "backup_tags": tags,
        "copy_tags": flag,
        "purge_tags": tags,
        "adopt_tags": tags,
        "notify_on_success": flag,
        "flexible_window_minutes": lambda value, name: whole(value, name, 0, LARGEST_FLEXIBLE_WINDOW),
        "start_window_minutes": lambda value, name: whole(value, name, 1, LARGEST_WINDOW),
        "completion_window_minutes": lambda value, name: whole(value, name, 1, LARGEST_WINDOW),
        "max_backup_age_hours": hours,
        "enabled": flag,
        "target_types": _types,
    }
    optional = {name: read(plan[name], f"plan.{name}") for name, read in readers.items() if name in plan}
    target, target_tags = parse_target(plan)
    if "target_types" in plan and not target_tags:
        raise InvalidEvent("plan.target_types goes with plan.target_tags: remove it.")
    name = plan.get("name", target.id)
    if not (isinstance(name, str) and PLAN_NAME.fullmatch(name)):
        raise InvalidEvent(f"plan.name must be 1 to 64 letters, digits, '_', '.' or '-', not {shown(name)}.")
    copied = copies(plan["copies"], optional.get("retention", Retention())) if "copies" in plan else ()  # type: ignore[arg-type]
    if plan.get("restore_test") is not None:
        optional["restore_test"] = restore_test(plan["restore_test"], {one.region for one in copied}, _zone)
    parsed = Plan(name=name, target=target, target_tags=target_tags, copies=copied, **optional)  # type: ignore[arg-type]
    if parsed.start_window_minutes > parsed.completion_window_minutes:
        raise InvalidEvent("plan.start_window_minutes must not be longer than plan.completion_window_minutes.")
    for key in parsed.backup_tags:
        if key.startswith(("aws:", OWN_TAG_PREFIX)) or key == "Name":
            raise InvalidEvent(
                f"plan.backup_tags must not have the key {shown(key)}: aws: and {OWN_TAG_PREFIX} are reserved, "
                f"and Name comes from plan.backup_name."
            )
    return parsed


def parse_target(plan: Mapping[str, Any]) -> tuple[Target, Mapping[str, str]]:
    """A plan's target, or the tags that its targets have."""
    given = [name for name in ONE_OF if plan.get(name) is not None]
    if len(given) != 1:
        raise InvalidEvent(f"plan must have exactly one of {', '.join(ONE_OF)}.")
    if given != ["target_tags"]:
        return _target(plan[given[0]], f"plan.{given[0]}"), {}
    found = tags(plan["target_tags"], "plan.target_tags")
    if not 1 <= len(found) <= MOST_TARGET_TAGS:
        raise InvalidEvent(f"plan.target_tags must have 1 to {MOST_TARGET_TAGS} tags, not {len(found)}.")
    return Target(""), found


def _types(value: object, name: str) -> tuple[str, ...]:
    if not (isinstance(value, list) and value and all(item in TYPES for item in value)):
        raise InvalidEvent(f"{name} must be a list of some of {', '.join(TYPES)}, not {shown(value)}.")
    return tuple(value)


def _any_target(value: object) -> Target:
    if isinstance(value, str) and any(pattern.fullmatch(value) for pattern, _ in TARGETS.values()):
        return Target(value)
    raise InvalidEvent(
        f"target must be an id like {' or '.join(one for _, one in TARGETS.values())}, not {shown(value)}."
    )


def _target(value: object, name: str) -> Target:
    pattern, example = TARGETS["volume_id" if name == "plan.volume_id" else "file_system_id"]
    if not (isinstance(value, str) and pattern.fullmatch(value)):
        raise InvalidEvent(f"{name} must be an id like {example}, not {shown(value)}.")
    return Target(value)


def _zone(value: object, name: str) -> str:
    """Whether its data can be loaded is seen at the purge: Scheduler may know a zone that this Python does not."""
    zone = text(value, name, 50)
    if not TIME_ZONE.fullmatch(zone):
        raise InvalidEvent(f"{name} must be an IANA time zone like Europe/Paris, not {shown(value)}.")
    return zone


def _scheduled_time(event: Mapping[str, Any], now: datetime) -> datetime:
    if "scheduled_time" not in event:
        return now
    value = event["scheduled_time"]
    try:
        given = datetime.fromisoformat(value)
        time = given.astimezone(UTC).replace(microsecond=0) if given.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        time = None
    if time is None:
        raise InvalidEvent(
            f"scheduled_time must be a time with its offset like 2026-01-31T04:00:00Z, not {shown(value)}."
        )
    if not EPOCH <= time <= now + DAY:
        raise InvalidEvent(
            f"scheduled_time must not be more than a day ahead or before 1970: {shown(value)}. "
            "Leave it out to start now."
        )
    return time
