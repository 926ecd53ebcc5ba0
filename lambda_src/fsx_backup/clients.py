"""Every client of the function, made in one place, each with the time after which it gives up and why.

botocore's defaults (60 s to connect, 60 s to read, and retries that changed between releases) would use up the
function's time against a port that does not answer, as in a VPC without an endpoint for the service.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CONNECT_SECONDS = 3
READ_SECONDS = 10
WORKERS = 8

# Adaptive mode slows all calls of the client down when FSx throttles, instead of losing them.
FSX = Config(
    retries={"mode": "adaptive", "total_max_attempts": 4},
    connect_timeout=CONNECT_SECONDS,
    read_timeout=READ_SECONDS,
    max_pool_connections=WORKERS,
)
# What these fail to do is repeated with the message, or reported by an alarm.
OTHERS = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS
)


def connect(service: str, region: str | None = None) -> Any:
    """A client of FSx, Scheduler, SNS, SQS, CloudWatch or Service Quotas, for the function's own Region or another."""
    config = FSX if service == "fsx" else OTHERS
    return boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]


def side_by_side[T, R](ask: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """All answers, in order, from a bounded pool. The first error rises, and what has not begun by then is left out."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(ask, items))
