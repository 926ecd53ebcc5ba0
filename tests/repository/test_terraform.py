"""The runner of Terraform hands its environment to Terraform, and to nobody else."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev.terraform import Stack, TerraformError

GIVEN = "GIVEN_TO_TERRAFORM"


@pytest.fixture
def binary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In Terraform's place: says that it began, waits for a word, shows what it was given and fails if told so."""
    os.mkfifo(tmp_path / "begun")
    os.mkfifo(tmp_path / "go_on")
    program = tmp_path / "terraform"
    program.write_text(
        f"#!/bin/sh\necho begun > {tmp_path}/begun\nread word < {tmp_path}/go_on\n"
        f'echo "$word $PWD ${GIVEN} $*"\nif [ "$word" = fail ]; then echo "│ refused" >&2; exit 1; fi\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("TERRAFORM", str(program))
    return program


def run(folder: Path, word: str) -> str:
    with ThreadPoolExecutor() as threads:
        said = threads.submit(Stack(folder, {GIVEN: "a value"}).test)
        assert (folder / "begun").read_text() == "begun\n"
        beside = os.environ.get(GIVEN)
        (folder / "go_on").write_text(f"{word}\n")
        answer = said.result(timeout=20)
    assert beside is None
    return answer


def test_terraform_alone_gets_the_environment_while_it_runs(binary: Path) -> None:
    folder = binary.parent
    assert run(folder, "pass") == f"pass {folder} a value test -no-color\n"


def test_a_failure_says_what_terraform_said(binary: Path) -> None:
    with pytest.raises(TerraformError, match=r"^refused$"):
        run(binary.parent, "fail")
