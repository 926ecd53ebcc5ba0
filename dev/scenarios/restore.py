"""`make scenario NAME=restore`: restore tests of every type, and of what goes wrong, among foreign file systems.

One restore fails, one is stuck until its window ends, the function is killed in the middle of one, and an earlier test
left a file system. Every message is delivered twice.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, Sandbox
from dev.sandbox.scheduler import Scheduler
from dev.scenarios import observer
from dev.scenarios.inbox import Inbox
from dev.scenarios.playing import play
from dev.scenarios.queue_depth import depth
from dev.scenarios.steps import Broken, Steps, held, say, show

NAME = "restore"
FRANKFURT = "eu-central-1"
PLANS = {
    "lustre": "LUSTRE",
    "openzfs": "OPENZFS",
    "windows": "WINDOWS",
    "volume": "ONTAP",
    "copy": "LUSTRE",  # in the copies' Region
    "killed": "LUSTRE",
    "failing": "WINDOWS",
    "stuck": "OPENZFS",
}
BAD = {"failing": "The backup's metadata is damaged.", "stuck": "CREATING"}
TEST = {"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-0123456789abcdef0"]}
CREATE = "CreateFileSystemFromBackup"
ENDED = {"RESTORE_PASSED", "RESTORE_FAILED"}
PATIENCE = timedelta(minutes=8)
HIDDEN_SECONDS = 15  # until a message of a killed function is seen again; otherwise half an hour


def run(sandbox: Sandbox, folder: Path) -> str:
    steps = Steps(sandbox.client, NAME, folder, sandbox.environment(), patience=PATIENCE)
    return Restores(steps, sandbox).run()


class Restores:
    """Plans with a backup each, and the file systems and volumes of two Regions."""

    def __init__(self, steps: Steps, sandbox: Sandbox) -> None:
        self.steps, self.control, self.sandbox = steps, FsxControl(sandbox.fsx_endpoint), sandbox
        self.regions = {region: sandbox.client("fsx", region) for region in (REGION, FRANKFURT)}
        self.targets: dict[str, str] = {}
        self.backups: dict[str, str] = {}

    def run(self) -> str:
        """The last line; raises Broken where a promise did not hold."""
        earlier = self.there()  # of whatever else was played in this sandbox
        foreign, left = self.seed()
        plans = {name: self.plan(name) for name in PLANS}
        outputs = self.steps.apply(plans, {"emails": ["storage@example.com"]})
        before = observer.backups(self.regions[REGION]).keys()
        with Inbox(self.steps.client, outputs["topic_arn"], "restore-inbox") as inbox:
            queue = outputs["queue"]["url"]
            sqs = self.steps.client("sqs")
            sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": str(HIDDEN_SECONDS)})
            say("All restore tests are due in the same minute, and each message is delivered twice")
            now = datetime.now(UTC)
            self.fire("killed", now)
            self.kill()
            for name in plans.keys() - {"killed"}:
                self.fire(name, now)
            mails = self.steps.receive(
                "the backups are restored, and what was restored is deleted", [inbox], lambda _: not depth(sqs, queue)
            )
            mails += inbox.receive(seconds=5)
        ended = {mail.plan: mail for mail in mails if mail.outcome in ENDED}
        show("\n".join(sorted(mail.subject for mail in mails)))
        expected = {name: "RESTORE_FAILED" if name in BAD else "RESTORE_PASSED" for name in plans}
        outcomes = {name: mail.outcome for name, mail in ended.items()}
        held(f"each test is reported as it ended ({outcomes})", outcomes == expected)
        told = sorted(mail.plan for mail in mails if mail.outcome in ENDED)
        held(f"and once ({told})", len(told) == len(outcomes))
        for name, reason in BAD.items():
            held(f"{name} says why", reason in ended[name].text)
        for name in expected.keys() - BAD.keys():
            held(f"{name} names its backup", self.backups[name] in ended[name].text)
        deleted = self.deleted()
        held(f"each test made one thing, and deleted it ({deleted})", len(deleted - {left}) == len(plans))
        found = self.there()
        held("the earlier test's file system was deleted", left not in found)
        leftovers = found - foreign
        held(f"nothing is left ({leftovers})", not leftovers)
        held("nothing foreign was deleted", foreign <= found)
        held("no final backup was made", observer.backups(self.regions[REGION]).keys() == before)
        status = self.steps.invoke(outputs["status_command"])
        held("the status finds no leftover", left not in str(status))
        self.steps.destroy()
        passed = list(outcomes.values()).count("RESTORE_PASSED")
        return (
            f"scenario restore: passed={passed} failed={len(outcomes) - passed} leftovers={len(leftovers)} "
            f"foreign={len(foreign - earlier)}"
        )

    def plan(self, name: str) -> dict[str, Any]:
        if name == "volume":
            [volume] = self.regions[REGION].describe_volumes(VolumeIds=[self.targets[name]])["Volumes"]
            machine = volume["OntapConfiguration"]["StorageVirtualMachineId"]
            test = {"schedule": TEST["schedule"], "storage_virtual_machine_id": machine}
            return {"volume_id": self.targets[name], "restore_test": test}
        plan: dict[str, Any] = {"file_system_id": self.targets[name], "restore_test": TEST}
        if name == "stuck":
            plan["restore_test"] = TEST | {"completion_window_minutes": 3}
        if name == "copy":
            plan |= {"copies": {FRANKFURT: {}}, "restore_test": TEST | {"source": FRANKFURT}}
        return plan

    def seed(self) -> tuple[set[str], str]:
        """Everything foreign, and what an earlier test left."""
        say("Making file systems with a backup each, what an earlier test left, and what only resembles it")
        now = datetime.now(UTC)
        for name, kind in PLANS.items():
            system = self.file_system(kind)
            self.targets[name] = self.control("seed_volume", file_system_id=system) if kind == "ONTAP" else system
            self.backups[name] = self.backup(name, now)
        self.control("next_restore", backup_id=self.backups["failing"], outcome="FAILED", message=BAD["failing"])
        self.control("next_restore", backup_id=self.backups["stuck"], outcome="STUCK")
        self.control("durations", restore=20, deletion=10)
        # It is made, and FSx takes its time to say so.
        self.control(
            "fault",
            fault="timeout",
            operation=CREATE,
            when="after",
            seconds=10,
            match={"BackupId": self.backups["killed"]},
        )
        resembling = [
            restored("lustre", now - timedelta(days=2), "other"),
            restored("lustre", now + timedelta(days=1)),  # tagged later: it is older than the test
            {"fsx-backup:restore-test": f"{now - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"},
            observer.own(NAME, "lustre"),
        ]
        for tags in resembling:
            for region in self.regions:
                self.file_system("LUSTRE", region, tags)
        ontap = self.file_system("ONTAP")
        self.control("seed_volume", file_system_id=ontap, tags=resembling[0])
        foreign = self.there()
        left = self.file_system("OPENZFS", REGION, restored("lustre", now - timedelta(days=2)))
        show("\n".join(f"{name:<8} {identifier}" for name, identifier in self.targets.items()))
        return foreign, left

    def fire(self, name: str, due: datetime) -> None:
        for attempt in (1, 2):
            scheduler = Scheduler(self.steps.client)
            scheduler.fire(name, group=f"{NAME}-restore-tests", scheduled_time=due, attempt=attempt)

    def kill(self) -> None:
        """All processes of the function, between the creation and FSx's response."""
        deadline = time.monotonic() + 60
        while not any(call["applied"] for call in self.control("calls", operation=CREATE)):
            if time.monotonic() > deadline:
                raise Broken("No restore was asked for.")
            time.sleep(0.1)
        pids = self.sandbox.function_pids()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        held(f"the function was killed between create and wait ({len(pids)} processes)", bool(pids))

    def file_system(self, kind: str, region: str = REGION, tags: dict[str, str] | None = None) -> str:
        return str(self.control("seed_file_system", file_system_type=kind, region=region, tags=tags))

    def backup(self, name: str, now: datetime) -> str:
        """Of a day ago, at home or in the copies' Region."""
        order: dict[str, Any] = {"tags": observer.own(NAME, name)}
        if name == "copy":
            order = {
                "region": FRANKFURT,
                "source_backup_id": f"backup-{1:017x}",
                "tags": order["tags"]
                | {
                    "fsx-backup:scheduled-time": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
                    "fsx-backup:copy": REGION,
                },
            }
        [made] = observer.history(self.control, self.targets[name], [1], **order)
        return made

    def there(self) -> set[str]:
        """Every file system and volume of both Regions."""
        found: set[str] = set()
        for fsx in self.regions.values():
            for operation, list_, name in (
                ("describe_file_systems", "FileSystems", "FileSystemId"),
                ("describe_volumes", "Volumes", "VolumeId"),
            ):
                pages = fsx.get_paginator(operation).paginate()
                found |= {one[name] for page in pages for one in page[list_] if one["Lifecycle"] != "DELETING"}
        return found

    def deleted(self) -> set[str]:
        """Every file system and volume whose deletion FSx accepted."""
        return {
            call["parameters"].get("FileSystemId") or call["parameters"]["VolumeId"]
            for operation in ("DeleteFileSystem", "DeleteVolume")
            for call in self.control("calls", operation=operation)
            if call["applied"]
        }


def restored(plan: str, due: datetime, deployment: str = NAME) -> dict[str, str]:
    """The tags of what a test made."""
    return observer.own(deployment, plan) | {"fsx-backup:restore-test": f"{due:%Y-%m-%dT%H:%M:%SZ}"}


if __name__ == "__main__":
    sys.exit(play(NAME, run))
