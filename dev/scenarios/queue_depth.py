"""How many messages a queue still has, wherever they are."""

from typing import Any

_KINDS = ("", "NotVisible", "Delayed")  # ready; with a consumer or hidden; sent with a delay


def depth(sqs: Any, queue_url: str) -> int:
    """Every message that was sent and is not deleted yet."""
    names = [f"ApproximateNumberOfMessages{kind}" for kind in _KINDS]
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)
