"""Copies in the health check, the report and the status."""

import json
from datetime import timedelta

import pytest

from tests.function.copies import FRANKFURT, HOME, TOKYO, seed_copies
from tests.function.watching import late_plans, outcomes
from tests.support.world import DEPLOYMENT, START, World

OWN = {"fsx-backup:deployment": DEPLOYMENT}


@pytest.fixture
def lustre(world: World) -> str:
    """A target whose plan fires every four hours and copies to two Regions, within four hours each."""
    target = world.fsx.seed_file_system("LUSTRE")
    copies = {region: {"completion_window_minutes": 240} for region in (FRANKFURT, TOKYO)}
    world.schedule(target, copies=copies, completion_window_minutes=240, max_backup_age_hours=12, changed=START)
    world.advance(minutes=1)
    return target


def test_a_copy_is_late_by_its_own_window(world: World, lustre: str) -> None:
    world.advance(hours=4)  # 08:01
    world.history(lustre, [0], tags={"fsx-backup:scheduled-time": "2026-03-01T08:00:00Z"})
    seed_copies(world, lustre, [0], TOKYO, tags={"fsx-backup:scheduled-time": "2026-03-01T08:00:00Z"})
    world.advance(hours=3, minutes=58)
    world.check()
    assert not world.topic.mails  # 11:59: the window of the copy of 04:00 ends at 12:00
    world.advance(minutes=2)
    world.check()
    [mail] = world.topic.mails
    assert mail.subject == "prod: home LATE"
    assert f"- home ({lustre} in {FRANKFURT}): LATE since 2026-03-01 12:00 UTC. No copy is available in" in mail.said
    assert world.cloudwatch.values("LatePlans", Deployment=DEPLOYMENT) == [0, 1]
    gibibytes = [world.cloudwatch.values("OwnedBytes", Deployment=DEPLOYMENT, Region=r) for r in (FRANKFURT, TOKYO)]
    assert gibibytes == [[0, 0], [1024**3] * 2]
    world.history(lustre, [0])
    for region in (FRANKFURT, TOKYO):
        seed_copies(world, lustre, [0], region)
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["LATE", "RECOVERED"]


@pytest.mark.fault("copy-refused")
@pytest.mark.parametrize("error", ["http_503", "AccessDeniedException"])
def test_a_region_that_cannot_be_read_is_told_and_holds_up_no_other(world: World, lustre: str, error: str) -> None:
    world.fsx.control.fault(error, "DescribeBackups", times=None, region=TOKYO)
    status = world.invoke({"action": "status"})
    states = {row.get("region", HOME): (row["state"], row["problem"]) for row in status["plans"]}
    assert states == {HOME: ("WAITING", False), FRANKFURT: ("WAITING", False), TOKYO: ("UNKNOWN", True)}
    assert f"home in {TOKYO}: UNKNOWN. FSx in {TOKYO} did not respond, or refused: " in status["problems"][0]
    assert world.invoke({"action": "check", "plan": "home"})["copies"][0]["state"] == "UNKNOWN"


@pytest.mark.usefixtures("lustre")
def test_a_plan_that_is_gone_or_has_no_targets_hides_no_copies(world: World) -> None:
    world.schedule("", name="empty", target_tags={"Backup": "daily"}, copies={FRANKFURT: {}})
    world.send({"action": "report", "plans": ["gone", "empty", "home"], "notify": "always"})
    world.deliver()
    [mail] = world.topic.mails
    assert [row["region"] for row in mail.data["plans"] if row.get("region")] == [TOKYO, FRANKFURT]


def test_a_region_that_is_unread_for_a_while_is_late_all_the_time_and_mailed_once(world: World, lustre: str) -> None:
    world.advance(hours=8)
    world.history(lustre, [0], tags={"fsx-backup:scheduled-time": "2026-03-01T12:00:00Z"})
    world.check()
    for region in (FRANKFURT, TOKYO):
        world.fsx.control.fault("http_503", "DescribeBackups", times=None, region=region)
    for _ in range(2):
        world.advance(minutes=30)
        world.check()
        world.fsx.control.clear_faults()
    assert late_plans(world) == [1, 1, 1]
    assert outcomes(world) == ["LATE"]


@pytest.mark.usefixtures("lustre")
def test_a_region_that_is_unread_makes_no_plan_late(world: World) -> None:
    for error in ("", "http_503"):
        if error:
            world.fsx.control.fault(error, "DescribeBackups", times=None, region=FRANKFURT)
        world.advance(minutes=30)
        world.check()
    assert late_plans(world) == [0, 0]


def test_what_waits_to_be_copied_is_not_overdue_for_deletion(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    copies = {FRANKFURT: {"completion_window_minutes": 4320}}
    world.schedule(target, copies=copies, retention={"days": 1, "keep_last": 1})
    for hours in (2, 4, 6, 36):
        due = f"{world.now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
        world.history(target, [hours / 24], tags={"fsx-backup:scheduled-time": due})
    for _ in range(2):
        world.check()
        world.advance(hours=72)
    assert world.cloudwatch.values("OverdueForDeletion", Deployment=DEPLOYMENT) == [0, 1]


def test_a_scheduled_time_that_no_window_can_be_counted_from_breaks_no_check(world: World, lustre: str) -> None:
    world.history(lustre, [0], tags={"fsx-backup:scheduled-time": "9999-12-31T23:00:00Z"})
    world.check()
    assert late_plans(world) == [0]


def test_a_copy_serves_what_its_source_serves(world: World, lustre: str) -> None:
    """The backup of 04:00 was made at 08:05 and serves 08:00 as well: nothing else was to be copied."""
    world.advance(hours=4, minutes=4)
    tags = {"fsx-backup:scheduled-time": "2026-03-01T04:00:00Z"}
    [source] = world.history(lustre, [0], tags=tags)
    for region in (FRANKFURT, TOKYO):
        seed_copies(world, lustre, [0], region, source_backup_id=source, tags=tags)
    world.advance(hours=4)
    world.history(lustre, [0], tags={"fsx-backup:scheduled-time": "2026-03-01T12:00:00Z"})
    world.advance(hours=7, minutes=50)
    assert {row["state"] for row in world.invoke({"action": "status"})["plans"]} == {"OK"}


def test_the_report_has_rows_quota_and_orphans_of_each_region(world: World, lustre: str) -> None:
    seed_copies(world, lustre, [1, 2])
    seed_copies(world, lustre, [3], plan="gone")
    seed_copies(world, lustre, [3], plan="gone", tags={"fsx-backup:hold": "audit"})
    world.fsx.seed_backup(lustre, region=FRANKFURT, source_backup_id="b", tags=OWN | {"fsx-backup:plan": "by-hand"})
    world.fsx.seed_backup(world.fsx.seed_file_system(region=FRANKFURT), tags=OWN | {"fsx-backup:plan": "home"})
    other = world.fsx.seed_file_system(region=FRANKFURT)  # what is copied inside the Region
    seed_copies(world, other, [3], plan="gone")
    world.regional_quotas[FRANKFURT].quotas = {"Lustre backups": 8}
    world.send({"action": "report", "plans": ["home"], "notify": "always", "scheduled_time": "2026-03-01T04:00:00Z"})
    world.deliver()
    [mail] = world.topic.mails
    rows = {row.get("region", HOME): row for row in mail.data["plans"]}
    assert {region: (row["available"], row["bytes"]) for region, row in rows.items()} == {
        HOME: (0, 0),
        FRANKFURT: (2, 2 * 1024**3),
        TOKYO: (0, 0),
    }
    assert f"Orphaned: 1 copy of plan gone and target {lustre} in {FRANKFURT}." in mail.said
    assert f"aws fsx describe-backups --region {FRANKFURT}" in mail.text
    assert mail.text.count("Orphaned:") == 1
    assert mail.data["regions"][FRANKFURT]["orphaned"] == 1
    assert f"Quota: {FRANKFURT}, Lustre: 7 of 8 now" in mail.said
    assert f"\nhome in {FRANKFURT}: OK\n" in mail.text
    shares = world.cloudwatch.values(
        "BackupQuotaUsed", Deployment=DEPLOYMENT, Region=FRANKFURT, FileSystemType="LUSTRE"
    )
    assert shares == [100 * 7 / 8]
    assert world.cloudwatch.values("OrphanedBackups", Deployment=DEPLOYMENT) == [1]


def test_a_region_that_one_plan_leaves_keeps_its_copies_as_orphans(world: World, lustre: str) -> None:
    other = world.fsx.seed_file_system("LUSTRE")
    kept = seed_copies(world, other, [1, 90], plan="left")
    message = world.schedule(other, name="left", copies={TOKYO: {}})
    world.send(message)
    world.settle()
    assert {*kept} <= world.backups(FRANKFURT).keys()
    status = world.invoke({"action": "status"})
    assert any(
        f"Orphaned: 2 copies of plan left and target {other} in {FRANKFURT}." in line for line in status["problems"]
    )


def test_a_schedule_that_somebody_disabled_or_edited_is_one_problem_and_its_copies_no_orphans(
    world: World, lustre: str
) -> None:
    seed_copies(world, lustre, [1])
    world.schedule(world.fsx.seed_file_system(), name="other", copies={FRANKFURT: {}})
    schedule = world.scheduler.schedules[DEPLOYMENT, "home"]
    schedule["State"] = "DISABLED"
    status = world.invoke({"action": "status"})
    assert [row.get("region", HOME) for row in status["plans"] if row["problem"]] == [HOME]
    schedule["Target"]["Input"] = json.dumps({"plan": {"name": "home", "file_system_id": lustre, "copies": 5}})
    assert not any("Orphaned" in line for line in world.invoke({"action": "status"})["problems"])
