"""What a published module ships beside its code: owners, a changelog with its version, what to do when upgrading."""

import re
import tomllib

from dev.terraform import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
UPGRADING = (ROOT / "docs" / "upgrading.md").read_text()
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_owners_are_named_for_files_that_exist() -> None:
    rows = [
        line.split() for line in (ROOT / ".github/CODEOWNERS").read_text().splitlines() if line[:1] not in {"#", ""}
    ]
    assert rows[0][0] == "*"
    assert [path for path, *_ in rows[1:] if not (ROOT / path.lstrip("/")).exists()] == []
    assert [row for row in rows if len(row) < 2 or not all(owner.startswith("@") for owner in row[1:])] == []


def test_the_changelog_keeps_its_form() -> None:
    titles = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert titles
    assert [
        title for title in titles if not re.fullmatch(r"\d+\.\d+\.\d+ \((unreleased|\d{4}-\d\d-\d\d)\)", title)
    ] == []
    assert [title for title in titles[1:] if "unreleased" in title] == []
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= KINDS


def test_every_version_says_how_to_upgrade() -> None:
    versions = re.findall(r"^## (\d+\.\d+\.\d+) ", CHANGELOG, re.MULTILINE)
    assert [version for version in versions if f"\n## To {version}, from " not in UPGRADING] == []


def test_the_version_is_the_changelogs() -> None:
    """It stands nowhere else but where users copy it from."""
    newest = re.findall(r"^## (\d+\.\d+\.\d+) ", CHANGELOG, re.MULTILINE)[0]
    pages = [path for path in ROOT.rglob("*.md") if not {".envs", ".sandbox"} & set(path.parts)]
    assert set(re.findall(r"\?ref=v([\d.]+)", "".join(page.read_text() for page in pages))) == {newest}


def test_the_figures_of_the_upgrade_are_the_modules() -> None:
    module = {name: (ROOT / f"modules/fsx_backup/{name}.tf").read_text() for name in ("lambda", "queue")}
    [timeout] = re.findall(r"timeout_seconds += (\d+)", module["lambda"])
    [factor] = re.findall(r"visibility_timeout_seconds += (\d+) \* local.timeout_seconds", module["queue"])
    stated = f"timeout is {timeout} s (was 120), the queue's visibility timeout {int(timeout) * int(factor):,} s"
    assert stated in " ".join(UPGRADING.split())


def test_accepted_spellings_are_still_needed() -> None:
    """A word that no file has any more would let the next mistake pass."""
    accepted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["codespell"]["ignore-words-list"].split(",")
    texts = [path.read_text().lower() for folder in ("tests", "dev") for path in (ROOT / folder).rglob("*.py")]
    assert [word for word in accepted if not any(word in text for text in texts)] == []
