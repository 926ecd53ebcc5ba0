"""`make scenario NAME=copies`: twelve plans copy to two Regions at once, where FSx makes five copies at a time.

Every message is delivered twice. One plan names a key that FSx refuses, one Region has no room for Windows backups, and
both have backups that are not the deployment's.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, Sandbox
from dev.sandbox.scheduler import Scheduler
from dev.scenarios import observer
from dev.scenarios.inbox import Inbox
from dev.scenarios.playing import play
from dev.scenarios.steps import Steps, held, say, show

NAME = "copies"
FRANKFURT, VIRGINIA = "eu-central-1", "us-east-1"
RETENTION = {FRANKFURT: {"days": 30, "keep_last": 1}, VIRGINIA: {"days": 1, "keep_last": 1}}
AGES = (10, 20, 60)  # days: the first stays, as the newest beside the run's own; Frankfurt keeps the second too
WRONG_KEY = f"arn:aws:kms:{FRANKFURT}:123456789012:key/00000000-0000-0000-0000-000000000000"
PATIENCE = timedelta(minutes=8)


def run(sandbox: Sandbox, folder: Path) -> str:
    steps = Steps(sandbox.client, NAME, folder, sandbox.environment(), patience=PATIENCE)
    return Copies(steps, sandbox).run()


class Copies:
    """Twelve plans, and what there is in the Regions that they copy to."""

    def __init__(self, steps: Steps, sandbox: Sandbox) -> None:
        self.steps, self.control = steps, FsxControl(sandbox.fsx_endpoint)
        self.regions = {region: sandbox.client("fsx", region) for region in RETENTION}
        self.targets: dict[str, str] = {}
        self.old: dict[str, set[str]] = {region: set() for region in RETENTION}
        self.foreign: dict[str, set[str]] = {region: set() for region in RETENTION}

    def run(self) -> str:
        """The last line; raises Broken where a promise did not hold."""
        self.seed()
        plans = {name: self.plan(name, target) for name, target in self.targets.items()}
        outputs = self.steps.apply(plans, {"emails": ["storage@example.com"]})
        with Inbox(self.steps.client, outputs["topic_arn"], "copies-inbox") as inbox:
            say("All twelve schedules fire in the same minute, and each message is delivered twice")
            scheduler, now = Scheduler(self.steps.client), datetime.now(UTC)
            for name in plans:
                for attempt in (1, 2):
                    scheduler.fire(name, group=NAME, scheduled_time=now, attempt=attempt)
            mails = self.steps.receive(
                "the backups are made and copied, five at a time to each Region",
                [inbox],
                lambda mails: {mail.plan for mail in mails} >= plans.keys(),
            )
        outcomes = {mail.plan: mail.outcome for mail in mails}
        show("\n".join(sorted({mail.subject for mail in mails})))
        expected = dict.fromkeys(plans, "COMPLETED") | dict.fromkeys(("wrong-key", "no-room"), "COPY_FAILED")
        held(f"each plan is reported once the last copy is settled ({outcomes})", outcomes == expected)
        failed = {(mail.plan, copy["region"]) for mail in mails for copy in mail.data["copies"] if copy["remedy"]}
        held(
            f"a failure names its Region and holds up no other ({failed})",
            failed == {("wrong-key", FRANKFURT), ("no-room", VIRGINIA)},
        )
        line = self.compare(failed)
        status = self.steps.invoke(outputs["status_command"])
        held("the status knows the Regions", status["regions"].keys() == RETENTION.keys())
        self.steps.destroy()
        return line

    def plan(self, name: str, target: str) -> dict[str, Any]:
        copies: dict[str, Any] = {region: {"retention": policy} for region, policy in RETENTION.items()}
        if name == "wrong-key":
            copies[FRANKFURT] |= {"kms_key_arn": WRONG_KEY}
        return {"file_system_id": target, "copies": copies}

    def seed(self) -> None:
        say("Making twelve file systems, old copies, and foreign backups in both Regions")
        kinds = {f"plan-{n}": "LUSTRE" for n in range(10)} | {"wrong-key": "OPENZFS", "no-room": "WINDOWS"}
        for name, kind in kinds.items():
            self.targets[name] = self.file_system(kind, REGION)
        for name in ("plan-0", "wrong-key", "no-room"):
            for region in RETENTION:
                self.old[region].update(self.copies(name, region))
        for region in RETENTION:
            self.foreign[region].update(
                [
                    *self.copies("plan-0", region, copied_by_hand=True),
                    *self.copies("plan-0", region, deployment="other"),
                    *self.copies("plan-0", region, home=VIRGINIA if region == FRANKFURT else FRANKFURT),
                    # Of a deployment with the same name and plan there.
                    self.control(
                        "seed_backup", target_id=self.file_system("LUSTRE", region), tags=observer.own(NAME, "plan-0")
                    ),
                ]
            )
        there = self.file_system("WINDOWS", VIRGINIA)
        self.foreign[VIRGINIA].update(observer.history(self.control, there, [1, 1], tags={"Team": "other"}))
        self.control("durations", copy=20)
        self.control("quotas", windows_backups=len(AGES) + 2)  # in Virginia they are used up
        self.control(
            "fault",
            fault="InvalidDestinationKmsKey",
            operation="CopyBackup",
            times=None,
            match={"KmsKeyId": WRONG_KEY},
        )
        show("\n".join(f"{name:<10} {identifier}" for name, identifier in self.targets.items()))

    def file_system(self, kind: str, region: str) -> str:
        return str(self.control("seed_file_system", file_system_type=kind, region=region))

    def copies(
        self, name: str, region: str, *, deployment: str = NAME, home: str = REGION, copied_by_hand: bool = False
    ) -> list[str]:
        """Old copies of a plan, one of each of AGES."""
        now = datetime.now(UTC)
        orders = [
            {
                "target_id": self.targets[name],
                "region": region,
                "source_backup_id": f"backup-{age:017x}",
                "tags": observer.own(deployment, name)
                | {"fsx-backup:scheduled-time": f"{now - timedelta(days=age):%Y-%m-%dT%H:%M:%SZ}"}
                | ({} if copied_by_hand else {"fsx-backup:copy": home}),
            }
            for age in AGES
        ]
        made: list[str] = self.control("seed_backups", backups=orders)
        return made

    def compare(self, failed: Iterable[tuple[str, str]]) -> str:
        """What there is in the Regions with what there should be."""
        found = {region: observer.backups(client) for region, client in self.regions.items()}
        made = {
            region: [backup for name, backup in backups.items() if name not in self.old[region] | self.foreign[region]]
            for region, backups in found.items()
        }
        copied = Counter(
            (region, tag["Value"])
            for region, backups in made.items()
            for backup in backups
            for tag in backup["Tags"]
            if tag["Key"] == "fsx-backup:plan"
        )
        expected = {(region, name) for region in RETENTION for name in self.targets if (name, region) not in failed}
        held(f"each plan has a copy in each Region, where none failed ({copied})", copied.keys() == expected)
        held("all are AVAILABLE", {b["Lifecycle"] for backups in made.values() for b in backups} == {"AVAILABLE"})
        purged = {region: len(self.old[region] - found[region].keys()) for region in RETENTION}
        held(f"each Region was purged by its own retention ({purged})", purged == {FRANKFURT: 2, VIRGINIA: 4})
        kept = {region: self.foreign[region] & found[region].keys() for region in RETENTION}
        held("nothing foreign was deleted", kept == self.foreign)
        waited = [
            call for call in self.control("calls", operation="CopyBackup") if call["outcome"] == "ServiceLimitExceeded"
        ]
        held(f"copies waited for others ({len(waited)})", len(waited) > 1)  # one is the quota's
        return (
            f"scenario copies: copied={len(copied)} failed={len([*failed])} purged={sum(purged.values())} "
            f"foreign={sum(map(len, kept.values()))} duplicates={copied.total() - len(copied)}"
        )


if __name__ == "__main__":
    sys.exit(play(NAME, run))
