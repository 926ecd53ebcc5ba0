"""Mutation testing of the code that can do harm: does some test notice when it is changed?

    python -m dev.tools.mutation [MODULE ...]       without arguments all of them

Each mutant changes one thing: a comparison, a condition, a number, an operator, a statement left out. Texts are not
mutated, they are for people. A mutant is made in memory, in a forked process that then runs the tests that matter and
stops at the first one that fails. mutmut mutates texts too, and cosmic-ray starts pytest anew for each mutant; the
reasons of both stand as comments in the product's source, where nothing notices that one is no longer needed.

Survivors are listed with their reasons from tests/function/mutation/survivors.toml. Exit status 1 under 90 percent.
"""

from __future__ import annotations

import ast
import os
import signal
import sys
import time
import tomllib
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

from dev.tools.mutants import mutants_of

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "lambda_src" / "fsx_backup"
REASONS = ROOT / "tests" / "function" / "mutation" / "survivors.toml"
LEAST_PERCENT = 90
LONGEST = 6  # times as long as without a mutation: a mutant that runs on for ever is noticed too
UNIT = ["tests/function/test_flow.py", "tests/function/test_errors.py", "tests/function/test_sample.py"]
LATE = ["tests/function/properties/test_crash_points.py", "tests/function/properties/test_step_edges.py"]
COPIES = [f"tests/function/test_{name}.py" for name in ("copies_decided", "copies", "copies_in_trouble")]
WATCH = [f"tests/function/test_{name}.py" for name in ("health_check", "copies_watched", "alerts", "report")]
RESTORES = [
    f"tests/function/test_restore_{name}.py"
    for name in ("decided", "turns", "deliveries", "failures", "leftovers", "messages", "tests")
]
# The tests of each module, the ones that fail soonest first.
TESTS = {
    "retention": [
        "tests/function/properties/test_reasons.py",
        "tests/function/properties/test_retention.py",
        "tests/function/properties/test_retention_laws.py",
        *UNIT[:1],
    ],
    "occurrence": ["tests/function/properties/test_step_edges.py", *UNIT, *LATE[:1]],
    "step": [*UNIT, *LATE],
    "verdicts": ["tests/function/test_messages.py", *UNIT[1:2], "tests/function/test_not_started.py"],
    "purge": [*UNIT[1:2], "tests/function/properties/test_step_edges.py", *UNIT[:1]],
    "copies": [*COPIES],
    "copying": [*COPIES, *LATE[:1]],
    "regions": ["tests/function/test_copies_watched.py"],
    "health": ["tests/function/test_health_decided.py", "tests/function/properties/test_late.py", *COPIES[:1], *WATCH],
    "schedule_expression": ["tests/function/properties/test_schedule_expression.py", *WATCH[:1]],
    "restore_tests": RESTORES,
    "restoring": [*RESTORES, *LATE[:1]],
    "selection": ["tests/function/test_selection.py", "tests/function/test_fleets.py"],
}


@dataclass(frozen=True)
class Mutant:
    """One changed module. `change` tells the change as people read it."""

    module: str
    line: int
    change: str
    tree: ast.Module
    seconds: float  # that it may take

    @property
    def name(self) -> str:
        return f"{self.module}.py:{self.line}: {self.change}"


class Replacement(MetaPathFinder, Loader):
    """Imports the mutant in place of the module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name == f"fsx_backup.{self._mutant.module}" else None

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._mutant.tree, f"<mutant of {self._mutant.module}>", "exec")
        exec(code, module.__dict__)  # noqa: S102 - our own source, changed


def run_tests(module: str, mutant: Mutant | None) -> int:
    """In a forked process: pytest's exit code."""
    import pytest  # noqa: PLC0415

    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    if mutant:
        sys.meta_path.insert(0, Replacement(mutant))
    quietly = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "--tb=no"]
    return int(pytest.main([*quietly, *TESTS[module]]))


def fork(module: str, mutant: Mutant | None) -> int:
    pid = os.fork()
    if pid == 0:
        code = 3  # pytest's own code for an internal error
        try:
            code = run_tests(module, mutant)
        finally:
            os._exit(code)
    return pid


def survivors(mutants: list[Mutant], jobs: int) -> list[Mutant]:
    """The mutants that no test noticed."""
    waiting = list(reversed(mutants))
    running: dict[int, tuple[Mutant, float]] = {}
    found: list[Mutant] = []
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[fork(mutant.module, mutant)] = mutant, time.monotonic()
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            mutant, _ = running.pop(pid)
            code = os.waitstatus_to_exitcode(status)
            if code == 5:  # a module that cannot even be imported is 4, and noticed
                sys.exit(f"mutation: there are no tests of {mutant.module}")
            if code == 0:
                found.append(mutant)
                print(f"  survived {mutant.name}", flush=True)
            continue
        for pid, (mutant, started) in running.items():
            if time.monotonic() - started > mutant.seconds:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    return found


def main() -> int:
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    sys.path[:0] = [str(ROOT), str(ROOT / "lambda_src")]
    import boto3  # noqa: F401, PLC0415 - imported once, for all forks
    import hypothesis.stateful  # noqa: F401, PLC0415
    import pytest  # noqa: F401, PLC0415

    import dev.fsx_emulator  # noqa: F401, PLC0415

    chosen = sys.argv[1:] or list(TESTS)
    mutants = []
    for module in chosen:
        started = time.monotonic()
        if os.waitstatus_to_exitcode(os.waitpid(fork(module, None), 0)[1]) != 0:
            sys.exit(f"mutation: the tests of {module} fail without any mutation")
        source = (SOURCE / f"{module}.py").read_text()
        longest = LONGEST * (time.monotonic() - started)
        mutants += [Mutant(module, *mutant, longest) for mutant in mutants_of(source)]
    reasons = tomllib.loads(REASONS.read_text()) if REASONS.exists() else {}
    found = survivors(mutants, jobs=os.cpu_count() or 1)
    print("survivors:")
    for mutant in sorted(found, key=lambda mutant: (mutant.module, mutant.line)):
        reason = reasons.get(mutant.module, {}).get(mutant.change, "NOT LISTED: write a test, or the reason")
        print(f"  {mutant.name}\n      {reason}")
    stale = [
        f"{module}: {change}"
        for module in chosen
        for change in reasons.get(module, {})
        if change not in {mutant.change for mutant in found if mutant.module == module}
    ]
    for line in stale:
        print(f"  killed now, remove its reason: {line}")
    killed = len(mutants) - len(found)
    percent = 100 * killed / len(mutants)
    print(f"mutation: killed={killed} of={len(mutants)} score={percent:.1f}")
    return 0 if percent >= LEAST_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
