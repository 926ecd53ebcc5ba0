"""What a deployment's report and its response to `status` say. Pure: no calls, no clock.

A report first has what needs attention, then the plans, those with a problem first: three short lines each, because
mails are read on phones.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import restore_report
from .commands import backups_of_plan, copies_of_plan, invoke
from .event import PLAN_NAME
from .health import Health, scheduled
from .model import AVAILABLE, FAILED, HOLD_TAG, IN_PROGRESS
from .notifications import INFO, WARNING, Message, age, compose_message, cut_data, listed
from .resources import collisions
from .schedule_expression import matched
from .verdicts import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .fleet import Fleet
    from .model import Check
    from .settings import Settings

LONGEST_TABLE = 6_000  # characters of a mail; SNS takes 256 KB, and the text travels five times
LONGEST_REPORT = 16_000
LONGEST_ENTRY = 400  # of what needs attention
WARNING_PERCENT = 80
WEEK = timedelta(days=7)
RUNS = ("completed", "failed", "in_progress", "waiting", "skipped")


def row(plan: Health, since: datetime, now: datetime) -> dict[str, Any]:
    """A plan for programs. `runs`: of the occurrences that were due after `since`."""
    newest, following = plan.newest, plan.next(now)
    started = now - plan.start_window
    made = {moment: backup.lifecycle for backup in plan.own if (moment := scheduled(backup))}
    runs = Counter(_run(found, waits=fired >= started) for fired, found in matched(plan.firings(since, now), made))
    days = timedelta(days=plan.entry.plan.retention.days) if plan.entry else timedelta(0)
    return {
        "plan": plan.name,
        "target": plan.target or None,
        **({"region": plan.region} if plan.region else {}),
        "state": plan.state.value,
        "problem": plan.problem,
        "reason": plan.reason or None,
        "since": iso(plan.since),
        "occurrence": iso(plan.occurrence),
        "newest_backup_id": newest.id if newest else None,
        "newest_created": iso(newest.created) if newest else None,
        "available": plan.count({AVAILABLE}),
        "failed": plan.count({FAILED}),
        "in_progress": plan.count(IN_PROGRESS),
        "bytes": plan.size,
        "runs": {"due": runs.total(), **{name: runs[name] for name in RUNS}},
        # Older due times inside the retention that no backup stands for.
        "missing": sum(found is None for _, found in matched(plan.firings(now - days, since), made)),
        "overdue": len(plan.overdue),
        "next_run": iso(following),
    }


def _run(lifecycle: str | None, *, waits: bool) -> str:
    if lifecycle is None:
        return "waiting" if waits else "skipped"
    return "in_progress" if lifecycle in IN_PROGRESS else "completed" if lifecycle == AVAILABLE else "failed"


def compose(
    settings: Settings, check: Check, fleet: Fleet, refused: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """The report for programs, with every plan. `refused`: why FSx did not delete a backup, as far as it is known."""
    plans = sorted(fleet.rows, key=lambda plan: (not plan.problem, plan.name, plan.target, plan.region))
    rows = [row(plan, check.previous, now) for plan in plans]
    problems = [f"{plan.label}: {plan.state}. {plan.reason}"[:LONGEST_ENTRY] for plan in plans if plan.problem]
    problems += _problems(settings, fleet, refused, now)
    fleets = _fleets(fleet)
    notices = _notices(fleet, rows, now) + _fleet_notices(fleet, fleets)
    coverage = [f"{resource.id} ({resource.type}): no plan covers it." for resource in fleet.uncovered]
    (problems if check.require_coverage else notices).extend(coverage)
    return {
        "deployment": settings.deployment,
        "time": iso(now),
        "previous": iso(check.previous),
        "states": dict(Counter(line["state"] for line in rows)),
        "problems": problems,
        "notices": notices,
        "quota": fleet.quota,
        "regions": {
            name: {
                "bytes": sum(copy.size for copy in fleet.copies if copy.region == name),
                "quota": region.quota,
                "orphaned": region.orphans.total(),
                "problem": region.problem or None,
            }
            for name, region in fleet.regions.items()
        },
        "fleets": fleets,
        "orphaned": [
            {"plan": _plain_name(name), "target": target, "backups": count}
            for (name, target), count in fleet.orphans.items()
        ],
        "uncovered": [resource.id for resource in fleet.uncovered],
        "restore_tests": fleet.restore_tests,
        "left_over": [one.id for _, one in fleet.left_over],
        "plans": rows,
    }


def _problems(settings: Settings, fleet: Fleet, refused: Mapping[str, str], now: datetime) -> list[str]:
    problems = [
        f"{plan.name}: the schedule never fires again. Correct its expression, or remove the plan."
        for plan in fleet.plans
        if plan.schedule and plan.next(now) is None
    ]
    for plan in fleet.rows:
        if plan.overdue:
            first = min(plan.overdue, key=lambda backup_id: (backup_id not in refused, backup_id))
            why = refused.get(first, "see the notification of the plan's last run, or the log's lines 'refused'")
            problems.append(f"{plan.label}: {many(len(plan.overdue), 'backup')} overdue for deletion: {first}: {why}.")
    for (name, target), count in sorted(fleet.orphans.items()):
        which = f"{many(count, 'backup')} of plan {_plain_name(name)} and target {target}"
        which += ", which it does not select any more" if name in fleet.members else ""
        remedy = f"Restore the plan, delete them, or tag them {HOLD_TAG} to keep them."
        command = backups_of_plan(settings, name, target)
        problems.append(f"Orphaned: {which}. No plan purges what is orphaned. {remedy}\n{command}")
    for region in fleet.regions.values():
        for (name, target), count in sorted(region.orphans.items()):
            which = f"{many(count, 'copy', 'copies')} of plan {_plain_name(name)} and target {target} in {region.name}"
            remedy = f"Name the Region in the plan's copies again, delete them, or tag them {HOLD_TAG} to keep them."
            command = copies_of_plan(settings, region.name, name)
            problems.append(f"Orphaned: {which}. No plan purges what is orphaned. {remedy}\n{command}")
    problems += restore_report.problems(settings, fleet)
    return problems + [f"Quota: {line}." for line, share in _quotas(fleet) if _tight(share)]


def _quotas(fleet: Fleet) -> list[tuple[str, Mapping[str, Any]]]:
    """In words, with what they say: at home, then by Region."""
    found = [(quota_line(kind, share), share) for kind, share in fleet.quota.items()]
    for region in fleet.regions.values():
        found += [(f"{region.name}, {quota_line(kind, share)}", share) for kind, share in region.quota.items()]
    return found


def _fleets(fleet: Fleet) -> dict[str, dict[str, list[str]]]:
    """What is new, lost and otherwise worth a look, of each plan with target_tags."""
    new = {(plan.name, plan.target) for plan in fleet.plans if not plan.own}
    return {
        name: {
            "targets": list(members.ids),
            "new": [target for target in members.ids if (name, target) in new],
            "lost": sorted(target for plan, target in fleet.orphans if plan == name),
            "left_out": [one.id for one in members.left_out],
            "unfit": [one.id for one in members.unfit],
        }
        for name, members in fleet.members.items()
    }


def _fleet_notices(fleet: Fleet, fleets: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    notices = [
        f"{name}: new targets without a backup yet: {_first(found['new'])}."
        for name, found in fleets.items()
        if found["new"]
    ]
    notices += [
        f"{name}: {one.id} ({one.type}) has the plan's target_tags but cannot be backed up: {one.obstacle}."
        for name, members in fleet.members.items()
        for one in members.unfit
    ]
    plans: dict[str, list[str]] = {}
    for plan in fleet.plans:
        plans.setdefault(plan.target, []).append(plan.name)
    for target, names in plans.items():
        if target and len(names) > 1 and not fleet.members.keys().isdisjoint(names):
            notices.append(f"{target} is a target of more than one plan: {_first(sorted(names))}.")
    return notices


def _first(names: list[str]) -> str:
    return ", ".join(map(str.strip, listed(names)))


def _plain_name(name: str) -> str:
    return name if PLAN_NAME.fullmatch(name) else ascii(name)[:80]


def _tight(share: Mapping[str, Any]) -> bool:
    return bool(share["full"]) or 100 * share["used"] >= WARNING_PERCENT * share["quota"] > 0


def quota_line(kind: str, share: Mapping[str, Any]) -> str:
    """ "Lustre: 212 of 500 now, 640 at steady state, full about 2027-02-14"."""
    name = {"OPENZFS": "OpenZFS", "ONTAP": "ONTAP"}.get(kind, kind.capitalize())
    full = f", full about {share['full']}" if share["full"] else ""
    return f"{name}: {share['used']} of {share['quota']:g} now, {share['steady']} at steady state{full}"


def _notices(fleet: Fleet, rows: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    notices = [
        f"{_named(line)}: {line['missing']} due backups within retention.days are not there: skipped, not started, or "
        "deleted by someone else (CloudTrail has DeleteBackup)."
        for line in rows
        if line["missing"]
    ]
    for plan in fleet.plans:
        mine = fleet.resources.get(plan.target)
        system = fleet.resources.get(mine.file_system_id) if mine else None
        if system is None:
            continue
        if system.automatic_days:
            notices.append(f"{plan.name}: automatic backups of {system.id} are on as well.")
        firings = plan.firings(now, now + WEEK)
        for window, count in collisions(system, firings, plan.flexible).items():
            notices.append(
                f"{plan.name}: {count} of {len(firings)} runs of the next seven days fire within four hours before or "
                f"inside the {window} UTC of {system.id}."
            )
    return notices


def message(settings: Settings, data: Mapping[str, Any], now: datetime) -> Message:
    """The report for people: cut, with counts of what was left out."""
    problems, notices, rows = data["problems"], data["notices"], data["plans"]
    states = ", ".join(f"{count} {state}" for state, count in data["states"].items()) or "none"
    lines = ["Needs attention:", *listed([f"- {text}" for text in problems])] if problems else []
    quotas = [quota_line(kind, share) for kind, share in data["quota"].items()]
    for name, region in data["regions"].items():
        quotas += [f"{name}, {quota_line(kind, share)}" for kind, share in region["quota"].items()]
    tests = (
        ["", "Restore tests:", *listed(restore_report.lines(data["restore_tests"]))] if data["restore_tests"] else []
    )
    lines += ["", "Quota:", *quotas, *tests, "", "Plans:"]
    cut = 0
    for number, line in enumerate(rows):
        lines += _lines(line, now)
        if sum(map(len, lines)) > LONGEST_TABLE and number + 1 < len(rows):
            cut = len(rows) - number - 1
            lines.append(f"... and {cut} more plans: see the log's lines 'plan', or the response to status.")
            break
    lines += ["", "Notes:", *listed([f"- {text}" for text in notices])] if notices else []
    return compose_message(
        settings,
        f"{settings.deployment}: report, " + (many(len(problems), "problem") if problems else "no problems"),
        "REPORT",
        WARNING if problems else INFO,
        reason=f"Attention is needed for {many(len(problems), 'problem')}, listed below." if problems else "",
        remedy="Each entry says what to do." if problems else "",
        facts={
            "Deployment": settings.deployment,
            "Plans": f"{len(rows)}: {states}",
            "Since": f"{_minute(data['previous'])}, the report before",
        },
        look={"Status": invoke(settings, {"action": "status"})},
        details=lines,
        data=cut_data(data),
        longest=LONGEST_REPORT,
    )


def _lines(line: Mapping[str, Any], now: datetime) -> Iterator[str]:
    runs = line["runs"]
    created = line["newest_created"]
    newest = f"newest {_minute(created)} ({age(now, datetime.fromisoformat(created))} old)" if created else "no backup"
    yield f"{_named(line)}: {line['state']}"
    yield f"  {line['target'] or 'target unknown'}, {newest}"
    yield f"  {line['available']} available, {line['failed']} failed, {_size(line['bytes'])}"
    yield f"  {runs['due']} runs due" + "".join(
        f", {runs[name]} {name.replace('_', ' ')}" for name in RUNS if runs[name]
    )
    yield f"  next {_minute(line['next_run']) if line['next_run'] else 'never'}"


def _named(line: Mapping[str, Any]) -> str:
    return f"{line['plan']} in {line['region']}" if "region" in line else str(line["plan"])


def iso(moment: datetime | None) -> str | None:
    """A time as programs read it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None


def _minute(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]} UTC"


def _size(count: int) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count //= 1000
    return f"{count:,} TB"
