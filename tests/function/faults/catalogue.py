"""What can go wrong, and what happens then: the rows of docs/reliability.md, which `make faults` writes.

A test names the faults that it plays with `@pytest.mark.fault("id", ...)`; where only some of its cases do, with
`cases="pattern"` for the names of those. A module's `pytestmark` marks all of its tests.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    what: str
    where: str
    expected: str


FAULTS = {
    "same-message": Fault("the same message twice; ten times at once", "queue", "one backup"),
    "killed": Fault(
        "killed after any API call, or at any moment, then delivered again",
        "function",
        "converges; no duplicate; notified",
    ),
    "token-conflict": Fault(
        "token reused with other tags: IncompatibleParameterError",
        "CreateBackup, DeleteBackup",
        "the occurrence's backup is looked up: found is done; never listed is NOT STARTED when the window ends",
    ),
    "backup-failed": Fault("the occurrence's backup FAILED", "FSx", "notified with FSx's reason; nothing purged"),
    "backup-in-progress": Fault(
        "BackupInProgress",
        "CreateBackup",
        "tried again until the start window ends, then NOT STARTED is notified with what was in the way",
    ),
    "quota": Fault(
        "ServiceLimitExceeded",
        "CreateBackup",
        "notified with the limit; other plans go on; nothing is deleted to make room",
    ),
    "refused": Fault(
        "FileSystemNotFound, VolumeNotFound, UnsupportedOperation, BadRequest",
        "every call but DeleteBackup",
        "permanent: notified once with the remedy, no retry loop",
    ),
    "transient": Fault(
        "throttling, 500, 503, no connection, timeout, connection reset, truncated answer",
        "every FSx call",
        "bounded retries with backoff inside the deadline; the message is kept; notified when the window ends",
    ),
    "broken-listing": Fault(
        "an error on page k of a listing; an empty page with a token; the same token again; an entry twice; no entries",
        "DescribeBackups",
        "no deletion this time, an entry twice is one; notified if it stays",
    ),
    "order": Fault("pages unordered; equal creation times", "DescribeBackups", "the same decision as for sorted input"),
    "already-deleted": Fault("BackupNotFound", "DeleteBackup", "counted as deleted"),
    "held": Fault(
        "BackupRestoring, BackupBeingCopied, BackupInProgress; a restore and a copy by operators",
        "DeleteBackup",
        "the others are deleted; the one is left for the next run and named, after three runs as PARTIAL",
    ),
    "foreign": Fault(
        "AUTOMATIC or AWS_BACKUP backups with our tags; foreign ones without them; copies", "purge", "never deleted"
    ),
    "denied": Fault(
        "AccessDenied: create, list, describe, delete, publish, key, queue, metrics",
        "every call",
        "notified where possible; an error that the alarms see; completes once the permission is back",
    ),
    "flood": Fault(
        "one cause under two hundred plans: a permission revoked for hours",
        "function",
        "the identical notification once an hour per environment, each with the query for the others",
    ),
    "publish": Fault(
        "the topic is gone; every error of Publish",
        "SNS",
        "the backup is kept and finished; the alarm on errors reports it; notified when the topic is back",
    ),
    "silence": Fault(
        "FSx does not respond from the first call on",
        "every call before the backup",
        "the start window is used to its last moment, then notified: it is unknown whether a backup exists; never "
        "NOT COMPLETED without knowing",
    ),
    "cause": Fault(
        "a backup that is not started, for each cause",
        "CreateBackup, queue",
        "the true cause is named; where it is not known, that is said",
    ),
    "after-window": Fault(
        "errors at the polls after the completion window, the backup AVAILABLE",
        "DescribeBackups",
        "COMPLETED with its purge; after an hour of them UNKNOWN, never NOT COMPLETED",
    ),
    "passing-target": Fault(
        "BadRequest of a target in a passing state",
        "CreateBackup",
        "tried again inside the start window; of an AVAILABLE target it is final",
    ),
    "repeated-start": Fault(
        "a direct invocation that failed half way and is repeated", "every call", "one backup for one scheduled time"
    ),
    "own-deleted": Fault(
        "the run's own backup deleted by somebody, but still listed",
        "DescribeBackups",
        "the newest other available backup stays",
    ),
    "unfinished-purge": Fault(
        "a purge that is killed, or whose notification fails",
        "function, SNS",
        "the log has each delete; the next message does not say that nothing was deleted",
    ),
    "copy-refused": Fault(
        "a Region of copies refuses, is full or not enabled, does not answer, or its copy fails or is stuck",
        "CopyBackup, DescribeBackups",
        "COPY FAILED or COPY NOT COMPLETED with the Region and a remedy; other Regions and the purge of the backups go "
        "on; nothing is deleted to make room",
    ),
    "copies-at-once": Fault(
        "twelve plans with copies become AVAILABLE in the same minute", "CopyBackup", "five copies run, seven wait"
    ),
    "copies-both-ways": Fault(
        "the same plan names in two Regions with copies both ways; a copy by hand, inside the Region too",
        "purge",
        "no purge touches what is not its own, whatever filters and creation times of copies say",
    ),
    "little-time": Fault(
        "little time left in the middle of a purge; slow deletes and listings",
        "function",
        "stops in time, each invocation makes progress, one notification at the end with the totals",
    ),
    "all-failed": Fault("all recent backups FAILED", "purge", "the last available one outlives its retention"),
    "stuck": Fault("stuck in CREATING beyond the completion window", "FSx", "notified; never deleted"),
    "odd": Fault(
        "unknown lifecycle or type; creation time in the future or missing",
        "DescribeBackups",
        "kept, with a warning in the message",
    ),
    "boundary": Fault("exactly at the boundary of the retention", "purge", "kept"),
    "bad-retention": Fault(
        "retention 0, negative, 1e9, a text, null, 3.5",
        "plan and message",
        "refused by `terraform plan` and by the function",
    ),
    "shortened": Fault(
        "retention shortened from 90 to 1 by mistake; a backlog of any size",
        "plan",
        "`max_deletes` stops what another policy made; the list is "
        "notified; a backlog of the plan's own policy is worked off, oldest first",
    ),
    "tags": Fault(
        "tag values with unicode, spaces, empty; `aws:` keys; 50 tags on the file system",
        "tags",
        "exact match, `fsx-backup:hold` in any letter case; merged deterministically; own tags first",
    ),
    "two-plans": Fault("two plans on one file system", "plan", "one waits for the other; each purges only its own"),
    "removed": Fault(
        "a plan removed from the map with a message under way, a file system deleted",
        "plan",
        "notified; its backups stay; the check of the deployment counts them as orphans",
    ),
    "malformed": Fault(
        "malformed event: not an object, missing keys, unknown action, wrong id, huge, another service's, a day ahead",
        "queue, direct invocation",
        "a sentence naming the field; no API call; notified; a direct invoker gets the error",
    ),
    "clocks": Fault(
        "clocks set forward and back, leap day, year's end",
        "calendar",
        "no duplicate, no occurrence missed, no false alarm",
    ),
    "late-occurrence": Fault(
        "an occurrence delivered late, into the next day or month",
        "calendar",
        "the retention rules count it for the period of its scheduled time",
    ),
    "no-zone": Fault(
        "the time zone's data cannot be loaded", "function", "the backup is made; the purge is withheld and notified"
    ),
    "silent-deployment": Fault(
        "a schedule disabled, a permission removed, concurrency 0, the function broken",
        "deployment",
        "LATE, or the alarm on late plans, at the next health check; the alarm on errors",
    ),
    "hostile": Fault(
        "control characters, half characters, markup, 10,000 characters in names, ids, tags and errors",
        "mail, log line, metric, policy",
        "subject valid (ASCII, fewer than 100), body bounded, one line stays one line, counts exact",
    ),
    "dry-run": Fault(
        "dry run flag missing, a text, or contradicting", "message", "the safe reading: nothing is deleted"
    ),
    "unmodelled": Fault(
        "any other error of DescribeBackups",
        "DescribeBackups",
        "an error for the alarm, notified once; the message comes back",
    ),
    "queue": Fault(
        "every error of ChangeMessageVisibility and SendMessage",
        "SQS",
        "the alarm on errors; the message comes back by itself, the backup completes",
    ),
    "metrics": Fault(
        "every error of PutMetricData",
        "CloudWatch",
        "a backup is made and notified all the same; a check is an error for the alarm",
    ),
    "late": Fault(
        "a message that comes after its completion window",
        "queue",
        "nothing is begun; what is true of its backup is notified",
    ),
    "quicker": Fault(
        "schedules quicker than their backups; occurrences that waited together",
        "plan",
        "one backup serves them; the others are SKIPPED, counted and not notified; none is skipped without a backup",
    ),
    "dead-letters": Fault(
        "a message that returns all window long",
        "queue",
        "no dead letter before its window ends and its outcome is notified",
    ),
    "version": Fault(
        "a message of an older or newer format",
        "queue",
        "refused for its version and notified; without a version it is of the first",
    ),
    "commands": Fault(
        "a command of a message that does not work for how the run was started",
        "mail",
        "every command is executed: for schedules, direct invocations and the AWS sample's JSON",
    ),
    "credentials": Fault("credentials in a log line or a message", "log, mail", "never, whatever fails"),
    "permissions": Fault(
        "a permission that nobody needs, a call that is not allowed",
        "role",
        "none: what the function calls and what the planned role allows are the same",
    ),
}
