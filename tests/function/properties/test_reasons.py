"""What people read beside each backup in a dry run: every rule that keeps it, or why it goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fsx_backup.model import Backup, Plan, Retention, Target
from fsx_backup.retention import decide

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
OWN = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "home"}
PLAN = Plan("home", Target("fs-0123456789abcdef0"), Retention(days=2, keep_last=2, keep_daily=3, keep_yearly=5))


def backup(name: str, hours: int) -> Backup:
    return Backup(name, "AVAILABLE", "USER_INITIATED", NOW - timedelta(hours=hours), OWN)


def reasons(*backups: Backup, plan: Plan = PLAN) -> dict[str, tuple[str, ...]]:
    return {d.backup.id: d.reasons for d in decide(backups, plan, "prod", NOW)}


def test_every_rule_is_named_age_first() -> None:
    history = [backup(name, hours) for name, hours in {"a": 3, "b": 4, "c": 30, "d": 80, "e": 81, "f": 82}.items()]
    assert reasons(*history) == {
        "a": ("not older than 2 days", "keep_last", "keep_daily", "keep_yearly"),
        "b": ("not older than 2 days", "keep_last"),
        "c": ("not older than 2 days", "keep_daily"),
        "d": ("keep_daily",),
        "e": ("older than 2 days, and no rule keeps it",),
        "f": ("keep_yearly, oldest",),
    }


def test_the_oldest_is_kept_by_its_own_period_too() -> None:
    assert reasons(backup("a", 80), backup("b", 104))["b"] == ("keep_last", "keep_daily", "keep_yearly, oldest")


def test_a_failed_one_goes_for_its_age() -> None:
    failed = replace(backup("b", 80), lifecycle="FAILED")
    assert reasons(backup("a", 3), failed)["b"] == ("older than 2 days, and it failed",)


def test_what_is_not_touched_says_why() -> None:
    old = backup("b", 9000)
    odd = {
        "type AUTOMATIC, not a user-initiated backup": replace(old, type="AUTOMATIC"),
        "a copy of backup-1": replace(old, source_backup_id="backup-1"),
        "not owned by plan home of prod": replace(old, tags={}),
        "still CREATING": replace(old, lifecycle="CREATING"),
        "lifecycle DELETED": replace(old, lifecycle="DELETED"),
        "no creation time": replace(old, created=None),
        "creation time in the future": replace(old, created=NOW + timedelta(minutes=10, microseconds=1)),
    }
    for reason, backup_ in odd.items():
        assert reasons(backup_)["b"] == (reason,)
    held = replace(old, tags=OWN | {"fsx-backup:hold": ""})
    assert reasons(backup("a", 3), backup("c", 4), held)["b"] == (
        "held by the tag fsx-backup:hold",
        "keep_daily",
        "keep_yearly",
    )
    tagged = replace(PLAN, purge_tags={"Tier": "scratch"})
    assert reasons(backup("a", 3), old, plan=tagged)["b"][0] == "without the plan's purge_tags"
