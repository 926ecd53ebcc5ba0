"""What happens around a call: counted, logged, delayed, throttled, struck by faults."""

import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.faults import HTTP_FAULTS, TRANSPORT_FAULTS, TRUNCATED, Fault, Response, TransportFault
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.settings import iso

# Enough for every test and short demo; a server that runs for days must not grow.
LONGEST_LOG = 100_000
ANY = "*"


@dataclass
class Call:
    """One call. `outcome` is what the caller saw; `applied` says whether the operation succeeded inside."""

    number: int
    operation: str
    parameters: Any
    region: str
    time: float
    outcome: str = "pending"
    applied: bool = False

    def describe(self) -> Json:
        """The call as JSON."""
        return {**vars(self), "time": iso(self.time)}


@dataclass
class RateLimit:
    """A token bucket on the emulator's clock: `burst` calls at once, refilled `per_second`."""

    per_second: float
    burst: int
    level: float = 0.0
    read_at: float | None = None

    def admits(self, now: float) -> bool:
        """Take one call out of the bucket, if there is one. A clock that was set back refills nothing."""
        if self.read_at is None:
            self.level = self.burst
        else:
            self.level = min(self.burst, self.level + max(0.0, now - self.read_at) * self.per_second)
        self.read_at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass
class Instrument:
    """The instrument's state. Keys of latencies are operations; `*` stands for all that have no entry."""

    latencies: dict[str, float] = field(default_factory=dict)
    rate_limit: RateLimit | None = None
    faults: list[Fault] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=LONGEST_LOG))
    counts: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def arrive(self, operation: str, parameters: Any, region: str, now: float) -> Call:
        """Number and log a call."""
        self.total += 1
        self.counts[operation] += 1
        call = Call(self.total, operation, parameters, region, now)
        self.calls.append(call)
        return call

    def latency(self, operation: str) -> float:
        """Seconds by which a call is delayed."""
        return self.latencies.get(operation, self.latencies.get(ANY, 0.0))

    def admits(self, now: float) -> bool:
        """Whether the rate limit lets a call through."""
        return self.rate_limit is None or self.rate_limit.admits(now)

    def fault_for(self, operation: str, parameters: Any, region: str) -> Fault | None:
        """The first rule that strikes. Every rule counts the call, whichever strikes."""
        striking = [fault for fault in self.faults if fault.strikes(operation, parameters, region)]
        return striking[0] if striking else None


def error_response(error: ServiceError) -> Response:
    """An error as the AWS JSON 1.1 protocol sends it."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amzn-ErrorType": error.code,
        # moto takes the status from this header.
        "status": str(error.status),
    }
    return error.status, headers, json.dumps(error.body())


def strike(fault: Fault, operation: str, response: Response | None) -> Response:
    """What the caller gets instead of `response`, which is None when the call never had its effect.

    Raises:
        TransportFault: where no response can show it.
    """
    if fault.fault in HTTP_FAULTS:
        status = HTTP_FAULTS[fault.fault]
        return status, {"Content-Type": "text/html"}, f"<html><body><h1>{status}</h1></body></html>"
    if fault.fault in TRANSPORT_FAULTS:
        raise TransportFault(fault.fault, seconds=fault.seconds)
    if fault.fault == TRUNCATED and response is not None:
        status, headers, body = response
        # The whole is announced, half of it comes.
        return status, {**headers, "Content-Length": str(len(body.encode()))}, body[: max(1, len(body) // 2)]
    return error_response(fault.error(operation))
