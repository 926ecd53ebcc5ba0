"""The form of commit messages, as the commit-msg hook checks it."""

import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from dev.terraform import ROOT
from dev.tools.commit_subject import LONGEST, TYPES, mistakes

GOOD = {
    "plain": "fix: a purge always makes progress",
    "scope": "feat(emulator): tags of volumes as AWS has them",
    "breaking": "feat!: the output `attributes` is removed",
    "longest": "docs: " + "x" * 66,
    "body": "docs: costs\n\nThe tables are the tool's output.",
    "comments": "# Please enter the commit message\n\ntest: rows\n# On branch main",
    "merge": "Merge branch 'plans' into main, which is a subject that nobody writes and may be long",
    "revert": 'Revert "feat: everything"\n\nThis reverts commit 0123456.',
    "fixup": "fixup! fix: a purge always makes progress",
}
BAD = {
    "no type": ("purge always makes progress", "type"),
    "another type": ("bench: rows", "type"),
    "no colon": ("fix a purge", "type"),
    "no blank": ("fix:a purge", "type"),
    "nothing after it": ("fix: ", "type"),
    "capital": ("Fix: a purge", "type"),
    "empty": ("\n# only comments\n", "type"),
    "too long": ("docs: " + "x" * 67, "73 characters"),
    "two changes": ("test: one row; docs: the same", "two commits"),
    "full stop": ("fix: a purge.", "full stop"),
    "no empty line": ("fix: a purge\nand the body", "second line"),
}


@pytest.mark.parametrize("message", GOOD.values(), ids=GOOD)
def test_a_message_of_the_form_passes(message: str) -> None:
    assert mistakes(message) == []


@pytest.mark.parametrize(("message", "named"), BAD.values(), ids=BAD)
def test_another_one_is_refused_with_the_mistake(message: str, named: str) -> None:
    [mistake] = mistakes(message)
    assert named in mistake


@pytest.mark.parametrize(("message", "status"), [("fix: a purge\n", 0), ("a purge\n", 1)], ids=["good", "bad"])
def test_the_hook_refuses_the_commit(message: str, status: int, tmp_path: Path) -> None:
    """Git gives the hook the file's name; its exit status decides."""
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert "commit-msg" in configuration["default_install_hook_types"]
    [hook] = [hook for hook in configuration["repos"][0]["hooks"] if hook.get("stages") == ["commit-msg"]]
    (tmp_path / "COMMIT_EDITMSG").write_text(message)
    command = [*shlex.split(hook["entry"]), str(tmp_path / "COMMIT_EDITMSG")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == status
    assert bool(result.stdout) == bool(status)


def test_contributing_names_the_types() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert all(f"`{name}`" in text for name in TYPES)
    assert f"{LONGEST} characters" in text
