"""Values of an event: each becomes what it should be, or a sentence naming the field."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from .model import LARGEST_WINDOW, Copies, Retention
from .restore_plan import LARGEST_TEST_WINDOW, NEWEST, Restored, RestoreTest

LARGEST_COUNT = 100_000
MOST_REGIONS = 5
LONGEST_HOLD = LARGEST_WINDOW - 1_440  # minutes: a day of the message's life is left for the deletion
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
YES = frozenset({"true", "yes"})
NO = frozenset({"false", "no"})


class InvalidEvent(Exception):
    """The event cannot be understood. The text is one sentence that names the field and the remedy."""


def whole(value: object, name: str, lowest: int, highest: int) -> int:
    """A whole number, both limits included."""
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise InvalidEvent(f"{name} must be a whole number from {lowest} to {highest}, not {shown(value)}.")
    return value


def hours(value: object, name: str) -> float | None:
    """Hours above 0, or None."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e5):
        raise InvalidEvent(f"{name} must be a number of hours above 0, or null, not {shown(value)}.")
    return value


def flag(value: object, name: str) -> bool:
    """JSON's own truth values, or the sample's words."""
    word = str(value).lower() if isinstance(value, str | bool) else None
    if word in YES:
        return True
    if word in NO:
        return False
    raise InvalidEvent(f'{name} must be true, false, "Yes" or "No", not {shown(value)}.')


def tags(value: object, name: str) -> Mapping[str, str]:
    """Tags as FSx takes them."""
    found = mapping(value, name)
    for key, item in found.items():
        text(key, f"a key of {name}", 128)
        text(item, f"{name}.{shown(key)[1:-1]}", 256, shortest=0)
    return dict(found)


def text(value: object, name: str, longest: int, shortest: int = 1) -> str:
    """A text of so many characters."""
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise InvalidEvent(f"{name} must be a text of {shortest} to {longest} characters, not {shown(value)}.")
    return value


def mapping(value: object, name: str) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise InvalidEvent(f"{name} must be a JSON object, not {shown(value)}.")
    return value


def refuse_unknown(given: Mapping[str, Any], known: set[str], prefix: str) -> None:
    """Typing errors must not pass for defaults."""
    for key in given:
        if key not in known:
            allowed = ", ".join(sorted(known - {"deleted", "schedule_arn"}))
            raise InvalidEvent(f'Unknown field "{prefix}{shown(key)[1:-1]}". Allowed fields: {allowed}.')


def shown(value: object) -> str:
    """A value as an error shows it: one line, at most 60 characters."""
    line = "missing" if value is None else ascii(value)
    return line if len(line) <= 60 else f"{line[:57]}..."


def retention(value: object, name: str) -> Retention:
    """What keeps backups."""
    given = mapping(value, name)
    refuse_unknown(given, {f.name for f in fields(Retention)}, f"{name}.")
    lowest = {"days": 1, "keep_last": 1, "max_deletes": 1}
    return Retention(
        **{key: whole(item, f"{name}.{key}", lowest.get(key, -1), LARGEST_COUNT) for key, item in given.items()}
    )


def copies(value: object, default: Retention) -> tuple[Copies, ...]:
    """In the order of the Regions' names. What a Region leaves out of its retention has the default, as a plan's."""
    given = mapping(value, "plan.copies")
    if len(given) > MOST_REGIONS:
        raise InvalidEvent(f"plan.copies must have at most {MOST_REGIONS} Regions, not {len(given)}.")
    found = []
    for region in sorted(given, key=str):
        if not REGION.fullmatch(str(region)):
            raise InvalidEvent(f"A key of plan.copies must be a Region like eu-central-1, not {shown(region)}.")
        name = f"plan.copies.{region}"
        wanted = mapping(given[region], name)
        refuse_unknown(wanted, {f.name for f in fields(Copies)} - {"region"}, f"{name}.")
        key = wanted.get("kms_key_arn")
        if key is not None and text(key, f"{name}.kms_key_arn", 2048).split(":")[3:4] != [region]:
            raise InvalidEvent(f"{name}.kms_key_arn must be the ARN of a key in {region}, not {shown(key)}.")
        window = whole(
            wanted.get("completion_window_minutes", 1440), f"{name}.completion_window_minutes", 1, LARGEST_WINDOW
        )
        kept = retention(wanted["retention"], f"{name}.retention") if "retention" in wanted else default
        found.append(Copies(region, kept, key, window))
    return tuple(found)


def restore_test(value: object, regions: Collection[str], zone: Callable[[object, str], str]) -> RestoreTest:
    """How backups are restored for a test. `regions`: of the plan's copies; `zone` reads a time zone."""
    name = "plan.restore_test"
    given = mapping(value, name)
    refuse_unknown(given, {f.name for f in fields(RestoreTest)}, f"{name}.")
    readers: dict[str, Callable[[object, str], Any]] = {
        "timezone": zone,
        "subnet_ids": _texts,
        "security_group_ids": _texts,
        "throughput_capacity": lambda value, name: whole(value, name, 1, LARGEST_COUNT),
        "completion_window_minutes": lambda value, name: whole(value, name, 1, LARGEST_TEST_WINDOW),
        "hold_minutes": lambda value, name: whole(value, name, 0, LONGEST_HOLD),
    }
    wanted = {"schedule": None} | {key: item for key, item in given.items() if item is not None}
    test = RestoreTest(**{key: readers.get(key, _text)(item, f"{name}.{key}") for key, item in wanted.items()})
    if test.source not in {NEWEST, *regions}:
        raise InvalidEvent(
            f"{name}.source must be {NEWEST} or a Region of plan.copies, not {shown(test.source)}: add the copy, or "
            "name another one."
        )
    return test


def restored(value: object) -> Restored:
    """What the first message of a restore test tells the second."""
    given = mapping(value, "restored")
    refuse_unknown(given, {f.name for f in fields(Restored)}, "restored.")
    try:
        found = Restored(**given)
        at = datetime.fromisoformat(given["at"]).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidEvent(f"restored must be what a restore test sent itself, not {shown(given)}.") from error
    for name in ("id", "region", "backup_id", "outcome", "reason", "remedy", "dns", "type"):
        text(given.get(name, ""), f"restored.{name}", LARGEST_COUNT, shortest=0)
    if found.outcome not in {"RESTORE_PASSED", "RESTORE_FAILED"}:
        raise InvalidEvent(f"restored.outcome must be RESTORE_PASSED or RESTORE_FAILED, not {shown(found.outcome)}.")
    for name in ("size", "seconds"):
        if given.get(name) is not None:
            whole(given[name], f"restored.{name}", 0, 2**62)
    return replace(found, at=at)


def _text(value: object, name: str) -> str:
    return text(value, name, 2048)


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidEvent(f"{name} must be a list of texts, not {shown(value)}.")
    return tuple(_text(item, name) for item in value)
