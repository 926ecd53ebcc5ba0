"""The page `dev/fsx_emulator/README.md` says what is so."""

import re
import subprocess
import sys
from pathlib import Path

from dev.fsx_emulator import emulated_fsx
from dev.fsx_emulator.http_control import VERBS
from dev.fsx_emulator.operations import OPERATIONS, missing

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "dev" / "fsx_emulator" / "README.md").read_text()


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_test_of_the_table_exists() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/emulator"]
    collected = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
    rows = re.findall(r"^\| (.+) \| (.+) \|$", _section("Rules and their tests"), re.MULTILINE)
    rules = [(rule, test.strip("`")) for rule, test in rows if rule != "rule"]
    assert len(rules) > 100
    assert [row for row in rules if row[1] not in collected.splitlines()] == []


def test_the_missing_operations_are_those_that_are_missing() -> None:
    listed = PAGE.split("<!-- missing operations -->")[1].split("<!-- end -->")[0]
    assert [name.strip() for name in listed.split(",")] == missing()


def test_the_operations_are_those_that_are_there() -> None:
    listed = _section("What it does").split(":")[0]
    assert sorted(name.strip() for name in listed.split(",")) == sorted(OPERATIONS)


def test_the_instruments_table_is_complete() -> None:
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (GET|PUT|POST) \|", _section("As an instrument"), re.MULTILINE)
    found = {name: verb for names, verb in rows for name in re.findall(r"[a-z_]+", names)}
    assert found == {name: verb for verb, names in VERBS.items() for name in names}


def test_the_example_runs() -> None:
    example = _section("In process").split("```python\n")[1].split("```")[0]
    exec(compile(example, "dev/fsx_emulator/README.md", "exec"), {})  # noqa: S102 - our own page
    assert emulated_fsx.__name__ in example
