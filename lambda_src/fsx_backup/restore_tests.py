"""Restore tests: what they made, what is left over, whose turn it is, and why one failed. Pure: no calls, no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from .model import (
    CLOCK_SKEW,
    DEPLOYMENT_TAG,
    HOLD_TAG,
    LARGEST_WINDOW,
    LIFETIME_TAG,
    MESSAGE_TAG,
    ONTAP,
    PLAN_TAG,
    RESTORE_TEST_TAG,
    RESTORED_TAG,
    held,
)
from .report import Outcome
from .schedule_expression import Unreadable, parse
from .verdicts import Verdict, minute, silence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .model import Backup, Plan
    from .occurrence import Occurrence
    from .resources import Resource
    from .restore_plan import Restored, RestoreTest

PREFIX = "fsx_backup_restore_test_"  # of a volume's name, so that the tags of others need not be read
READY = frozenset({"AVAILABLE", "CREATED"})
BROKEN = frozenset({"FAILED", "MISCONFIGURED", "MISCONFIGURED_UNAVAILABLE"})
DELETING = "DELETING"
GRACE = timedelta(hours=1)  # beyond its window and hold, for the deletion
DELETION = timedelta(hours=24)  # how long a deletion is tried
FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # from which on the firings of a schedule are counted
AGAIN = "then run the restore test manually."


def tags(test: Occurrence, backup: Backup, wanted: RestoreTest, message: str) -> dict[str, str]:
    """Of what a test makes of a backup."""
    return {
        "Name": f"restore test of {test.plan.name}",
        DEPLOYMENT_TAG: test.deployment,
        PLAN_TAG: test.plan.name,
        RESTORE_TEST_TAG: test.time,
        RESTORED_TAG: backup.id,
        LIFETIME_TAG: f"{wanted.lifetime // timedelta(minutes=1)}",
        **({MESSAGE_TAG: message} if message else {}),
    }


def volume_name(test: Occurrence) -> str:
    """Of what a test makes of an ONTAP volume's backup."""
    return PREFIX + test.token[-12:]


def due(resource: Resource, deployment: str) -> datetime | None:
    """When the test was due that made it. None if no test of this deployment did.

    Tags may be put on anything, but only what was created for a test cannot be older than it. No test makes a file
    system of ONTAP.
    """
    if resource.type == ONTAP and not resource.is_volume:
        return None
    try:
        found = datetime.fromisoformat(resource.tags.get(RESTORE_TEST_TAG, ""))
        fits = resource.created is not None and resource.created >= found - CLOCK_SKEW
    except (ValueError, TypeError, OverflowError):
        return None
    return found if fits and resource.tags.get(DEPLOYMENT_TAG) == deployment else None


def made_by(resource: Resource, test: Occurrence) -> bool:
    """Whether this very test made it: nothing else is ever deleted for it."""
    of_plan = resource.tags.get(PLAN_TAG) == test.plan.name
    return of_plan and due(resource, test.deployment) == test.scheduled_time


def left_over(resource: Resource, deployment: str, now: datetime) -> bool:
    """Whether a test should have deleted it by now: whatever its plan says today."""
    since, minutes = due(resource, deployment), resource.tags.get(LIFETIME_TAG, "")
    if since is None or held(resource.tags):
        return False
    if resource.created and minutes.isdecimal():
        since = resource.created + timedelta(minutes=min(int(minutes), LARGEST_WINDOW))
    return now > since + GRACE


def turn(targets: Sequence[str], test: RestoreTest, due: datetime) -> str:
    """The target of a test that is due then: one after the other, by how often the schedule has fired."""
    try:
        firings = parse(test.schedule, test.timezone, FIRST).firings(FIRST, 1)
        number = sum(1 for _ in takewhile(lambda fired: fired <= due, firings))
    except Unreadable:
        number = due.toordinal()
    return sorted(targets)[number % len(targets)]


def kept_until(restored: Restored, test: RestoreTest) -> datetime:
    """What passed is held for a validation."""
    return restored.at + (test.hold if restored.outcome == Outcome.RESTORE_PASSED else timedelta(0))


def no_backup(plan: Plan, own: Iterable[Backup]) -> Verdict:
    """There is nothing to restore. `own`: the plan's backups as they are."""
    dated = sorted((backup for backup in own if backup.created), key=lambda backup: (backup.created, backup.id))
    where = f" in {plan.region}" if plan.region else ""
    listed = f"FSx lists {len(dated)} of this plan"
    if dated:
        listed += f": the oldest is {_named(dated[0])}, the newest {_named(dated[-1])}"
    return Verdict(
        f"There is no AVAILABLE backup of {plan.targets}{where} to restore. {listed}.",
        f"Read the notifications of this plan's backups, run a backup manually, {AGAIN}",
    )


def _named(backup: Backup) -> str:
    return f"{backup.id} of {backup.created:%Y-%m-%d %H:%M} UTC ({backup.lifecycle})"


DIRECTORY = "ActiveDirectoryError"
MACHINE = "Correct storage_virtual_machine_id of restore_test: it must be one of this Region. "
REMEDIES: Mapping[str, str] = {
    DIRECTORY: "To join a file system to a self-managed directory, FSx needs the credentials of a service account, "
    "which no backup has: remove restore_test from this plan, and restore manually with them.",
    "FileSystemNotFound": MACHINE,
    "InvalidNetworkSettings": "Correct subnet_ids and security_group_ids of restore_test: all must be of one VPC. ",
    "InvalidPerUnitStorageThroughput": "Contact AWS Support: the value is that of the backup. ",
    "MissingFileSystemConfiguration": "Set throughput_capacity and deployment_type in restore_test. ",
    "MissingVolumeConfiguration": "Set storage_virtual_machine_id in restore_test. ",
    "ServiceLimitExceeded": "Request a higher quota in Service Quotas, or delete what is no longer needed. ",
    "StorageVirtualMachineNotFound": MACHINE,
}


def refused(error: str) -> Verdict:
    """FSx does not restore the backup. `error`: its code and its words."""
    code = DIRECTORY if "active directory" in error.lower() else error.partition(":")[0]
    remedy = REMEDIES.get(code, "Correct restore_test as FSx says: subnets, key, throughput, deployment type. ")
    again = "" if code == DIRECTORY else AGAIN[0].upper() + AGAIN[1:]
    return Verdict(f"FSx refused the restore: {error.rstrip('.')}.", remedy + again)


def broken(resource: Resource) -> Verdict:
    """FSx made something of the backup that is no use."""
    why = resource.failure or "FSx gives no reason"
    return Verdict(
        f"FSx reports that {resource.id}, restored from the backup, is {resource.lifecycle}: {why.rstrip('.')}.",
        f"Remove the cause, {AGAIN} If it fails again, the backup may be of no use: contact AWS Support.",
    )


BUSY = "restore tests are in progress, as many as max_restore_tests allows"


def not_asked(test: Occurrence, cause: str) -> Verdict:
    """The start window ended, and FSx was not asked for anything. `cause`: what the attempts met, if it is known."""
    remedy = "Spread the schedules of restore tests, or raise max_restore_tests;" if cause.endswith(BUSY) else ""
    return Verdict(
        f"No restore had been started by {minute(test.start_deadline)}."
        + (f" The cause: {cause.rstrip('.')}." if cause else " The log says why the attempts failed."),
        f"{remedy or 'Remove the cause,'} {AGAIN}",
    )


def not_available(resource: Resource, deadline: datetime) -> Verdict:
    """Its window ended."""
    return Verdict(
        f"{resource.id}, restored from the backup, was still {resource.lifecycle} when its window ended, "
        f"{minute(deadline)}.",
        "Lengthen completion_window_minutes of restore_test if the restore always takes that long; otherwise "
        "contact AWS Support.",
    )


def unseen(resource: Resource, deadline: datetime, now: datetime) -> Verdict:
    """It is available, and nobody looked while its window lasted."""
    return Verdict(
        f"{resource.id}, restored from the backup, is {resource.lifecycle}, but its window ended {minute(deadline)}, "
        f"and the function polled it only at {minute(now)}: whether it was available in time is unknown.",
        f"Check the alarms on throttles and queue age, {AGAIN}",
    )


def unanswered(test: Occurrence, error: str, *, denied: bool) -> Verdict:
    """The windows ended, and FSx did not say what became of the restore."""
    what, remedy = silence(denied=denied)
    return Verdict(
        f"{what} until the test was given up, {minute(test.completion_deadline)}: {error.rstrip('.')}. It is unknown "
        "whether anything was restored.",
        f"{remedy}, {AGAIN} If something was restored, health checks count it until the next test deletes it.",
    )


def not_deleted(restored: Restored, cause: str) -> Verdict:
    """What was made for the test is still there."""
    return Verdict(
        f"{_how(restored)} {restored.id}, which was made for the test, could not be deleted: {cause.rstrip('.')}. You "
        "pay for it until it is deleted.",
        "Delete it manually.",
    )


def not_its_own(restored: Restored) -> Verdict:
    """It does not have the tags that the test gave it: it may be anything."""
    return Verdict(
        f"{_how(restored)} {restored.id} does not have the tags of this test, so it was not deleted.",
        "It may be in use: do not delete it before you know what it is. If somebody removed the tags to keep it, "
        "no action is needed.",
    )


def kept(restored: Restored) -> Verdict:
    """Somebody tagged it to stay."""
    return Verdict(
        f"{_how(restored)} {restored.id} is kept, because it has the tag {HOLD_TAG}.",
        f"You pay for it until you delete it. {restored.remedy}".rstrip(),
    )


def for_validation(restored: Restored, test: RestoreTest) -> Verdict:
    """It is there for somebody to look into it."""
    return Verdict(
        f"The backup was restored, and {restored.id} is there until {minute(kept_until(restored, test))}.",
        "Validate it before then. Afterwards it is deleted, and RESTORE TEST PASSED is sent. To keep it, tag it "
        f"{HOLD_TAG}.",
    )


def _how(restored: Restored) -> str:
    return restored.reason or "The restore itself passed."
