"""The sandbox starts, and nothing of it stays: whatever ends it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev import terraform
from dev.sandbox import aws
from dev.sandbox.__main__ import main
from dev.sandbox.aws import ROOT, Sandbox, SandboxError
from dev.sandbox.processes import ProcessId, end_groups, interruptible, start, started_at
from tests.support.sandbox_fixtures import wait_for

# Starts a sandbox, runs a function in it and then waits to be ended.
PROGRAM = """
import sys, time
from dev.sandbox.aws import Sandbox
from tests.sandbox.deploy import deploy

sandbox = Sandbox(progress=lambda text: print(text, flush=True)).start()
deploy(sandbox, "any").invoke()
print("pids", *sandbox.pids().values(), *sandbox.function_pids(), flush=True)
print("folder", sandbox.connection.folder, flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}  # where a killed one leaves its files
    with subprocess.Popen(
        interruptible([sys.executable, "-c", PROGRAM]),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process
        process.kill()


def line(process: subprocess.Popen[str], start: str) -> str:
    """What follows `start` in the first line of the output that begins so."""
    assert process.stdout is not None
    return next(text.removeprefix(start).strip() for text in process.stdout if text.startswith(start))


def all_gone(pids: list[int]) -> bool:
    return not [pid for pid in pids if started_at(pid) is not None]


def test_a_second_sandbox_starts_beside_the_first_and_leaves_nothing(sandbox: Sandbox) -> None:
    steps: list[str] = []
    with Sandbox(region="us-west-2", account="111122223333", progress=steps.append) as other:
        pids = list(other.pids().values())
        folder = other.connection.folder
        assert other.client("sts").get_caller_identity()["Account"] == "111122223333"
        assert ":us-west-2:111122223333:" in other.client("sns").create_topic(Name="any")["TopicArn"]
        assert other.client("fsx").describe_backups()["Backups"] == []
        assert other.aws_endpoint != sandbox.aws_endpoint
        assert not all_gone(pids)

    assert steps[-1].startswith("sandbox: ready after ")
    assert all_gone(pids)
    assert not folder.exists()
    assert sandbox.client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_everything_ends_when_its_program_is_killed(program: subprocess.Popen[str]) -> None:
    """The function's process, too, whose parent LocalStack is killed with the program."""
    pids = [int(pid) for pid in line(program, "pids ").split()]
    assert len(pids) == 3

    program.kill()

    wait_for(lambda: all_gone(pids))


def test_an_interrupt_while_running_ends_everything(program: subprocess.Popen[str]) -> None:
    pids = [int(pid) for pid in line(program, "pids ").split()]
    folder = Path(line(program, "folder "))

    program.send_signal(signal.SIGINT)

    program.wait(timeout=20)
    assert all_gone(pids)
    assert not folder.exists()


@pytest.mark.parametrize("tethered", [True, False])
def test_a_child_hears_an_interrupt_though_its_parent_was_started_to_ignore_it(tmp_path: Path, tethered: bool) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as for what runs in the background of a script
    try:
        command = [sys.executable, "-c", "import signal; print(signal.getsignal(signal.SIGINT))"]
        child = start(command, environment={}, folder=tmp_path, log=tmp_path / "log", tethered=tethered)
    finally:
        signal.signal(signal.SIGINT, before)
    assert child.wait(20) == 0
    assert "default_int_handler" in (tmp_path / "log").read_text()


def test_an_interrupt_in_the_middle_of_the_start_ends_everything() -> None:
    seen: list[Sandbox] = []
    pids: list[int] = []

    def interrupt(text: str) -> None:
        if text.startswith("sandbox: FSx emulator on"):
            pids.extend(seen[0].pids().values())
            raise KeyboardInterrupt

    seen.append(Sandbox(progress=interrupt))

    with pytest.raises(KeyboardInterrupt):
        seen[0].start()

    assert len(pids) == 2
    assert all_gone(pids)


@pytest.mark.parametrize("argument", ["aws_port", "fsx_port"])
def test_a_taken_port_is_refused_before_anything_starts(argument: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"^Port {port} of 127.0.0.1 cannot be used .Address already in use."):
            Sandbox(**{argument: port}).start()


def test_what_dies_at_the_start_shows_its_last_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho one\necho the real reason\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(aws, "LOCALSTACK_PYTHON", broken)
    starting = Sandbox()

    with pytest.raises(SandboxError, match=r"^localstack ended while starting(.|\n)*\n  the real reason$"):
        starting.start()

    assert starting.pids() == {}


def test_a_start_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "FSX_COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))

    with pytest.raises(SandboxError, match=r"^fsx was not ready after 1 s\."):
        Sandbox(start_seconds=1).start()


def test_a_missing_environment_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "FUNCTION_PYTHON", ROOT / ".envs" / "absent" / "python")

    with pytest.raises(SandboxError, match=r"^.envs/absent/python is missing. Run `make setup` first.$"):
        Sandbox().start()


def test_the_users_own_aws_settings_do_not_matter(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "stale")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    assert sandbox.client("sts").get_caller_identity()["Account"] == "123456789012"
    command = [sys.executable, "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"]
    environment = {**os.environ, **sandbox.environment()}
    assert (
        subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout == "123456789012\n"
    )


def test_a_pid_that_went_to_another_process_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as bystander:
        end_groups([ProcessId("sandbox", bystander.pid, "another time")], grace_seconds=0)

        assert bystander.poll() is None
        bystander.kill()


def test_up_and_down(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = tmp_path / "terraform.rc"
    mirror.write_text("# as the set-up writes it")
    monkeypatch.setattr(terraform, "MIRROR", mirror)
    monkeypatch.setattr(terraform, "ROOT", tmp_path)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/no/such/file")

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["--state-file", str(tmp_path / "state.json"), *arguments])
        return status, *capfd.readouterr()

    assert run("status")[0] == 1
    assert run("env")[2] == "sandbox: not running. Start it: python -m dev.sandbox up\n"
    status, out, err = run("up")
    try:
        assert (status, err.splitlines()[-1][:20]) == (0, "sandbox: ready after")
        exports = [text for text in out.splitlines() if text.startswith("export ")]
        assert err.startswith(
            "sandbox: TF_CLI_CONFIG_FILE names /no/such/file, which is no file: terraform.rc is used."
        )
        assert f"export TF_CLI_CONFIG_FILE={mirror}" in exports
        assert "export AWS_ACCESS_KEY_ID=123456789012" in exports
        assert out.endswith("# To end it: python -m dev.sandbox down\n")
        pids = [int(text.split("pid ")[1].split()[0]) for text in run("status")[1].splitlines() if "pid " in text]
        assert len(pids) == 2
        assert run("env")[1].splitlines() == exports
        assert run("up")[2].endswith("\nsandbox: already running\n")
        assert run("fire") == (0, "", "")
        assert run("fire", "no-such")[2] == "sandbox: no schedule named no-such; there are: []\n"
    finally:
        status, out, _ = run("down")
    assert (status, out.startswith("sandbox: ended fsx (")) == (0, True)
    assert all_gone(pids)
    assert run("down")[2] == "sandbox: nothing to end\n"
