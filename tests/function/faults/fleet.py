"""Lambda with real processes: the FSx emulator as a server, a queue on its clock, a process for each invocation."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from botocore.config import Config

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import ROOT
from dev.scenarios import observer
from tests.function.copies import FRANKFURT
from tests.function.faults import worker
from tests.support.world import START, Queue, Record, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

PROCESSES = multiprocessing.get_context("forkserver")
# Once for all processes; pytest, because each imports this program's main module again.
PROCESSES.set_forkserver_preload(["pytest", worker.__name__])


@dataclass
class Ran:
    """One invocation: its process, and what it had done when it ended."""

    record: Record
    process: ForkServerProcess
    journal: Path
    started: float = field(default_factory=time.monotonic)
    effects: list[dict[str, Any]] = field(default_factory=list)

    @property
    def end(self) -> str:
        return str(self.effects[-1].get("end", "killed")) if self.effects else "killed"


class Fleet:
    """Takes messages from its queue, runs each in a process, kills some, and does what SQS does afterwards."""

    settings = worker.SETTINGS

    def __init__(self, endpoint: str, folder: Path) -> None:
        self.endpoint = endpoint
        self.folder = folder
        self.control = FsxControl(endpoint)
        world: Any = self
        self.queue = Queue(world)
        self.mails: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.kills = 0
        self.life = 0.1  # seconds that a process lives, as seen lately: it is killed at any moment of them
        self.started = 0

        self.now = datetime.fromisoformat(self.control("now"))  # it stands, unless it is moved here

    def advance(self, seconds: float) -> None:
        self.now = datetime.fromisoformat(self.control("advance", seconds=seconds))

    def send(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            self.queue.send_message(QueueUrl=self.settings.queue_url, MessageBody=json.dumps(message))

    def client(self, region: str = "us-east-1") -> Any:
        session = boto3.session.Session("testing", "testing", region_name=region)
        return session.client("fsx", endpoint_url=self.endpoint, config=Config(proxies={}))

    def backups(self, region: str = "us-east-1") -> observer.Backups:
        return observer.backups(self.client(region))

    def systems(self) -> set[str]:
        """The file systems of every Region that copies are made to."""
        pagers = [self.client(region).get_paginator("describe_file_systems") for region in ("us-east-1", FRANKFURT)]
        pages = [page["FileSystems"] for pager in pagers for page in pager.paginate()]
        return {one["FileSystemId"] for page in pages for one in page}

    def together(self, count: int) -> list[Ran]:
        """So many messages at the same moment, each in its process; all run to their end."""
        barrier = PROCESSES.Barrier(max(count, 1))
        records = [self.queue.receive() for _ in range(count)]
        runs = [self._start(record, barrier) for record in records if record]
        assert len(runs) == count
        for run in runs:
            self._end(run)
        return runs

    def settle(self, at_once: int, kills: int = 0, chance: random.Random | None = None) -> None:
        """Deliver until the queue is empty. With `chance`, kill at random moments until so many were hit."""
        while self.queue.records:
            runs: list[Ran] = []
            while len(runs) < at_once and (record := self.queue.receive()):
                runs.append(self._start(record))
            if chance and self.kills < kills:
                self._kill(runs, chance)
            for run in runs:
                self._end(run)
            if not runs and self.queue.records:
                pause = min(record.visible_at for record in self.queue.records) - self.now
                self.advance(max(1.0, pause.total_seconds()))

    def _kill(self, runs: list[Ran], chance: random.Random) -> None:
        fates = [(run.started + chance.uniform(0, self.life), run) for run in runs]
        for moment, run in sorted(fates, key=lambda fate: fate[0]):
            time.sleep(max(0.0, moment - time.monotonic()))
            run.process.kill()

    def _start(self, record: Record, barrier: Any = None) -> Ran:
        self.started += 1
        journal = self.folder / f"{self.started}.jsonl"
        event = {"Records": [World.event_of(record)]}
        process = PROCESSES.Process(
            target=worker.invoke, args=(self.endpoint, event, self.now.isoformat(), str(journal), barrier)
        )
        process.start()
        return Ran(record, process, journal)

    def _end(self, run: Ran) -> None:
        run.process.join(60)
        assert run.process.exitcode in {0, -signal.SIGKILL}, run.process.exitcode
        if run.journal.exists():
            run.effects = [json.loads(line) for line in run.journal.read_text().splitlines()]
        self.mails += [effect["mail"] for effect in run.effects if "mail" in effect]
        self.errors += [effect["error"] for effect in run.effects if "error" in effect]
        self.kills += run.end == "killed"
        if run.end != "killed":
            self.life = (self.life + run.effects[-1]["at"] - run.started) / 2
        for effect in run.effects:
            self.send(*map(json.loads, effect.get("sent", [])))
            if "hidden" in effect:
                run.record.visible_at = self.now + timedelta(seconds=effect["hidden"])
        if run.end == "done":
            self.queue.records.remove(run.record)


@contextmanager
def new_fleet(folder: Path) -> Iterator[Fleet]:
    """A fleet on a server of its own, whose clock stands unless it is moved."""
    # The server that forks the processes imports the worker once; it looks for it in its environment's path alone.
    with patch.dict(os.environ, PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "lambda_src")])):
        forkserver.ensure_running()
    command = [sys.executable, "-m", "dev.fsx_emulator"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            ready = server.stdout.readline()
            fleet = Fleet(ready.split(" on ")[1].strip(), folder)
            fleet.control("freeze", at=START.isoformat())
            yield fleet
        finally:
            server.terminate()
