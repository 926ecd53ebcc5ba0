"""The emulator inside the test's own process, beside moto's other services."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from moto import mock_aws

from dev.fsx_emulator.control import Control
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.faults import KILL, TIMEOUT, UNREACHABLE, Response, TransportFault
from dev.fsx_emulator.response import StrictFSxResponse


class CallerKilled(BaseException):
    """The caller died at this call. No `except Exception` of the product may hold it up."""


@cache
def _client(region: str) -> Any:
    # Making a client takes fifty times as long as starting the emulator, so they are kept; moto serves
    # them through a hook that it looks up per call. One attempt: a fault is seen as it is.
    session = boto3.session.Session(
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - any will do
        region_name=region,
    )
    return session.client("fsx", config=Config(retries={"total_max_attempts": 1}))


class EmulatedFSx:
    """The handle that `emulated_fsx` gives: clients, the instrument, and the ways to seed resources."""

    def __init__(self, emulator: Emulator) -> None:
        self._region = emulator.default_region
        self.control = Control(emulator)
        self.seed_file_system = self.control.seed_file_system
        self.seed_volume = self.control.seed_volume
        self.seed_backup = self.control.seed_backup
        self.seed_backups = self.control.seed_backups

    def client(self, region: str | None = None) -> Any:
        """A boto3 FSx client that does not retry. Other clients are served just as well."""
        return _client(region or self._region)


@contextmanager
def emulated_fsx(*, region: str = "us-east-1", now: Any = None) -> Iterator[EmulatedFSx]:
    """FSx, and with moto every other service, for boto3 clients of this process.

    `region` is that of `fsx.client()` and of seeded resources. `now` (aware datetime, ISO 8601, epoch seconds) freezes
    the clock; None lets it run. Starts moto's `mock_aws`, or joins the one that is running.
    """
    emulator = Emulator(default_region=region)
    fsx = EmulatedFSx(emulator)
    if now is not None:
        fsx.control.freeze(now)
    with mock_aws(), emulator.installed(_handler(emulator)):
        yield fsx


def _handler(emulator: Emulator) -> Callable[..., Response]:
    def serve_fsx(request: Any, full_url: str, headers: Any) -> Response:
        try:
            response: Response = StrictFSxResponse(emulator)._dispatch(request, full_url, headers)
        except TransportFault as fault:
            raise _as_client_sees_it(fault, full_url) from None
        return response

    return serve_fsx


def _as_client_sees_it(fault: TransportFault, url: str) -> BaseException:
    """What botocore makes of each failure on a real connection."""
    if fault.kind == KILL:
        return CallerKilled()
    if fault.kind == UNREACHABLE:
        return EndpointConnectionError(endpoint_url=url)
    if fault.kind == TIMEOUT:
        return ReadTimeoutError(endpoint_url=url)
    return ConnectionClosedError(endpoint_url=url)
