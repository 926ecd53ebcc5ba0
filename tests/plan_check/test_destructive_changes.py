"""The check of a consumer's plans, on plans reduced to what it reads; test_plan_check.py has Terraform's own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plan_check import plan_check, rules
from tests.plan_check.changes import (
    ALARM,
    EVERY_FOUR_HOURS,
    KEPT,
    NOW,
    PLAN,
    RETENTION,
    alarm,
    change,
    check,
    checks,
    copied,
    filtering,
    fires,
    fleet,
    report,
    reports,
    schedule,
    sending,
    updated,
)

SCRIPT = Path(plan_check.__file__)


def sentences(*changes: dict[str, Any]) -> list[str]:
    found = plan_check.changes_of_deployments({"format_version": "1.2", "resource_changes": [KEPT, *changes]})
    return [loss.sentence for loss in plan_check.losses(found, NOW)]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (change("delete", schedule(), None), ["its schedule would be removed", "no backup of fs-0123456789abcdef0"]),
        (change("delete", fleet({"Backup": "daily"}), None), ["no backup of targets with Backup=daily is made"]),
        (change("delete+create", schedule(), schedule()), ["its schedule would be replaced"]),
        (change("create+delete", schedule(), schedule()), ["its schedule would be replaced"]),
        (change("forget", schedule(), None), ["its schedule would be forgotten"]),
        (
            updated(file_system_id="fs-11111111"),
            [
                "would back up fs-11111111 instead of fs-0123456789abcdef0",
                "the backups of fs-0123456789abcdef0 become orphaned", "no plan purges them", "still paid for",
                "the report lists them", "Give fs-11111111 its own entry",
            ],
        ),
        *(
            (
                change("update", schedule(), {name: value for name, value in schedule().items() if name != unknown}),
                ["known after apply only"],
            )
            for unknown in ("state", "schedule_expression", "schedule_expression_timezone")
        ),
        (
            change("update", schedule(), sending({}) | {"target": [{}]}),
            ["known after apply only", "the backups of fs-0123456789abcdef0 become orphaned"],
        ),
    ],
)  # fmt: skip
def test_a_loss_names_the_entry_what_happens_and_the_remedy(made: dict[str, Any], words: list[str]) -> None:
    [sentence] = sentences(made)
    assert sentence.startswith("home (module.fsx_backup): ")
    assert sentence.endswith("or allow it with --allow home.")
    for word in words:
        assert word in sentence


YEARLY, DAILY, HOURLY = "cron(0 0 1 1 ? *)", "cron(0 1 * * ? *)", "cron(0 * * * ? *)"


def keeping(**rules: int) -> dict[str, Any]:
    return {"retention": RETENTION | rules}


# What weakens, what is said of it, and the nearest change that takes nothing away.
PLANS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (keeping(days=3), "days from 7 to 3", keeping(days=8)),
    (keeping(keep_weekly=0), "keep_weekly from 4 to 0", keeping(keep_weekly=-1)),
    (keeping(keep_yearly=10), "keep_yearly from -1 to 10", keeping(max_deletes=5)),
    ({"purge_tags": {}}, "its purge reaches more backups", {"purge_tags": {"Team": "hpc", "Kind": "old"}}),
    ({"adopt_tags": {"Name": "new"}}, "it adopts and purges other backups", {"adopt_tags": {}}),
    ({"flexible_window_minutes": 11}, "flexible_window_minutes from 10 to 11", {"flexible_window_minutes": 0}),
    ({"start_window_minutes": 300}, "start_window_minutes from 240 to 300", {"start_window_minutes": 60}),
    ({"completion_window_minutes": 1441}, "Keep completion_window_minutes = 1440", {"completion_window_minutes": 60}),
    ({"max_backup_age_hours": 8760}, "max_backup_age_hours from 26 to 8760", {"max_backup_age_hours": 25}),
    ({"max_backup_age_hours": None}, "max_backup_age_hours from 26 to null", {"notify_on_success": False}),
]
SCHEDULES = [
    ((EVERY_FOUR_HOURS, YEARLY), "up to 365 days apart, not 4 hours", (EVERY_FOUR_HOURS, "rate(4 hours)")),
    ((DAILY, "cron(0 1 ? * MON-FRI *)"), "up to 3 days apart, not 1 day", (DAILY, "cron(0 13 * * ? *)")),
    ((DAILY, "cron(30 2 * * ? *) in Europe/Paris"), "up to 47 hours apart", (DAILY, f"{DAILY} in Europe/Paris")),
    (("rate(5 minutes)", "rate(6 minutes)"), "up to 6 minutes apart", ("rate(60 minutes)", "rate(1 hour)")),
    ((HOURLY, "cron(0 * * 1-7,9-12 ? *)"), "up to 745 hours apart, not 1 hour", (YEARLY, DAILY)),
    ((DAILY, "cron(0 1 * * ? 2026)"), "again after 2026-12-31 01:00 UTC", (DAILY, "cron(0 1 * * ? 2026-2099)")),
    ((DAILY, "cron(0 1 * * ? 2025)"), "not fire again after 2025-12-31", ("at(2026-01-01T00:00:00)", YEARLY)),
    ((DAILY, "at(2026-09-21T00:00:00)"), "not fire again after 2026-09-21", ("at(2026-09-21T00:00:00)", DAILY)),
    (("cron(0 1 * * ? 2026)", "cron(0 1 L * ? 2026)"), "up to 31 days", ("cron(0 1 * * ? 2026)", "rate(7 days)")),
    ((DAILY, "cron(every day)"), "whether it would fire less often is unknown", (DAILY, YEARLY, "DISABLED")),
    ((DAILY, "rate(99999999999 days)"), "cannot be read: it is out of range", (DAILY, YEARLY, "DISABLED")),
    ((DAILY, "at(9999-12-31T23:59:59) in America/New_York"), "out of range", (DAILY, "rate(1 day)")),
    ((DAILY, "rate(9999999 days)"), "not fire again after", ("rate(9999999 days)", DAILY)),
    ((DAILY, f"{DAILY} in Mars/Base"), "no data for the time zone Mars/Base", (DAILY, "rate(1 day) in Asia/Tokyo")),
]
ALARMS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"alarm_actions": ["other"]}, "no longer notified", {"alarm_actions": ["other", "storage"]}),
    ({"actions_enabled": False}, "nobody is notified", {"ok_actions": []}),
    ({"treat_missing_data": "ignore"}, "it overlooks that the data stops", {"alarm_description": "shorter"}),
    ({"threshold": 1}, "threshold from 0 to 1", {"threshold": -1}),
    ({"period": 7200}, "Keep period = 3600", {"period": 1800}),
    ({"evaluation_periods": 2}, "evaluation_periods from 1 to 2", {"tags": {"a": "b"}}),
    ({"metric_name": "BackupsFailed"}, "it watches something else", {"evaluation_periods": 1}),
]
REPORTS = [
    ((report(), report("never")), 'notify from "problems" to "never"', (report(), report("always"))),
    ((report(), report(state="DISABLED")), "would be disabled", (report(state="DISABLED"), report())),
    ((report(), report(expression="rate(7 days)")), "7 days apart", (report(), report(expression="rate(1 day)"))),
    ((report(covered=True), report()), "require_coverage from true to false", (report(), report(covered=True))),
    ((report(), sending({}) | {"target": [{}]}), "known after apply only. Plan again", (report("never"), report())),
]
CHECKS = [
    ((check(30), check(60)), "up to 1 hour apart, not 30 minutes", (check(30), check(15))),
    ((check(30, "fs-1", "fs-2"), check(30, "fs-2")), "are denied", (check(30, "fs-1"), check(30, "fs-2", "fs-1"))),
]
BOTH, DAILY_ONES, HPC = {"Backup": "daily", "Team": "hpc"}, {"Backup": "daily"}, {"Team": "hpc"}
LEAVING = "the backups of targets that it no longer selects become orphaned"
KEPT_FLEET = (fleet(HPC), fleet(HPC, notify_on_success=False))
FLEETS = [
    ((fleet(BOTH), fleet(BOTH | {"Env": "prod"})), LEAVING, (fleet(BOTH), fleet(DAILY_ONES))),
    ((fleet(DAILY_ONES), fleet(HPC)), "back up targets with Team=hpc instead of targets with Backup=daily", KEPT_FLEET),
    ((fleet(DAILY_ONES), schedule()), LEAVING, (schedule(), schedule())),
    ((schedule(), fleet(DAILY_ONES)), "backups of fs-0123456789abcdef0 become orphaned", KEPT_FLEET),
    (
        (fleet(HPC), fleet(HPC, "LUSTRE", "ONTAP")),
        'target_types from ["LUSTRE", "ONTAP", "OPENZFS", "WINDOWS"] to ["LUSTRE", "ONTAP"]',
        (fleet(HPC, "LUSTRE", "ONTAP", "OPENZFS", "WINDOWS"), fleet(HPC)),
    ),
    ((fleet(HPC, "ONTAP"), fleet(HPC, "LUSTRE")), "not backed up any more", (fleet(HPC, "LUSTRE"), fleet(HPC))),
]
TWO, US = copied("eu-central-1", "us-east-1"), copied("us-east-1")
SHORTER, LONGER = copied("us-east-1", **keeping(days=3)), copied("us-east-1", **keeping(days=8, max_deletes=9))
FLEETS += [  # copies
    ((TWO, US), "not be copied to eu-central-1 any more: the copies there become orphaned", (US, TWO)),
    ((US, SHORTER), "in copies to us-east-1, days from 7 to 3", (US, LONGER)),
    ((US, copied("us-east-1", completion_window_minutes=1441)), "is reported later. Keep completion", (US, US)),
]
FILTERS = [
    ((None, '{"plan":["a"]}'), "may be notified of less", ('{"plan":["a"]}', None)),
    ((rules.FAILURES_ONLY, '{"plan":["a"]}'), "may be notified of less", (None, rules.FAILURES_ONLY)),
]


@pytest.mark.parametrize(
    ("weaker", "words", "harmless"),
    [
        *((updated(**weaker), words, updated(**harmless)) for weaker, words, harmless in PLANS),
        *((fires(*weaker), words, fires(*harmless)) for weaker, words, harmless in SCHEDULES),
        *((change("update", *weaker), words, change("update", *harmless)) for weaker, words, harmless in FLEETS),
        *((alarm(**weaker), words, alarm(**harmless)) for weaker, words, harmless in ALARMS),
        *((reports(*weaker), words, reports(*harmless)) for weaker, words, harmless in REPORTS),
        *((checks(*weaker), words, checks(*harmless)) for weaker, words, harmless in CHECKS),
        *((filtering(*weaker), words, filtering(*harmless)) for weaker, words, harmless in FILTERS),
    ],
)
def test_what_weakens_is_a_loss_and_its_twin_is_none(
    weaker: dict[str, Any], words: str, harmless: dict[str, Any]
) -> None:
    [sentence] = sentences(weaker)
    assert words in sentence
    assert " or allow it with --allow " in sentence
    assert sentences(harmless) == []


def test_a_setting_that_an_earlier_checkout_did_not_have_is_not_weakened() -> None:
    earlier = {name: value for name, value in PLAN.items() if name != "max_backup_age_hours"}
    assert sentences(change("update", sending({"action": "backup", "plan": earlier}), schedule())) == []


def test_an_owned_resource_that_goes_is_told_by_its_address() -> None:
    queue = change("delete+create", {}, {}, index=None, type_="aws_sqs_queue", name="this")
    gone = change("delete", {}, None, index="late", type_="aws_cloudwatch_metric_alarm", name="this")
    told = sentences(queue, gone)
    assert told[0].startswith("module.fsx_backup.aws_sqs_queue.this: would be replaced: the messages in it are lost")
    assert "--allow 'aws_cloudwatch_metric_alarm.this[\"late\"]'" in told[1]


def test_what_watched_each_plan_may_go_where_one_watches_them_all() -> None:
    new = {
        "freshness": change("create", None, ALARM, index="late", type_="aws_cloudwatch_metric_alarm", name="this"),
        "check": change("create", None, check(30), index=None, name="health_check"),
        "deployment_check": change("create", None, report(), index=None, name="report"),
    }
    gone = [
        change("delete", {}, None, type_="aws_cloudwatch_metric_alarm", name="freshness"),
        change("delete", check(60), None, index="plans-1", name="check"),
        change("delete", check(60), None, index=None, name="deployment_check"),
    ]
    assert sentences(*gone, *new.values()) == []
    for change_ in gone:
        others = [made for name, made in new.items() if name != change_["name"]]
        elsewhere = new[change_["name"]] | {"module_address": "module.other"}
        [told] = sentences(*gone, *others, elsewhere)
        assert told.startswith(f"{change_['address']}: would be removed: ")


@pytest.mark.parametrize(
    "made",
    [
        change("create", None, schedule()),
        change("delete", {}, None, index=None, type_="aws_s3_bucket", name="other", module=""),
        change("delete", {}, None, index=None, type_="aws_sqs_queue", name="this", module="module.other"),
    ],
)
def test_what_takes_nothing_away_passes(made: dict[str, Any]) -> None:
    assert not sentences(made)


def run(tmp_path: Path, plan: object, *arguments: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    command = [sys.executable, "-I", str(SCRIPT), str(tmp_path / "plan.json"), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_exit_status_and_what_is_allowed(tmp_path: Path) -> None:
    gone = change("delete", schedule(), None)
    queue = change("delete", {}, None, index=None, type_="aws_sqs_queue", name="this")
    plan = {"format_version": "1.2", "resource_changes": [gone, queue]}
    refused = run(tmp_path, plan)
    assert refused.returncode == 1
    assert refused.stdout.count("LOSS: ") == 2
    half = run(tmp_path, plan, "--allow", "home")
    assert half.returncode == 1
    assert "allowed: home" in half.stdout
    for name in ("aws_sqs_queue.this", "module.fsx_backup.aws_sqs_queue.this"):
        assert run(tmp_path, plan, "--allow", "home", "--allow", name).returncode == 0
    stale = run(tmp_path, {"format_version": "1.2", "resource_changes": [KEPT]}, "--allow", "home")
    assert stale.returncode == 0
    assert "--allow home allows nothing in this plan" in stale.stdout


def test_a_higher_max_deletes_is_a_warning(tmp_path: Path) -> None:
    after = copied("us-east-1", kms_key_arn=None)
    more, key = updated(retention=RETENTION | {"max_deletes": 500}), change("update", US, after, index="other")
    result = run(tmp_path, {"format_version": "1.2", "resource_changes": [more, key]})
    assert result.returncode == 0
    assert "warning: home: max_deletes is raised" in result.stdout
    assert "warning: other: copies to us-east-1 get another key, so the next one is a full one." in result.stdout


def group(tags: dict[str, str] | None) -> dict[str, Any]:
    return change("create", None, {"tags": tags}, index=None, type_="aws_scheduler_schedule_group", name="this")


def test_a_first_plan_whose_messages_are_all_unknown_is_checked(tmp_path: Path) -> None:
    unknown = change("create", None, {"state": "ENABLED", "target": [{}]}, index=None, name="deployment_check")
    ours, others = group({"fsx-backup:deployment": "storage"}), group({"Team": "hpc"})
    result = run(tmp_path, {"format_version": "1.2", "resource_changes": [unknown, ours]})
    assert (result.returncode, result.stdout) == (0, "plan check: 0 to answer for, 0 allowed.\n")
    for foreign in (others, group(None)):
        assert run(tmp_path, {"format_version": "1.2", "resource_changes": [unknown, foreign]}).returncode == 2


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"format_version": "1.2", "resource_changes": []}, "no schedule of the fsx_backup module is in this plan"),
        ({"format_version": "1.2", "errored": True, "resource_changes": [KEPT]}, "the plan itself failed"),
        ({"version": 4, "resources": []}, "this is not the JSON of a Terraform plan"),
        ([], "plan check: "),
    ],
)
def test_what_cannot_be_checked_does_not_pass(tmp_path: Path, plan: object, words: str) -> None:
    result = run(tmp_path, plan)
    assert result.returncode == 2
    assert words in result.stderr


def test_a_copy_without_the_checkout_does_not_pass(tmp_path: Path) -> None:
    copy = shutil.copy(SCRIPT, tmp_path)
    result = subprocess.run([sys.executable, "-I", copy, "plan.json"], check=False, capture_output=True, text=True)
    assert result.returncode == 2
    assert "in the module's checkout" in result.stderr


def test_the_moment_of_the_plan_decides_what_is_to_come(tmp_path: Path) -> None:
    made = fires(DAILY, "cron(0 1 * * ? 2019-2026)")
    plan = {"format_version": "1.2", "timestamp": "2020-01-01T00:00:00Z", "resource_changes": [made]}
    assert run(tmp_path, plan).returncode == 0
    assert run(tmp_path, plan | {"timestamp": "2026-01-01T00:00:00Z"}).returncode == 1
