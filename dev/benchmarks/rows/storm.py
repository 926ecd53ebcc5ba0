"""500 backups due in the same minute, while FSx takes 20 calls a second: the deployed function in the sandbox.

`storm-500`: the messages that 500 schedules would send are put into the queue at once, made from the message of one
schedule. `storm-fleet-500`: one message of one plan, whose tags 500 file systems carry.
Queue, event source mapping with the module's maximum concurrency, and function are the deployed ones.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dev.benchmarks import peers
from dev.benchmarks.result import Detail, Limit, Result, at_most, floor_seconds, pages
from dev.benchmarks.rows.apply import file_systems, plans_of, set_plans, stack
from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import Sandbox
from dev.scenarios.inbox import Inbox
from dev.scenarios.queue_depth import depth

PLANS, PER_SECOND, BURST = 500, 20, 20
PAGE = 50  # of DescribeFileSystems
TAGS = {"Backup": "storm"}
CALLS_OF_A_RUN = 4  # list, tags of the target, create; 30 seconds later list again
PATIENCE = 600.0
MOST_OF_FLOOR = 1.3
CANNOT = {peers.C7N: "follows no backup until it is AVAILABLE"}


def message(sandbox: Sandbox, schedule: dict[str, str]) -> dict[str, Any]:
    """What a schedule sends now."""
    found = sandbox.client("scheduler").get_schedule(Name=schedule["name"], GroupName=schedule["group"])
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**json.loads(found["Target"]["Input"]), "scheduled_time": now}


def messages(one: dict[str, Any], targets: list[str]) -> list[str]:
    """What as many schedules send."""
    plans = [
        {**one["plan"], "name": f"plan-{number}", "file_system_id": target} for number, target in enumerate(targets)
    ]
    return [json.dumps({**one, "plan": plan}) for plan in plans]


def send(sqs: Any, queue: str, bodies: list[str]) -> None:
    for start in range(0, len(bodies), 10):
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies[start : start + 10])]
        sqs.send_message_batch(QueueUrl=queue, Entries=entries)


def row(*, fleet: bool = False) -> list[Result]:
    with Sandbox() as sandbox, stack(sandbox) as made:
        control, sqs = FsxControl(sandbox.fsx_endpoint), sandbox.client("sqs")
        targets = file_systems(sandbox, PLANS, tags=TAGS)
        set_plans(made, {"fleet": {"target_tags": TAGS}} if fleet else plans_of(targets[:1]))
        made.plan()
        made.apply()
        outputs = made.outputs()["fsx_backup"]
        queue, dead = outputs["queue"]["url"], outputs["dead_letter_queue"]["url"]
        [schedule] = outputs["schedules"].values()
        one = message(sandbox, schedule)
        control("listing", short_pages=False)
        control("rate_limit", per_second=PER_SECOND, burst=BURST)
        control("clear_calls")
        with Inbox(sandbox.client, outputs["topic_arn"]) as inbox:
            begin = time.time()
            send(sqs, queue, [json.dumps(one)] if fleet else messages(one, targets))
            while depth(sqs, queue) and time.time() - begin < PATIENCE:
                time.sleep(1)
            calls = control("calls")
            outcomes: Counter[str] = Counter()
            while mails := inbox.receive(seconds=1):
                outcomes.update(mail.outcome for mail in mails)
        letters = depth(sqs, dead)
    return [result(calls, begin, outcomes, letters, fleet=fleet)]


def result(calls: list[dict[str, Any]], begin: float, outcomes: Counter[str], letters: int, *, fleet: bool) -> Result:
    """From the first message sent to the last call of FSx."""
    seconds = max(datetime.fromisoformat(call["time"]).timestamp() for call in calls) - begin
    least = PLANS * CALLS_OF_A_RUN + (pages(PLANS, PAGE) if fleet else 0)
    floor = floor_seconds(least, PER_SECOND, BURST)
    made = len({call["parameters"]["FileSystemId"] for call in calls if created(call)})
    throttled = sum(call["outcome"] == "ThrottlingException" for call in calls)
    limits = [
        Limit(f"all finished ({outcomes['COMPLETED']} of {PLANS})", outcomes["COMPLETED"] == PLANS and made == PLANS),
        Limit(f"dead letters 0 ({letters})", letters == 0),
        Limit(
            f"false failures 0 ({outcomes.total() - outcomes['COMPLETED']})", outcomes.total() == outcomes["COMPLETED"]
        ),
        at_most(seconds, floor, MOST_OF_FLOOR, f"at most {MOST_OF_FLOOR} of the floor"),
    ]
    counts = dict(Counter(call["operation"] for call in calls))
    one = Detail("ours", seconds, (seconds, seconds), None, None, counts, f"{throttled} calls throttled")
    note = f"{PER_SECOND} calls a second, {BURST} at once. Floor: {least:,} calls, {CALLS_OF_A_RUN} of each run."
    return Result(f"storm-{'fleet-' * fleet}{PLANS}", seconds, "s", {"floor": floor}, limits, [one], note, CANNOT)


def created(call: dict[str, Any]) -> bool:
    return bool(call["operation"] == "CreateBackup" and call["outcome"] == "ok")


ROWS: dict[str, Callable[[], list[Result]]] = {
    "storm-500": row,
    "storm-fleet-500": lambda: row(fleet=True),
}
