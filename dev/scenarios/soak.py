"""`make soak`: the function killed at random moments under load, then everything counted.

The stack with twenty plans is applied to the sandbox: some copy to another Region or have restore tests, one selects
its targets by tag. Their schedules fire again and again, processes of the function get SIGKILL, until so many
invocations died (KILLS) or the time is over (MINUTES). Then it settles undisturbed.

One thing is hurried: when its invocation died, the queue shows a message again after seconds instead of twelve minutes.
"""

import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dev import region
from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, ROOT, Sandbox, SandboxError
from dev.sandbox.scheduler import Outcome, Scheduler
from dev.scenarios.inbox import Inbox
from dev.scenarios.observer import backups, history, own
from dev.scenarios.playing import program
from dev.scenarios.queue_depth import depth
from dev.scenarios.soak_account import Account, Occurrence, account
from dev.scenarios.steps import progress, say, show
from dev.terraform import Stack

NAME = "soak"
PLANS = 20
FLEET = {"Backup": "soak"}  # the tags of one plan's three targets
FRANKFURT = "eu-central-1"
COPIED = ("plan-03", "plan-04")
TESTED = ("plan-00", "plan-01", "plan-02", "plan-03")  # a restore test of every type of them, and of a copy
HIDDEN_SECONDS = 15
LATENCY_SECONDS = 0.1  # of each FSx call, so that there is a middle to die in
KILL_SECONDS = 0.7  # from one kill to the next, on average: an invocation in a new process takes about twice that
SETTLE_MINUTES = 8
FOLDER = ROOT / ".sandbox" / "soak"
PAGE = ROOT / "docs" / "reliability.md"


def main() -> int:
    try:
        kills, minutes = int(os.environ.get("KILLS", "200")), float(os.environ.get("MINUTES", "15"))
    except ValueError as error:
        print(f"soak: KILLS and MINUTES must be numbers: {error}.", file=sys.stderr)
        return 1
    return program("soak", lambda: soak(kills, minutes))


def soak(kills: int, minutes: float) -> int:
    with Sandbox(progress=say) as sandbox:
        run = Soak(sandbox, chance=random.Random())
        found = run.run(kills, minutes)
    clean = found.clean and run.dead_letters == run.left_in_queue == run.leftovers == 0 and run.died >= kills
    if clean and kills >= 200:
        rows = "".join(f"| {name} | {value} |\n" for name, value in run.figures(found).items())
        region.write(PAGE, "soak", f"| | last run |\n|---|---|\n{rows}")
    print(
        f"soak: kills={run.died} occurrences={found.occurrences} lost={found.lost} duplicate={found.duplicate} "
        f"foreign={found.foreign} untold={found.untold} leftovers={run.leftovers}"
    )
    return 0 if clean else 1


class Soak:
    """One deployment under fire."""

    def __init__(self, sandbox: Sandbox, chance: random.Random) -> None:
        self.sandbox = sandbox
        self.client = sandbox.client
        self.control = FsxControl(sandbox.fsx_endpoint)
        self.chance = chance
        self.occurrences: list[Occurrence] = []
        self.notified: Counter[Occurrence] = Counter()
        self.tests: list[Occurrence] = []
        self.tested: Counter[Occurrence] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.signals = 0
        self.died = 0
        self.dead_letters = self.left_in_queue = self.leftovers = -1
        self.seconds = 0.0

    def run(self, kills: int, minutes: float) -> Account:
        """Apply, fire and kill, settle, count."""
        self.seed()
        self.apply()
        before, systems = backups(self.client("fsx")), self.systems()
        with Inbox(self.client, self.outputs["topic_arn"]) as self.inbox:
            begin = time.monotonic()
            say(f"Killing until {kills} invocations died, {minutes:g} minutes at most")
            self.under_fire(kills, begin + 60 * minutes)
            say(f"No more kills; settling, {SETTLE_MINUTES} minutes at most")
            self.settle(time.monotonic() + 60 * SETTLE_MINUTES)
            self.seconds = time.monotonic() - begin
        self.died = self.errors()
        self.left_in_queue, self.dead_letters = self.waiting("queue"), self.waiting("dead_letter_queue")
        found = account(
            NAME,
            occurrences=self.occurrences,
            wanted=self.wanted,
            expired=self.expired,
            foreign={identifier: before[identifier] for identifier in self.foreign},
            after=backups(self.client("fsx")),
            notified=self.notified,
        )
        copied = account(
            NAME,
            occurrences=[one for one in self.occurrences if one[0] in COPIED],
            wanted=[],
            expired=[],
            foreign={},
            after=backups(self.client("fsx", FRANKFURT)),
            notified=self.notified,
        )
        self.leftovers = len(self.systems() - systems)
        gone = len(systems - self.systems())
        untold = len({*self.tests} - {*self.tested})
        found += replace(copied, occurrences=len(self.tests), foreign=gone, untold=untold)
        say("The account")
        for name, value in self.figures(found).items():
            show(f"{value:>6}  {name}")
        return found

    def seed(self) -> None:
        say(f"Making the targets of {PLANS} plans, with backups of these plans and of others")
        self.targets: dict[str, list[str]] = {}
        self.wanted, self.expired, self.foreign = [], [], []  # type: list[str], list[str], list[str]
        for number in range(PLANS + 2):
            plan, kind = f"plan-{min(number, PLANS - 1):02}", ("LUSTRE", "OPENZFS", "WINDOWS")[number % 3]
            tags = FLEET if number >= PLANS - 1 else {}
            target = self.control("seed_file_system", file_system_type=kind, region=REGION, tags=tags)
            self.targets.setdefault(plan, []).append(target)
            tags = own(NAME, plan)
            self.wanted += history(self.control, target, [1], tags=tags)
            self.expired += history(self.control, target, [9, 10], tags=tags)
            self.foreign += history(self.control, target, [99], tags={"Name": "by hand"})
            self.foreign += history(self.control, target, [99], tags=tags, backup_type="AUTOMATIC")
            self.foreign += history(self.control, target, [99], tags=tags | {"fsx-backup:hold": "audit"})
        for where in (REGION, FRANKFURT):  # another deployment's restore test
            tags = own("other", "plan-00") | {"fsx-backup:restore-test": "2026-01-01T00:00:00Z"}
            self.control("seed_file_system", file_system_type="LUSTRE", region=where, tags=tags)

    def plan(self, name: str) -> dict[str, Any]:
        targets = self.targets[name]
        plan: dict[str, Any] = {"file_system_id": targets[0]} if len(targets) == 1 else {"target_tags": FLEET}
        if name in COPIED:
            plan["copies"] = {FRANKFURT: {}}
        if name in TESTED:
            source = FRANKFURT if name in COPIED else "newest"
            test = {"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-0123456789abcdef0"], "source": source}
            plan["restore_test"] = test
        return plan

    def systems(self) -> set[str]:
        """The file systems of both Regions."""
        pagers = [self.client("fsx", where).get_paginator("describe_file_systems") for where in (REGION, FRANKFURT)]
        pages = [page["FileSystems"] for pager in pagers for page in pager.paginate()]
        return {one["FileSystemId"] for page in pages for one in page}

    def apply(self) -> None:
        shutil.rmtree(FOLDER, ignore_errors=True)  # the state of a sandbox that is gone
        stack = Stack.of_root(FOLDER, self.sandbox.environment())
        stack.set_variables({"name": NAME, "file_systems": {plan: self.plan(plan) for plan in self.targets}})
        with progress(f"terraform apply of the root stack with {PLANS} plans"):
            stack.init()
            stack.plan()
            stack.apply()
        self.outputs = stack.outputs()["fsx_backup"]
        attributes = {"VisibilityTimeout": str(HIDDEN_SECONDS)}
        self.client("sqs").set_queue_attributes(QueueUrl=self.outputs["queue"]["url"], Attributes=attributes)
        self.control("latency", seconds=LATENCY_SECONDS)

    # Under fire ------------------------------------------------------------------------------------

    def under_fire(self, kills: int, deadline: float) -> None:
        shown = time.monotonic()
        while self.died < kills and time.monotonic() < deadline:
            if len(self.occurrences) - len(self.notified) < PLANS:
                self.fire()
            for _ in range(10):
                time.sleep(self.chance.uniform(0, 2 * KILL_SECONDS))
                self.kill()
            self.read()
            self.died = self.errors()
            if time.monotonic() - shown > 10:
                shown = time.monotonic()
                self.show_progress()

    def fire(self) -> None:
        """Every schedule whose last occurrence is over: while it is not, a later one may serve it as well."""
        scheduler = Scheduler(self.client)
        now = datetime.now(UTC).replace(microsecond=0)
        open_, tests = {*self.occurrences} - {*self.notified}, {*self.tests} - {*self.tested}
        plans = {
            NAME: self.targets.keys() - {plan for plan, *_ in open_},
            f"{NAME}-restore-tests": {*TESTED} - {plan for plan, *_ in tests},
        }
        for group, plan in [(group, plan) for group, names in plans.items() for plan in names]:
            firing = scheduler.fire(plan, group=group, scheduled_time=now)
            if firing.outcome is not Outcome.DELIVERED:
                raise SandboxError(f"{plan} could not be fired: {firing.error}")
            fired = self.occurrences if group == NAME else self.tests
            fired += [(plan, target, firing.scheduled_time) for target in self.targets[plan]]

    def kill(self) -> None:
        """One of the function's processes, whatever it does at this moment."""
        pids = self.sandbox.function_pids()
        if pids:
            try:
                os.kill(self.chance.choice(pids), signal.SIGKILL)
            except ProcessLookupError:
                return
            self.signals += 1

    def settle(self, deadline: float) -> None:
        shown = time.monotonic()
        while time.monotonic() < deadline:
            self.read(seconds=2)
            if not ({*self.occurrences} - {*self.notified} or self.waiting("queue")):
                return
            if time.monotonic() - shown > 10:
                shown = time.monotonic()
                self.show_progress()

    # Reading ---------------------------------------------------------------------------------------

    def read(self, seconds: int = 0) -> None:
        while mails := self.inbox.receive(seconds):
            seconds = 0
            for mail in mails:
                self.outcomes[mail.data.get("outcome", "alarm")] += 1
                if "scheduled_time" in mail.data:
                    told = self.tested if mail.outcome.startswith("RESTORE") else self.notified
                    told[mail.data["plan"], mail.data["target"] or "", mail.data["scheduled_time"]] += 1

    def errors(self) -> int:
        """Invocations that died, by Lambda's own count."""
        now = datetime.now(UTC)
        answer = self.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": NAME}],
            StartTime=now - timedelta(hours=2),
            EndTime=now + timedelta(minutes=5),
            Period=60,
            Statistics=["Sum"],
        )
        return int(sum(point["Sum"] for point in answer["Datapoints"]))

    def waiting(self, queue: str) -> int:
        return depth(self.client("sqs"), self.outputs[queue]["url"])

    def show_progress(self) -> None:
        show(f"{self.died} killed, {len(self.occurrences)} occurrences, {len(self.notified)} notified")

    def figures(self, found: Account) -> dict[str, Any]:
        """The figures of a run, in words."""
        counts = asdict(found)
        return {
            "plans": PLANS,
            "invocations killed (SIGKILL)": self.died,
            "occurrences": counts.pop("occurrences"),
            **{f"backups {name}" if name != "untold" else "occurrences untold": n for name, n in counts.items()},
            "messages in the dead-letter queue": self.dead_letters,
            "messages left in the queue": self.left_in_queue,
            "restore tests among the occurrences": len(self.tests),
            "file systems left over": self.leftovers,
            "occurrences notified more than once": sum(n > 1 for n in (self.notified + self.tested).values()),
            "messages of the alarms": self.outcomes["alarm"],
            "minutes": round(self.seconds / 60, 1),
        }


if __name__ == "__main__":
    sys.exit(main())
