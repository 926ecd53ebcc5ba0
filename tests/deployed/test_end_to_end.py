"""From schedule to message in the sandbox, on one apply of the root stack."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from dev.sandbox.scheduler import Outcome, Scheduler
from tests.deployed.stage import NAME, Stage
from tests.module.dashboard_body import mistakes
from tests.support.sandbox_fixtures import wait_for


@pytest.mark.parametrize("plan", ["lustre", "openzfs", "windows", "ontap"])
def test_a_schedule_becomes_a_backup_and_a_message(stage: Stage, plan: str) -> None:
    assert stage.firings[plan].outcome is Outcome.DELIVERED
    [backup] = stage.made(plan)
    assert backup["Lifecycle"] == "AVAILABLE"
    tags = {tag["Key"]: tag["Value"] for tag in backup["Tags"]}
    assert tags["fsx-backup:deployment"] == NAME
    assert tags["fsx-backup:plan"] == plan
    assert tags["fsx-backup:scheduled-time"] == stage.firings[plan].scheduled_time
    [mail] = stage.mails_of(plan)
    assert mail.subject == f"{plan}: backup completed ({stage.targets[plan]})"
    assert backup["BackupId"] in mail.text
    assert mail.data["backup_id"] == backup["BackupId"]
    assert mail.attributes["severity"] == "info"


@pytest.mark.fault("same-message")
def test_the_same_message_twice_gives_one_backup(stage: Stage) -> None:
    assert len(stage.made("twice")) == 1
    assert {mail.outcome for mail in stage.mails_of("twice")} == {"COMPLETED"}


def test_the_old_backups_are_purged_and_the_foreign_ones_survive(stage: Stage) -> None:
    left = stage.backups("lustre")
    kept, expired = stage.old["lustre"][:2], stage.old["lustre"][2:]  # keep_last is 3, with the new one
    assert set(kept) <= set(left)
    assert not set(expired) & set(left)
    assert set(stage.foreign) <= set(left)
    # Another execution environment than the one that knows the whole run may have finished it.
    assert re.search(r"3 deleted(?: now)?, 3 kept", stage.mails_of("lustre")[0].text)


def test_a_failed_backup_is_told_and_nothing_is_purged(stage: Stage) -> None:
    assert set(stage.old["failing"]) < set(stage.backups("failing"))
    [mail] = stage.mails_of("failing")
    assert mail.outcome == "FAILED"
    assert "Disk on fire" in mail.text


def test_a_file_system_that_does_not_exist_is_told_once(stage: Stage) -> None:
    [mail] = stage.mails_of("gone")
    assert mail.outcome == "FAILED"
    assert "does not know" in mail.text or "FileSystemNotFound" in mail.text


def test_the_samples_event_works_by_direct_invocation(stage: Stage) -> None:
    assert stage.direct["outcome"] == "IN_PROGRESS"
    [backup] = stage.made("by-hand")
    assert backup["BackupId"] == stage.direct["backup_id"]
    assert backup["Lifecycle"] == "AVAILABLE"
    assert len(stage.mails_of(stage.targets["by-hand"])) == 1


def test_a_message_that_is_not_understood_is_told(stage: Stage) -> None:
    refused = [mail for mail in stage.mails if mail.outcome == "INVALID"]
    [mail] = [mail for mail in refused if "'dance'" in mail.text]
    assert "action must be one of backup, start, purge, restore_test, check, status, report, not 'dance'" in mail.text


def test_nothing_is_a_dead_letter(stage: Stage) -> None:
    """The other queue was empty when the stage was set; an alert may live in it since."""
    assert stage.unfinished("dead_letter_queue") == 0


def test_the_dry_run_command_of_the_output_answers(stage: Stage) -> None:
    report = stage.invoke(stage.outputs["commands"]["failing"]["dry_run_purge"])
    assert report["outcome"] == "DRY_RUN"
    assert {decision["backup_id"] for decision in report["purge"]["decisions"]} == set(stage.backups("failing"))
    assert report["table"].splitlines()[0].startswith("BACKUP")


def test_a_direct_invoker_gets_the_error(stage: Stage) -> None:
    assert stage.refused["errorType"] == "InvalidEvent"
    assert stage.refused["errorMessage"].endswith(", report, not 'bakcup'.")


def test_the_log_is_json_in_the_group_that_terraform_made(stage: Stage) -> None:
    logs = stage.sandbox.client("logs")
    events = logs.filter_log_events(logGroupName=stage.outputs["function"]["log_group"])["events"]
    steps = [json.loads(event["message"]) for event in events if '"message": "step"' in event["message"]]
    assert {step["plan"] for step in steps} >= {"lustre", "failing", "gone"}
    assert all(step["level"] == "INFO" for step in steps)


def test_a_second_plan_is_empty(stage: Stage) -> None:
    assert stage.stack.plan().changes == {}


def test_the_effective_settings_are_shown(stage: Stage) -> None:
    assert set(stage.outputs["plans"]) == set(stage.outputs["schedules"]) == set(stage.outputs["commands"])
    assert stage.outputs["plans"]["lustre"]["retention"] == {
        "days": 7,
        "keep_last": 3,
        "keep_hourly": 0,
        "keep_daily": 0,
        "keep_weekly": 0,
        "keep_monthly": 0,
        "keep_yearly": 0,
        "max_deletes": 50,
    }


def test_checks_and_runs_arrive_in_cloudwatch(stage: Stage) -> None:
    def total(name: str, statistic: str = "Sum") -> float:
        answer = stage.sandbox.client("cloudwatch").get_metric_statistics(
            Namespace="FSxBackup",
            MetricName=name,
            Dimensions=[{"Name": "Deployment", "Value": NAME}],
            StartTime=datetime.now(UTC) - timedelta(hours=1),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=7200,
            Statistics=[statistic],
        )
        return float(sum(point[statistic] for point in answer["Datapoints"]))

    completed = {mail.plan for mail in stage.mails if mail.outcome == "COMPLETED"}
    assert total("RunsCompleted") >= len(completed)  # `twice` may be counted by two execution environments
    assert (total("RunsFailed"), total("Purged")) == (2, 3)
    Scheduler(stage.sandbox.client).fire("health-check", group=f"{NAME}-checks")
    wait_for(lambda: total("LatePlans", "Maximum"))
    assert total("LatePlans", "Maximum") == 1  # gone
    assert total("BackupsAvailable", "Maximum") >= 3 + len(stage.old["failing"])


def test_a_check_by_name_reads_the_plan_from_its_schedule(stage: Stage) -> None:
    found = stage.invoke(stage.outputs["commands"]["lustre"]["check"])
    assert (found["plan"], found["target"], found["state"]) == ("lustre", stage.targets["lustre"], "OK")
    assert found["available"] == 3
    refused = stage.invoke(stage.outputs["commands"]["lustre"]["check"].replace("lustre", "lustra"))
    assert "There is no plan 'lustra' in deployment e2e. Known plans: failing, gone, lustre," in refused["errorMessage"]


@pytest.mark.fault("removed")
def test_the_status_names_what_no_plan_owns(stage: Stage) -> None:
    found = stage.invoke(stage.outputs["status_command"])
    assert {row["plan"] for row in found["plans"]} == set(stage.outputs["plans"])
    assert {(orphan["plan"], orphan["target"], orphan["backups"]) for orphan in found["orphaned"]} == {
        ("other", stage.targets["lustre"], 1),
        (stage.targets["by-hand"], stage.targets["by-hand"], 1),
    }
    # LocalStack has no Service Quotas: the documented quotas hold.
    assert {kind: share["quota"] for kind, share in found["quota"].items()} == {
        "LUSTRE": 500,
        "ONTAP": 10_000,
        "OPENZFS": 10_000,
        "WINDOWS": 500,
    }


def test_the_function_is_told_of_detailed_metrics(stage: Stage) -> None:
    configuration = stage.sandbox.client("lambda").get_function_configuration(FunctionName=NAME)
    assert configuration["Environment"]["Variables"]["FSX_BACKUP_DETAILED_METRICS"] == "false"


def test_the_dashboard_is_there(stage: Stage) -> None:
    dashboard = stage.sandbox.client("cloudwatch").get_dashboard(DashboardName=stage.outputs["dashboard"]["name"])
    assert mistakes(json.loads(dashboard["DashboardBody"])) == []
