"""The set-up says what is missing, and can say it on the Python that is too old."""

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dev import terraform
from dev.terraform import ROOT
from dev.tools import bootstrap


def test_it_can_be_read_by_an_old_python() -> None:
    ast.parse((ROOT / "dev" / "tools" / "bootstrap.py").read_text(), feature_version=(3, 7))


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(bootstrap.Missing, match=r"Python 3.11 or newer is needed, this is 3.10 .*make PYTHON="):
        bootstrap.check_python()


def test_no_terraform_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bootstrap.Missing, match=r"`terraform` is not on PATH. Install Terraform 1.5 or newer"):
        bootstrap.check_terraform()


@pytest.mark.parametrize("version", ["Terraform v1.4.7", "Terraform v0.12.31", "nonsense", ""])
def test_an_old_terraform_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str) -> None:
    binary = tmp_path / "terraform"
    binary.write_text(f"#!/bin/sh\necho '{version}'\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(bootstrap.Missing, match=r"is too old .*1.5 or newer is needed"):
        bootstrap.check_terraform()


def mirror(folder: Path, host: str) -> None:
    (folder / host / "hashicorp" / "aws" / "5.100.0" / "linux_amd64").mkdir(parents=True)


@pytest.fixture
def envs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(bootstrap, "ENVS", tmp_path)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "nowhere"))
    monkeypatch.delenv("PROVIDER_MIRROR", raising=False)
    return tmp_path


def test_a_mirror_is_used_where_the_registry_is_out_of_reach(monkeypatch: pytest.MonkeyPatch, envs: Path) -> None:
    mirror(envs / "mirror", "registry.invalid")
    monkeypatch.setenv("PROVIDER_MIRROR", str(envs / "mirror"))
    bootstrap.configure_terraform()
    assert f'path = "{envs / "mirror"}"' in (envs / "terraform.rc").read_text()


def test_terraform_is_left_alone_where_the_registry_answers(monkeypatch: pytest.MonkeyPatch, envs: Path) -> None:
    (envs / "terraform.rc").write_text("left from before")
    monkeypatch.setattr(bootstrap, "provider_mirrors", lambda: iter([(envs / "mirror", "registry.invalid")]))
    monkeypatch.setattr(bootstrap, "reachable", lambda host: True)
    bootstrap.configure_terraform()
    assert not (envs / "terraform.rc").exists()


def test_a_configuration_of_the_users_own_is_left_alone(monkeypatch: pytest.MonkeyPatch, envs: Path) -> None:
    (envs / "nowhere").write_text("# the user's")
    monkeypatch.setattr(bootstrap, "provider_mirrors", lambda: iter([(envs / "mirror", "registry.invalid")]))
    bootstrap.configure_terraform()
    assert not (envs / "terraform.rc").exists()


def test_a_wrong_mirror_is_named(monkeypatch: pytest.MonkeyPatch, envs: Path) -> None:
    monkeypatch.setenv("PROVIDER_MIRROR", str(envs))
    with pytest.raises(bootstrap.Missing, match=r"PROVIDER_MIRROR=.* holds no"):
        bootstrap.configure_terraform()


def test_a_configuration_that_is_not_there_is_named_and_the_mirror_used(
    monkeypatch: pytest.MonkeyPatch, envs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "provider_mirrors", lambda: iter([(envs / "mirror", "registry.invalid")]))
    monkeypatch.setattr(bootstrap, "reachable", lambda host: False)
    bootstrap.configure_terraform()
    said, used = capsys.readouterr().out.splitlines()
    assert said.startswith(f"set-up: TF_CLI_CONFIG_FILE names {envs / 'nowhere'}, which is no file: ")
    assert said.endswith("Correct the variable, or unset it.")
    assert used.endswith(f"using the mirror {envs / 'mirror'}")
    assert f'path = "{envs / "mirror"}"' in (envs / "terraform.rc").read_text()


@pytest.mark.parametrize("named", [None, "there", "terraform.rc"])
def test_nothing_is_said_of_a_configuration_that_is_there_or_its_own(
    monkeypatch: pytest.MonkeyPatch, envs: Path, capsys: pytest.CaptureFixture[str], named: str | None
) -> None:
    (envs / "there").write_text("# the user's")
    monkeypatch.setenv("HOME", str(envs))
    monkeypatch.delenv("TF_CLI_CONFIG_FILE")
    if named:
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(envs / named))
    monkeypatch.setattr(bootstrap, "provider_mirrors", lambda: iter([]))
    bootstrap.configure_terraform()
    assert capsys.readouterr().out == ""


def test_the_sandbox_names_it_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "terraform.rc"
    monkeypatch.setattr(terraform, "MIRROR", terraform.ROOT / ".envs" / "absent.rc")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(own))
    assert terraform.provider_configuration() == {}
    assert terraform.misled() == (
        f"TF_CLI_CONFIG_FILE names {own}, which is no file: Terraform goes on without it. "
        "Correct the variable, or unset it."
    )
    own.write_text("# the user's")
    assert terraform.misled() == ""
    monkeypatch.delenv("TF_CLI_CONFIG_FILE")
    assert terraform.misled() == ""


def demo(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dev.scenarios.demo"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_ends_the_demo_with_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = demo(AWS_PORT=str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "of 127.0.0.1 cannot be used (Address already in use)" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_port_that_is_none_is_named() -> None:
    result = demo(FSX_PORT="http")
    assert result.returncode == 1
    assert result.stderr == "demo: FSX_PORT must be a port number from 1 to 65535, not 'http'.\n"


def test_its_own_configuration_is_not_taken_for_the_users(monkeypatch: pytest.MonkeyPatch, envs: Path) -> None:
    (envs / "terraform.rc").write_text("written before")
    monkeypatch.chdir(envs)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "terraform.rc")
    monkeypatch.setattr(bootstrap, "provider_mirrors", lambda: iter([(envs / "mirror", "registry.invalid")]))
    bootstrap.configure_terraform()
    assert "filesystem_mirror" in (envs / "terraform.rc").read_text()
