"""`make demo`: the main job from `terraform apply` to the last message, on the embedded sandbox, step by step.

KEEP=1 leaves everything running and says how to talk to it.
"""

import os
import re
import shutil
import signal
import sys
from collections import Counter
from typing import Any

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, ROOT, Sandbox, SandboxError
from dev.sandbox.scheduler import Outcome, Scheduler
from dev.sandbox.state import STATE_FILE, State
from dev.scenarios.inbox import Inbox
from dev.scenarios.observer import Backups, history, own
from dev.scenarios.playing import program
from dev.scenarios.steps import Mails, Steps, held, say, show

NAME = "demo"
FOLDER = ROOT / ".sandbox" / "demo"


def main() -> int:
    keep = os.environ.get("KEEP", "") not in {"", "0"}
    state = State.load(STATE_FILE)
    if keep and state is not None and state.running():
        print("demo: a sandbox is running already. End it with `make sandbox-down`, then try again.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end clean on both
    return program("demo", lambda: demo(keep=keep))


def demo(*, keep: bool) -> int:
    """In a sandbox, which goes on running where it is to be kept and the demo did not fail."""
    sandbox = Sandbox(
        aws_port=port("AWS_PORT"), fsx_port=port("FSX_PORT"), progress=say, state_file=STATE_FILE if keep else None
    ).start()
    try:
        line = Demo(sandbox).run(keep=keep)
    except BaseException:
        sandbox.stop()
        raise
    if not keep:
        sandbox.stop()
    print(line)
    return 0


def port(variable: str) -> int:
    """The port that a variable asks for; 0, a free one, when it does not."""
    wanted = os.environ.get(variable) or "0"
    if not (wanted.isascii() and wanted.isdigit() and int(wanted) < 65536):
        raise SandboxError(f"{variable} must be a port number from 1 to 65535, not {wanted!r}.")
    return int(wanted)


class Demo(Steps):
    """The steps, in order. Each says what it does, then shows it."""

    def __init__(self, sandbox: Sandbox) -> None:
        shutil.rmtree(FOLDER, ignore_errors=True)  # the state of a sandbox that is gone
        super().__init__(sandbox.client, NAME, FOLDER, sandbox.environment())
        self.control = FsxControl(sandbox.fsx_endpoint)

    def run(self, *, keep: bool) -> str:
        targets = self.make_file_systems()
        outputs = self.apply(targets, {"emails": ["storage@example.com"]})
        self.commands = outputs["commands"]
        with Inbox(self.client, outputs["topic_arn"]) as inbox:
            say("What would the purge of scratch do now? The module's output has the command:")
            show(self.commands["scratch"]["dry_run_purge"] + "\n")
            show(self.dry_run(self.commands["scratch"]["dry_run_purge"])["table"])
            before = self.backups()
            for firing in self.fire(outputs["schedules"]):
                held(f"{firing.schedule} is delivered ({firing.error})", firing.outcome is Outcome.DELIVERED)
            mails = self.receive(
                "the backups are made and tracked until they complete (the function polls after 30 s)",
                [inbox],
                lambda mails: len(mails) >= len(targets),
            )
        after = self.backups()
        self.show(before, after, mails)
        say(f"The notifications ({len(mails)})")
        for mail in mails:
            show(f"Subject: {mail.subject}\n\n{mail.text}\n{'-' * 72}")
        self.status(outputs["status_command"])
        changes = self.plan_again()
        held(f"the second plan is empty ({changes})", not changes)
        if keep:
            self.explain(outputs)
        else:
            self.destroy()
            held("destroy leaves no schedule", not Scheduler(self.client).names(NAME))
        made = [backup for identifier, backup in after.items() if identifier not in before]
        lifecycles = Counter(backup["Lifecycle"] for backup in made)
        purged = len(set(before) - set(after))
        held("three backups were made", len(made) == len(targets))
        held("one of them failed, as planned", lifecycles == {"AVAILABLE": 2, "FAILED": 1})
        held("the foreign and the held backups are still there", set(self.untouchable) <= set(after))
        held("every plan sent one notification", len(mails) == len(targets))
        return (
            f"demo: created={len(made)} completed={lifecycles['AVAILABLE']} failed={lifecycles['FAILED']} "
            f"purged={purged} messages={len(mails)}"
        )

    def make_file_systems(self) -> dict[str, dict[str, Any]]:
        say("Making three file systems in the emulated FSx, one with a history of backups")
        scratch = self.control("seed_file_system", file_system_type="LUSTRE", region=REGION, tags={"Team": "hpc"})
        home = self.control("seed_file_system", file_system_type="OPENZFS", region=REGION)
        ontap = self.control("seed_file_system", file_system_type="ONTAP", region=REGION)
        volume = self.control("seed_volume", file_system_id=ontap)
        scratchs = own(NAME, "scratch")
        history(self.control, scratch, (1, 3, 6, 8, 9, 16, 40), tags=scratchs)
        history(self.control, scratch, [12], tags=scratchs, lifecycle="FAILED")
        self.untouchable = [
            *history(self.control, scratch, [60], tags=scratchs | {"fsx-backup:hold": "audit 2026"}),
            *history(self.control, scratch, [100], tags={"Name": "before the upgrade"}),
            *history(self.control, scratch, [90], tags=own(NAME, "another")),
        ]
        self.control("next_backup", target_id=home, outcome="FAILED", message="The file system ran out of space.")
        show(f"scratch  {scratch}  Lustre, 11 backups\nhome     {home}  OpenZFS, its next backup will FAIL")
        show(f"db       {volume}  a volume of the ONTAP file system {ontap}")
        return {
            "scratch": {"file_system_id": scratch, "retention": {"days": 7, "keep_weekly": 2}},
            "home": {"file_system_id": home, "schedule": "rate(12 hours)"},
            "db": {"volume_id": volume, "schedule": "cron(30 2 * * ? *)", "timezone": "Europe/Paris"},
        }

    def dry_run(self, command: str) -> dict[str, Any]:
        report = self.invoke(command)
        held(f"the dry run answers ({report})", report.get("outcome") == "DRY_RUN")
        return report

    def show(self, before: Backups, after: Backups, mails: Mails) -> None:
        say("The backups, before and after, and why (the new backup counts, so others may go than in the dry run)")
        because = {
            identifier: reason
            for mail in mails
            for identifier, reason in re.findall(r"deleted (backup-\w+) of [^:]+:\d\d UTC: (.*)", mail.text)
        }
        decisions = self.dry_run(self.commands["scratch"]["dry_run_purge"])["purge"]["decisions"]
        because |= {decision["backup_id"]: "; ".join(decision["reasons"]) for decision in decisions}
        for identifier, backup in sorted((before | after).items(), key=lambda item: item[1]["CreationTime"]):
            fate = "new" if identifier not in before else "kept" if identifier in after else "purged"
            show(
                f"{identifier}  {backup['CreationTime']:%Y-%m-%d %H:%M}  {backup['Lifecycle']:<9}  {fate:<6}  "
                f"{because.get(identifier, 'another plan: see its message')}"
            )

    def status(self, command: str) -> None:
        say("The state of all plans, by the module's status_command")
        found = self.invoke(command)
        show("\n".join(f"{row['plan']:<8} {row['state']:<8} next run {row['next_run']}" for row in found["plans"]))
        show("\n".join(found["problems"]) or "No problems.")
        held("the status knows every plan", {row["plan"] for row in found["plans"]} == set(self.commands))

    def explain(self, outputs: dict[str, Any]) -> None:
        say("It is still running. To talk to it:")
        show(
            'eval "$(.envs/dev/bin/python -m dev.sandbox env)"   # endpoints and credentials\n'
            f"terraform -chdir={FOLDER.relative_to(ROOT)} output\n"
            f".envs/dev/bin/python -m dev.sandbox fire scratch --group {outputs['schedules']['scratch']['group']}\n"
            "make sandbox-down                                 # end it"
        )


if __name__ == "__main__":
    sys.exit(main())
