"""Requests against the model: what the service checks and botocore leaves to it.

botocore checks required members and types before it sends; lengths of strings, patterns and enums
it does not check. The service's response to a violation is BadRequest.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from dev.fsx_emulator.errors import ServiceError, bad_request
from dev.fsx_emulator.model import input_shape, shape

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "structure": (dict,),
    "list": (list,),
    "timestamp": (int, float),
    "double": (int, float),
    "float": (int, float),
}
# The model writes `A-z` for the token's alphabet, which would admit [ \ ] ^ and the backtick; the API
# reference speaks of letters. The narrower reading is enforced.
_PATTERNS = {"ClientRequestToken": "[A-Za-z0-9_.-]*"}
# Python has no \p classes: \w is letters and digits of every script, and these are the separators.
_SEPARATORS = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


@cache
def pattern(shape_name: str) -> re.Pattern[str] | None:
    """The compiled pattern of a string shape; None when it has none that Python can hold."""
    source = _PATTERNS.get(shape_name) or shape(shape_name).get("pattern")
    if source is None or "(?i)" in source:
        return None
    source = source.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\w").replace(r"\p{Z}", _SEPARATORS)
    return re.compile(source)


def violations(shape_name: str, value: Any, path: str) -> Iterator[str]:
    """Every constraint of the shape that `value` breaks, a clause each, naming the member's path."""
    spec = shape(shape_name)
    kind = spec["type"]
    if not _fits(kind, value):
        yield f"{path}: expected {kind}, found {type(value).__name__}"
    elif kind == "structure":
        yield from _structure(spec, value, path)
    elif kind == "list":
        yield from _bounds(spec, len(value), path, "items")
        for index, item in enumerate(value, 1):
            yield from violations(spec["member"]["shape"], item, f"{path}.{index}")
    elif kind == "string":
        yield from _string(shape_name, value, path)
    else:
        yield from _bounds(spec, value, path, "")


def _fits(kind: str, value: Any) -> bool:
    # To Python a truth value is a whole number; to JSON it is not.
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _structure(spec: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[str]:
    for name in spec.get("required", []):
        if value.get(name) is None:
            yield f"{_join(path, name)}: must not be null"
    for name, item in value.items():
        # Unknown members are ignored, as the service ignores them.
        if name in spec["members"] and item is not None:
            yield from violations(spec["members"][name]["shape"], item, _join(path, name))


def _string(shape_name: str, value: str, path: str) -> Iterator[str]:
    spec = shape(shape_name)
    yield from _bounds(spec, len(value), path, "characters")
    if "enum" in spec and value not in spec["enum"]:
        yield f"{path}: {value[:40]!r} is none of {', '.join(spec['enum'])}"
    expected = pattern(shape_name)
    if expected and not expected.fullmatch(value):
        yield f"{path}: {value[:40]!r} does not match {expected.pattern[:80]}"


def _bounds(spec: dict[str, Any], size: float, path: str, unit: str) -> Iterator[str]:
    if "min" in spec and size < spec["min"]:
        yield f"{path}: {size} {unit}".rstrip() + f", at least {spec['min']} expected"
    if "max" in spec and size > spec["max"]:
        yield f"{path}: {size} {unit}".rstrip() + f", at most {spec['max']} allowed"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def check_request(operation: str, parameters: Any) -> dict[str, Any]:
    """The parameters, without nulls, when they keep to the operation's request shape.

    Raises:
        ServiceError: SerializationException when it is no JSON object, else BadRequest naming the members.
    """
    if not isinstance(parameters, dict):
        raise ServiceError("SerializationException", "The body of a request must be a JSON object.")
    found = list(violations(input_shape(operation), parameters, ""))
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
        raise bad_request(count + "; ".join(found))
    return {name: value for name, value in parameters.items() if value is not None}
