"""The domain model: frozen dataclasses. No input or output, no decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from .restore_plan import TEST_START_WINDOW, Restored, RestoreTest

DEPLOYMENT_TAG = "fsx-backup:deployment"
PLAN_TAG = "fsx-backup:plan"
SCHEDULED_TIME_TAG = "fsx-backup:scheduled-time"
RETENTION_TAG = "fsx-backup:retention"
COPY_TAG = "fsx-backup:copy"  # the source's Region: a manual copy has its other tags at most
HOLD_TAG = "fsx-backup:hold"  # compared without case: people write it
EXCLUDE_TAG = "fsx-backup:exclude"  # of a file system, for its volumes as well, or of a volume
RESTORE_TEST_TAG = "fsx-backup:restore-test"  # of what a restore test made
RESTORED_TAG = "fsx-backup:restored"  # the same: the backup's id
LIFETIME_TAG = "fsx-backup:restore-test-minutes"  # the same: from its creation until it should be deleted
MESSAGE_TAG = "fsx-backup:restored-by"  # the same: the message's id, so that one of several follows it
OWN_TAG_PREFIX = "fsx-backup:"

USER_INITIATED = "USER_INITIATED"
EVERY_TYPE = (USER_INITIATED, "AUTOMATIC", "AWS_BACKUP")
AVAILABLE = "AVAILABLE"
FAILED = "FAILED"
DELETED = "DELETED"
ONTAP = "ONTAP"
OPENZFS = "OPENZFS"
TYPES = ("LUSTRE", "WINDOWS", OPENZFS, ONTAP)
IN_PROGRESS = frozenset({"PENDING", "CREATING", "TRANSFERRING", "COPYING"})

LARGEST_WINDOW = 18_720  # minutes: 13 days, because an SQS message lives 14
CLOCK_SKEW = timedelta(minutes=10)  # a creation time this far ahead of the function's clock is now


class Action(StrEnum):
    """What a message asks for. The AWS sample's two switches map onto these."""

    BACKUP = "backup"  # create, follow to the end, then purge
    START = "start"  # create and follow, no purge
    PURGE = "purge"  # purge alone
    CHECK = "check"  # of the deployment's health, or of one plan's: measures, changes nothing
    STATUS = "status"  # the report, as the response to who asks
    REPORT = "report"  # the same to the topic
    RECOVERY = "recovery"  # waits in the queue until plans that were late are OK
    RESTORE_TEST = "restore_test"  # restore a backup, follow to the end
    RESTORE_END = "restore_end"  # delete what a restore test made, then say how it ended


def held(tags: Mapping[str, str]) -> bool:
    """Whether the hold tag is among them."""
    return any(key.lower() == HOLD_TAG for key in tags)


@dataclass(frozen=True)
class Retention:
    """Which owned backups are wanted. A backup is kept if any rule wants it; -1 means unlimited."""

    days: int = 7
    keep_last: int = 3
    keep_hourly: int = 0
    keep_daily: int = 0
    keep_weekly: int = 0
    keep_monthly: int = 0
    keep_yearly: int = 0
    max_deletes: int = 50


@dataclass(frozen=True)
class Target:
    """A file system (`fs-…`), or an ONTAP volume (`fsvol-…`)."""

    id: str

    @property
    def is_volume(self) -> bool:
        return self.id.startswith("fsvol-")

    def __str__(self) -> str:
        return f"{'volume' if self.is_volume else 'file system'} {self.id}"


@dataclass(frozen=True)
class Copies:
    """A plan's copies to another Region. Their window counts from the end of the source's completion window."""

    region: str
    retention: Retention
    kms_key_arn: str | None = None
    completion_window_minutes: int = 1440


@dataclass(frozen=True)
class Plan:
    """One entry of the module's `file_systems`, as far as the function needs it. Windows in minutes.

    With `target_tags`, `target` is one of the targets that carry them all; without an id, they are yet to be found.
    """

    name: str
    target: Target
    retention: Retention = Retention()
    timezone: str = "UTC"
    backup_name: str = "user-scheduled backup"
    backup_tags: Mapping[str, str] = field(default_factory=dict)
    copy_tags: bool = True
    purge_tags: Mapping[str, str] = field(default_factory=dict)
    adopt_tags: Mapping[str, str] = field(default_factory=dict)
    notify_on_success: bool = True
    flexible_window_minutes: int = 0
    start_window_minutes: int = 240
    completion_window_minutes: int = 1440
    max_backup_age_hours: float | None = None
    enabled: bool = True
    target_tags: Mapping[str, str] = field(default_factory=dict)
    target_types: tuple[str, ...] = TYPES
    copies: tuple[Copies, ...] = ()
    copied_from: str = ""  # the source's Region, of the plan as it is `there`
    restore_test: RestoreTest | None = None
    testing: bool = False  # the plan as its restore tests see it

    def there(self, copies: Copies, home: str) -> "Plan":
        """The plan for its copies in another Region: by their retention and window, without what is about targets."""
        minutes = self.completion_window_minutes + copies.completion_window_minutes
        return replace(
            self,
            retention=copies.retention,
            copies=(copies,),
            copied_from=home,
            completion_window_minutes=minutes,
            max_backup_age_hours=None,
        )

    def tested(self, test: RestoreTest) -> "Plan":
        """The plan for its restore tests: by their windows. The second one begins when FSx was asked."""
        last = TEST_START_WINDOW + test.completion_window_minutes
        windows = {
            "start_window_minutes": TEST_START_WINDOW,
            "completion_window_minutes": last,
            "flexible_window_minutes": 0,
        }
        return replace(self, testing=True, **windows)  # type: ignore[arg-type]

    @property
    def region(self) -> str:
        """Where its copies are; empty for the plan at home."""
        return self.copies[0].region if self.copied_from else ""

    @property
    def fleet(self) -> bool:
        """Whether its targets are yet to be found."""
        return bool(self.target_tags) and not self.target.id

    @property
    def targets(self) -> str:
        """The target in words, or what the targets are found by."""
        if not self.fleet:
            return str(self.target)
        return f"targets with the tags {', '.join(f'{key}={value}' for key, value in self.target_tags.items())}"

    def of(self, target_id: str) -> "Plan":
        """The plan for one of its targets."""
        return replace(self, target=Target(target_id))

    @property
    def policy(self) -> str:
        """The retention rules in effect, as the value of a backup's tag: "days=7 keep_last=3". At most 256 characters.

        `max_deletes` limits a run and keeps nothing, so it is left out; the time zone decides only about periods.
        """
        rules = {rule.name: getattr(self.retention, rule.name) for rule in fields(Retention)}
        del rules["max_deletes"]
        text = " ".join(f"{name}={value}" for name, value in rules.items() if value)
        periods = rules.keys() - {"days", "keep_last"}
        return f"{text} timezone={self.timezone}" if any(rules[name] for name in periods) else text


@dataclass(frozen=True)
class Request:
    """A message or a direct invocation, understood. `scheduled_time` names the occurrence (UTC, whole seconds).

    `event` is what it was made of; `again` and `preview` repeat it, and show what its purge would delete.
    """

    action: Action
    plan: Plan
    scheduled_time: datetime
    dry_run: bool = False
    again: Mapping[str, Any] = field(default_factory=dict, repr=False)
    preview: Mapping[str, Any] = field(default_factory=dict, repr=False)
    deleted: int = 0  # what the run deleted before a direct invocation handed it over to the queue
    event: Mapping[str, Any] = field(default_factory=dict, repr=False)
    restored: Restored | None = None


@dataclass(frozen=True)
class Check:
    """A health check, a report, a status or a recovery, understood. `plans`: their names, None where it is not said.

    `previous`: when the check or report before was due. `since`: of a recovery, when each plan became late.
    """

    action: Action
    scheduled_time: datetime
    plans: tuple[str, ...] | None
    previous: datetime
    additional_targets: frozenset[str] = frozenset()
    notify: str = "problems"
    require_coverage: bool = False
    since: Mapping[str, str] = field(default_factory=dict)
    single: bool = False  # of one plan, for who asks
    target: str = ""  # of that plan; empty for all


@dataclass(frozen=True)
class Backup:
    """What DescribeBackups says of a backup, reduced to what is decided on. `created` is None where FSx gave none."""

    id: str
    lifecycle: str
    type: str
    created: datetime | None
    tags: Mapping[str, str]
    target_id: str = ""
    source_backup_id: str | None = None
    source_region: str | None = None
    failure: str | None = None
    file_system_type: str = ""
    size: int | None = None

    def made_by(self, plan: Plan, deployment: str) -> bool:
        """By this plan of this deployment; for the plan of another Region, as a copy of what it made at home.

        A copy carries its source's tags, and so may one that was made by hand: neither is a backup of this plan.
        """
        copied = self.source_backup_id is not None
        return (
            self.type == USER_INITIATED
            and copied == bool(plan.copied_from)
            and (not copied or self.source_region == self.tags.get(COPY_TAG) == plan.copied_from)
            and self.tags.get(DEPLOYMENT_TAG) == deployment
            and self.tags.get(PLAN_TAG) == plan.name
        )


class NoZoneData(LookupError):
    """The time zone's data is not installed, or cannot be read."""


def zone(name: str) -> tzinfo:
    """The time zone of an IANA name. UTC needs no time zone data, so it works wherever Python does.

    Raises NoZoneData: Scheduler's list of zones may be newer than this Python's.
    """
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise NoZoneData(f"no data for the time zone {name}") from error
