"""`terraform apply` of 10 and of 100 plans, against the sandbox, and whether nothing is left to do afterwards."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dev.benchmarks.result import Limit, Result
from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, Sandbox
from dev.terraform import AT_ONCE, Stack

FEW, MANY = 10, 100
NAME = "bench"


def file_systems(sandbox: Sandbox, count: int, **more: Any) -> list[str]:
    control = FsxControl(sandbox.fsx_endpoint)
    control("quotas", file_systems=max(100, count))

    def seed(_: int) -> str:
        return str(control("seed_file_system", file_system_type="OPENZFS", region=REGION, **more))

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(seed, range(count)))


@contextmanager
def stack(sandbox: Sandbox) -> Iterator[Stack]:
    """The root stack, initialised. It goes with its sandbox, so nothing is destroyed."""
    with tempfile.TemporaryDirectory() as folder:
        made = Stack.of_root(Path(folder) / "stack", sandbox.environment())
        made.init()
        yield made


def plans_of(targets: list[str]) -> dict[str, Any]:
    return {f"plan-{number}": {"file_system_id": target} for number, target in enumerate(targets)}


def set_plans(stack: Stack, plans: dict[str, Any]) -> None:
    stack.set_variables({"name": NAME, "file_systems": plans})


def apply(stack: Stack, targets: list[str]) -> float:
    """Seconds of the apply alone."""
    set_plans(stack, plans_of(targets))
    stack.plan()
    begin = time.monotonic()
    stack.apply()
    return time.monotonic() - begin


def row() -> list[Result]:
    """The first apply makes the deployment with ten plans, the second adds ninety."""
    with Sandbox() as sandbox, stack(sandbox) as made:
        targets = file_systems(sandbox, MANY)
        few = apply(made, targets[:FEW])
        changes = made.plan().changes
        more = apply(made, targets)
    added = more / (MANY - FEW)
    note = (
        f"Adding {MANY - FEW} plans to {FEW}: {added:.2f} s each, {AT_ONCE} resources at once (Terraform's own default "
        "is 10); two queues and a key are most of the first apply."
    )
    empty = Limit("a second plan is empty", not changes)
    return [
        Result("apply-10", few, "s", limits=[empty]),
        Result("apply-100", few + more, "s", {"apply-10": few}, note=note),
        Result("apply-per-plan", added, "s"),
    ]


ROWS: dict[str, Callable[[], list[Result]]] = {"apply": row}
