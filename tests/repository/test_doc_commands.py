"""Every command in the documents can be given: each is parsed by the program it calls."""

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter

import pytest
import yaml

from dev.fsx_emulator.control import Control
from dev.fsx_emulator.emulator import Emulator
from dev.sandbox.aws import LOCALSTACK_PYTHON
from dev.terraform import ROOT
from tests.support.markdown import FENCE, READERS_ENVIRONMENT, Command, anchors, blocks, commands, pages

LANGUAGES = {"sh", "hcl", "python", "json", "yaml", "text", "mermaid"}
PYTHONS = {"python", "python3", ".envs/dev/bin/python"}
PLUMBING = {"eval", "export", "tr"}
TERRAFORM = {"init", "plan", "apply", "destroy", "output", "show", "test", "fmt", "validate"}
# What stands for a value of the reader's own, and a value of the form that AWS asks for.
PLACEHOLDERS = {
    r"backup-…": "backup-0123456789abcdef0",
    r"fsvol-…": "fsvol-0123456789abcdef0",
    r"svm-…": "svm-0123456789abcdef0",
    r"subnet-…": "subnet-0123456789abcdef0",
    r"sg-…": "sg-0123456789abcdef0",
    r"fs-…": "fs-0123456789abcdef0",
    r"\b[A-Z_]*_?ARN\b": "arn:aws:fsx:eu-west-1:123456789012:backup/backup-0123456789abcdef0",
    r"\bREGION\b": "eu-west-1",
    r"\bDEAD_LETTER_QUEUE\b": "https://sqs.eu-west-1.amazonaws.com/123456789012/fsx-backup-dead-letters",
    r"file://targets\.json": '[{"Id": "1", "Arn": "arn:aws:lambda:eu-west-1:123456789012:function:fsx-backup"}]',
}
# The AWS CLI's version 2 alone has these; the one at hand is version 1.
VERSION_2 = {("logs", "tail"): {"--region", "--since", "--follow"}}
VERSION_2_OPTIONS = {"--cli-binary-format": "raw-in-base64-out"}
NOT_RUN = {"CONTRIBUTING.md": 1, "docs/runbook.md": 2, "dev/sandbox/README.md": 1}


def tried(program: str) -> list[Command]:
    return [command for command in commands() if command.not_run is None and command.words[0] == program]


def aws_cli(asked: list[list[str]]) -> list[str]:
    """What the AWS CLI says against each command, without making the call."""
    program = [LOCALSTACK_PYTHON, ROOT / "tests" / "support" / "aws_commands.py"]
    answer = subprocess.run(
        program,
        input=json.dumps(asked),
        env=READERS_ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    said: list[str] = json.loads(answer)
    return said


def test_every_block_says_what_it_is() -> None:
    assert [block.place for block in blocks() if block.language not in LANGUAGES] == []


def test_code_is_fenced() -> None:
    """An indented block has no language, so nothing here would find it."""
    for page in pages():
        text = FENCE.sub("", page.read_text())
        assert re.findall(r"\n\n {4,}(?![-*\d ])\S.*", text) == [], page


def test_every_command_is_one_that_is_tried_here() -> None:
    known = {"aws", "make", "terraform", "curl", ".envs/dev/bin/pytest", *PYTHONS, *PLUMBING}
    assert [command for command in commands() if command.not_run is None and command.words[0] not in known] == []


def test_what_is_not_run_has_a_reason() -> None:
    reasons = {(command.place, command.not_run) for command in commands() if command.not_run is not None}
    reasons |= {(block.place, block.not_run) for block in blocks() if block.not_run is not None}
    assert all(len(reason) > 10 for _, reason in reasons if reason)
    # Counted, so that one more is somebody's decision.
    assert Counter(place.split(":")[0] for place, _ in reasons) == NOT_RUN, sorted(reasons)


def test_aws_commands_are_what_the_aws_cli_takes() -> None:
    asked, places = [], []
    for command in tried("aws"):
        text = "\0".join(command.words[1:])
        for placeholder, value in PLACEHOLDERS.items():
            text = re.sub(placeholder, value, text)
        words = text.replace("/dev/stdout", "/dev/null").split("\0")
        for option, value in VERSION_2_OPTIONS.items():
            while option in words:
                at = words.index(option)
                assert words[at + 1] == value
                del words[at : at + 2]
        if (words[0], words[1]) in VERSION_2:
            assert {word for word in words if word.startswith("--")} <= VERSION_2[words[0], words[1]], command
            continue
        asked.append(words)
        places.append(command.place)
    said = aws_cli(asked)
    assert len(said) == len(asked) > 20
    assert [(place, error) for place, error in zip(places, said, strict=True) if error] == []


def test_the_aws_cli_here_refuses_what_is_wrong() -> None:
    wrong = ["fsx describe-backup", "fsx delete-backup --region eu-west-1", "fsx describe-backups --backup b"]
    assert all(aws_cli([command.split() for command in wrong]))


def test_make_targets_exist() -> None:
    targets = {word for command in tried("make") for word in command.words[1:] if "=" not in word}
    assert {"demo", "test", "failures"} <= targets
    for target in targets:
        result = subprocess.run(
            ["make", "-n", target], cwd=ROOT, env=READERS_ENVIRONMENT, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr


def test_terraform_commands_exist() -> None:
    for command in tried("terraform"):
        subcommand = next(word for word in command.words[1:] if not word.startswith("-"))
        assert subcommand in TERRAFORM, command


@pytest.mark.parametrize(
    "words", sorted({command.words[1:] for program in PYTHONS for command in tried(program)}), ids=" ".join
)
def test_python_commands_start(words: tuple[str, ...]) -> None:
    if words[0] == "-c":
        compile(words[1], "README.md", "exec")
        return
    if words[0] != "-m":
        assert (ROOT / words[0]).is_file()
    elif words[1].startswith("dev.benchmarks"):
        assert importlib.util.find_spec(words[1])  # they begin to measure when they are started
    else:
        called = words[: 3 if words[1] == "sandbox" else 2]
        command = [sys.executable, *called, "--help"]
        result = subprocess.run(
            command, cwd=ROOT, env=READERS_ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
        )
        assert result.returncode == 0, result.stderr
        assert [word for word in words if word.startswith("--") and word not in result.stdout] == []


def test_pytest_is_given_files_that_exist() -> None:
    for command in tried(".envs/dev/bin/pytest"):
        assert (ROOT / command.words[1].split("::")[0]).exists()


def test_the_emulators_addresses_exist() -> None:
    for command in tried("curl"):
        url = next(word for word in command.words if "/_fsx/" in word)
        assert callable(getattr(Control(Emulator()), url.rsplit("/", 1)[1]))


def test_a_reader_has_nothing_but_a_path_and_a_home() -> None:
    assert set(READERS_ENVIRONMENT) == {"PATH", "HOME"}


def test_python_blocks_run() -> None:
    """Those of a page one after the other, as a reader would; what is not run is at least Python."""
    names: dict[object, dict[str, object]] = {}
    for block in blocks("python"):
        code = compile("\n" * block.line + block.text, str(block.page), "exec")
        if block.not_run is None:
            exec(code, names.setdefault(block.page, {}))  # noqa: S102 - our own pages


def test_data_blocks_are_well_formed() -> None:
    kinds = Counter(block.language for block in blocks("json", "yaml"))
    for block in blocks("json"):
        json.loads(block.text)
    for block in blocks("yaml"):
        yaml.safe_load(block.text)
    assert kinds["json"] >= 1


def test_links_lead_somewhere() -> None:
    for page in pages():
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", FENCE.sub("", page.read_text())):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_anchors_exist() -> None:
    for page in pages():
        for target, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)]+)\)", FENCE.sub("", page.read_text())):
            assert anchor in anchors(page.parent / target if target else page), f"{page.relative_to(ROOT)}: #{anchor}"
