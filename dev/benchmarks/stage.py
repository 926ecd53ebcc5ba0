"""What every side plays against: the FSx emulator in a process of its own, and moto for topic, queue and metrics."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.server import ThreadedMotoServer

from dev.benchmarks.processes import Run, Side, run
from dev.fsx_emulator.client import FsxControl
from dev.sandbox.connection import Connection
from dev.scenarios.observer import Backups, backups, history, own

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT, REGION = "123456789012", "us-east-1"
DEPLOYMENT = "prod"
TARGET = f"fs-{0:017x}"
TAGS = own(DEPLOYMENT, "home")


class Stage:
    """Seeded afresh before every run, with the same latency, pages and limits for everybody."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.control = FsxControl(connection.fsx_endpoint)
        self.topic = connection.client("sns").create_topic(Name=DEPLOYMENT)["TopicArn"]
        self.queue = connection.client("sqs").create_queue(QueueName=DEPLOYMENT)["QueueUrl"]

    def reset(self, *, latency: float = 0.0, page: int = 100) -> None:
        self.control("reset")
        self.control("listing", page_size=page, short_pages=False)
        self.latency = latency

    def file_system(self) -> None:
        self.control("seed_file_system", file_system_type="OPENZFS", file_system_id=TARGET)

    def backups(self, ages: list[int]) -> None:
        """The plan's own, each so many hours old."""
        history(self.control, TARGET, (hours / 24 for hours in ages), tags=TAGS)

    def play(self, side: Side) -> Run:
        """Run a side; its calls of FSx are in the answer. Latency is set now, so that seeding has none."""
        self.control("latency", seconds=self.latency)
        self.control("clear_calls")
        done = run(self.reach(side))
        self.control("latency", seconds=0)
        return replace(done, calls=self.control("counts"))

    def reach(self, side: Side) -> Side:
        """The side with the endpoints and the deployment in its environment."""
        return replace(side, environment={**environment(self.connection), **self.settings(), **side.environment})

    def settings(self) -> dict[str, str]:
        """The environment that the module gives its function."""
        return {
            "FSX_BACKUP_DEPLOYMENT": DEPLOYMENT,
            "FSX_BACKUP_TOPIC_ARN": self.topic,
            "FSX_BACKUP_QUEUE_URL": self.queue,
            "FSX_BACKUP_RUNBOOK": "docs/runbook.md",
        }

    def left(self) -> Backups:
        """The backups that are there."""
        return backups(self.connection.client("fsx"))


def environment(connection: Connection) -> dict[str, str]:
    """Nothing of the caller's environment but PATH, so that every side has the same."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(connection.folder),
        "LANG": "C.UTF-8",
        **connection.environment(),
    }


@contextmanager
def stage() -> Iterator[Stage]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        with tempfile.TemporaryDirectory() as folder, emulator() as address:
            connection = Connection(f"http://{host}:{port}", address, REGION, ACCOUNT, Path(folder))
            connection.config_file.write_text("[default]\n")
            yield Stage(connection)
    finally:
        server.stop()


@contextmanager
def emulator() -> Iterator[str]:
    command = [sys.executable, "-m", "dev.fsx_emulator"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            ready = process.stdout.readline() if process.stdout else ""
            if not ready:
                raise RuntimeError("the emulator did not start")
            yield ready.split()[-1]
        finally:
            process.terminate()


def purge_event() -> dict[str, Any]:
    """The Purge command with the policy that the peers can express: older than seven days, whatever else there is."""
    retention = {"days": 7, "keep_last": 1, "max_deletes": 100_000}
    plan = {"name": "home", "file_system_id": TARGET, "retention": retention}
    return {"version": 1, "action": "purge", "dry_run": False, "plan": plan}
