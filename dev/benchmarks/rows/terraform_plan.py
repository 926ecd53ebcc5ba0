"""`terraform plan` of the module with 10, 100 and 1,000 plans, nothing applied yet, beside bare schedules."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from moto.server import ThreadedMotoServer

from dev.benchmarks.processes import Run, Side, alternate, detail, run
from dev.benchmarks.result import Result, at_most
from dev.benchmarks.stage import environment
from dev.sandbox.connection import Connection
from dev.terraform import MIRROR, ROOT, Stack

SIZES, SMALL, LARGE, MOST = (10, 100, 1000), 10, 1000, 2.5
ROUNDS = 2
BARE = "bare schedules"


def configure(folder: Path, plans: int) -> None:
    """A configuration that calls the module."""
    folder.mkdir()
    file_systems = {f"plan-{number}": {"file_system_id": f"fs-{number:017x}"} for number in range(plans)}
    source = os.path.relpath(ROOT / "modules" / "fsx_backup", folder)
    module = {"source": source, "name": "bench", "file_systems": file_systems}
    (folder / "main.tf.json").write_text(json.dumps({"module": {"fsx_backup": module}}))


def configure_bare(folder: Path, plans: int) -> None:
    """The least that makes a schedule for each plan: constants alone, no module, nothing else."""
    folder.mkdir()
    schedule = {
        "for_each": "${local.keys}",
        "name": "${each.key}",
        "schedule_expression": "rate(1 hour)",
        "flexible_time_window": {"mode": "OFF"},
        "target": {
            "arn": "arn:aws:sqs:eu-west-1:123456789012:bench",
            "role_arn": "arn:aws:iam::123456789012:role/bench",
            "input": "{}",
        },
    }
    configuration = {
        "locals": {"names": {f"plan-{number}": "" for number in range(plans)}, "keys": "${tomap(local.names)}"},
        "resource": {"aws_scheduler_schedule": {"backup": schedule}},
    }
    (folder / "main.tf.json").write_text(json.dumps(configuration))


def row() -> list[Result]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)  # only the account's identity is asked
    server.start()
    host, port = server.get_host_and_port()
    try:
        with tempfile.TemporaryDirectory() as name:
            address = f"http://{host}:{port}"
            work = Path(name)
            connection = Connection(address, address, "eu-west-1", "123456789012", work)
            connection.config_file.write_text("[default]\n")
            variables = environment(connection) | {"TF_IN_AUTOMATION": "1"}
            if MIRROR.exists():
                variables["TF_CLI_CONFIG_FILE"] = str(MIRROR)
            terraform = shutil.which(os.environ.get("TERRAFORM") or "terraform") or "terraform"
            sides = []
            for label, make, plans in [
                *((str(size), configure, size) for size in SIZES),
                (BARE, configure_bare, LARGE),
            ]:
                folder = work / label.replace(" ", "-")
                make(folder, plans)
                Stack(folder, variables).init()
                command = [terraform, f"-chdir={folder}", "plan", "-input=false", "-no-color", "-out=plan.tfplan"]
                sides.append(Side(label, command, variables))
            runs = alternate(sides, ROUNDS, lambda side: run(side).checked())
    finally:
        server.stop()
    bare = runs.pop(BARE)
    return results({int(size): of_side for size, of_side in runs.items()}, bare)


def results(runs: dict[int, list[Run]], bare: list[Run]) -> list[Result]:
    details = {plans: detail(f"{plans} plans", of_size) for plans, of_size in runs.items()}
    least = detail(f"{LARGE} {BARE}", bare)
    small, large = details[SMALL].seconds, details[LARGE].seconds
    limit = at_most(large, small, MOST, f"at most {MOST} times the plan of {SMALL}")
    return [
        Result(
            f"plan-{plans}",
            one.seconds,
            "s",
            {f"plan-{SMALL}": small} | ({BARE: least.seconds} if plans == LARGE else {}),
            [limit] if plans == LARGE else [],
            [one, least] if plans == LARGE else [one],
        )
        for plans, one in details.items()
    ]


ROWS: dict[str, Callable[[], list[Result]]] = {"plan": row}
