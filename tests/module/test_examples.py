"""Every example plans: all of them together, as modules of one configuration. Terraform is started once."""

import json
import re
import shutil
from typing import Any

import pytest

from dev.terraform import ROOT, Plan, Stack

# Example -> the plans it has, by deployment.
PLANS = {
    "bring-your-own": {"storage": {"home"}},
    "copies": {"storage": {"home", "database"}},
    "fleet": {
        "storage": {"scratch-hourly", "scratch-weekly", "scratch-before-migration", "home", "profiles", "database"}
    },
    "fleet-by-tag": {"storage": {"daily", "weekly", "scratch", "payroll"}},
    "from-the-aws-sample": {"fsx-backup": {"scratch"}},
    "platform": {
        "storage-dublin": {"home", "profiles"},
        "storage-paris": {"home"},
        "storage-research": {"genomics"},
    },
    "restore-test": {"storage": {"home", "database", "projects"}},
    "restore": {"restored": {"scratch-restored"}},
    "smallest": {"fsx-backup": {"home"}},
}
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if (path / "main.tf").exists())


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory, aws_environment: dict[str, str]) -> Plan:
    folder = tmp_path_factory.mktemp("examples")
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*")
    for name in ("modules", "examples"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    modules = {name: {"source": f"./examples/{name}"} for name in EXAMPLES}
    modules["restore"]["backup_id"] = "backup-0123456789abcdef0"
    (folder / "main.tf.json").write_text(json.dumps({"module": modules}))
    stack = Stack(folder, aws_environment)
    stack.init()
    return stack.plan()


def of(examples: Plan, name: str, type_: str) -> list[dict[str, Any]]:
    """The planned resources of a type in an example."""
    return [
        values
        for address, values in examples.resources(type_).items()
        if re.match(rf"module\.{re.escape(name)}\.", address)
    ]


def test_every_example_is_known() -> None:
    assert set(PLANS) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_a_schedule_for_each_plan_and_checks(name: str, examples: Plan) -> None:
    schedules: dict[object, set[object]] = {}
    for schedule in of(examples, name, "aws_scheduler_schedule"):
        schedules.setdefault(schedule["group_name"], set()).add(schedule["name"])
    backups = PLANS[name]
    checks = {f"{deployment}-checks": {"health-check", "report"} for deployment in backups}
    tests = {"storage-restore-tests": PLANS[name]["storage"]} if name == "restore-test" else {}
    assert schedules == {**backups, **checks, **tests}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_why_how_and_what_to_expect(name: str) -> None:
    text = (ROOT / "examples" / name / "README.md").read_text()
    assert text.startswith("# ")
    for word in ("Why", "How", "Expect"):
        assert f"**{word}**" in text


def test_the_fleet_has_a_file_system_of_every_type() -> None:
    text = (ROOT / "examples" / "fleet" / "main.tf").read_text()
    for kind in ("Lustre", "OpenZFS", "Windows", "ONTAP"):
        assert kind in text


def test_what_is_brought_along_is_not_made(examples: Plan) -> None:
    for type_ in ("aws_sns_topic", "aws_kms_key", "aws_kms_alias"):
        assert of(examples, "bring-your-own", type_) == []
    roles = of(examples, "bring-your-own", "aws_iam_role")
    assert {role["permissions_boundary"] for role in roles} == {"arn:aws:iam::123456789012:policy/workload-boundary"}


def test_what_was_brought_along_is_used(examples: Plan) -> None:
    [function] = of(examples, "bring-your-own", "aws_lambda_function")
    [network] = list(function["vpc_config"])
    assert set(network["subnet_ids"]) == {"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}
    assert network["security_group_ids"] == ["sg-0123456789abcdef0"]
    topics = {f"arn:aws:sns:eu-west-1:123456789012:{name}" for name in ("storage-events", "on-call")}
    alarms = of(examples, "bring-your-own", "aws_cloudwatch_metric_alarm")
    assert [set(alarm["alarm_actions"]) for alarm in alarms if str(alarm["alarm_name"]).endswith("-late")] == [topics]


def test_the_key_policy_to_copy_is_what_the_modules_own_key_has(examples: Plan) -> None:
    text = (ROOT / "examples" / "bring-your-own" / "README.md").read_text()
    copied = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    [key] = of(examples, "smallest", "aws_kms_key")
    made = json.loads(str(key["policy"]).replace("/aws/lambda/fsx-backup", "/aws/lambda/storage"))["Statement"]
    assert copied == [statement for statement in made if statement["Sid"] != "Account"]


def test_each_place_of_the_platform_has_its_own_account_and_region(examples: Plan) -> None:
    places = {
        deployment: re.findall(r"arn:aws:sqs:([a-z0-9-]+):(\d+):", str(policy["redrive_allow_policy"]))[0]
        for deployment in PLANS["platform"]
        for policy in of(examples, "platform", "aws_sqs_queue")
        if policy["name"] == f"{deployment}-dead-letters"
    }
    assert places == {
        "storage-dublin": ("eu-west-1", "123456789012"),
        "storage-paris": ("eu-west-3", "123456789012"),
        "storage-research": ("eu-west-1", "111122223333"),
    }


def test_the_restored_file_system_is_made_from_the_backup(examples: Plan) -> None:
    [made] = of(examples, "restore", "aws_fsx_lustre_file_system")
    assert made["backup_id"] == "backup-0123456789abcdef0"


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_says_why_how_what_to_expect_and_what_it_costs(name: str) -> None:
    text = (ROOT / "examples" / name / "README.md").read_text()
    assert [part for part in ("**Why**", "**How**", "**Expect**", "It costs") if part not in text] == []
