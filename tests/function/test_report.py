"""The report and the response to status: what they name, when they are sent, how they are cut."""

import json
import logging
import re
import shlex
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jmespath  # type: ignore[import-untyped] # botocore brings it
import pytest
from botocore.exceptions import ClientError

from fsx_backup.fleet import Fleet
from fsx_backup.health import assess
from fsx_backup.model import Action, Check
from fsx_backup.notifications import publish
from fsx_backup.overview import compose, message
from fsx_backup.resources import Resource
from fsx_backup.selection import Members
from tests.support.world import DEPLOYMENT, Mail, World

DAY = timedelta(days=1)
MOST_BYTES = 220_000  # SNS: 262,144


def report(world: World, **more: Any) -> dict[str, Any]:
    names = [name for group, name in world.scheduler.schedules if group == DEPLOYMENT]
    return world.invoke({"action": "report", "plans": names, "notify": "always", **more})


def mailed(world: World, **more: Any) -> Mail:
    report(world, **more)
    return world.topic.mails[-1]


def well(world: World, target: str, **more: Any) -> None:
    """A plan of a week, every four hours, everything well."""
    world.schedule(target, changed=world.now - timedelta(days=30), **more)
    for number in range(1, 43):
        at = world.now - timedelta(hours=4 * number)
        world.history(target, [number / 6], tags=tags_of(at))


def tags_of(at: Any) -> dict[str, str]:
    return {
        "fsx-backup:deployment": DEPLOYMENT,
        "fsx-backup:plan": "home",
        "fsx-backup:scheduled-time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "fsx-backup:retention": "days=7 keep_last=3",
    }


def test_a_plan_in_the_report(world: World, target: str) -> None:
    well(world, target)
    world.advance(minutes=10)
    mail = mailed(world)
    assert mail.attributes == {"outcome": "REPORT", "severity": "info", "deployment": DEPLOYMENT}
    rows = mail.text[mail.text.index("home: OK") :].splitlines()
    assert rows[1] == f"  {target}, newest 2026-03-01 00:00 UTC (4 h old)"
    assert rows[2].startswith("  42 available, 0 failed, ")
    assert rows[3] == "  6 runs due, 5 completed, 1 waiting"
    assert rows[4] == "  next 2026-03-01 08:00 UTC"
    assert max(map(len, rows[:5])) <= 65
    [row] = mail.data["plans"]
    assert row["runs"] == {"due": 6, "completed": 5, "failed": 0, "in_progress": 0, "waiting": 1, "skipped": 0}
    assert (row["available"], row["missing"], row["next_run"]) == (42, 0, "2026-03-01T08:00:00Z")


@pytest.mark.parametrize(
    ("notify", "bad", "sent"), [("problems", False, 0), ("problems", True, 1), ("always", False, 1), ("never", True, 0)]
)
def test_when_the_report_is_sent(world: World, target: str, notify: str, bad: bool, sent: int) -> None:
    well(world, target)
    world.advance(hours=13 if bad else 1)
    report(world, notify=notify)
    assert len(world.topic.mails) == sent


def test_status_answers_the_same_at_once(world: World, target: str) -> None:
    well(world, target)
    status = world.invoke({"action": "status"})
    assert not world.topic.mails
    assert not world.cloudwatch.calls
    assert report(world) == status
    assert status["states"] == {"OK": 1}


def test_what_was_skipped_and_what_vanished_is_counted(world: World, target: str) -> None:
    well(world, target)
    ordered = sorted(world.backups().values(), key=lambda backup: backup["CreationTime"])
    for backup in [*ordered[5:8], *ordered[-3:-1]]:
        world.fsx.client().delete_backup(BackupId=backup["BackupId"])
    mail = mailed(world, notify="always")
    assert "6 runs due, 3 completed, 1 waiting, 2 skipped" in mail.text
    assert "home: 3 due backups within retention.days are not there" in mail.text
    assert mail.attributes["severity"] == "info"


@pytest.mark.parametrize(
    ("phase", "completed", "missing"), [(12.345, 5, 0), (240, 5, 0), (-240, 5, 0), (360, 0, 36)]
)  # in seconds
def test_a_rate_may_fire_beside_the_computed_time(
    world: World, target: str, phase: float, completed: int, missing: int
) -> None:
    well(world, target, expression="rate(4 hours)")
    world.scheduler.schedules[DEPLOYMENT, "home"]["LastModificationDate"] += timedelta(seconds=phase)
    world.advance(minutes=10)
    [row] = report(world)["plans"]
    assert [row["runs"][name] for name in ("due", "completed", "waiting")] == [6, completed, 1]
    assert row["missing"] == missing


def test_orphans_come_with_the_command_that_lists_them(world: World, target: str) -> None:
    well(world, target)
    gone, held = world.fsx.seed_file_system("WINDOWS"), world.fsx.seed_file_system("OPENZFS")
    orphans = world.history(gone, [1, 2], plan="x" * 64)
    world.history(held, [1], tags={"fsx-backup:plan": "old", "fsx-backup:Hold": ""})
    world.history(gone, [1], plan=gone)
    mail = mailed(world, additional_targets=[held])
    assert f"Orphaned: 2 backups of plan {'x' * 64} and target {gone}." in mail.text
    assert mail.data["orphaned_count"] == 2  # the other was made by a full plan, and is no target of the module's
    assert world.cloudwatch.values("OrphanedBackups", Deployment=DEPLOYMENT) == [3]
    found = re.findall(r"(aws fsx describe-backups (?:.|\n)*?--output text)\n", mail.text)
    [command] = [command for command in found if "xxx" in command]
    words = shlex.split(command)
    assert words[words.index("--filters") + 1] == f"Name=file-system-id,Values={gone}"
    answer = json.loads(json.dumps({"Backups": [*world.backups().values()]}, default=str))
    assert {row[0] for row in jmespath.search(words[words.index("--query") + 1], answer)} == set(orphans)
    assert len(mailed(world, additional_targets=[held, gone]).data["orphaned"]) == 0


def test_overdue_backups_come_with_fsxs_reason(world: World, target: str) -> None:
    well(world, target, notify_on_success=False)
    [old] = world.history(target, [20], tags=tags_of(world.now - timedelta(days=20)))
    assert "1 backup overdue for deletion" in mailed(world).text
    world.fsx.control.fault(
        "BackupRestoring", "DeleteBackup", times=None, members={"FileSystemId": "fs-0123456789abcdef0"}
    )
    with pytest.raises(Exception, match="PARTIAL"):
        world.invoke({"action": "purge", "plan": "home", "dry_run": False})
    assert f"{old}: is being restored to fs-0123456789abcdef0" in mailed(world).text


def test_quota_now_at_steady_state_and_the_day_it_is_full(world: World, target: str) -> None:
    world.service_quotas.quotas = {"Lustre backups": 100}
    well(world, target, retention={"days": 7, "keep_daily": 90})
    world.fsx.seed_backup(target, backup_type="AWS_BACKUP")
    world.fsx.seed_backup(target, backup_type="AUTOMATIC")
    quota = report(world)["quota"]
    assert quota["LUSTRE"]["used"] == 43
    assert 125 < quota["LUSTRE"]["steady"] < 130
    assert "Lustre: 43 of 100 now, " in world.topic.mails[-1].text
    assert "2026-04" in quota["LUSTRE"]["full"]
    assert world.cloudwatch.values("BackupQuotaUsed", Deployment=DEPLOYMENT, FileSystemType="LUSTRE") == [43]
    assert world.topic.mails[-1].attributes["severity"] == "warning"


def test_windows_of_the_file_system(world: World) -> None:
    settings = {
        "AutomaticBackupRetentionDays": 3,
        "DailyAutomaticBackupStartTime": "05:00",
        "WeeklyMaintenanceStartTime": "3:23:50",
    }
    target = world.fsx.seed_file_system("OPENZFS", configuration=settings)
    notices = {}
    for hour in ("0", "1", "5", "6", "20"):
        world.schedule(target, expression=f"cron({20 if hour == '5' else 0} {hour} * * ? *)")
        notices[hour] = " ".join(report(world)["notices"])
    assert all("automatic backups of" in text for text in notices.values())
    near = {hour for hour, text in notices.items() if "7 of 7 runs" in text and "automatic backup window 05:00" in text}
    assert near == {"1", "5"}
    late = {hour for hour, text in notices.items() if "1 of 7 runs" in text and "maintenance window 3:23:50" in text}
    assert late == {"0", "20"}


def test_what_no_plan_covers(world: World, target: str) -> None:
    world.schedule(target)
    seed = world.fsx.seed_file_system
    seen = [seed("WINDOWS"), seed("OPENZFS")]
    seed("LUSTRE", configuration={"DeploymentType": "SCRATCH_2"})
    seed("WINDOWS", tags={"fsx-backup:exclude": ""})
    netapp, left_out = seed("ONTAP"), seed("ONTAP", tags={"fsx-backup:exclude": "yes"})
    seen.append(world.fsx.seed_volume(netapp))
    world.fsx.seed_volume(netapp, tags={"fsx-backup:exclude": ""})
    world.fsx.seed_volume(netapp, configuration={"OntapVolumeType": "DP"})
    world.fsx.seed_volume(left_out)
    known = seed("WINDOWS")
    data = report(world, additional_targets=[known])
    assert set(data["uncovered"]) == set(seen)
    assert not data["problems"]
    assert len(report(world, additional_targets=[known], require_coverage=True)["problems"]) == 3


def test_nothing_is_due_of_a_disabled_plan(world: World, target: str) -> None:
    well(world, target, state="DISABLED", enabled=False)
    data = report(world)
    [row] = data["plans"]
    assert (row["state"], row["runs"]["due"], row["next_run"]) == ("DISABLED", 0, None)
    assert not data["problems"]
    assert not any("runs" in notice or "are not there" in notice for notice in data["notices"])


def test_a_plan_that_never_fires_again_is_a_problem(world: World, target: str) -> None:
    world.history(target, [0])
    world.schedule(target, expression="cron(0 4 1 3 ? 2026)")
    assert "home: the schedule never fires again" in mailed(world).text


@pytest.mark.parametrize("silent", ["DescribeBackups", "GetSchedule"])
def test_while_aws_does_not_answer_the_report_waits_and_then_says_so(world: World, target: str, silent: str) -> None:
    world.schedule(target)
    if silent == "GetSchedule":
        world.scheduler.broken = ClientError({"Error": {"Code": "ThrottlingException"}}, silent)
    else:
        world.fsx.control.fault("InternalServerError", silent, times=None)
    world.send({"action": "report", "plans": ["gone", "home"]})
    world.deliver()
    assert not world.topic.mails
    world.advance(minutes=61)
    world.deliver()
    assert "home: UNKNOWN. AWS did not respond" in world.topic.mails[0].text
    known = silent != "GetSchedule"
    assert f"gone: {'SCHEDULE MISSING' if known else 'UNKNOWN'}" in world.topic.mails[0].text
    assert not world.queue.records
    assert not world.cloudwatch.calls


@pytest.mark.parametrize(
    ("schedule", "timezone", "previous"),
    [
        ("cron(0 6 * * ? *)", "UTC", ("2026-02-28T06:00:00Z", 6)),
        ("cron(0 4 ? * SUN *)", "UTC", ("2026-02-22T04:00:00Z", 42)),  # this very moment, a week ago
        ("cron(0 5 ? * MON-FRI *)", "Europe/Paris", ("2026-02-27T04:00:00Z", 12)),
        ("rate(12 hours)", "UTC", ("2026-02-28T16:00:00Z", 3)),
        # A day where nobody can say.
        ("rate(9999999 days)", "UTC", ("2026-02-28T04:00:00Z", 6)),
        ("rate(99999999999 days)", "UTC", ("2026-02-28T04:00:00Z", 6)),
        ("at(9999-12-31T23:59:59)", "America/New_York", ("2026-02-28T04:00:00Z", 6)),
        ("at(2026-03-01T04:00:00)", "UTC", ("2026-02-28T04:00:00Z", 6)),
        ("every day", "UTC", ("2026-02-28T04:00:00Z", 6)),
        ("cron(0 6 * * ? *)", "Mars/Olympus", ("2026-02-28T04:00:00Z", 6)),
    ],
)
def test_the_runs_of_a_report_are_those_since_its_schedule_fired_before(
    world: World, target: str, schedule: str, timezone: str, previous: tuple[str, int]
) -> None:
    well(world, target)
    data = report(world, schedule=schedule, timezone=timezone)
    assert (data["previous"], data["plans"][0]["runs"]["due"]) == previous


@pytest.mark.parametrize(
    ("fleets", "targets", "shown"),
    [(1, 15, 15), (1, 2_000, 20), (40, 100, 5)],  # of one small fleet everything, of many less than of one
)
def test_the_targets_of_fleets_are_cut_and_counted(world: World, fleets: int, targets: int, shown: int) -> None:
    names = [f"{'plan':x<60}-{number:03}" for number in range(fleets)]
    found = tuple(Resource(f"fsvol-{n:017x}", "ONTAP", "", {}, "it is DP", f"fs-{n:017x}") for n in range(targets))
    plans = []
    for name in names:
        world.schedule("", name=name, target_tags={"€" * 128: "€" * 256})
        entry = world.function.registry.entry(name)
        assert entry
        each = [entry.plan, *(entry.plan.of(one.id) for one in found)]  # itself as well, as if nothing had its tags
        plans += [assess(name, replace(entry, plan=plan), [], DEPLOYMENT, world.now + DAY) for plan in each]
    members = Members(found, found, found)
    orphans = Counter({(name, one.id): 1 for name in names for one in found})
    everything = Fleet(plans, orphans=orphans, uncovered=found, members=dict.fromkeys(names, members))
    check = Check(Action.REPORT, world.now, tuple(names), world.now - DAY)
    data = compose(world.settings, check, everything, {}, world.now)
    publish(world.topic, world.settings.topic_arn, message(world.settings, data, world.now))  # type: ignore[arg-type]
    [mail] = world.topic.mails
    assert mail.size < MOST_BYTES
    assert (len(mail.data["fleets"]), mail.data["fleets_count"]) == (min(fleets, shown), fleets)
    for one in mail.data["fleets"].values():
        for kind in ("targets", "new", "lost", "left_out", "unfit"):
            assert (len(one[kind]), one[f"{kind}_count"]) == (shown, targets)
    assert len(data["plans"]) == len(plans)  # for status


def test_five_thousand_plans_are_cut_and_counted(world: World, caplog: pytest.LogCaptureFixture) -> None:
    names = [f"{'plan':x<55}-{number:04}" for number in range(5_000)]
    caplog.set_level(logging.INFO)
    world.send({"action": "report", "plans": names})
    world.deliver()
    [mail] = world.topic.mails
    assert mail.size < MOST_BYTES
    assert all(words in mail.text for words in ("5000: 5000 SCHEDULE MISSING", "… and 4980 more"))
    assert re.search(r"\.\.\. and \d{4} more plans", mail.text)
    assert mail.data["plans_count"] == mail.data["problems_count"] == 5_000
    assert mail.data["plans_left_out"] == 5_000 - len(mail.data["plans"])
    assert {record.__dict__["plan"] for record in caplog.records if record.message == "plan"} == set(names)
