"""What `@pytest.mark.fault` means, and `--faults`: play the faults of the catalogue, write docs/reliability.md.

Every test of this folder names a fault. `--faults` plays all tests with a fault that need neither Terraform nor the
sandbox; those that do are named in the page. Workers of xdist hand over which test plays what, the controller writes.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from dev import region
from dev.sandbox.aws import ROOT
from tests.function.faults.catalogue import FAULTS
from tests.function.faults.matrix import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = ROOT / "docs" / "reliability.md"
HERE = "tests/function/faults/"
# Where tests run that need Terraform or the sandbox: `make test` runs them.
ELSEWHERE = ("tests/deployed/", "tests/module/", "tests/plan_check/", "tests/sandbox/")
SIMULATION = "_simulation.py"  # what these print is in the page


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", action="store_true", help="play the faults only, and write docs/reliability.md")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(*ids, cases=None): the faults of the catalogue that a test plays")
    config.pluginmanager.register(Faults(config))


def faults_of(item: pytest.Item) -> list[str]:
    case = item.name.partition("[")[2].removesuffix("]")
    return [
        fault
        for mark in item.iter_markers("fault")
        if fnmatchcase(case, mark.kwargs.get("cases") or "*")
        for fault in mark.args
    ]


def in_process(test: str) -> bool:
    return not test.startswith(ELSEWHERE)


class Faults:
    """`played`: test -> its faults. `passed`: test -> whether it did. `printed`: lines of the simulations."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.wanted = bool(config.getoption("--faults"))
        self.played: dict[str, list[str]] = {}
        self.passed: dict[str, bool] = {}
        self.printed: dict[str, list[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        found = {item.nodeid: faults_of(item) for item in items}
        wrong = [f"{test}: there is no fault {name}" for test in found for name in found[test] if name not in FAULTS]
        wrong += [f"{test} names no fault" for test in found if test.startswith(HERE) and not found[test]]
        if wrong:
            raise pytest.UsageError("\n".join([*wrong, f"The faults are in {HERE}catalogue.py."]))
        self.played = {test: faults for test, faults in found.items() if faults}
        if self.wanted:
            stay = [item for item in items if item.nodeid in self.played and in_process(item.nodeid)]
            self.config.hook.pytest_deselected(items=[item for item in items if item not in stay])
            items[:] = stay

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["played"] = self.played
        elif self.passed and self.wanted and (untried := self.untried()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            print(f"\nNo test played the faults {sorted(untried)}: {PAGE.name} stays as it was.")

    def untried(self) -> set[str]:
        return FAULTS.keys() - {name for faults in self.played.values() for name in faults}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.played |= node.workeroutput["played"]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.passed[report.nodeid] = self.passed.get(report.nodeid, True) and report.passed
        if report.when == "call" and SIMULATION in report.nodeid:
            self.printed[report.nodeid] = report.capstdout.splitlines()

    def pytest_unconfigure(self) -> None:
        if not self.wanted or not self.passed or hasattr(self.config, "workeroutput"):
            return
        if not self.untried() and self.passed.keys() == set(filter(in_process, self.played)):
            region.write(PAGE, "faults", "\n".join([*self.table(), "", *errors(), "", *self.figures(), ""]))
        print(f"faults: cases={len(self.passed)} survived={sum(self.passed.values())}")

    def table(self) -> Iterator[str]:
        yield f"**{len(self.passed)} cases tried, {sum(self.passed.values())} survived.** A case can be about several"
        yield "faults. *Also* names what `make test` plays beyond that: on plans of Terraform, and on the applied stack"
        yield "in the sandbox."
        yield ""
        yield "| fault | where it strikes | what is expected | survived | tests |"
        yield "|---|---|---|---|---|"
        for name, fault in FAULTS.items():
            tests = sorted(test for test, faults in self.played.items() if name in faults)
            tried = [test for test in tests if test in self.passed]
            count = f"{sum(self.passed[test] for test in tried)} of {len(tried)}" if tried else "in `make test`"
            here, there = links(filter(in_process, tests)), links(test for test in tests if not in_process(test))
            links_ = "<br>".join([*here, *([f"*also* {', '.join(there)}"] if there else [])])
            yield f"| {fault.what} | {fault.where} | {fault.expected} | {count} | {links_} |"

    def figures(self) -> Iterator[str]:
        yield "## Simulations"
        yield ""
        yield "Days of queue, schedules and execution environments on one clock, with the real function. What they"
        yield "print stands here; `.envs/dev/bin/pytest -s FILE` repeats one."
        files = dict.fromkeys(test.partition("::")[0] for test in sorted(self.played) if test in self.printed)
        for file in files:
            yield from ["", f"[{file.rpartition('/')[2]}](../{file})", "", "```text"]
            for test in sorted(self.played):
                yield from self.printed.get(test, []) if test.startswith(file) else []
            yield "```"


def links(tests: Any) -> list[str]:
    """Each test function once, as the page shows it: its name, linked to its file."""
    names = (test.partition("[")[0].partition("::") for test in tests)
    return list(
        dict.fromkeys(f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})" for path, _, name in names)
    )


def errors() -> Iterator[str]:
    yield "## Every error of every FSx call"
    yield ""
    yield "The errors of the service's model, those that any AWS service may send, and what networks do: at the first,"
    yield "a middle, the last and all calls of a plan, and among ten plans. The other plans complete; nothing foreign"
    yield "is changed; when the fault is over, the same message delivered again leads to one finished backup and a"
    yield "finished purge. A newer version of the model with more errors fails a test."
    yield ""
    yield "| call | error | what happens |"
    yield "|---|---|---|"
    for operation, expected in EXPECTED.items():
        for then in dict.fromkeys(expected.values()):
            same = ", ".join(error for error, what in expected.items() if what is then)
            yield f"| {operation} | {same} | {then.value} |"
