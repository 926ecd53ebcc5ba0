"""`make scenario NAME=fleet`: a plan that selects its targets by their tags, fired twice in the sandbox.

Each occurrence is delivered twice. Between the two, one file system is added and another one loses its tags.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, Sandbox
from dev.sandbox.scheduler import Scheduler
from dev.scenarios.inbox import Inbox
from dev.scenarios.playing import play
from dev.scenarios.steps import Mails, Steps, held, say, show

NAME = "fleet"
PLAN = "projects"
TAGS = {"Backup": "daily", "Service": "projects"}
EXCLUDED = {"fsx-backup:exclude": "moved to the archive"}


def run(sandbox: Sandbox, folder: Path) -> str:
    steps = Steps(sandbox.client, NAME, folder, sandbox.environment())
    return Fleet(steps, FsxControl(sandbox.fsx_endpoint)).run()


class Fleet:
    """One fleet plan and what carries its tags."""

    def __init__(self, steps: Steps, control: FsxControl) -> None:
        self.steps, self.control = steps, control
        self.fsx = steps.client("fsx")
        self.ids: dict[str, str] = {}
        self.selected: set[str] = set()
        self.completed = 0

    def run(self) -> str:
        """The last line; raises Broken where a promise did not hold."""
        self.seed()
        outputs = self.steps.apply({PLAN: {"target_tags": TAGS}}, {"emails": ["storage@example.com"]})
        self.status_command = outputs["status_command"]
        with Inbox(self.steps.client, outputs["topic_arn"], "fleet-inbox") as self.inbox:
            expected = self.fire("The fleet's schedule fires, and its message is delivered twice")
            say("A file system is added; another one loses a tag")
            added = self.file_system("added", "WINDOWS", TAGS)
            [lost] = self.fsx.describe_file_systems(FileSystemIds=[self.ids["zfs"]])["FileSystems"]
            self.fsx.untag_resource(ResourceARN=lost["ResourceARN"], TagKeys=["Service"])
            self.selected = {*self.selected, added} - {self.ids["zfs"]}
            held("the new one is reported", self.status()["new"] == [added])
            expected |= self.fire("The second firing")
        found = self.status()
        held("what left is reported with its backup", found["lost"] == [self.ids["zfs"]])
        held("what cannot be backed up is reported", set(found["unfit"]) == {self.ids["scratch"], self.ids["dp"]})
        held("what is excluded is known", set(found["left_out"]) == {self.ids["out"], self.ids["volume-out"]})
        made = self.made()
        held("each firing made a backup of each target, and of nothing else", made.keys() == expected)
        self.steps.destroy()
        return (
            f"scenario fleet: selected={len(expected)} created={made.total()} completed={self.completed} "
            f"excluded={len(found['left_out'])} duplicates={made.total() - len(made)}"
        )

    def seed(self) -> None:
        say("Making file systems and ONTAP volumes with and without the tags")
        for name, kind, tags in (
            ("lustre", "LUSTRE", TAGS),
            ("zfs", "OPENZFS", TAGS),
            ("one tag only", "WINDOWS", {"Backup": "daily"}),
            ("out", "WINDOWS", TAGS | EXCLUDED),
            ("ontap", "ONTAP", TAGS),
            ("other ontap", "ONTAP", {}),
        ):
            self.file_system(name, kind, tags)
        self.file_system("scratch", "LUSTRE", TAGS, {"DeploymentType": "SCRATCH_2"})
        for name, system, tags, configuration in (
            ("volume", "ontap", {}, {}),
            ("volume-out", "ontap", EXCLUDED, {}),
            ("dp", "ontap", {}, {"OntapVolumeType": "DP"}),
            ("own tags", "other ontap", TAGS, {}),
            ("none", "other ontap", {}, {}),
        ):
            self.ids[name] = self.control(
                "seed_volume", file_system_id=self.ids[system], tags=tags, configuration=configuration
            )
        self.selected = {self.ids[name] for name in ("lustre", "zfs", "volume", "own tags")}
        show("\n".join(f"{name:<13} {identifier}" for name, identifier in self.ids.items()))

    def file_system(self, name: str, kind: str, tags: Mapping[str, str], configuration: Any = None) -> str:
        self.ids[name] = self.control(
            "seed_file_system", file_system_type=kind, region=REGION, tags=tags, configuration=configuration
        )
        return self.ids[name]

    def fire(self, text: str) -> set[tuple[str, str]]:
        """One occurrence, delivered twice; each target with its scheduled time, once all are completed."""
        say(text)
        found = self.status()
        held(f"the status knows the targets ({found})", set(found["targets"]) == self.selected)
        scheduler, now = Scheduler(self.steps.client), datetime.now(UTC)
        first, _ = (scheduler.fire(PLAN, group=NAME, scheduled_time=now, attempt=number) for number in (1, 2))
        expected = {(target, first.scheduled_time) for target in self.selected}
        mails = self.steps.receive(
            "the backups are made and tracked until they are AVAILABLE",
            [self.inbox],
            lambda mails: expected <= done(mails),
        )
        held(f"all are completed ({[mail.subject for mail in mails]})", expected <= done(mails))
        self.completed += len(expected & done(mails))
        return expected

    def status(self) -> Any:
        """What the module's status_command says of the fleet."""
        return self.steps.invoke(self.status_command)["fleets"][PLAN]

    def made(self) -> Counter[tuple[str, str]]:
        """Backups of the plan by target and scheduled time."""
        made: Counter[tuple[str, str]] = Counter()
        for backup in self.steps.backups().values():
            tags = {tag["Key"]: tag["Value"] for tag in backup.get("Tags", [])}
            if tags.get("fsx-backup:deployment") == NAME:
                target = backup.get("Volume", {}).get("VolumeId") or backup["FileSystem"]["FileSystemId"]
                made[target, tags["fsx-backup:scheduled-time"]] += 1
        return made


def done(mails: Mails) -> set[tuple[str, str]]:
    """Target and scheduled time of each completed backup that was notified."""
    return {(mail.data["target"], mail.data["scheduled_time"]) for mail in mails if mail.outcome == "COMPLETED"}


if __name__ == "__main__":
    sys.exit(play(NAME, run))
