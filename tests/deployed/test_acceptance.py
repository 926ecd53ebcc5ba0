"""The acceptance run against the sandbox: its endpoints from the environment, its answer from a reader's keyboard.

One run goes through; beside it, in other sandboxes, one is interrupted, and one killed and followed by another.
"""

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import ACCOUNT, REGION, Sandbox
from dev.sandbox.processes import interruptible
from dev.scenarios.account import NAME, Account
from dev.scenarios.left_behind import resources
from dev.scenarios.promises import Ledger
from dev.terraform import ROOT
from tests.support.markdown import READERS_ENVIRONMENT

HELD = {
    "a failure is notified, with its cause",
    "a message is kept and looked at again until its backup is done",
    "a backup can be made now",
    "an expired backup is purged, the newest AVAILABLE one stays",
    "a filtered subscriber receives alarms through the alarms topic",
    "a dead letter is moved back to the queue and handled",
    "a second plan is empty",
    "destroy leaves nothing behind",
}
# Here nobody enforces permissions and key policies, and nothing fires a schedule.
AWS_ALONE = {
    "Scheduler's message passes the encrypted queue",
    "the role may create a backup with its tags",
    "Scheduler fills in the scheduled time",
    "the function writes to its encrypted log group",
    "the role may read the schedules, and report on all plans",
    "the role cannot delete a foreign backup",
    "CloudWatch may publish alarms to the encrypted topic",
}
ANSWERS = {
    "the token of a deleted backup": "makes a new backup",
    "DescribeVolumes": "of a volume with 1 tags shows 0",
    "a dead letter of Scheduler": "has its time in its text",
}


@dataclass(frozen=True)
class Run:
    """What a run printed, and what there is afterwards."""

    status: int
    out: str
    err: str
    resources: set[str]
    file_systems: list[str]
    backups: list[str]

    def lines(self, verdict: str) -> set[str]:
        return set(re.findall(rf"^ +{verdict} +(.*)$", self.out, re.MULTILINE))


@dataclass(frozen=True)
class Broken:
    """A run that was broken off, on a file system and beside a backup that must stay; `killed`: what one left."""

    run: Run
    file_system: str
    backup: str
    killed: frozenset[str] = frozenset()


def start(sandbox: Sandbox, folder: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        interruptible([sys.executable, "-m", "dev.scenarios.acceptance", "--folder", str(folder), *options]),
        cwd=ROOT,
        env={**READERS_ENVIRONMENT, **sandbox.environment(), **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(process: subprocess.Popen[str], text: str) -> str:
    """What was printed up to and including the line that has this text."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def end(sandbox: Sandbox, process: subprocess.Popen[str], answer: str = "", printed: str = "") -> Run:
    out, err = process.communicate(answer, timeout=600)

    def ids(operation: str, member: str, id_: str) -> list[str]:
        pages = sandbox.client("fsx").get_paginator(operation).paginate()
        return [found[id_] for page in pages for found in page[member]]

    return Run(
        process.returncode,
        printed + out,
        err,
        set(resources(sandbox.client, NAME)),
        ids("describe_file_systems", "FileSystems", "FileSystemId"),
        ids("describe_backups", "Backups", "BackupId"),
    )


def through(folder: Path) -> Run:
    """A run that makes its file system."""
    with Sandbox() as sandbox:
        return end(sandbox, start(sandbox, folder), f"{ACCOUNT}\n")


def given(sandbox: Sandbox) -> tuple[str, str, tuple[str, ...]]:
    """A file system, a backup of it that another deployment made, and the options to use the one."""
    control = FsxControl(sandbox.fsx_endpoint)
    target = control("seed_file_system", file_system_type="OPENZFS", region=REGION)
    foreign = control("seed_backup", target_id=target, tags={"fsx-backup:deployment": "another"})
    return target, foreign, ("--account", ACCOUNT, "--file-system", target)


def interrupted(folder: Path) -> Broken:
    """In the middle of an apply, and once more in the middle of the destroy."""
    with Sandbox() as sandbox:
        target, foreign, options = given(sandbox)
        process = start(sandbox, folder, *options)
        printed = until(process, "==> terraform apply of")
        process.send_signal(signal.SIGINT)
        printed += until(process, "==> terraform destroy")
        process.send_signal(signal.SIGINT)
        return Broken(end(sandbox, process, printed=printed), target, foreign)


def killed(folder: Path) -> Broken:
    """With everything deployed; the next run is interrupted as soon as it has cleared that away."""
    with Sandbox() as sandbox:
        target, foreign, options = given(sandbox)
        first = start(sandbox, folder, *options)
        until(first, "==> the scheduled backup")
        first.kill()
        first.communicate()
        left = frozenset(resources(sandbox.client, NAME))
        second = start(sandbox, folder, *options)
        printed = until(second, "==> terraform init")
        second.send_signal(signal.SIGINT)
        return Broken(end(sandbox, second, printed=printed), target, foreign, left)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Broken, Broken]:
    with ThreadPoolExecutor() as pool:
        whole = pool.submit(through, tmp_path_factory.mktemp("through"))
        broken = [pool.submit(play, tmp_path_factory.mktemp(play.__name__)) for play in (interrupted, killed)]
        return whole.result(), broken[0].result(), broken[1].result()


@pytest.fixture(scope="module")
def whole(runs: tuple[Run, Broken, Broken]) -> Run:
    return runs[0]


def test_every_promise_holds_or_is_aws_alone_to_prove(whole: Run) -> None:
    assert whole.lines("FAILED") == set(), whole.out + whole.err
    assert whole.lines("ok") == HELD
    assert {line for line in whole.lines("not provable here") if ": " not in line} == AWS_ALONE
    assert whole.out.splitlines()[-1] == "acceptance: promises=15 held=8 failed=0"
    assert whole.status == 0


@pytest.mark.parametrize("question", ANSWERS)
def test_what_the_documents_leave_open_is_asked(whole: Run, question: str) -> None:
    [answer] = [line for line in whole.lines("not provable here") if line.startswith(f"{question}: ")]
    assert answer.startswith(f"{question}: {ANSWERS[question]}")


def test_it_asks_before_it_spends_and_names_cost_and_account(whole: Run) -> None:
    asked, _, made = whole.out.partition("Type the account's number to go on: ")
    assert f"This is account {ACCOUNT}, Region {REGION}, as arn:aws:" in asked
    assert "dollars an hour" in asked
    assert "making the file system" not in asked
    assert "making the file system" in made


def test_it_leaves_nothing(whole: Run) -> None:
    assert (whole.resources, whole.file_systems, whole.backups) == (set(), [], [])


def test_an_interrupted_run_ends_what_terraform_does_and_destroys_everything(runs: tuple[Run, Broken, Broken]) -> None:
    run = runs[1].run
    assert run.lines("FAILED") == set(), run.out + run.err
    assert "interrupted: Terraform ends what it does, then everything is destroyed" in run.out
    assert run.err == "\nacceptance: interrupted; destroying everything.\n"
    assert run.out.splitlines()[-1] == "acceptance: promises=1 held=1 failed=0"
    assert (run.status, run.resources) == (130, set())


def test_what_a_killed_run_left_is_destroyed_first(runs: tuple[Run, Broken, Broken]) -> None:
    run = runs[2].run
    assert runs[2].killed >= {"schedules", "functions", "queues", "roles"}
    assert "==> An earlier run was killed: what it left is destroyed first" in run.out
    assert run.lines("FAILED") == set(), run.out + run.err
    assert "==> terraform apply" not in run.out
    assert (run.status, run.resources) == (130, set())


@pytest.mark.parametrize("which", [1, 2], ids=["interrupted", "killed"])
def test_what_is_not_the_runs_stays(runs: tuple[Run, Broken, Broken], which: int) -> None:
    broken = runs[which]
    assert isinstance(broken, Broken)
    assert (broken.run.file_systems, broken.run.backups) == ([broken.file_system], [broken.backup])


@pytest.mark.parametrize("answer", ["", "yes\n", "111122223333\n"])
def test_without_the_accounts_number_nothing_is_made(sandbox: Sandbox, tmp_path: Path, answer: str) -> None:
    process = start(sandbox, tmp_path)
    _, err = process.communicate(answer, timeout=60)
    assert process.returncode == 1
    assert f"is not the account's number, {ACCOUNT}. Nothing was made." in err
    assert resources(sandbox.client, NAME) == {}


def test_a_file_system_that_is_not_there_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    process = start(sandbox, tmp_path, "--account", ACCOUNT, FILE_SYSTEM="fs-00000000000000000")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("acceptance: FSx does not know fs-00000000000000000: ")


def test_an_account_that_does_not_answer_is_a_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    process = start(sandbox, tmp_path, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("acceptance: No AWS account answers: ")


@pytest.mark.parametrize(
    ("endpoint", "real"),
    [
        ("https://sts.eu-west-1.amazonaws.com", True),
        ("https://sts.cn-north-1.amazonaws.com.cn", True),
        ("http://127.0.0.1:4566", False),
        ("http://localhost.example/amazonaws.com", False),
    ],
)
def test_what_is_aws(endpoint: str, real: bool) -> None:
    assert Account("123456789012", "eu-west-1", "arn", endpoint).real is real


def test_on_aws_its_own_promises_count(capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger(real=True)
    ledger.promise("a role", True, aws_alone=True)
    ledger.promise("another", False, seen="what", aws_alone=True)
    ledger.question("a question", "yes")
    assert ledger.summary == "promises=2 held=1 failed=1"
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["ok", "a", "role"], ["FAILED", "another:", "what"], ["seen", "a", "question:", "yes"]]
