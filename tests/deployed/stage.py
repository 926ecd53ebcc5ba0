"""The stack that the tests of this folder share: what was set up and what came of it."""

from dataclasses import dataclass, field
from typing import Any

from dev.sandbox.aws import Sandbox
from dev.sandbox.scheduler import Firing
from dev.scenarios import observer
from dev.scenarios.inbox import Inbox
from dev.scenarios.observer import Backups, Mail
from dev.scenarios.queue_depth import depth
from dev.terraform import Stack

NAME = "e2e"


@dataclass
class Stage:
    """What was set up and what came of it."""

    sandbox: Sandbox
    stack: Stack
    targets: dict[str, str]
    old: dict[str, list[str]]
    foreign: list[str]
    paused: str
    outputs: dict[str, Any] = field(default_factory=dict)
    firings: dict[str, Firing] = field(default_factory=dict)
    alarm_topic: str = ""
    mails: list[Mail] = field(default_factory=list)
    direct: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Any] = field(default_factory=dict)

    def backups(self, plan: str) -> Backups:
        """All backups of a plan's target, by id."""
        return observer.backups(self.sandbox.client("fsx"), self.targets[plan])

    def made(self, plan: str) -> list[dict[str, Any]]:
        known = {*self.foreign, *(identifier for old in self.old.values() for identifier in old)}
        return [backup for identifier, backup in self.backups(plan).items() if identifier not in known]

    def listen(self, inbox: Inbox, seconds: int) -> None:
        """Keep the function's messages that arrive, not those of the alarms."""
        self.mails += [mail for mail in inbox.receive(seconds) if not mail.alarm]

    def mails_of(self, plan: str) -> list[Mail]:
        return [mail for mail in self.mails if mail.plan == plan]

    def unheard(self) -> list[str]:
        """The plans whose end was not notified yet, and the message that no plan sent."""
        ended = {mail.plan for mail in self.mails if mail.outcome in {"COMPLETED", "FAILED"}}
        waiting = [plan for plan, target in self.targets.items() if not ended & {plan, target}]
        return waiting + ([] if any("'dance'" in mail.text for mail in self.mails) else ["dance"])

    def unfinished(self, queue: str = "queue") -> int:
        return depth(self.sandbox.client("sqs"), self.outputs[queue]["url"])

    def invoke(self, command: str) -> dict[str, Any]:
        """Run one of the module's commands, with boto3 in the place of the AWS CLI."""
        return observer.invoke(self.sandbox.client("lambda"), command)


@dataclass(frozen=True)
class Destroyed:
    """What there was of the stack by kind, and what its destroy left."""

    before: dict[str, list[Any]]
    after: dict[str, list[Any]]
