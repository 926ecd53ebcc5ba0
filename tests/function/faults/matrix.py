"""What every error of every FSx call must lead to, wherever it strikes; the cases are made from this.

An error is the model's own, one that any AWS service may send, or what networks and load balancers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import botocore.session


class Then(StrEnum):
    """What the function does about an error. The words are those of the reliability page."""

    RETRIED = "tried again until it passes, then COMPLETED; notified when the window ends before that"
    REFUSED = "FAILED is notified once with FSx's words; nothing is purged, nothing is tried again"
    RISES = "an error for the alarm, notified once as ERROR; the message comes back and completes"
    LEFT = "COMPLETED; the others are deleted, this one is named and left for the next run"
    UNTAGGED = "COMPLETED; the backup lacks the volume's tags"
    GONE = "COMPLETED; counted as deleted"
    UNCOPIED = "COPY FAILED is notified with the Region and FSx's words; the purge of the backups goes on"
    PARTIAL = "PARTIAL is notified with the reason; the others are deleted, the next run goes on"


TRANSPORT = ("http_500", "http_503", "unreachable", "timeout", "reset", "truncated_body", "ThrottlingException")
DENIED = "AccessDeniedException"

_PASSES = dict.fromkeys(("InternalServerError", *TRANSPORT), Then.RETRIED)
_NO_SUCH_THING = dict.fromkeys(("BadRequest", "FileSystemNotFound", "VolumeNotFound"), Then.REFUSED)

# Operation -> error -> what follows.
EXPECTED: dict[str, dict[str, Then]] = {
    "DescribeBackups": {
        **_PASSES,
        **_NO_SUCH_THING,
        "BadRequest": Then.RETRIED,  # not about the filters, which are always the same: a page's token that went stale
        "BackupNotFound": Then.RISES,  # nobody asks for one backup: the model allows it, the code does not expect it
        DENIED: Then.RISES,
    },
    "DescribeFileSystems": {
        **_PASSES,
        "BadRequest": Then.REFUSED,
        "FileSystemNotFound": Then.REFUSED,
        DENIED: Then.RISES,
    },
    "DescribeVolumes": {**_PASSES, "BadRequest": Then.REFUSED, "VolumeNotFound": Then.REFUSED, DENIED: Then.RISES},
    "ListTagsForResource": {
        **_PASSES,
        "truncated_body": Then.UNTAGGED,  # half an answer is one without tags
        "BadRequest": Then.REFUSED,
        "ResourceNotFound": Then.REFUSED,
        "NotServiceResourceError": Then.RISES,  # the volume's own ARN is asked for: not expected
        "ResourceDoesNotSupportTagging": Then.RISES,
        DENIED: Then.RISES,
    },
    "CreateBackup": {
        **_PASSES,
        **_NO_SUCH_THING,
        "BackupInProgress": Then.RETRIED,
        "UnsupportedOperation": Then.REFUSED,
        "ServiceLimitExceeded": Then.REFUSED,
        "IncompatibleParameterError": Then.RETRIED,  # made already, but not listed yet
        DENIED: Then.RISES,
    },
    "CopyBackup": {
        **_PASSES,
        **dict.fromkeys(
            (
                "BadRequest",
                "BackupNotFound",
                "ServiceLimitExceeded",
                "UnsupportedOperation",
                "InvalidSourceKmsKey",
                "InvalidDestinationKmsKey",
                "InvalidRegion",
                "SourceBackupUnavailable",
                "IncompatibleRegionForMultiAZ",
                DENIED,
            ),
            Then.UNCOPIED,
        ),
        "IncompatibleParameterError": Then.RETRIED,  # made already, but not listed yet
    },
    "DeleteBackup": {
        **dict.fromkeys(_PASSES, Then.PARTIAL),
        "truncated_body": Then.GONE,  # half an answer to a delete is an answer: it has no member that is needed
        "BadRequest": Then.LEFT,
        "IncompatibleParameterError": Then.LEFT,
        "BackupInProgress": Then.LEFT,
        "BackupRestoring": Then.LEFT,
        "BackupBeingCopied": Then.LEFT,
        "BackupNotFound": Then.GONE,
        DENIED: Then.PARTIAL,
    },
}

# Operation (or any) and error -> fault of the catalogue; whatever else does not pass is "refused".
FAULTS = {
    ("", "IncompatibleParameterError"): "token-conflict",
    ("", "ServiceLimitExceeded"): "quota",
    ("", DENIED): "denied",
    ("CreateBackup", "BackupInProgress"): "backup-in-progress",
    ("DeleteBackup", "BackupInProgress"): "held",
    ("", "BackupRestoring"): "held",
    ("", "BackupBeingCopied"): "held",
    ("DeleteBackup", "BackupNotFound"): "already-deleted",
    ("DescribeBackups", "BackupNotFound"): "unmodelled",
}
POSITIONS = ("first", "middle", "last", "all")


@dataclass(frozen=True)
class Case:
    """An error at some of the calls of an operation, while so many plans are at work."""

    operation: str
    error: str
    position: str
    plans: int
    when: str = "before"

    @property
    def then(self) -> Then:
        # An answer that was lost although the backup was made: its token gives the same backup again.
        lost = self.operation in {"CreateBackup", "CopyBackup"} and self.when == "after"
        return Then.RETRIED if lost else EXPECTED[self.operation][self.error]

    @property
    def faults(self) -> list[str]:
        """Of the catalogue. With one plan, all backups of others are looked at too."""
        foreign = ["foreign"] if self.plans == 1 else []
        if self.error in _PASSES:
            return ["transient", *foreign]
        if self.then is Then.UNCOPIED:
            return ["copy-refused", *foreign]
        return [FAULTS.get((self.operation, self.error)) or FAULTS.get(("", self.error), "refused"), *foreign]

    def __str__(self) -> str:
        lost = "-lost" if self.when == "after" and self.error != "truncated_body" else ""
        return f"{self.operation}-{self.error}{lost}-{self.position}-{self.plans}"


def modelled(operation: str) -> set[str]:
    """The errors that botocore's model gives an operation."""
    model = botocore.session.get_session().get_service_model("fsx")
    return {shape.name for shape in model.operation_model(operation).error_shapes}


def cases() -> list[Case]:
    """All of them. Among ten plans a position is as good as another, and so is an error that is treated alike."""
    found = []
    for operation, errors in EXPECTED.items():
        among_ten = {then: error for error, then in reversed(errors.items()) if error not in _PASSES}
        for error in errors:
            when = "after" if error == "truncated_body" else "before"  # there is no half of an answer never given
            found += [Case(operation, error, position, 1, when) for position in POSITIONS]
            if error in {"timeout", "ThrottlingException", *among_ten.values()}:
                found.append(Case(operation, error, "middle", 10, when))
    for operation in ("CreateBackup", "CopyBackup", "DeleteBackup"):
        for error in ("http_500", "timeout", "reset"):
            found += [Case(operation, error, position, 1, "after") for position in ("first", "all")]
    return found
