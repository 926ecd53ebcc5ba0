"""From a plan with `target_tags` to a message for each of its targets."""

from __future__ import annotations

import json
from itertools import batched
from typing import TYPE_CHECKING, Any

from .model import ONTAP
from .resources import resources, with_tags
from .selection import Members, select, unread
from .values import InvalidEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_fsx import FSxClient

    from .model import Plan

MOST_ENTRIES = 10  # SQS: messages of a batch
MOST_BYTES = 250_000  # SQS: of a batch
TRIES = 5


def find(client: FSxClient, plan: Plan) -> Members:
    """What carries the plan's tags now. Raises Transient rather than return a part."""
    volumes = ONTAP in plan.target_types
    found = resources(client, volumes=volumes)
    return select(plan, with_tags(client, found, [volume for volume in unread(found) if not volume.obstacle]))


def check(client: Callable[[str], Any], plan: Plan) -> None:
    """Raises InvalidEvent if the plan is for one of its targets that it does not select now."""
    if plan.target_tags and not plan.fleet and plan.target.id not in find(client("fsx"), plan).ids:
        raise InvalidEvent(
            f"{plan.target.id} is not selected by plan {plan.name} now, so its backups are left alone: tag it as "
            "target_tags says, or name another target."
        )


def send(client: Any, queue_url: str, event: Mapping[str, Any], targets: Sequence[str]) -> None:
    """The event once for each target. Raises if the queue does not take all: the event is then delivered again."""
    bodies = [json.dumps({**event, "target": target}) for target in targets]
    together = max(1, min(MOST_ENTRIES, MOST_BYTES // max(map(len, bodies))))
    for batch in batched(bodies, together, strict=False):
        left = {str(number): body for number, body in enumerate(batch)}
        for _ in range(TRIES):
            entries = [{"Id": id_, "MessageBody": body} for id_, body in left.items()]
            failed = client.send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed", [])
            left = {entry["Id"]: left[entry["Id"]] for entry in failed}
            if not left:
                break
        else:
            raise RuntimeError(f"SQS did not take the messages of {len(left)} targets: {failed[0].get('Code')}")
