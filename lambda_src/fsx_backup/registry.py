"""The schedules are the registry of plans: a plan by its name, and when it fires.

Source: EventBridge Scheduler API Reference, GetSchedule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .clients import side_by_side
from .event import PLAN_NAME, parse_plan, parse_target
from .fsx import call
from .model import Plan, Target
from .values import InvalidEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

HEALTH_CHECK = "health-check"  # its input has the names of all plans
MOST_NAMES = 20  # in an error


@dataclass(frozen=True)
class Entry:
    """A plan's schedule. `changed`: when it got its present form. `problem`: why its input cannot be read.

    With a problem, `plan` has the schedule's name, the target as far as it can be read, and the defaults.
    """

    plan: Plan
    arn: str
    settings: Mapping[str, Any]
    expression: str
    timezone: str
    flexible_minutes: int
    enabled: bool
    changed: datetime
    problem: str = ""
    target_created: datetime | None = None  # of a target that was found by its tags

    @property
    def begin(self) -> datetime:
        """From when on its due times count."""
        return max(self.changed, self.target_created or self.changed)


class Registry:
    """The schedule groups of one deployment."""

    def __init__(self, client: Callable[[str], Any], deployment: str) -> None:
        """`client` makes the client of a service, when it is first needed."""
        self.client = client
        self.deployment = deployment

    def entry(self, name: str) -> Entry | None:
        """None if there is no such schedule."""
        found = self._get(self.deployment, name)
        if found is None:
            return None
        settings, plan, problem = _plan(name, found["Target"].get("Input", ""))
        return Entry(
            plan,
            found["Arn"],
            settings,
            found["ScheduleExpression"],
            found.get("ScheduleExpressionTimezone", "UTC"),
            found.get("FlexibleTimeWindow", {}).get("MaximumWindowInMinutes", 0),
            found["State"] == "ENABLED",
            found.get("LastModificationDate") or found["CreationDate"],
            problem,
        )

    def entries(self, names: Iterable[str]) -> dict[str, Entry | None]:
        """Many plans. Raises Transient."""
        wanted = list(dict.fromkeys(names))
        self.client("scheduler")  # made once, before the threads ask for it
        return dict(zip(wanted, side_by_side(self.entry, wanted), strict=True))

    def resolved(self, event: Any) -> Any:
        """The event with the settings of the plan that it names; any other event as it is."""
        if not (isinstance(event, Mapping) and isinstance(name := event.get("plan"), str)):
            return event
        entry = self.entry(name)
        if entry is None:
            raise InvalidEvent(self.unknown(name))
        if entry.problem:
            raise InvalidEvent(f"The schedule of plan {name} was edited outside of Terraform: {entry.problem}")
        return {**event, "plan": entry.settings, "schedule_arn": entry.arn}

    def health_check(self) -> dict[str, Any]:
        """The message of the health check, which has the names of all plans. Empty if it cannot be read."""
        found = self._get(f"{self.deployment}-checks", HEALTH_CHECK)
        return _object(found["Target"].get("Input", "")) if found else {}

    def names(self) -> list[str]:
        """Of all plans."""
        return sorted(map(str, self.health_check().get("plans", [])))

    def unknown(self, name: str) -> str:
        """That there is no such plan, and which there are."""
        names = self.names()
        if name in names:
            return f"The schedule of plan {name} in deployment {self.deployment} is missing: apply the module again."
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        known = f"Known plans: {', '.join(names[:MOST_NAMES]) or 'none'}{more}."
        return f"There is no plan {name[:64]!a} in deployment {self.deployment}. {known}"

    def _get(self, group: str, name: str) -> Any:
        if not PLAN_NAME.fullmatch(name):
            return None  # Scheduler has no such names
        try:
            return call(lambda: self.client("scheduler").get_schedule(GroupName=group, Name=name))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                return None
            raise


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _plan(name: str, text: str) -> tuple[Mapping[str, Any], Plan, str]:
    """The plan's settings in a schedule's input, the plan, and what is wrong with them."""
    settings = _object(text).get("plan")
    try:
        plan = parse_plan(settings)
        if plan.name == name:
            return settings or {}, plan, ""
        problem = f"plan.name is {plan.name}, not {name}."
    except InvalidEvent as error:
        problem = str(error)
    try:
        target, tags = parse_target(settings if isinstance(settings, Mapping) else {})
    except InvalidEvent:
        target, tags = Target(""), {}
    return {}, Plan(name, target, target_tags=tags), f"{problem} Apply the module again."
