"""The edge: JSON from the queue or from a direct invocation becomes a `Request`, or a sentence naming the bad field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from .model import LARGEST_WINDOW, OWN_TAG_PREFIX, Action, DeploymentCheck, Plan, PlansCheck, Request, Retention, Target

MESSAGE_VERSION = 1
# FSx API reference: FileSystemId 11-21 characters, VolumeId 23.
FILE_SYSTEM_ID = re.compile(r"fs-[0-9a-f]{8,18}")
VOLUME_ID = re.compile(r"fsvol-[0-9a-f]{17}")
PLAN_NAME = re.compile(r"[0-9A-Za-z_.-]{1,64}")
LARGEST_COUNT = 100_000
LARGEST_FLEXIBLE_WINDOW = 1_440  # EventBridge Scheduler's
FURTHEST = timedelta(days=1)  # how far ahead a scheduled time may be
TIME_ZONE = re.compile(r"[A-Za-z][0-9A-Za-z_+-]*(/[0-9A-Za-z][0-9A-Za-z_+-]*)*")
YES = frozenset({"true", "yes"})
NO = frozenset({"false", "no"})


class InvalidEvent(Exception):
    """The event cannot be understood. The text is one sentence that names the field and the remedy."""


def parse(event: object, default_time: datetime) -> Request:
    """Understand a message of this module that is no check, or the AWS sample's constant JSON.

    `default_time` names the occurrence when the event carries no `scheduled_time`.
    Source of the sample's keys: FSx for Lustre User Guide, "Setting Up a Custom Backup Schedule".
    """
    if not isinstance(event, Mapping):
        raise InvalidEvent(f"The event must be a JSON object, not {_shown(event)}.")
    if "filesystem-id" in event or "start-backup" in event or "purge-backups" in event:
        return _parse_sample(event, default_time)
    _check_version(event)
    _refuse_unknown(event, {"version", "action", "scheduled_time", "dry_run", "plan", "deleted"}, "")
    action = event.get("action")
    if action not in (Action.BACKUP, Action.START, Action.PURGE):
        raise InvalidEvent(f"action must be one of {', '.join(Action)}, not {_shown(action)}.")
    return Request(
        action=Action(action),
        plan=_plan(event.get("plan"), "plan"),
        scheduled_time=_scheduled_time(event, default_time),
        # A manual purge deletes only if the event says so explicitly.
        dry_run=_dry_run(event, missing=action == Action.PURGE),
        again=_again(event),
        preview={**_again(event), "action": Action.PURGE.value, "dry_run": True},
        deleted=_whole(event.get("deleted", 0), "deleted", 0, LARGEST_COUNT),
    )


def parse_check(event: object) -> PlansCheck | DeploymentCheck | None:
    """The check that the event asks for: of one `plan`, of `each` of some, of the deployment with all its `plans`.

    None if it asks for something else.
    """
    if not isinstance(event, Mapping) or event.get("action") != Action.CHECK:
        return None
    _check_version(event)
    _refuse_unknown(event, {"version", "action", "scheduled_time", "plan", "each", "plans"}, "")
    match [name for name in ("plan", "each", "plans") if name in event]:
        case ["plan"]:
            return PlansCheck((_plan(event["plan"], "plan"),))
        case ["each"]:
            each = _list(event["each"], "each", "of plans")
            return PlansCheck(tuple(_plan(plan, f"each[{number}]") for number, plan in enumerate(each)))
        case ["plans"]:
            plans = event["plans"]
            if isinstance(plans, list):  # of the previous release
                plans = {name if isinstance(name, str) else None: None for name in plans}
            plans = _object(plans, "plans")
            if not all(isinstance(name, str) and isinstance(target, str | None) for name, target in plans.items()):
                raise InvalidEvent(
                    f"plans must map the plans' names to their targets' ids, not {_shown(event['plans'])}."
                )
            return DeploymentCheck(plans)
    raise InvalidEvent("A check must have exactly one of plan, each and plans.")


def _check_version(event: Mapping[str, Any]) -> None:
    """First of all: what another version's fields mean is not known."""
    version = event.get("version", MESSAGE_VERSION)
    if version != MESSAGE_VERSION or isinstance(version, bool):
        raise InvalidEvent(f"version must be {MESSAGE_VERSION}, not {_shown(version)}: apply the module again.")


def _again(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event for another run: the same without its time, which would make it the same occurrence."""
    return {key: value for key, value in event.items() if key not in {"scheduled_time", "deleted"}}


def _parse_sample(event: Mapping[str, Any], now: datetime) -> Request:
    known = {
        "start-backup",
        "purge-backups",
        "filesystem-id",
        "notify_on_success",
        "scheduled_time",
        "dry_run",
        "deleted",
    }
    _refuse_unknown(event, known, "")
    start = _flag(event.get("start-backup", False), "start-backup")
    purge = _flag(event.get("purge-backups", False), "purge-backups")
    if not (start or purge):
        raise InvalidEvent('start-backup and purge-backups are both "false": set one of them to "true".')
    target = _target_id(event.get("filesystem-id"), "filesystem-id", FILE_SYSTEM_ID, "fs-0123456789abcdef0")
    return Request(
        action=Action.BACKUP if start and purge else Action.START if start else Action.PURGE,
        plan=Plan(
            name=target.id,
            target=target,
            notify_on_success=_flag(event.get("notify_on_success", True), "notify_on_success"),
        ),
        scheduled_time=_scheduled_time(event, now),
        dry_run=_dry_run(event, missing=False),
        again=_again(event),
        preview={"filesystem-id": target.id, "purge-backups": "true", "dry_run": True},
        deleted=_whole(event.get("deleted", 0), "deleted", 0, LARGEST_COUNT),
    )


def _plan(value: object, where: str) -> Plan:
    plan = _object(value, where)
    known = {f.name for f in fields(Plan)} - {"target"} | {"file_system_id", "volume_id"}
    _refuse_unknown(plan, known, f"{where}.")
    readers: dict[str, Callable[[object, str], object]] = {
        "retention": _retention,
        "timezone": _zone,
        "backup_name": lambda value, name: _text(value, name, 256),
        "backup_tags": _tags,
        "copy_tags": _flag,
        "purge_tags": _tags,
        "adopt_tags": _tags,
        "notify_on_success": _flag,
        "flexible_window_minutes": lambda value, name: _whole(value, name, 0, LARGEST_FLEXIBLE_WINDOW),
        "start_window_minutes": lambda value, name: _whole(value, name, 1, LARGEST_WINDOW),
        "completion_window_minutes": lambda value, name: _whole(value, name, 1, LARGEST_WINDOW),
    }
    optional = {name: read(plan[name], f"{where}.{name}") for name, read in readers.items() if name in plan}
    target = _target(plan, where)
    name = plan.get("name", target.id)
    if not (isinstance(name, str) and PLAN_NAME.fullmatch(name)):
        raise InvalidEvent(f"{where}.name must be 1 to 64 letters, digits, '_', '.' or '-', not {_shown(name)}.")
    parsed = Plan(name=name, target=target, **optional)  # type: ignore[arg-type]
    if parsed.start_window_minutes > parsed.completion_window_minutes:
        raise InvalidEvent(f"{where}.start_window_minutes must not be longer than {where}.completion_window_minutes.")
    for key in parsed.backup_tags:
        if key.startswith(("aws:", OWN_TAG_PREFIX)) or key == "Name":
            raise InvalidEvent(
                f"{where}.backup_tags must not have the key {_shown(key)}: aws: and {OWN_TAG_PREFIX} are reserved, "
                f"and Name comes from {where}.backup_name."
            )
    return parsed


def _target(plan: Mapping[str, Any], where: str) -> Target:
    given = [name for name in ("file_system_id", "volume_id") if plan.get(name) is not None]
    if len(given) != 1:
        raise InvalidEvent(f"{where} must have exactly one of file_system_id and volume_id.")
    if given == ["file_system_id"]:
        return _target_id(plan["file_system_id"], f"{where}.file_system_id", FILE_SYSTEM_ID, "fs-0123456789abcdef0")
    return _target_id(plan["volume_id"], f"{where}.volume_id", VOLUME_ID, "fsvol-0123456789abcdef0")


def _target_id(value: object, name: str, pattern: re.Pattern[str], example: str) -> Target:
    if not (isinstance(value, str) and pattern.fullmatch(value)):
        raise InvalidEvent(f"{name} must be an id like {example}, not {_shown(value)}.")
    return Target(value)


def _retention(value: object, name: str) -> Retention:
    given = _object(value, name)
    _refuse_unknown(given, {f.name for f in fields(Retention)}, f"{name}.")
    lowest = {"days": 1, "keep_last": 1, "max_deletes": 1}
    return Retention(
        **{key: _whole(item, f"{name}.{key}", lowest.get(key, -1), LARGEST_COUNT) for key, item in given.items()}
    )


def _zone(value: object, name: str) -> str:
    """Whether its data can be loaded is seen at the purge: Scheduler may know a zone that this Python does not."""
    text = _text(value, name, 50)
    if not TIME_ZONE.fullmatch(text):
        raise InvalidEvent(f"{name} must be an IANA time zone like Europe/Paris, not {_shown(value)}.")
    return text


def _scheduled_time(event: Mapping[str, Any], now: datetime) -> datetime:
    if "scheduled_time" not in event:
        return now
    time = _time(event["scheduled_time"])
    if time > now + FURTHEST:
        raise InvalidEvent(
            f"scheduled_time must not be more than a day ahead, not {_shown(event['scheduled_time'])}: leave it out to "
            "start now."
        )
    return time


def _time(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(value)  # type: ignore[arg-type]
        return parsed.astimezone(UTC).replace(microsecond=0) if parsed.tzinfo else _no_offset()
    except (TypeError, ValueError, OverflowError):
        raise InvalidEvent(
            f"scheduled_time must be a time with its offset like 2026-01-31T04:00:00Z, not {_shown(value)}."
        ) from None


def _no_offset() -> datetime:
    raise ValueError


def _whole(value: object, name: str, lowest: int, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise InvalidEvent(f"{name} must be a whole number from {lowest} to {highest}, not {_shown(value)}.")
    return value


def _flag(value: object, name: str) -> bool:
    word = str(value).lower() if isinstance(value, str | bool) else None
    if word in YES:
        return True
    if word in NO:
        return False
    raise InvalidEvent(f'{name} must be true, false, "Yes" or "No", not {_shown(value)}.')


def _dry_run(event: Mapping[str, Any], *, missing: bool) -> bool:
    """Only JSON's own `false` switches the dry run off: any other value gets the reading that deletes nothing."""
    return event.get("dry_run", missing) is not False


def _tags(value: object, name: str) -> Mapping[str, str]:
    tags = _object(value, name)
    for key, item in tags.items():
        _text(key, f"a key of {name}", 128)
        _text(item, f"{name}.{_shown(key)[1:-1]}", 256, shortest=0)
    return dict(tags)


def _text(value: object, name: str, longest: int, shortest: int = 1) -> str:
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise InvalidEvent(f"{name} must be a text of {shortest} to {longest} characters, not {_shown(value)}.")
    return value


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidEvent(f"{name} must be a JSON object, not {_shown(value)}.")
    return value


def _list(value: object, name: str, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidEvent(f"{name} must be a list {what}, not {_shown(value)}.")
    return value


def _refuse_unknown(given: Mapping[str, Any], known: set[str], prefix: str) -> None:
    for key in given:
        if key not in known:
            allowed = ", ".join(sorted(known - {"deleted"}))
            raise InvalidEvent(f'Unknown field "{prefix}{_shown(key)[1:-1]}". Allowed fields: {allowed}.')


def _shown(value: object) -> str:
    """A value as an error shows it: one line, at most 60 characters."""
    text = "missing" if value is None else ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
