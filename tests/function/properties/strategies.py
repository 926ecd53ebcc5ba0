"""Backups, policies and zones as they can occur, with the cases that matter drawn often."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import available_timezones

from hypothesis import strategies as st

from fsx_backup.model import Backup, Plan, Retention, Target

DEPLOYMENT = "prod"
TARGET = Target("fs-0123456789abcdef0")
ADOPT = {"Name": "user-scheduled backup"}
PURGE = {"Tier": "scratch", "Team": ""}
DAY = timedelta(days=1)

LIFECYCLES = ["AVAILABLE", "FAILED", "PENDING", "CREATING", "TRANSFERRING", "COPYING", "DELETED", "MISCONFIGURED", ""]
TYPES = ["USER_INITIATED", "AUTOMATIC", "AWS_BACKUP", "SOMETHING_NEW"]
OWNERS: list[dict[str, str]] = [
    {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"},
    {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "Home"},
    {"fsx-backup:deployment": DEPLOYMENT},
    {"fsx-backup:deployment": "prod2", "fsx-backup:plan": "home"},
    {"fsx-backup:deployment": "", "fsx-backup:plan": "home"} | ADOPT,
    {"fsx-backup:plan": "home"},
    {},
    ADOPT,
]
EXTRAS: list[dict[str, str]] = [
    {},
    PURGE,
    {"Tier": "scratch"},
    PURGE | {"Team": "hpc"},
    {"fsx-backup:hold": "true"},
    {"fsx-backup:hold": ""} | PURGE,
    {"fsx-backup:holder": "x"},
    {"FSx-Backup:Hold": "true"},
]
# What a backup's tag may say of its occurrence, by the creation time: late ones, and what cannot be.
OCCURRENCES: list[Callable[[datetime], str]] = [
    lambda created: created.isoformat(),
    lambda created: (created - timedelta(minutes=70)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    lambda created: (created - timedelta(hours=26)).isoformat(),
    lambda created: (created + timedelta(days=40)).isoformat(),
    lambda created: created.replace(tzinfo=None).isoformat(),
    lambda created: "1969-12-31T23:00:00Z",
    lambda created: "yesterday",
    lambda created: "",
]
# Zones with odd offsets, changes of half an hour, changes on another day than Europe's, and none at all.
ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "America/Santiago",
]
zones = st.sampled_from(ZONES) | st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"}))

# Round hours make equal times and exact boundaries; the four years hold a leap day, a 53rd ISO week and every change
# of a clock.
moments = st.builds(
    lambda hours, micro: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours, microseconds=micro),
    st.integers(0, 4 * 365 * 24),
    st.sampled_from([0, 0, 0, 1, 999_999, 1_800_000_000]),
)


@dataclass(frozen=True)
class Situation:
    """What a decision is made from."""

    backups: list[Backup]
    plan: Plan
    now: datetime


def policies() -> st.SearchStrategy[Retention]:
    """Retention policies that the edge admits, mostly short ones that let something go; -1 is "unlimited"."""
    counts = st.sampled_from([0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 30, -1])
    keep = {name: counts for name in names_of_rules() if name != "keep_last"}
    return st.builds(
        Retention,
        days=st.sampled_from([1, 1, 1, 2, 7, 30]),
        keep_last=st.sampled_from([1, 1, 1, 2, 3, 10]),
        max_deletes=st.integers(1, 50),
        **keep,
    )


def names_of_rules() -> list[str]:
    return [rule.name for rule in fields(Retention) if rule.name.startswith("keep_")]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan of any policy and zone, with and without the tags that widen and narrow what it owns."""
    return Plan(
        "home",
        TARGET,
        retention=draw(policies()),
        timezone=draw(zones),
        adopt_tags=draw(st.sampled_from([{}, ADOPT])),
        purge_tags=draw(st.sampled_from([{}, {}, PURGE])),
    )


def _age(roll: Random, days: int) -> timedelta:
    """How old a backup is: on the boundary of the policy or beside it, some hours older, or months."""
    moment, hour = timedelta(microseconds=1), timedelta(hours=1)
    beside = days * DAY + roll.choice([-hour, -moment, timedelta(0), moment, hour])
    skew = timedelta(minutes=10)  # ahead of the function's clock, and still now
    young = roll.choice([timedelta(0), moment, -moment, -skew, -skew - moment, -DAY, 5 * hour])
    older = days * DAY + roll.randrange(roll.choice([48, 400, 17_520])) * hour
    return roll.choice([beside, young, older, older, older])


def _backup(seed: int, days: int, now: datetime) -> Backup:
    """One backup: half of them the plan's own, AVAILABLE and free, the others with one or two oddities."""
    roll = Random(seed)
    backup = Backup("", "AVAILABLE", "USER_INITIATED", now - _age(roll, days), OWNERS[0] | PURGE)
    changes = ["lifecycle", "type", "owner", "extra", "copy", "created", "failed"]
    if backup.created and roll.randrange(2):
        said = roll.choice(OCCURRENCES)(backup.created)
        backup = replace(backup, tags={**backup.tags, "fsx-backup:scheduled-time": said})
    for change in roll.sample(changes, roll.randrange(3)):
        match change if roll.randrange(4) else "":
            case "lifecycle":
                backup = replace(backup, lifecycle=roll.choice(LIFECYCLES))
            case "type":
                backup = replace(backup, type=roll.choice(TYPES))
            case "owner":
                backup = replace(backup, tags=_said(backup) | roll.choice(OWNERS) | PURGE)
            case "extra":
                backup = replace(backup, tags=_said(backup) | OWNERS[0] | roll.choice(EXTRAS))
            case "copy":
                backup = replace(backup, source_backup_id="backup-0fedcba9876543210")
            case "created":
                backup = replace(backup, created=None)
            case "failed":
                backup = replace(backup, lifecycle="FAILED", failure="the disk caught fire")
    return backup


def _said(backup: Backup) -> dict[str, str]:
    return {key: value for key, value in backup.tags.items() if key == "fsx-backup:scheduled-time"}


@st.composite
def situations(draw: st.DrawFn, most: int = 40) -> Situation:
    """Backups, a plan and a present. A backup is rolled from one number: drawing each of its parts takes too long."""
    plan, now = draw(plans()), draw(moments)
    seeds = draw(st.lists(st.integers(0, 2**32), min_size=draw(st.sampled_from([0, 5, 20])), max_size=most))
    order = list(range(len(seeds)))
    Random(sum(seeds)).shuffle(order)
    rolled = [_backup(seed, plan.retention.days, now) for seed in seeds]
    return Situation([replace(b, id=f"backup-{n:017x}") for n, b in zip(order, rolled, strict=True)], plan, now)
