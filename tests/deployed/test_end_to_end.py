"""From schedule to message in the sandbox, on one apply of the root stack."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from dev.sandbox.scheduler import Outcome
from tests.deployed.stage import NAME, Stage
from tests.module.dashboard_body import mistakes


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
    assert "action must be one of backup, start, purge, check, not 'dance'" in mail.text


def test_the_queues_are_empty_afterwards(stage: Stage) -> None:
    assert (stage.unfinished(), stage.unfinished("dead_letter_queue")) == (0, 0)


def test_the_dry_run_command_of_the_output_answers(stage: Stage) -> None:
    report = stage.invoke(stage.outputs["commands"]["failing"]["dry_run_purge"])
    assert report["outcome"] == "DRY_RUN"
    assert {decision["backup_id"] for decision in report["purge"]["decisions"]} == set(stage.backups("failing"))
    assert report["table"].splitlines()[0].startswith("BACKUP")


def test_a_direct_invoker_gets_the_error(stage: Stage) -> None:
    assert stage.refused["errorType"] == "InvalidEvent"
    assert stage.refused["errorMessage"] == "action must be one of backup, start, purge, check, not 'bakcup'."


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
    def total(name: str, plan: str) -> float:
        answer = stage.sandbox.client("cloudwatch").get_metric_statistics(
            Namespace="FSxBackup",
            MetricName=name,
            Dimensions=[{"Name": "Deployment", "Value": NAME}, {"Name": "Plan", "Value": plan}],
            StartTime=datetime.now(UTC) - timedelta(hours=1),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=7200,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in answer["Datapoints"]))

    assert (total("Completed", "lustre"), total("Failed", "lustre"), total("Purged", "lustre")) == (1, 0, 3)
    assert (total("Completed", "failing"), total("Failed", "failing")) == (0, 1)
    answer = stage.invoke(stage.outputs["commands"]["lustre"]["check"])
    assert answer["metrics"]["GoodBackups"] == 3
    assert total("GoodBackups", "lustre") == 3


@pytest.mark.fault("removed")
def test_the_check_of_the_deployment_names_what_no_plan_owns(stage: Stage) -> None:
    answer = stage.invoke(stage.outputs["check_command"])
    assert answer["outcome"] == "CHECKED"
    assert answer["orphans"] == {
        f"other ({stage.targets['lustre']})": 1,
        f"{stage.targets['by-hand']} ({stage.targets['by-hand']})": 1,
    }
    # LocalStack has no Service Quotas: the documented quotas hold.
    assert answer["quotas"] == {"LUSTRE": 500, "ONTAP": 10_000, "OPENZFS": 10_000, "WINDOWS": 500}


def test_the_dashboard_is_there(stage: Stage) -> None:
    dashboard = stage.sandbox.client("cloudwatch").get_dashboard(DashboardName=stage.outputs["dashboard"]["name"])
    assert mistakes(json.loads(dashboard["DashboardBody"])) == []
