"""What a plan may do to restore tests: they prove backups and protect none."""

from typing import Any

from plan_check import plan_check
from tests.plan_check.changes import ALARM, EVERY_FOUR_HOURS, KEPT, NOW, PLAN, change, sending


def found(*changes: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Losses and warnings."""
    read = plan_check.changes_of_deployments({"format_version": "1.2", "resource_changes": [KEPT, *changes]})
    return [loss.sentence for loss in plan_check.losses(read, NOW)], list(plan_check.warnings(read))


def test_a_restore_test_that_goes_is_a_note() -> None:
    sends: dict[str, Any] = {"action": "restore_test", "plan": PLAN | {"restore_test": {"schedule": EVERY_FOUR_HOURS}}}
    other = sends | {"plan": PLAN | {"restore_test": {"subnet_ids": ["subnet-1"], "kms_key_arn": "x"}}}
    gone = [
        change("delete", sending(sends), None, name="restore_test"),
        change("delete", {"tags": {}}, None, index=None, type_="aws_scheduler_schedule_group", name="restore_tests"),
        change("delete", {}, None, index="restore-test-leftovers", type_="aws_cloudwatch_metric_alarm", name="this"),
    ]
    changed = change("update", sending(sends), sending(other, "cron(0 0 1 1 ? *)"), index="other", name="restore_test")
    note = "home: its restore test is removed, so nothing proves its backups any more."
    assert found(*gone, changed) == ([], [note])
    replaced = change("delete+create", {}, {}, index="restore-test-leftovers", type_="aws_cloudwatch_metric_alarm")
    quieter = change("update", ALARM, ALARM | {"threshold": 1}, index="x", type_="aws_cloudwatch_metric_alarm")
    losses, _ = found(replaced, quieter)
    assert len(losses) == 2
