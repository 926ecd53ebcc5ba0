"""The examples that act on what is there already, applied in one configuration: what their READMEs promise happens.

The others only make a deployment, as the end-to-end tests do: they are planned (tests/module/test_examples.py).
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import LOCALSTACK_PYTHON, Sandbox
from dev.scenarios import observer
from dev.terraform import ROOT, Stack
from tests.support.markdown import READERS_ENVIRONMENT

SCRATCH, HOME = "fs-0123456789abcdef0", "fs-0123456789abcdef1"
SAMPLES_NAME = {"Name": "user-scheduled backup"}


@dataclass
class Applied:
    sandbox: Sandbox
    stack: Stack
    old: list[str]
    young: list[str]
    newest: str
    outputs: dict[str, Any]

    def invoke(self, function: str, event: object) -> dict[str, Any]:
        answer = self.sandbox.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
        report: dict[str, Any] = json.load(answer["Payload"])
        return report

    def backups(self, target: str) -> observer.Backups:
        return observer.backups(self.sandbox.client("fsx"), target)


def documented_newest(environment: dict[str, str]) -> str:
    """What the command in the restore example's README finds, with the AWS CLI that the sandbox brings along."""
    text = (ROOT / "examples" / "restore" / "README.md").read_text()
    [command] = re.findall(r'backup_id="\$\((.*?)\n\)"', text, re.DOTALL)
    path = f"{LOCALSTACK_PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
    answer = subprocess.run(
        ["bash", "-c", command],
        env={**READERS_ENVIRONMENT, **environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return answer.stdout.strip()


@pytest.fixture(scope="module")
def applied(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Applied:
    control = FsxControl(sandbox.fsx_endpoint)
    lustre = {"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125}
    for file_system_id in (SCRATCH, HOME):
        control(
            "seed_file_system",
            file_system_type="LUSTRE",
            file_system_id=file_system_id,
            configuration=lustre,
            region="eu-west-1",
        )

    old = observer.history(control, SCRATCH, (8, 9, 30), tags=SAMPLES_NAME)
    young = observer.history(control, SCRATCH, (0.5, 3), tags=SAMPLES_NAME)
    observer.history(control, SCRATCH, [0.2], tags=SAMPLES_NAME, lifecycle="FAILED")
    observer.history(control, SCRATCH, [0.1], tags={}, backup_type="AUTOMATIC")
    newest = documented_newest(sandbox.environment())

    events = sandbox.client("events")
    events.put_rule(Name="backup-home", ScheduleExpression="rate(6 hours)")
    samples = "arn:aws:lambda:eu-west-1:123456789012:function:the-sample"
    events.put_targets(Rule="backup-home", Targets=[{"Id": "Id1", "Arn": samples, "Input": "{}"}])

    folder = tmp_path_factory.mktemp("examples")
    for name in ("modules", "examples"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    stack = Stack(folder, sandbox.environment())
    configuration = {
        "module": {
            "sample": {"source": "./examples/from-the-aws-sample"},
            "restore": {"source": "./examples/restore", "backup_id": newest},
        },
        "output": {
            name: {"value": f"${{module.{name.replace('_', '.')}}}"}
            for name in ("sample_function", "sample_commands", "restore_mount")
        },
    }
    (folder / "main.tf.json").write_text(json.dumps(configuration))
    stack.init()
    stack.plan()
    stack.apply()
    # Nothing is destroyed: it ends with the sandbox, and the provider waits minutes for a deleted file system.
    return Applied(sandbox, stack, old, young, newest, stack.outputs())


def test_a_second_plan_of_the_examples_is_empty(applied: Applied) -> None:
    assert applied.stack.plan().changes == {}


def test_the_documented_command_finds_the_newest_good_backup(applied: Applied) -> None:
    assert applied.newest == applied.young[0]


def test_it_becomes_a_new_file_system_with_a_plan_of_its_own(applied: Applied) -> None:
    pages = applied.sandbox.client("fsx").get_paginator("describe_file_systems").paginate()
    [restored] = [
        found
        for page in pages
        for found in page["FileSystems"]
        if {"Key": "Name", "Value": "scratch-restored"} in found.get("Tags", [])
    ]
    assert restored["Lifecycle"] == "AVAILABLE"
    assert applied.outputs["restore_mount"].startswith(restored["DNSName"])
    schedule = applied.sandbox.client("scheduler").get_schedule(GroupName="restored", Name="scratch-restored")
    assert json.loads(schedule["Target"]["Input"])["plan"]["file_system_id"] == restored["FileSystemId"]


def test_the_plan_purges_the_samples_old_backups(applied: Applied) -> None:
    command = applied.outputs["sample_commands"]["scratch"]["dry_run_purge"]
    [payload] = re.findall(r"--payload '(.*)' /dev/stdout", command)
    function = applied.outputs["sample_function"]["name"]
    report = applied.invoke(function, {**json.loads(payload), "dry_run": False})
    third, *older = applied.old  # the plan's keep_last of 3 counts the two young ones
    assert set(report["purge"]["deleted"]) == set(older)
    assert third in applied.backups(SCRATCH)
    assert set(applied.young) < set(applied.backups(SCRATCH))


def test_the_rule_made_by_hand_invokes_the_new_function(applied: Applied) -> None:
    [target] = applied.sandbox.client("events").list_targets_by_rule(Rule="backup-home")["Targets"]
    assert target["Arn"] == applied.outputs["sample_function"]["arn"]
    policy = json.loads(applied.sandbox.client("lambda").get_policy(FunctionName="fsx-backup")["Policy"])
    assert [statement["Condition"]["ArnLike"] for statement in policy["Statement"]] == [
        {"AWS:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/backup-home"}
    ]
    report = applied.invoke("fsx-backup", json.loads(target["Input"]))
    assert report["outcome"] == "IN_PROGRESS"
    assert report["backup_id"] in applied.backups(HOME)
