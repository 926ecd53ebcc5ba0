"""What can be set, and how a setting is refused.

Every reader takes the field's name and a value from outside and gives back the value it means, or
raises SettingError with a sentence that names the field.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


class SettingError(ValueError):
    """A setting of the instrument that cannot be meant; nothing was changed."""


@dataclass(frozen=True)
class Durations:
    """How long things take, in seconds of the emulator's clock. An incremental copy takes as long as `copy` unless
    that is set.
    """

    backup: float = 2.0
    copy: float = 2.0
    incremental_copy: float | None = None
    restore: float = 2.0
    file_system: float = 2.0
    deletion: float = 2.0


@dataclass(frozen=True)
class Copies:
    """What AWS does not document of copies in their Region.

    `by_target`: whether the filters `file-system-id` and `volume-id` find copies whose source's target is in another
    Region, which otherwise does not exist for them. `keep_creation_time`: whether a copy has that of its source.
    """

    by_target: bool = True
    keep_creation_time: bool = False


def number(field: str, value: Any, *, least: float = 0.0, most: float = 1e12) -> float:
    """A finite number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingError(f"{field} must be a number, not {value!r}.")
    if not least <= value <= most:
        raise SettingError(f"{field} must lie between {least:g} and {most:g}, not {value!r}.")
    return float(value)


def whole(field: str, value: Any, *, least: int = 0, most: int = 10**9) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise SettingError(f"{field} must be a whole number, not {value!r}.")
    if not least <= value <= most:
        raise SettingError(f"{field} must lie between {least} and {most}, not {value}.")
    return value


def flag(field: str, value: Any) -> bool:
    """True or false, and nothing that merely looks like it."""
    if not isinstance(value, bool):
        raise SettingError(f"{field} must be true or false, not {value!r}.")
    return value


def text(field: str, value: Any, *, longest: int = 256) -> str:
    """A string that is not empty."""
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise SettingError(f"{field} must be a text of 1 to {longest} characters, not {value!r}.")
    return value


def choice(field: str, value: Any, allowed: Collection[str]) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in allowed:
        raise SettingError(f"{field} must be one of {', '.join(sorted(allowed))}, not {value!r}.")
    return value


def mapping(field: str, value: Any) -> dict[str, Any]:
    """An object with string keys."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise SettingError(f"{field} must be an object, not {value!r}.")
    return value


def moment(field: str, value: Any) -> float:
    """A moment: an aware datetime, ISO 8601 with an offset or Z, or seconds since 1970; as seconds since 1970."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise SettingError(f"{field} must be a time such as 2026-01-31T04:00:00Z, not {value!r}.") from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise SettingError(f"{field} needs a time zone, such as the Z in 2026-01-31T04:00:00Z: {value}.")
        value = value.timestamp()
    return number(field, value)


def iso(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
