"""The check of a consumer's plans, on plans reduced to what it reads; test_plan_check.py has Terraform's own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plan_check import plan_check

SCRIPT = Path(plan_check.__file__)
RETENTION = {"days": 7, "keep_last": 1, "keep_weekly": 4, "keep_yearly": -1, "max_deletes": 50}
PLAN = {
    "name": "home",
    "file_system_id": "fs-0123456789abcdef0",
    "retention": RETENTION,
    "purge_tags": {},
    "adopt_tags": {},
}


def schedule(state: str = "ENABLED", **plan: Any) -> dict[str, Any]:
    message = {
        "action": "backup",
        "plan": PLAN | plan,
        "scheduled_time": "<aws.scheduler.scheduled-time>",
        "version": 1,
    }
    return {"state": state, "target": [{"input": json.dumps(message)}]}


def change(
    actions: str, before: Any, after: Any, *, index: str | None = "home", type_: str = "aws_scheduler_schedule",
    name: str = "backup", module: str = "module.fsx_backup",
) -> dict[str, Any]:  # fmt: skip
    local = f"{type_}.{name}" + (f'["{index}"]' if index else "")
    return {
        "address": f"{module}.{local}" if module else local,
        **({"module_address": module} if module else {}),
        **({"index": index} if index else {}),
        "mode": "managed", "type": type_, "name": name,
        "change": {"actions": actions.split("+"), "before": before, "after": after},
    }  # fmt: skip


KEPT = change("no-op", schedule(), schedule(), index="kept")


def sentences(*changes: dict[str, Any]) -> list[str]:
    found = plan_check.changes_of_deployments({"format_version": "1.2", "resource_changes": [KEPT, *changes]})
    return [loss.sentence for loss in plan_check.losses(found)]


def updated(**plan: Any) -> dict[str, Any]:
    return change("update", schedule(), schedule(**plan))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (change("delete", schedule(), None), ["its schedule would be removed", "fs-0123456789abcdef0", "--allow home"]),
        (change("delete+create", schedule(), schedule()), ["its schedule would be replaced"]),
        (change("create+delete", schedule(), schedule()), ["its schedule would be replaced"]),
        (change("forget", schedule(), None), ["its schedule would be forgotten"]),
        (change("update", schedule(), schedule("DISABLED")), ["would be disabled", "enabled = true"]),
        (updated(retention=RETENTION | {"days": 3}), ["days from 7 to 3", "Set days = 7"]),
        (updated(retention=RETENTION | {"keep_weekly": 0}), ["keep_weekly from 4 to 0"]),
        (updated(retention=RETENTION | {"keep_yearly": 10}), ["keep_yearly from -1 to 10"]),
        (
            updated(file_system_id="fs-11111111"),
            [
                "would back up fs-11111111 instead of fs-0123456789abcdef0",
                "the backups of fs-0123456789abcdef0 become orphaned", "no plan purges them", "still paid for",
                "the deployment's check lists them", "Give fs-11111111 its own entry",
            ],
        ),
        (updated(adopt_tags={"Name": "old"}), ["adopt_tags has changed"]),
        (
            change("update", schedule(purge_tags={"Team": "hpc"}), schedule()),
            ["its purge would reach more backups: purge_tags asks for less"],
        ),
        (
            change("update", schedule(), {"state": "ENABLED", "target": [{}]}),
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


def test_an_owned_resource_that_goes_is_told_by_its_address() -> None:
    queue = change("delete+create", {}, {}, index=None, type_="aws_sqs_queue", name="this")
    alarm = change("delete", {}, None, index="home", type_="aws_cloudwatch_metric_alarm", name="freshness")
    told = sentences(queue, alarm)
    assert told[0].startswith("module.fsx_backup.aws_sqs_queue.this: would be replaced: the messages in it are lost")
    assert "--allow 'aws_cloudwatch_metric_alarm.freshness[\"home\"]'" in told[1]


def checking(*names: str) -> dict[str, Any]:
    message = {"action": "check", "each": [{"name": name} for name in names], "scheduled_time": "<…>"}
    return {"state": "ENABLED", "target": [{"input": json.dumps(message)}]}


def test_what_goes_with_a_removed_entry_is_not_told_again() -> None:
    check = change("delete", checking("home"), None, index="plans-1", name="check")
    alarm = change("delete", {}, None, type_="aws_cloudwatch_metric_alarm", name="freshness")
    assert len(sentences(change("delete", schedule(), None), check, alarm)) == 1


def test_a_check_may_go_where_another_measures_its_plans() -> None:
    gone = change("delete", checking("home", "kept"), None, index="plans-1", name="check")
    other = change("update", checking("x"), checking("home", "kept", "x"), index="plans-2", name="check")
    assert not sentences(gone, other)
    [told] = sentences(gone)
    assert "aws_scheduler_schedule.check" in told
    [told] = sentences(gone, change("update", checking("x"), checking("home"), index="plans-2", name="check"))
    assert "plans-1" in told


@pytest.mark.parametrize(
    "made",
    [
        change("create", None, schedule()),
        updated(retention=RETENTION | {"days": 8, "keep_weekly": -1, "max_deletes": 5}),
        updated(purge_tags={"Team": "hpc"}),
        change("update", schedule(adopt_tags={"Name": "old"}), schedule()),
        change("update", schedule("DISABLED"), schedule()),
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
    more = updated(retention=RETENTION | {"max_deletes": 500})
    result = run(tmp_path, {"format_version": "1.2", "resource_changes": [more]})
    assert result.returncode == 0
    assert "warning: home: max_deletes is raised" in result.stdout


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
