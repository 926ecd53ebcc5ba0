"""Imports run one way: what is below knows nothing of what stands on it, nor a test module of another."""

import ast
from pathlib import Path

import pytest

from dev.terraform import ROOT

# What each part imports of the others. Tests import anything, and nobody imports them.
BELOW: dict[str, set[str]] = {
    "lambda_src": set(),
    "modules": set(),
    "examples": set(),
    "plan_check": {"lambda_src"},  # when a schedule fires
    "dev/fsx_emulator": set(),
    "dev/terraform.py": set(),
    "dev/region.py": set(),  # the part of a document that a command writes
    "dev/sandbox": {"dev/fsx_emulator", "dev/terraform.py"},
    "dev/scenarios": {"dev/sandbox", "dev/fsx_emulator", "dev/terraform.py", "dev/region.py"},
    "dev/tools": {"dev/scenarios", "dev/sandbox", "dev/fsx_emulator", "dev/terraform.py", "dev/region.py"},
    "dev/benchmarks": {
        "dev/scenarios",
        "dev/sandbox",
        "dev/fsx_emulator",
        "dev/terraform.py",
        "dev/tools",
        "lambda_src",
    },
}
ROOTS = (ROOT, ROOT / "lambda_src")  # where imports begin
PROGRAMS = sorted(
    path
    for folder in ("lambda_src", "modules", "examples", "plan_check", "dev", "tests")
    for path in (ROOT / folder).rglob("*.py")
)


def imports(program: Path) -> set[str]:
    """The files and folders of this repository that a program imports, relative to its root."""
    named: set[Path] = set()
    for node in ast.walk(ast.parse(program.read_text())):
        if isinstance(node, ast.Import):
            named |= {root / alias.name.replace(".", "/") for alias in node.names for root in ROOTS}
        elif isinstance(node, ast.ImportFrom):
            bases = [program.parents[node.level - 1]] if node.level else ROOTS
            module = (node.module or "").replace(".", "/")
            named |= {base / module / name for base in bases for name in ("", *(alias.name for alias in node.names))}
    files = {path.with_suffix(".py") for path in named if path.with_suffix(".py").exists()}
    return {path.relative_to(ROOT).as_posix() for path in files | {path for path in named - {*ROOTS} if path.is_dir()}}


def part(path: str) -> str | None:
    """The part of the repository that a path lies in; None where all of it may be meant."""
    return next((name for name in BELOW if path == name or path.startswith(f"{name}/")), None)


def test_every_program_is_of_a_part() -> None:
    places = {program.relative_to(ROOT).as_posix() for program in PROGRAMS}
    assert len(places) > 150
    assert {place for place in places if part(place) is None and not place.startswith("tests/")} == {"dev/__init__.py"}


@pytest.mark.parametrize("name", BELOW)
def test_a_part_imports_what_is_below_it(name: str) -> None:
    wrong = [
        f"{program.relative_to(ROOT)} imports {path}"
        for program in PROGRAMS
        if part(program.relative_to(ROOT).as_posix()) == name
        for path in imports(program)
        if path.startswith("tests/") or part(path) not in {None, name, *BELOW[name]}
    ]
    assert wrong == []


def test_test_modules_import_no_test_modules() -> None:
    wrong = [
        f"{program.relative_to(ROOT)} imports {path}"
        for program in PROGRAMS
        for path in imports(program)
        if path.startswith("tests/") and Path(path).stem.startswith(("test_", "conftest"))
    ]
    assert wrong == []


def test_no_two_files_import_each_other() -> None:
    """No circle, however long: what is on the way when a program is met again."""
    known = {program.relative_to(ROOT).as_posix(): imports(program) for program in PROGRAMS}
    done: set[str] = set()

    def walk(path: str, way: list[str]) -> None:
        assert path not in way, " -> ".join([*way[way.index(path) :], path])
        if path not in done:
            for following in sorted(known.get(path, set())):
                walk(following, [*way, path])
            done.add(path)

    for path in known:
        walk(path, [])
