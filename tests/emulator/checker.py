"""A checker of responses against botocore's model of the API. It shares nothing with the emulator's own."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, Shape

# The document itself: botocore's objects leave out some of it.
SHAPES: dict[str, Any] = Loader().load_service_model("fsx", "service-2")["shapes"]
JSON_TYPES: dict[str, Any] = {
    "structure": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "timestamp": (int, float),
}


def mismatches(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Where a JSON value differs from a shape: type, required and unknown members, enum, bounds, pattern."""
    kind = shape.type_name
    if not isinstance(value, JSON_TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{path} is no {kind}"
    elif kind == "structure":
        yield from _structure_mismatches(shape, value, path)
    elif kind == "list":
        yield from _bounds_mismatches(shape, len(value), path)
        for index, item in enumerate(value):
            yield from mismatches(shape.member, item, f"{path}[{index}]")  # type: ignore[attr-defined]
    elif kind == "string":
        yield from _bounds_mismatches(shape, len(value), path)
        if value not in (getattr(shape, "enum", None) or [value]):
            yield f"{path}: {value} is not in the enum of {shape.name}"
        pattern = SHAPES[shape.name].get("pattern", "").replace(r"\p{L}\p{Z}\p{N}", r"\w ")
        if not re.search(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif kind in {"integer", "long"}:
        yield from _bounds_mismatches(shape, value, path)


def _structure_mismatches(shape: Shape, value: dict[str, Any], path: str) -> Iterator[str]:
    members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]
    for name in SHAPES[shape.name].get("required", []):
        if name not in value:
            yield f"{path}.{name} is missing"
    for name, item in value.items():
        if name not in members:
            yield f"{path}.{name} is not in {shape.name}"
        else:
            yield from mismatches(members[name], item, f"{path}.{name}")


def _bounds_mismatches(shape: Shape, size: float, path: str) -> Iterator[str]:
    least, most = SHAPES[shape.name].get("min", size), SHAPES[shape.name].get("max", size)
    if not least <= size <= most:
        yield f"{path}: {size} is outside {least}..{most}"


class Recorder:
    """Keeps the raw responses that a client gets, by operation."""

    def __init__(self) -> None:
        self.seen: list[tuple[OperationModel, int, dict[str, str], Any]] = []

    def __call__(self, operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
        document = json.loads(response_dict["body"])
        self.seen.append((operation_model, response_dict["status_code"], response_dict["headers"], document))

    def problems(self) -> list[str]:
        """All mismatches of all responses."""
        found: list[str] = []
        for operation, status, headers, document in self.seen:
            if status == 200:
                assert operation.output_shape is not None
                found += mismatches(operation.output_shape, document, operation.name)
            else:
                found += _error_mismatches(operation, status, headers, document)
        return found


def _error_mismatches(operation: OperationModel, status: int, headers: dict[str, str], document: Any) -> Iterator[str]:
    code = document.pop("__type")
    shapes = {shape.name: shape for shape in operation.error_shapes}
    if code not in shapes:
        yield f"{operation.name} does not know the error {code}"
        return
    if headers["x-amzn-errortype"] != code:
        yield f"{operation.name}: the header says {headers['x-amzn-errortype']}, the body {code}"
    expected = 500 if SHAPES[code].get("fault") else 400
    if status != expected:
        yield f"{operation.name}: {code} has status {status}"
    if not document.get("Message"):
        yield f"{operation.name}: {code} has no message"
    yield from mismatches(shapes[code], document, f"{operation.name}!{code}")


@contextmanager
def recorded(*clients: Any) -> Iterator[Recorder]:
    recorder = Recorder()
    for client in clients:
        client.meta.events.register("before-parse.fsx", recorder)
    try:
        yield recorder
    finally:
        for client in clients:
            client.meta.events.unregister("before-parse.fsx", recorder)
