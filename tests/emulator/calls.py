"""What the tests of the emulator share: when they begin, and calls that many of them make."""

from collections.abc import Callable
from typing import Any

START = "2026-03-01T04:00:00+00:00"

type Refused = Callable[..., dict[str, Any]]


def pages(client: Any, **parameters: Any) -> list[dict[str, Any]]:
    """All pages of DescribeBackups, as they come."""
    return list(client.get_paginator("describe_backups").paginate(**parameters))


def listed(client: Any, **parameters: Any) -> list[str]:
    """The ids of all backups of a listing, in the order in which they come."""
    return [backup["BackupId"] for page in pages(client, **parameters) for backup in page["Backups"]]
