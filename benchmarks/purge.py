"""The purge against the FSx emulator as a server: how long 1,000 deletes take, and 100 of them when FSx throttles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from fsx_backup import fsx
from fsx_backup.model import Action, Plan, Request, Retention, Target
from fsx_backup.report import Wait
from fsx_backup.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Target("fs-0123456789abcdef0")
TAGS = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "home"}
PAGE, LATENCY = 100, 0.05
FUNCTION_SECONDS = 120.0  # the module's timeout
NAMES = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class Server:
    """The emulator in a process of its own, and its instrument over HTTP."""

    def __init__(self, address: str) -> None:
        self.address = address

    def control(self, name: str, method: str = "POST", **arguments: Any) -> Any:
        request = HttpRequest(f"{self.address}/_fsx/{name}", json.dumps(arguments).encode(), method=method)  # noqa: S310 - our own
        with urlopen(request) as answer:  # noqa: S310 - our own
            return json.load(answer)["result"]

    def seed(self, expired: int) -> None:
        """A file system with so many backups older than their seven days, and one young one."""
        self.control("reset")
        self.control("seed_file_system", file_system_type="OPENZFS", file_system_id=TARGET.id)
        now = datetime.now(UTC)
        ages = [timedelta(days=8, hours=n) for n in range(expired)] + [timedelta(hours=1)]
        made = [{"target_id": TARGET.id, "tags": TAGS, "creation_time": (now - age).isoformat()} for age in ages]
        self.control("seed_backups", backups=made)
        self.control("listing", "PUT", page_size=PAGE, short_pages=False)


@contextmanager
def server() -> Iterator[Server]:
    command = [sys.executable, "-m", "sandbox.fsx_emulator"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            ready = process.stdout.readline() if process.stdout else ""
            if not ready:
                raise RuntimeError("the emulator did not start")
            address = ready.split()[-1]
            with patch.dict(os.environ, {**NAMES, "AWS_ENDPOINT_URL_FSX": address}):
                yield Server(address)
        finally:
            process.terminate()


def purge() -> tuple[int, float]:
    """The product's own step with the product's own client: how many it deleted, and in which time."""
    client = fsx.connect()
    now = datetime.now(UTC)
    request = Request(Action.PURGE, Plan("home", TARGET, Retention(max_deletes=100_000)), now)
    start = time.monotonic()
    report = Step(request, "prod", client, now, lambda: FUNCTION_SECONDS - (time.monotonic() - start)).run()
    if isinstance(report, Wait):
        raise RuntimeError(report.reason)
    return len(report.purge.deleted) if report.purge else 0, time.monotonic() - start


def thousand() -> None:
    """1,000 deletes at 50 ms a call."""
    with server() as emulator:
        emulator.seed(1000)
        emulator.control("latency", "PUT", seconds=LATENCY)
        emulator.control("clear_calls")
        deleted, seconds = purge()
        calls = sum(emulator.control("counts", "GET").values())
    print(
        f"bench purge-thousand {seconds:.1f} s, {deleted} of 1000 deleted, {calls} calls (50 ms a call, pages of "
        f"{PAGE}; limit 11 s, {1001 // PAGE + 1 + 1000} calls)"
    )


def throttled() -> None:
    """100 deletes while FSx takes five calls a second."""
    with server() as emulator:
        emulator.seed(100)
        emulator.control("rate_limit", "PUT", per_second=5, burst=5)
        emulator.control("clear_calls")
        deleted, seconds = purge()
        calls = emulator.control("counts", "GET")["DeleteBackup"]
    print(
        f"bench purge-throttled {deleted} of 100 deleted, {calls} delete calls in {seconds:.0f} s "
        "(5 calls a second; limit 100 deleted, 120 calls)"
    )


if __name__ == "__main__":
    thousand()
    throttled()
