"""Why an occurrence ended as it did and what to do about it, in sentences. Pure: no calls, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .model import EXCLUDE_TAG

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from .model import Backup, Plan
    from .occurrence import Occurrence
    from .report import Copy, Purge
    from .selection import Members

NOT_LISTED = "FSx was asked for this backup already, but does not list it"
MANUALLY = "then run the backup manually."


@dataclass(frozen=True)
class Verdict:
    """`reason` and `remedy` are sentences. `kind` names an error that may strike many plans alike, else it is empty."""

    reason: str = ""
    remedy: str = ""
    kind: str = ""


def many(number: int, noun: str, plural: str = "") -> str:
    """A number of things."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def no_targets(plan: Plan, members: Members) -> Verdict:
    """Nothing that a plan with target_tags could back up."""
    others = [
        (members.left_out, f"excluded by {EXCLUDE_TAG}"),
        (members.unfit, "that cannot be backed up"),
        (members.targets, "created after the scheduled time"),
    ]
    counts = ", ".join(f"{len(found)} {why}" for found, why in others if found)
    counts = f" Others carry the tags: {counts}." if counts else ""
    return Verdict(
        f"There are no {plan.targets} that can be backed up.{counts}",
        "Tag the file systems or volumes, correct target_tags and target_types, or remove the plan.",
    )


def failed(backup: Backup | None) -> Verdict:
    """FSx says that the backup FAILED."""
    why = backup.failure if backup and backup.failure else "FSx gives no reason"
    return Verdict(
        f"FSx reports that the backup FAILED: {why.rstrip('.')}.",
        f"Check the file system's health, {MANUALLY} Nothing was purged.",
    )


def gone() -> Verdict:
    """The backup was made and is not there any more. When it was deleted, FSx does not say."""
    return Verdict(
        "The backup was deleted before this run was finished. The deployment did not delete it.",
        f"Find out in CloudTrail who deleted it, {MANUALLY} Nothing was purged.",
    )


def not_completed(occurrence: Occurrence, backup: Backup | None) -> Verdict:
    """The completion window ended, and FSx says that the backup is in progress."""
    return Verdict(
        f"The backup is still {backup.lifecycle if backup else 'unknown'} after the completion window of "
        f"{occurrence.plan.completion_window_minutes} minutes.",
        "It may still finish: check its status in FSx. Lengthen completion_window_minutes if backups always take that "
        "long. Nothing was purged.",
    )


def not_started(occurrence: Occurrence, cause: str, kind: str, others: Collection[str]) -> Verdict:
    """The start window ended. `cause`: what the attempts met, empty if unknown; `others`: backups in progress."""
    what = "Not every target's backup" if occurrence.plan.fleet else "No backup"  # it may have been sent to some
    reason = (
        f"{what} was started within the start window of {occurrence.plan.start_window_minutes} minutes, which "
        f"ended at {minute(occurrence.start_deadline)}"
    )
    if cause:
        reason += f". The cause: {cause.rstrip('.')}"
    else:
        reason += ". This invocation does not know why the attempts before it failed: the log says it"
    if others:
        reason += f"; now in progress on the target: {', '.join(list(others)[:3])}"
    if "BackupInProgress" in cause:
        remedy = (
            "FSx makes one backup of a target at a time, its automatic daily one included: move the schedule, "
            "lengthen start_window_minutes, or run the backup manually."
        )
    else:
        remedy = f"Remove the cause, {MANUALLY}"
    return Verdict(f"{reason}.", f"{remedy} Nothing was purged.", kind or ("" if cause else "unknown cause"))


NO_ACCESS = "If an SCP or the role's policy denies it, allow this role the FSx calls of copies in that Region. "
NOT_ENABLED = "Enable the Region in the account's settings, or remove it from copies. "
COPY_REMEDIES = {
    "AccessDeniedException": NO_ACCESS,
    "UnrecognizedClientException": NOT_ENABLED,
    "InvalidClientTokenId": NOT_ENABLED,
    "OptInRequired": NOT_ENABLED,
    "InvalidRegion": "Remove the Region from copies: FSx does not copy from here to there. ",
    "InvalidSourceKmsKey": "Enable the key of the source's file system, and let FSx use it. ",
    "InvalidDestinationKmsKey": "Correct kms_key_arn: an enabled symmetric key there that this role may use. ",
    "IncompatibleRegionForMultiAZ": "Remove the Region from copies: it has no Multi-AZ file systems of this kind. ",
    "UnsupportedOperation": "Remove the Region from copies: FSx does not copy backups of this target there. ",
    "SourceBackupUnavailable": "See in FSx and CloudTrail what happened to the backup. ",
    "BackupNotFound": "Find out in CloudTrail who deleted the backup. ",
    "ServiceLimitExceeded": "Request a higher quota for that Region, or shorten the retention of its copies: nothing "
    "was deleted to make room. ",
}


def copy_refused(region: str, error: Exception) -> Verdict:
    """FSx refused a copy, or a call that it takes. `error`: botocore's, or what `fsx` made of it."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else str(error).partition(":")[0]
    disabled = f"The Region {region} is not enabled in this account: " if COPY_REMEDIES.get(code) == NOT_ENABLED else ""
    remedy = f"{COPY_REMEDIES.get(code, 'Correct copies as the message says. ')}Then run the backup manually."
    return Verdict(f"{disabled}{str(error).rstrip('.')}.", remedy)


def copy_failed(copy: Backup | None) -> Verdict:
    """FSx says that the copy FAILED."""
    why = copy.failure if copy and copy.failure else "FSx gives no reason"
    return Verdict(f"FSx reports that the copy FAILED: {why.rstrip('.')}.", f"Remove the cause, {MANUALLY}")


def copy_gone(region: str) -> Verdict:
    """The copy was made and is not there any more."""
    return Verdict(
        "The copy was deleted before this run was finished. The deployment did not delete it.",
        f"Find out in CloudTrail of {region} who deleted it, {MANUALLY}",
    )


def copy_not_completed(place: Occurrence, copy: Backup | None, cause: str, *, started: bool = False) -> Verdict:
    """The copy's window ended. `cause`: what the attempts met, empty if unknown."""
    until = f"at the end of its window, {minute(place.completion_deadline)}."
    if copy:
        return Verdict(
            f"The copy is still {copy.lifecycle} {until}",
            "It may still finish: check its status in FSx. Lengthen completion_window_minutes of copies if they always "
            "take that long.",
        )
    if started:
        return Verdict(
            f"The copy was started, and FSx did not say what became of it {until} The cause: {cause.rstrip('.')}.",
            "It may be available, or still finish: check its status in FSx before you make another.",
        )
    return Verdict(
        f"The copy was not started {until}" + (f" The cause: {cause.rstrip('.')}." if cause else ""),
        "FSx makes five copies to a Region at a time: spread the schedules, or lengthen completion_window_minutes of "
        f"copies. If FSx did not respond, check that the function reaches it there, {MANUALLY}",
    )


def together(home: Verdict, copied: Iterable[Copy]) -> Verdict:
    """What is said at home, and of each Region that has something to say."""
    told = [copy for copy in copied if copy.reason]
    reasons = [home.reason, *(f"{copy.region}: {copy.reason}" for copy in told)]
    remedies = [home.remedy, *(f"{copy.region}: {copy.remedy}" for copy in told)]
    return Verdict(" ".join(filter(None, reasons)), " ".join(filter(None, remedies)))


def silence(*, denied: bool) -> tuple[str, str]:
    """That there was no answer, and what to do about it."""
    if denied:
        return "AWS refused the calls", "Restore the role's permissions (apply the module, check SCPs)"
    return "FSx did not respond", "Check the AWS Health Dashboard"


def unanswered(window: str, end: datetime, error: str, *, denied: bool = False) -> Verdict:
    """A window ended, and FSx did not say whether there is a backup."""
    what, check = silence(denied=denied)
    return Verdict(
        f"{what}, and the {window} window ended at {minute(end)}: {error.rstrip('.')}. It is unknown "
        "whether a backup exists.",
        f"{check}, then check the target's backups in FSx. If there is none, {MANUALLY[5:]} Nothing was purged.",
        error.partition(":")[0],
    )


def unpurged(error: str, *, denied: bool = False) -> Verdict:
    """A purge without a backup was given up."""
    if denied:
        return Verdict(
            f"AWS refused the calls: {error.rstrip('.')}.", "Restore the role's permissions, then purge again."
        )
    return Verdict(f"FSx did not respond: {error.rstrip('.')}.", "Check the AWS Health Dashboard, then purge again.")


def minute(time: datetime) -> str:
    """As sentences name a time."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def purge_verdict(plan: Plan, purge: Purge, refused: Collection[str] = (), *, zone_error: str = "") -> Verdict:
    """What kept a purge, or would keep one, from deleting everything that is due. Empty if nothing did."""
    reasons, remedies = [], []
    setting = f'copies["{plan.region}"].retention.max_deletes' if plan.region else "retention.max_deletes"
    if zone_error:
        reasons.append(f"The purge was withheld: the function has {zone_error}, so it cannot tell the periods apart.")
        remedies.append("Correct the plan's timezone, or use one that the function's Python knows.")
    blocked, limit = len(purge.selection.blocked), plan.retention.max_deletes
    if blocked:
        reasons.append(
            f"The retention policy would delete {many(blocked, 'backup')} made under another policy, or under none "
            f"that is known: more than max_deletes = {limit}. None of them was deleted."
        )
        remedies.append(
            f"If the policy was shortened by mistake, restore it. If it is intended, raise {setting} to at least "
            f"{blocked} and apply."
        )
    if purge.failures:
        reasons.append(f"{many(len(purge.failures), 'delete')} failed: {next(iter(purge.failures.values()))}.")
        remedies.append(
            "They are tried again at the next run. If access was denied, restore the role's fsx:DeleteBackup; if FSx "
            "did not respond, there is nothing to do."
        )
    if purge.unfinished:
        reasons.append(f"{purge.unfinished} more not tried, because no delete before succeeded.")
    if refused:
        first, what = min(refused), many(len(refused), "backup")
        reasons.append(f"FSx has refused to delete {what} for three runs or more: {first} {purge.left[first]}.")
        remedies.append("Remove what FSx names, or delete the backup manually.")
    return Verdict(" ".join(reasons), " ".join(remedies))
