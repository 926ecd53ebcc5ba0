"""Alerts: plans that have just become late, and their recovery. Pure: no calls, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .commands import invoke
from .notifications import ERROR, INFO, LISTED, Message, compose_message, listed, newest_line
from .overview import iso
from .verdicts import many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .health import Health
    from .settings import Settings


def of_late(settings: Settings, plans: Sequence[Health], now: datetime) -> Message:
    """The alert about plans that have just become late, too old or disabled."""
    names = list(dict.fromkeys(plan.name for plan in plans))
    lines = [f"- {plan.name} ({_place(plan)}): {plan.state}{_since(plan)}. {plan.reason}" for plan in plans]
    first = plans[0]
    facts = {"Newest": newest_line(first.newest, now)} if len(plans) == 1 else {}
    one = len(names) == 1
    look = {"Status": invoke(settings, {"action": "status"})}
    # The function reads a plan from its schedule: without it, or where somebody edited it, there is none to invoke.
    if one and first.entry and not first.entry.problem:
        look = {"Again": invoke(settings, {"action": "backup", "plan": first.name, **_target(plans)}), **look}
    return compose_message(
        settings,
        f"{settings.deployment}: {_named(names)} {first.state if len(plans) == 1 else 'LATE'}",
        "LATE",
        ERROR,
        reason=f"{many(len(names), 'plan')} {'has' if one else 'have'} no recent backup, or a schedule that is missing "
        "or disabled. See the list below.",
        remedy="Read the notifications of these plans, then the log. If there is neither, the schedule did not fire or "
        "the function did not run: check the schedule, the dead-letter queue and the alarms."
        + ("" if one else " To back up a plan now, run its command backup_now."),
        facts={"Deployment": settings.deployment, **facts},
        look=look,
        details=["Plans:", *listed(lines)],
        data={"plans": [_brief(plan) for plan in plans[:LISTED]], "plans_count": len(names)},
        attributes={"plan": first.name, "target": first.target} if len(plans) == 1 else {},
    )


def of_recovery(
    settings: Settings, since: Mapping[str, str], late: Sequence[Health], ended: Mapping[str, str]
) -> Message:
    """The end of an alert: all of its plans are OK again, or thirteen days have passed. `ended`: otherwise, by plan."""
    still = sorted({plan.name for plan in late})
    again = [name for name in since if name not in still]
    lines = [f"- {name}: {ended.get(name, 'OK again')}, late since {since[name]}" for name in again]
    lines += [f"- {plan.label}: {plan.state}, late since {since[plan.name]}. {_why(plan)}" for plan in late]
    how = "OK again" if not ended.keys() & {*again} else "no longer late"
    what, outcome, severity, reason, remedy = f"{_named(again)} {how}", "RECOVERED", INFO, "", ""
    if late:
        what, outcome, severity = f"{_named(still)} still LATE", "LATE", ERROR
        reason = "These plans have been late for thirteen days. No further notification follows; the report names them."
        remedy = "Restore their backups, or remove the plans."
    return compose_message(
        settings,
        f"{settings.deployment}: {what}",
        outcome,
        severity,
        reason=reason,
        remedy=remedy,
        facts={"Deployment": settings.deployment},
        look={"Status": invoke(settings, {"action": "status"})},
        details=["Plans:", *listed(lines)],
        data={"recovered": again[:LISTED], "late": still[:LISTED], "plans_count": len(since)},
        attributes={"plan": next(iter(since))} if len(since) == 1 else {},
    )


def _since(plan: Health) -> str:
    return f" since {plan.since:%Y-%m-%d %H:%M} UTC" if plan.since else ""


def _why(plan: Health) -> str:
    return plan.reason or ("" if plan.late else "No backup was made since its schedule was changed.")


def _target(plans: Sequence[Health]) -> dict[str, str]:
    """The one target of a plan that has others, too."""
    [first, *others] = plans
    fleet = first.entry and first.entry.plan.target_tags and first.target
    return {"target": first.target} if fleet and not others else {}


def _brief(plan: Health) -> dict[str, Any]:
    region = {"region": plan.region} if plan.region else {}
    return {"plan": plan.name, "target": plan.target, **region, "state": plan.state.value, "since": iso(plan.since)}


def _place(plan: Health) -> str:
    return (plan.target or "no target") + (f" in {plan.region}" if plan.region else "")


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
