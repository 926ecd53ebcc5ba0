"""Every example plans, and makes a schedule for each of its plans."""

import shutil
from pathlib import Path

import pytest

from sandbox.terraform import ROOT, Stack

EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
SCHEDULES = {"smallest": 1, "fleet": 5}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_plans(name: str, tmp_path: Path, aws_environment: dict[str, str]) -> None:
    shutil.copytree(ROOT / "modules", tmp_path / "modules")
    shutil.copytree(ROOT / "examples" / name, tmp_path / "examples" / name)
    stack = Stack(tmp_path / "examples" / name, aws_environment)
    stack.init()
    assert len(stack.plan().resources("aws_scheduler_schedule")) == SCHEDULES[name]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_what_it_is_for(name: str) -> None:
    assert (ROOT / "examples" / name / "README.md").read_text().startswith("# ")
