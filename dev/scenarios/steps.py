"""The steps of the main job, wherever AWS is: the demo takes them in the sandbox, the acceptance run in an account."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dev.sandbox.scheduler import Firing, Scheduler
from dev.scenarios import observer
from dev.scenarios.inbox import Inbox
from dev.scenarios.observer import Backups, Mail
from dev.terraform import Stack

Mails = list[Mail]


class Broken(Exception):
    """A promise did not hold."""


def held(promise: str, fact: bool) -> None:
    """The exit status says whether every promise held."""
    if not fact:
        raise Broken(f"this did not hold: {promise}")


class Steps:
    """The root stack as a deployment of this name. `client` makes a boto3 client for a service."""

    def __init__(
        self,
        client: Callable[[str], Any],
        name: str,
        folder: Path,
        environment: Mapping[str, str],
        *,
        patience: timedelta = timedelta(minutes=3),
    ) -> None:
        self.client = client
        self.name = name
        self.stack = Stack.of_root(folder, environment)
        self.patience = patience

    def terraform(self, text: str) -> AbstractContextManager[None]:
        """What surrounds every run of Terraform."""
        return progress(text)

    def apply(self, file_systems: Mapping[str, Any], notifications: Mapping[str, Any]) -> dict[str, Any]:
        """Plan and apply; the module's outputs."""
        self.stack.set_variables({"name": self.name, "file_systems": file_systems, "notifications": notifications})
        with self.terraform("terraform init and plan of the root stack"):
            self.stack.init()
            plan = self.stack.plan()
        types = Counter(address.split(".")[2].split("[")[0] for address in plan.changes)
        show("\n".join(f"{count:>3}  {type_}" for type_, count in sorted(types.items())))
        with self.terraform(f"terraform apply of {len(plan.changes)} resources"):
            self.stack.apply()
        outputs: dict[str, Any] = self.stack.outputs()["fsx_backup"]
        return outputs

    def invoke(self, command: str) -> dict[str, Any]:
        """Run one of the module's own commands, with boto3 in the place of the AWS CLI."""
        return observer.invoke(self.client("lambda"), command)

    def fire(self, schedules: Mapping[str, Mapping[str, str]]) -> list[Firing]:
        """Fire the schedules, where nobody else does."""
        say("Firing the schedules, as EventBridge Scheduler would")
        scheduler = Scheduler(self.client)
        firings = [scheduler.fire(schedule["name"], group=schedule["group"]) for schedule in schedules.values()]
        for firing in firings:
            show(
                f"{firing.schedule}: {firing.outcome} for {firing.scheduled_time}{firing.error and ': '}{firing.error}"
            )
        return firings

    def receive(self, waiting: str, boxes: list[Inbox], enough: Callable[[Mails], object]) -> Mails:
        """What arrives until it is enough, or until patience ends."""
        mails: Mails = []
        deadline = datetime.now(UTC) + self.patience
        with progress(waiting):
            while not enough(mails) and datetime.now(UTC) < deadline:
                for box in boxes:
                    mails += box.receive(seconds=5 if len(boxes) == 1 else 1)
        return mails

    def backups(self) -> Backups:
        """All backups of the account, by id."""
        return observer.backups(self.client("fsx"))

    def plan_again(self) -> dict[str, list[str]]:
        """The changes that a second plan wants."""
        with self.terraform("a second terraform plan"):
            changes = self.stack.plan().changes
        show("\n".join(f"{address}: {', '.join(actions)}" for address, actions in changes.items()) or "No changes.")
        return changes

    def destroy(self) -> None:
        """Take the deployment away."""
        with self.terraform("terraform destroy"):
            self.stack.destroy()


def say(text: str) -> None:
    print(f"\n==> {text}", flush=True)


def show(text: str) -> None:
    print("\n".join(f"    {line}" for line in text.splitlines()), flush=True)


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Say what is done now, and every ten seconds that it still is."""
    say(text)
    begin, finished = time.monotonic(), threading.Event()

    def tick() -> None:
        while not finished.wait(10):
            show(f"… {time.monotonic() - begin:.0f} s")

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    show(f"done in {time.monotonic() - begin:.1f} s")
