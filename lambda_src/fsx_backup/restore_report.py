"""What notifications and reports say of restore tests. Pure: no calls, no clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from . import commands
from .health import MOMENT
from .metrics import KEPT
from .model import OPENZFS, PLAN_TAG, Action, NoZoneData, Target
from .notifications import ERROR, INFO, age, compose_message
from .report import Outcome
from .restore_plan import TEST_START_WINDOW
from .restore_tests import GRACE, kept_until, not_its_own
from .schedule_expression import Unreadable, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .fleet import Fleet
    from .model import Request
    from .notifications import Message
    from .registry import Entry
    from .report import Report
    from .resources import Resource
    from .restore_plan import Restored, RestoreTest
    from .settings import Settings

HEADLINES = {
    Outcome.RESTORED: ("RESTORE TEST held for validation", INFO),
    Outcome.RESTORE_PASSED: ("RESTORE TEST PASSED", INFO),
    Outcome.RESTORE_FAILED: ("RESTORE TEST FAILED", ERROR),
}


def message(settings: Settings, report: Report, request: Request, now: datetime) -> Message:
    """The notification of a restore test: that its file system is there to be validated, or how it ended."""
    occurrence, plan, made, test = report.occurrence, report.occurrence.plan, report.restored, request.plan.restore_test
    headline, severity = HEADLINES[report.outcome]
    backup_id = made.backup_id if made else report.backup.id if report.backup else ""
    facts = {
        "Plan": f"{plan.name} (deployment {occurrence.deployment})",
        "Target": plan.targets,
        "Since": f"{occurrence.time}, {age(now, occurrence.scheduled_time)} ago",
        "Backup": backup_id or "none",
    }
    data: dict[str, Any] = report.as_json()
    stays = made is not None and report.reason != made.reason  # it is there, or may be
    look = {"Again": commands.invoke(settings, request.again)} if severity == ERROR and not stays else {}
    if made:
        facts["Backup"] += f", {made.size:,} bytes" if made.size else ""
        facts["Restored"] = f"{made.id} in {made.region}" + (f", {made.dns}" if made.dns else "")
        if made.seconds is not None:
            took = age(now, now - timedelta(seconds=made.seconds))
            facts["Available"] = f"after {took} at most ({made.seconds} seconds)"
        if report.outcome is Outcome.RESTORED and test:
            data["kept_until"] = f"{kept_until(made, test):%Y-%m-%dT%H:%M:%SZ}"
            facts["Kept until"] = data["kept_until"]
        if stays:
            what = "volume" if Target(made.id).is_volume else "file-system"
            which = f"describe-{what}s --region {made.region} --{what}-ids {made.id}"
            look["Look"] = commands.command(f"aws fsx {which}")
            if made.type and report.outcome is not Outcome.RESTORED and report.reason != not_its_own(made).reason:
                look["Delete"] = delete_command(made, made.region)
    return compose_message(
        settings,
        f"{plan.name}: {headline}",
        report.outcome,
        severity,
        about=plan.target.id,
        reason=report.reason,
        remedy=report.remedy,
        facts=facts,
        look=look,
        data=data,
        attributes={"plan": plan.name, "target": plan.target.id},
    )


def delete_command(resource: Resource | Restored, region: str) -> str:
    """Deletes what a restore test left, without a final backup."""
    if Target(resource.id).is_volume:
        which = f"delete-volume --region {region} --volume-id {resource.id} --ontap-configuration SkipFinalBackup=true"
        return commands.command(f"aws fsx {which}")
    options = ",Options=DELETE_CHILD_VOLUMES_AND_SNAPSHOTS" if resource.type == OPENZFS else ""
    member = "open-zfs" if resource.type == OPENZFS else resource.type.lower()
    return commands.command(
        f"aws fsx delete-file-system --region {region} --file-system-id {resource.id}",
        f"--{member}-configuration SkipFinalBackup=true{options}",
    )


def times(entry: Entry, test: RestoreTest, now: datetime) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the next test is due; when the last one was whose time is over, and since when it may have passed.

    None where there is none, and of a plan that is disabled. AWS promises no phase of a rate: any test of the interval
    before may have been the one that was due.
    """
    try:
        schedule = parse(test.schedule, test.timezone, entry.changed)
    except (Unreadable, NoZoneData):
        return None, None, None
    if not entry.plan.enabled:
        return None, None, None
    due = since = schedule.until(now - timedelta(minutes=TEST_START_WINDOW) - test.lifetime - GRACE)
    if due and test.schedule.startswith("rate"):
        since = schedule.until(due - MOMENT)
    known = since and since >= max(entry.changed, now - KEPT)
    return schedule.after(now), due if known else None, since if known else None


def problems(settings: Settings, fleet: Fleet) -> list[str]:
    """What restore tests left over by Region, where that is not known, and which of them did not pass."""
    found = [
        f"{one.id} ({one.type}) in {region} is left over from a restore test of plan "
        f"{one.tags.get(PLAN_TAG, 'unknown')[:64]!a}, and costs until it is deleted:\n{delete_command(one, region)}"
        for region, one in fleet.left_over
    ]
    found += [f"What restore tests left in {region} is not known: {why}" for region, why in fleet.left_unread.items()]
    look = (
        "it failed, was skipped or did not run. Read its notification; if there is none, check the plan's schedule in "
        f"the group {settings.deployment}-restore-tests, and the log. Then test again:\n"
    )
    return found + [
        f"{row['plan']}: the restore test due at {row['missed']} has not passed: {look}"
        + commands.invoke(settings, {"action": Action.RESTORE_TEST, "plan": row["plan"]})
        for row in fleet.restore_tests
        if row["missed"]
    ]


def lines(tests: Sequence[Mapping[str, Any]]) -> list[str]:
    """The restore tests of a report, a line each."""
    return [
        f"{row['plan']}: last passed {row['passed'] or 'never'}, seconds of the last ones: "
        f"{', '.join(map(str, row['seconds'])) or 'none'}; next {row['next'] or 'never'}"
        for row in tests
    ]
