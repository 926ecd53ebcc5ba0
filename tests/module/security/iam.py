"""IAM's evaluation of identity policies, as far as the module's policies use it. What it does not know, it refuses.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

OPERATORS = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike", "Null"})


@dataclass(frozen=True)
class Request:
    """One authorization request: an action on one resource, with its condition keys. Values are lists for `TagKeys`."""

    action: str
    resource: str = "*"
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} on {self.resource} with {dict(self.context)}"


# All that AWS evaluates for one API call: each resource for itself. One refusal refuses the call.
Call = tuple[Request, ...]


class Policies:
    """The policies of one role."""

    def __init__(self, documents: Iterable[str]) -> None:
        self.statements: list[dict[str, Any]] = [
            statement for document in documents for statement in as_list(json.loads(document)["Statement"])
        ]
        for statement in self.statements:
            unknown = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"}
            if unknown:
                raise ValueError(f"the evaluator does not know {', '.join(sorted(unknown))}")

    @property
    def actions(self) -> set[str]:
        """Every action that some statement allows."""
        return {action for s in self.statements if s["Effect"] == "Allow" for action in as_list(s["Action"])}

    def allow(self, request: Request) -> bool:
        """Some statement allows it and none denies it."""
        effects = {statement["Effect"] for statement in self.statements if _applies(statement, request)}
        return effects == {"Allow"}

    def permit(self, call: Call) -> bool:
        """Each of the call's requests is allowed."""
        return all(self.allow(request) for request in call)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        any(_like(action.lower(), request.action.lower()) for action in as_list(statement["Action"]))
        and any(_like(resource, request.resource) for resource in as_list(statement["Resource"]))
        and all(
            _holds(operator, key, as_list(values), request.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _holds(operator: str, key: str, values: list[str], context: Mapping[str, str | tuple[str, ...]]) -> bool:
    """A key's name is case-insensitive, the part of a tag key after the slash is not quite: taken as it is here."""
    for_all = operator.startswith("ForAllValues:")
    operator = operator.removeprefix("ForAllValues:").removeprefix("ForAnyValue:")
    if operator not in OPERATORS:
        raise ValueError(f"the evaluator does not know the operator {operator}")
    present = context.get(key)
    if operator == "Null":
        return (present is None) == (values == ["true"])
    if present is None:
        return for_all  # ForAllValues holds for a key that is not there; any other operator does not
    given = [present] if isinstance(present, str) else list(present)
    match = _like if operator in {"StringLike", "ArnLike", "ArnEquals"} else str.__eq__
    matches = [any(match(value, item) for value in values) for item in given]
    return all(matches) if for_all else any(matches)


def _like(pattern: str, text: str) -> bool:
    """IAM's wildcards: * any text, ? any character; nothing else is special."""
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None
