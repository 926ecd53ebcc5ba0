"""Botocore's own description of the FSx API, the yardstick for requests and responses."""

from functools import cache
from typing import Any

from botocore.session import Session

Json = dict[str, Any]


@cache
def description() -> Json:
    """The document `fsx/2018-03-01/service-2.json`: metadata, operations and shapes."""
    loaded: Json = Session().get_component("data_loader").load_service_model("fsx", "service-2")
    return loaded


def shape(name: str) -> Json:
    """One shape of the model; KeyError when there is none of that name."""
    found: Json = description()["shapes"][name]
    return found


@cache
def error_shapes() -> dict[str, Json]:
    """Every exception of the model, by code."""
    return {name: spec for name, spec in description()["shapes"].items() if spec.get("exception")}


def input_shape(operation: str) -> str:
    """The name of the operation's request shape."""
    name: str = description()["operations"][operation]["input"]["shape"]
    return name


def project(shape_name: str, value: Any) -> Any:
    """`value` without what the shape has no place for.

    Requests and descriptions share most members of a configuration; what only a request may carry
    (passwords, for one) never comes back.
    """
    spec = shape(shape_name)
    if spec["type"] == "structure" and isinstance(value, dict):
        members = spec["members"]
        kept = {key: project(members[key]["shape"], item) for key, item in value.items() if key in members}
        return {key: item for key, item in kept.items() if item is not None}
    if spec["type"] == "list" and isinstance(value, list):
        return [kept for kept in (project(spec["member"]["shape"], item) for item in value) if kept is not None]
    if isinstance(value, dict | list) or spec["type"] in {"structure", "list"}:
        return None
    return value
