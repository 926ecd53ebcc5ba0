"""The table of faults is whole: every test that it names exists, every test here is named, the page says what is so."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

from dev.sandbox.aws import ROOT
from tests.support import reliability


@cache
def collected() -> list[str]:
    """All cases of the files that the table names, and of this folder."""
    files = {entry.partition("::")[0] for row in reliability.rows() for entry in row["tests"]} | {
        "tests/function/faults"
    }
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *sorted(files)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True).stdout
    return [line for line in found.splitlines() if "::" in line]


def test_every_test_of_the_table_exists() -> None:
    entries = [entry for row in reliability.rows() for entry in row["tests"]]
    assert [entry for entry in entries if not any(reliability.matches(entry, case) for case in collected())] == []


def test_every_test_here_is_in_the_table() -> None:
    entries = [entry for row in reliability.rows() for entry in row["tests"]]
    own = __name__.replace(".", "/") + ".py"
    here = [case for case in collected() if case.startswith("tests/function/faults/") and not case.startswith(own)]
    assert [case for case in here if not any(reliability.matches(entry, case) for entry in entries)] == []


def test_the_results_are_of_these_cases() -> None:
    """After a change of the tests: `make faults`."""
    results = json.loads(reliability.RESULTS.read_text())
    assert {fault: tried for fault, (tried, _) in results["faults"].items()} == reliability.tally(collected())
    assert results["cases"] == results["survived"]
    assert results["cases"] >= 300


def test_the_page_says_what_is_so() -> None:
    assert reliability.PAGE.read_text() == reliability.page()
