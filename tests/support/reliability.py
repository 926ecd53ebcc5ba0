"""docs/reliability.md, from the table of faults, their last run and the last soak.

python -m tests.support.reliability          write the page
python -m tests.support.reliability --check  exit 1 if the page does not say what they say
python -m tests.support.reliability --run    play all faults that need no sandbox, keep the result, write the page
"""

import json
import sys
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import pytest

from dev.terraform import ROOT
from tests.function.faults.matrix import EXPECTED

FAULTS = ROOT / "tests" / "function" / "faults"
TABLE, RESULTS, SOAK = FAULTS / "table.toml", FAULTS / "results.json", FAULTS / "soak.json"
PAGE = ROOT / "docs" / "reliability.md"
# Where tests run that need Terraform or the sandbox: `make test` runs them, `make faults` does not.
ELSEWHERE = ("tests/deployed/", "tests/module/", "tests/plan_check/", "tests/sandbox/")

INTRODUCTION = """# Reliability

What can go wrong, what happens then, and how that was tried. Made by `make faults` and `make soak`; please change
[the table](../tests/function/faults/table.toml), not this page.

"""


def rows() -> list[dict[str, Any]]:
    """The table: `fault`, `where`, `expected`, `tests`."""
    return list(tomllib.loads(TABLE.read_text())["fault"])


def in_process(test: str) -> bool:
    return not test.startswith(ELSEWHERE)


def function(test: str) -> str:
    """The id of a test without its case."""
    return test.partition("[")[0]


def matches(entry: str, case: str) -> bool:
    """Whether an entry of the table means a collected case."""
    if function(entry) != function(case):
        return False
    pattern = entry.partition("[")[2].removesuffix("]")
    return not pattern or fnmatchcase(case.partition("[")[2].removesuffix("]"), pattern)


def tally(cases: Iterable[str]) -> dict[str, int]:
    """Fault -> how many of these cases are about it."""
    known = list(cases)
    return {
        row["fault"]: sum(any(matches(entry, case) for entry in row["tests"]) for case in known if in_process(case))
        for row in rows()
    }


class Recorder:
    """A plugin that keeps what became of each case."""

    def __init__(self) -> None:
        self.passed: dict[str, bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.passed[report.nodeid] = self.passed.get(report.nodeid, True) and report.passed


def run() -> int:
    """Play the faults; the exit code."""
    entries = [entry for row in rows() for entry in row["tests"] if in_process(entry)]
    recorder = Recorder()
    pytest.main(["-q", "-n", "2", *dict.fromkeys(map(function, entries))], plugins=[recorder])
    cases = {case: passed for case, passed in recorder.passed.items() if any(matches(entry, case) for entry in entries)}
    survived = [case for case, passed in cases.items() if passed]
    tried, stood = tally(cases), tally(survived)
    results = {
        "cases": len(cases),
        "survived": len(survived),
        "faults": {fault: [count, stood[fault]] for fault, count in tried.items()},
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    PAGE.write_text(page())
    print(f"faults: cases={len(cases)} survived={len(survived)}")
    return 0 if cases and len(survived) == len(cases) else 1


def page() -> str:
    """The page as the files say it."""
    results = json.loads(RESULTS.read_text())
    return INTRODUCTION + "\n".join([*_faults(results), "", *_errors(), "", *_soak(), "", *_not_tried()]) + "\n"


def _faults(results: dict[str, Any]) -> list[str]:
    lines = [
        f"**{results['cases']} cases tried, {results['survived']} survived** in the last run of `make faults`, on the",
        "emulated FSx. A case can be about several faults. *Also* names what `make test` plays beyond that: on",
        "plans of Terraform, and on the applied stack in the sandbox.",
        "",
        "## Faults",
        "",
        "| fault | where it strikes | what is expected | survived | tests |",
        "|---|---|---|---|---|",
    ]
    for row in rows():
        tried, survived = results["faults"][row["fault"]]
        here = [_short(test) for test in row["tests"] if in_process(test)]
        there = [_short(test) for test in row["tests"] if not in_process(test)]
        tests = "<br>".join(dict.fromkeys(here)) + ("<br>*also* " + ", ".join(dict.fromkeys(there)) if there else "")
        count = f"{survived} of {tried}" if tried else "in `make test`"
        lines.append(
            f"| {row['fault']} | {row['where']} | {row['expected']} | {count} | {tests.removeprefix('<br>')} |"
        )
    return lines


def _short(test: str) -> str:
    """A test as the page shows it, linked to its file."""
    path, _, name = function(test).partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"


def _errors() -> list[str]:
    lines = [
        "## Every error of every FSx call",
        "",
        "The errors of the service's model, those that any AWS service may send, and what networks do: at the first, a",
        "middle, the last and all calls of a plan, and among ten plans. The other plans complete; nothing foreign is",
        "touched; when the fault is over, the same message delivered again leads to one finished backup and a finished",
        "purge. A newer version of the model with more errors fails a test.",
        "",
        "| call | error | what happens |",
        "|---|---|---|",
    ]
    for operation, errors in EXPECTED.items():
        for then in dict.fromkeys(errors.values()):
            same = ", ".join(error for error, what in errors.items() if what is then)
            lines.append(f"| {operation} | {same} | {then.value} |")
    return lines


def _soak() -> list[str]:
    head = [
        "## Soak",
        "",
        "`make soak` applies the stack with twenty plans to the sandbox, fires their schedules again and again, and",
        "ends processes of the function with SIGKILL at random moments. Then it lets everything settle and counts.",
        "`make test` has a short form: twenty plans, sixty kills, real processes on the emulated FSx without Lambda",
        "around them ([killed at random moments](../tests/function/faults/test_processes.py)).",
        "",
    ]
    if not SOAK.exists():
        return [*head, "It has not been run yet."]
    soak = json.loads(SOAK.read_text())
    return [*head, "| | last run |", "|---|---|", *(f"| {name} | {value} |" for name, value in soak.items())]


def _not_tried() -> list[str]:
    return [
        "## What is not tried",
        "",
        "- AWS itself. Everything here is the emulated FSx and LocalStack; what they leave out is in",
        "  [the emulator's page](../dev/fsx_emulator/README.md#what-it-knowingly-leaves-out) and",
        "  [the sandbox's page](../dev/sandbox/README.md).",
        "- The loss of a whole Region, or of the queue with its messages: the freshness alarm tells, the occurrence is",
        "  gone.",
        "- That people read what they are told.",
    ]


def main() -> int:
    if "--run" in sys.argv[1:]:
        return run()
    made = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(made)
    elif PAGE.read_text() != made:
        print("docs/reliability.md does not say what its table and results say: run `make faults` and commit it.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
