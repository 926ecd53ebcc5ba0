"""The page `dev/fsx_emulator/README.md` says what is so."""

import re
from pathlib import Path

from dev.fsx_emulator.control import Control
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.operations import OPERATIONS, missing

PAGE = (Path(__file__).resolve().parents[2] / "dev" / "fsx_emulator" / "README.md").read_text()


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_operations_are_those_that_are_there_and_the_missing_ones_those_that_are_missing() -> None:
    listed = _section("What it does").split(":")[0]
    assert sorted(name.strip() for name in listed.split(",")) == sorted(OPERATIONS)
    listed = PAGE.split("<!-- missing operations -->")[1].split("<!-- end -->")[0]
    assert [name.strip() for name in listed.split(",")] == missing()


def test_the_instruments_table_is_complete() -> None:
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \|", _section("As an instrument").split("**Faults.**")[0], re.MULTILINE)
    control = Control(Emulator())
    methods = [name for name in dir(control) if not name.startswith("_")]
    assert sorted(name for names in rows for name in re.findall(r"[a-z_]+", names)) == methods


def test_the_example_runs() -> None:
    example = _section("In process").split("```python\n")[1].split("```")[0]
    exec(compile(example, "dev/fsx_emulator/README.md", "exec"), {})  # noqa: S102 - our own page
