"""Versions are stated once, or agree; what contributors and CI run is what there is."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from dev.terraform import ROOT, Stack
from dev.tools import bootstrap
from tests.support.markdown import pages

LONGEST = 300  # lines
PYTHON = (ROOT / ".python-version").read_text().strip()
TERRAFORM = (ROOT / ".terraform-version").read_text().strip()
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def terraform_files() -> list[Path]:
    return [
        path for folder in ("", "modules", "examples") for path in (ROOT / folder).glob("**/*.tf" if folder else "*.tf")
    ]


def stated(pattern: str) -> dict[str, set[str]]:
    """What the Terraform files say, by the value."""
    found: dict[str, set[str]] = {}
    for path in terraform_files():
        for value in re.findall(pattern, path.read_text()):
            found.setdefault(value, set()).add(str(path.relative_to(ROOT)))
    return found


def test_one_python() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert pyproject["ruff"]["target-version"] == f"py{PYTHON.replace('.', '')}"
    assert pyproject["mypy"]["python_version"] == PYTHON
    assert set(stated(r'runtime += "python([\d.]+)"')) == {PYTHON}


def test_one_floor_of_terraform_and_of_the_provider() -> None:
    minimum = ".".join(map(str, bootstrap.MINIMUM_TERRAFORM))
    [(floor, places)] = stated(r'required_version = ">= ([\d.]+)"').items()
    assert floor == minimum
    assert {"versions.tf", "modules/fsx_backup/versions.tf"} <= places
    [(provider, same)] = stated(r'source += "hashicorp/aws"\n +version = ">= ([\d.]+)"').items()
    assert same == places
    # The documents name no other version of either, but what the module's own suite needs.
    suite = (ROOT / "modules/fsx_backup/tests/module.tftest.hcl").read_text()
    mocks = re.findall(r"mock_provider needs Terraform (\d+\.\d+)", suite)
    named = {page: re.findall(r"Terraform (?:v|from )?(\d+\.\d+)", page.read_text()) for page in pages()}
    assert {version for versions in named.values() for version in versions} <= {
        minimum,
        TERRAFORM.rpartition(".")[0],
        *mocks,
    }
    named = {page: re.findall(r"[Pp]rovider (\d+\.\d+)", page.read_text()) for page in pages()}
    assert {version for versions in named.values() for version in versions} <= {provider}


def test_the_readme_names_the_floors() -> None:
    readme = (ROOT / "README.md").read_text()
    python, terraform = (".".join(map(str, v)) for v in (bootstrap.MINIMUM_PYTHON, bootstrap.MINIMUM_TERRAFORM))
    assert f"Terraform {terraform} or newer, Python {python} or newer" in readme


def test_one_localstack() -> None:
    [version] = re.findall(r"^localstack==(.+)$", (ROOT / "dev/requirements/localstack.in").read_text(), re.MULTILINE)
    assert f"LocalStack {version}" in (ROOT / "dev/sandbox/README.md").read_text()


def test_the_workflow_runs_the_targets_with_the_stated_versions() -> None:
    job = WORKFLOW["jobs"]["make"]
    assert job["strategy"]["matrix"]["target"] == ["lint", "fast", "test", "demo"]
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert runs == ['echo "terraform=$(cat .terraform-version)" >> "$GITHUB_OUTPUT"', "make ${{ matrix.target }}"]
    used = {step["uses"].split("@")[0]: step.get("with", {}) for step in job["steps"] if "uses" in step}
    assert used["actions/setup-python"] == {"python-version-file": ".python-version"}
    assert used["hashicorp/setup-terraform"]["terraform_version"] == "${{ steps.versions.outputs.terraform }}"
    assert re.fullmatch(r"1\.\d+\.\d+", TERRAFORM)


def test_the_workflow_plans_with_the_lowest_and_the_newest_terraform() -> None:
    job = WORKFLOW["jobs"]["plans"]
    [(_, (floor, newest))] = job["strategy"]["matrix"].items()
    assert floor == ".".join(map(str, (*bootstrap.MINIMUM_TERRAFORM, 0)))
    assert newest == "latest"
    [terraform] = [step for step in job["steps"] if step.get("uses", "").startswith("hashicorp/setup-terraform@")]
    assert terraform["with"]["terraform_version"] == "${{ matrix.terraform }}"
    assert job["steps"][-1] == {"run": "make plans"}


def test_the_workflow_pins_actions_by_commit() -> None:
    """A tag can be moved."""
    used = [step["uses"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(used) > 5
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []


def test_the_hooks_run_what_make_lint_runs() -> None:
    recipe = re.findall(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[0]
    made = {command(line.replace("$(DEV)", ".envs/dev/bin")) for line in recipe.replace("\t@", "").splitlines()}
    [repository] = HOOKS
    assert repository["repo"] == "local"
    assert len(repository["hooks"]) > 4
    hooks = [hook for hook in repository["hooks"] if hook.get("stages") != ["commit-msg"]]  # no file has a message
    assert {command(hook["entry"]) for hook in hooks} <= made


def command(line: str) -> str:
    """Without what only says on which files and how loudly; hooks format, `make lint` looks."""
    words = [word for word in line.split() if word not in {"--quiet", "--no-progress", "--force-exclude", "."}]
    return " ".join(word for word in words if not (word == "--check" and words[1] == "format"))


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    rooms = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    programs = [path for room in rooms for path in room.rglob("*.py")]
    assert len(programs) > 150
    lines = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in (*programs, *terraform_files())}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_contributing_names_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"`((?:lambda_src|modules|tests|docs|dev|examples)/[\w./-]+)`", text)
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.md")), ids=lambda path: path.name)
def test_an_issue_template_has_its_head(path: Path) -> None:
    head = yaml.safe_load(path.read_text().split("---\n")[1])
    assert set(head) == {"name", "about", "labels"}


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert len(text.splitlines()) > 200


def test_another_binary_takes_terraforms_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`TERRAFORM=tofu make test`: the set-up takes it, and every run is its."""
    tofu = tmp_path / "tofu"
    tofu.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\necho OpenTofu v1.9.0\n')
    tofu.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("TERRAFORM", "tofu")
    bootstrap.check_terraform()
    Stack(tmp_path, {}).init()
    assert [line.split()[0] for line in (tmp_path / "calls").read_text().splitlines()] == ["version", "init"]


def test_no_program_calls_terraform_by_its_name() -> None:
    for folder in ("dev", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            called = re.findall(r"""(?:\[|which\(|run\()\s*["']terraform["' ]""", path.read_text())
            assert called == [], path
