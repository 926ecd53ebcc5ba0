"""`make acceptance`: the demo's steps in the account that the usual AWS variables lead to, and what only AWS can prove.

It asks before it spends. FILE_SYSTEM= names a file system or volume to back up instead of making one, SUBNET= where to
make it, ACCOUNT= gives the answer in advance. Everything is destroyed in the end, also after Ctrl-C.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev.scenarios import questions
from dev.scenarios.account import MARK, NAME, Account, Holdings, Refused, client
from dev.scenarios.inbox import Inbox
from dev.scenarios.interrupts import deaf, uninterrupted
from dev.scenarios.left_behind import resources
from dev.scenarios.observer import Mail, own
from dev.scenarios.probe import probe
from dev.scenarios.promises import Ledger
from dev.scenarios.steps import Mails, Steps, progress, say, show
from dev.terraform import ROOT, TerraformError

FOLDER = ROOT / ".sandbox" / "acceptance"
PACKAGE = ROOT / "modules" / "fsx_backup" / "lambda.zip"
NOWHERE = "fs-0123456789abcdef0"  # no file system has it
BOXES = ("mailbox", "pager")  # a subscriber without a filter; one with
RETENTION = {"days": 1, "keep_last": 1}


class Ended(Exception):
    """The run cannot go on: what follows needs a step that failed."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.scenarios.acceptance", description=__doc__)
    parser.add_argument("--file-system", default=os.environ.get("FILE_SYSTEM") or None, help="an existing one's id")
    parser.add_argument("--subnet", default=os.environ.get("SUBNET") or None, help="for the file system that is made")
    parser.add_argument("--account", default=os.environ.get("ACCOUNT") or None, help="its number, to go on unasked")
    parser.add_argument("--folder", default=FOLDER, type=Path, help="where Terraform's state is kept while it runs")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end clean on both
    try:
        account = Account.of_caller()
        holdings = Holdings(real=account.real)
        if options.file_system:
            holdings.existing(options.file_system)
        account.agreed(options.account, f"backs up {options.file_system or 'a file system that it makes'}")
        return Acceptance(account, holdings, options.folder / f"{account.number}-{account.region}").run(
            options.file_system, options.subnet
        )
    except KeyboardInterrupt:
        print("\nacceptance: interrupted before anything was made.", file=sys.stderr)
        return 130
    except (Refused, TerraformError) as error:
        print(f"acceptance: {error}", file=sys.stderr)
        return 1


class Acceptance(Steps):
    """The demo's steps, each followed by the promises that it shows."""

    def __init__(self, account: Account, holdings: Holdings, folder: Path) -> None:
        patience = timedelta(minutes=90 if account.real else 10)
        super().__init__(client, NAME, folder, {}, patience=patience)
        self.account = account
        self.holdings = holdings
        self.ledger = Ledger(real=account.real)
        self.mails: Mails = []

    @contextmanager
    def terraform(self, text: str) -> Iterator[None]:
        """Terraform is not left alone in the middle: half of what it makes would be in nobody's state."""
        with uninterrupted("Terraform ends what it does"), progress(text):
            yield

    def run(self, file_system: str | None, subnet: str | None) -> int:
        """All of it; the exit status."""
        status = 1
        try:
            if self.stack.has_state():
                say("An earlier run was killed: what it left is destroyed first")
                self.clear()
            self.play(file_system or self.holdings.make_file_system(subnet))
            status = 0
        except KeyboardInterrupt:
            print("\nacceptance: interrupted; destroying everything.", file=sys.stderr)
            status = 130
        except (Ended, Refused, TerraformError, TimeoutError, BotoCoreError, ClientError) as error:
            print(f"acceptance: it ends here, and destroys everything: {error}", file=sys.stderr)
        left = self.clear()
        self.ledger.promise("destroy leaves nothing behind", not left, seen=left)
        print(f"acceptance: {self.ledger.summary}")
        return status or (1 if self.ledger.failed else 0)

    def play(self, target: str) -> None:
        """Every step, in order."""
        kind = "volume_id" if target.startswith("fsvol-") else "file_system_id"
        plan = {"schedule": "rate(12 hours)", "retention": RETENTION}
        outputs = self.apply({"home": {kind: target, **plan}, "gone": {"file_system_id": NOWHERE, **plan}}, {})
        topic, alarm = outputs["topic_arn"], self._errors_alarm()
        with ExitStack() as stack:
            self.boxes = [
                stack.enter_context(Inbox(client, topic, f"{NAME}-{BOXES[0]}")),
                # Whoever filters hears of alarms only through the alarms' own topics: an alarm has no attributes.
                stack.enter_context(
                    Inbox(
                        client,
                        topic,
                        f"{NAME}-{BOXES[1]}",
                        filter_policy={"severity": ["warning", "error"]},
                        further=[arn for arn in alarm["AlarmActions"] if arn != topic],
                    )
                ),
            ]
            ask = stack.enter_context(probe(client, NAME, PACKAGE))
            self.scheduled(outputs)
            second = self.again(outputs)
            self.purge(outputs, ask, second)
            self.foreign({("VolumeId" if kind == "volume_id" else "FileSystemId"): target}, ask)
            self.alarm(alarm)
            self.message_path(outputs)
            self.ask(outputs, target)
        changes = self.plan_again()
        self.ledger.promise("a second plan is empty", not changes, seen=changes)

    def scheduled(self, outputs: dict[str, Any]) -> None:
        """Both schedules are fired: one backup becomes AVAILABLE, one fails."""
        if not self.account.real:
            self.fire(outputs["schedules"])
        completed = self._receive("the scheduled backup is followed to its end", outcome="COMPLETED", plan="home")
        failed = self._receive("the failure is notified", outcome="FAILED", plan="gone")
        self.ledger.promise("Scheduler's message passes the encrypted queue", bool(completed), aws_alone=True)
        self.ledger.promise("a failure is notified, with its cause", "FileSystemNotFound" in str(failed), seen=failed)
        if not completed:
            raise Ended("the scheduled backup was not completed")
        backup = self.backups()[completed.data["backup_id"]]
        tags = {tag["Key"]: tag["Value"] for tag in backup["Tags"]}
        self.ledger.promise("the role may create a backup with its tags", tags.get("fsx-backup:plan") == "home",
                            seen=tags, aws_alone=True)  # fmt: skip
        time = tags.get("fsx-backup:scheduled-time", "")
        self.ledger.promise("Scheduler fills in the scheduled time", time.endswith("Z"), seen=time, aws_alone=True)
        looks = questions.looks(outputs["function"]["log_group"], completed.data["backup_id"])
        self.ledger.promise("the function writes to its encrypted log group", bool(looks), aws_alone=True)
        self.ledger.promise("a message is kept and looked at again until its backup is done", looks > 1,
                            seen=f"{looks} looks")  # fmt: skip
        report = self.invoke(outputs["status_command"])
        states = {plan["plan"]: plan["state"] for plan in report.get("plans", [])}
        self.ledger.promise("the role may read the schedules, and report on all plans", states.get("home") == "OK",
                            seen=states or report, aws_alone=True)  # fmt: skip

    def again(self, outputs: dict[str, Any]) -> str:
        """A second backup by the command of the outputs; its id."""
        report = self.invoke(outputs["commands"]["home"]["backup_now"])
        second = str(report.get("backup_id"))
        self._receive("a second backup is made", plan="home", backup=second, outcome="COMPLETED")
        lifecycle = self.holdings.wait_for_backup(second, self.patience) if second.startswith("backup-") else report
        if not self.ledger.promise("a backup can be made now", lifecycle == "AVAILABLE", seen=lifecycle):
            raise Ended("the second backup was not completed")
        return second

    def purge(self, outputs: dict[str, Any], ask: Callable[[dict[str, Any]], Any], newest: str) -> None:
        """By a clock two days ahead the first backup is expired, and the newest is kept."""
        say("Purging, by the function's own code with its clock two days ahead")
        words = outputs["commands"]["home"]["dry_run_purge"]
        event = json.loads(words[words.index("{") : words.rindex("}") + 1]) | {"dry_run": False}
        before = self._of_plan("home")
        report = ask({"later": event})
        left = self._of_plan("home")
        self.ledger.promise("an expired backup is purged, the newest AVAILABLE one stays", left == {newest} < before,
                            seen=f"{sorted(before)} -> {sorted(left)}, {report}")  # fmt: skip

    def foreign(self, target: dict[str, str], ask: Callable[[dict[str, Any]], Any]) -> None:
        """The role cannot delete a backup that is not the deployment's. And what becomes of a deleted one's token."""
        say("A backup that is not the deployment's")
        request = {**target, "ClientRequestToken": f"{NAME}-foreign", "Tags": [{"Key": MARK, "Value": NAME}]}
        made = client("fsx").create_backup(**request)["Backup"]["BackupId"]
        self.holdings.wait_for_backup(made, self.patience)
        answer = ask({"delete": made})
        refused = answer == "AccessDeniedException"
        self.ledger.promise("the role cannot delete a foreign backup", refused or not self.account.real, seen=answer,
                            aws_alone=True)  # fmt: skip
        if answer != "deleted":
            client("fsx").delete_backup(BackupId=made)
            self.holdings.wait_for_backup(made, self.patience)
        self.ledger.question("the token of a deleted backup", questions.token_again(request, made))

    def alarm(self, alarm: dict[str, Any]) -> None:
        """An alarm reaches subscribers with and without a filter."""
        say(f"Setting the alarm {alarm['AlarmName']} off")
        client("cloudwatch").set_alarm_state(
            AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="The acceptance run sets it off."
        )
        received: list[bool] = []
        for box in self.boxes:
            mails = self.receive("the alarm arrives", [box], lambda mails: any(_is_alarm(mail) for mail in mails))
            received.append(any(_is_alarm(mail) for mail in mails))
        self.ledger.promise("CloudWatch may publish alarms to the encrypted topic", received[0], aws_alone=True)
        self.ledger.promise("a filtered subscriber receives alarms through the alarms topic", received[1])

    def message_path(self, outputs: dict[str, Any]) -> None:
        """A message that ended in the dead-letter queue is brought back, and handled."""
        say("Bringing a dead letter back")
        words = outputs["commands"]["gone"]["backup_now"]
        letter = words[words.index("{") : words.rindex("}") + 1]
        sqs, queues = client("sqs"), (outputs["dead_letter_queue"], outputs["queue"])
        sqs.send_message(QueueUrl=queues[0]["url"], MessageBody=letter)
        sqs.start_message_move_task(SourceArn=queues[0]["arn"], DestinationArn=queues[1]["arn"])
        failed = self._receive("it is handled", outcome="FAILED", plan="gone")
        self.ledger.promise("a dead letter is moved back to the queue and handled", bool(failed))

    def ask(self, outputs: dict[str, Any], target: str) -> None:
        """What AWS's documents leave open."""
        say("What AWS's documents leave open")
        schedule = outputs["schedules"]["home"]
        self.ledger.question("DescribeVolumes", questions.tags_of_volumes(target))
        letter = questions.dead_letter(schedule, outputs["dead_letter_queue"]["url"], fires=self.account.real)
        self.ledger.question("a dead letter of Scheduler", letter)

    def clear(self) -> list[str]:
        """Destroy everything, whatever happens; what is left all the same."""
        with deaf("Destroying: an interrupt now would leave things behind that cost money"):
            for step in (
                self.destroy,
                self.destroy,
                self._remove_helpers,
                self.holdings.remove_backups,
                self.holdings.remove_file_systems,
            ):
                try:
                    if step != self.destroy or self.stack.has_state():  # twice, if the first one fails
                        step()
                except (TerraformError, TimeoutError, BotoCoreError, ClientError) as error:
                    show(str(error))
            found = resources(client, NAME)
            return [f"{kind}: {items}" for kind, items in found.items()] + self.holdings.left()

    def _remove_helpers(self) -> None:
        """What a run that was killed left beside Terraform's: its mailboxes and its probe."""
        there = resources(client, NAME)
        for function in there.get("functions", []):
            if function["FunctionName"] != NAME:
                client("lambda").delete_function(FunctionName=function["FunctionName"])
        for url in there.get("queues", []):
            if url.rpartition("/")[2] in {f"{NAME}-{box}" for box in BOXES}:
                client("sqs").delete_queue(QueueUrl=url)

    def _receive(self, waiting: str, *, backup: str | None = None, **attributes: str) -> Mail | None:
        def wanted(mail: Mail) -> bool:
            return attributes.items() <= mail.attributes.items() and backup in {None, mail.data.get("backup_id")}

        box = self.boxes[0]
        self.mails += self.receive(waiting, [box], lambda mails: any(map(wanted, [*self.mails, *mails])))
        found = next(filter(wanted, self.mails), None)
        if found is not None:
            self.mails.remove(found)
        return found

    def _of_plan(self, plan: str) -> set[str]:
        wanted = [{"Key": key, "Value": value} for key, value in own(NAME, plan).items()]
        return {id_ for id_, backup in self.backups().items() if all(tag in backup.get("Tags", []) for tag in wanted)}

    def _errors_alarm(self) -> dict[str, Any]:
        [alarm] = client("cloudwatch").describe_alarms(AlarmNames=[f"{NAME}-errors"])["MetricAlarms"]
        return dict(alarm)


def _is_alarm(mail: Mail) -> bool:
    return mail.alarm == f"{NAME}-errors"


if __name__ == "__main__":
    sys.exit(main())
