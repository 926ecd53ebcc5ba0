"""The client as it is in Lambda: how often it tries, how long it may take, and that a burst passes unseen."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.retries.bucket import TokenBucket

from fsx_backup import fsx, purge
from fsx_backup.clients import connect
from fsx_backup.model import Target
from tests.function.faults.broken import NETWORK, Broken
from tests.function.faults.matrix import TRANSPORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.world import World

ATTEMPTS = 4
# Of one attempt: what the client waits for a connection and for an answer.
ATTEMPT_SECONDS = 3 + 10
PASSING = [fault for fault in (*TRANSPORT, "InternalServerError") if fault != "truncated_body"]

CALLS: dict[str, Callable[[Any, str, str], object]] = {
    "DescribeBackups": lambda client, target, backup: fsx.list_backups(client, Target(target)),
    "CreateBackup": lambda client, target, backup: fsx.create_backup(client, Target(target), "token", {"Name": "x"}),
    "DeleteBackup": lambda client, target, backup: fsx.delete_backup(client, backup),
}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of backoff, which nobody waits for here."""
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    # Adaptive mode's own brake after throttling waits in real time.
    monkeypatch.setattr(TokenBucket, "acquire", lambda self, amount=1, block=True: True)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return seconds


@pytest.mark.fault("transient")
@pytest.mark.parametrize("fault", PASSING)
def test_a_burst_passes_within_one_call(world: World, slept: list[float], fault: str) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    [backup] = world.history(target, [1])
    client = connect("fsx")
    world.fsx.control.fault(fault, "DescribeBackups", times=ATTEMPTS - 1)
    assert [found.id for found in fsx.list_backups(client, Target(target))] == [backup]
    assert world.fsx.control.counts()["DescribeBackups"] == ATTEMPTS
    assert len(slept) == ATTEMPTS - 1


@pytest.mark.fault("transient")
@pytest.mark.parametrize("fault", ["http_500", "http_503", "timeout", "reset"])
def test_an_answer_that_was_lost_makes_no_second_backup(world: World, slept: list[float], fault: str) -> None:
    """The client asks again with the same token, even when the first backup is finished already."""
    target = world.fsx.seed_file_system("LUSTRE")
    world.fsx.control.durations(backup=0)
    client = connect("fsx")
    world.fsx.control.fault(fault, "CreateBackup", when="after", times=ATTEMPTS - 1)
    made = fsx.create_backup(client, Target(target), "token", {"Name": "x"})
    assert set(world.backups()) == {made.id}


@pytest.mark.fault("transient")
@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("fault", PASSING)
def test_what_does_not_pass_is_given_up_in_time(world: World, slept: list[float], operation: str, fault: str) -> None:
    """A delete that is started while the purge still starts some ends before the function does."""
    target = world.fsx.seed_file_system("LUSTRE")
    [backup] = world.history(target, [1])
    client = connect("fsx")
    world.fsx.control.fault(fault, operation, times=None)
    with pytest.raises(fsx.Transient):
        CALLS[operation](client, target, backup)
    assert world.fsx.control.counts()[operation] == ATTEMPTS
    assert ATTEMPTS * ATTEMPT_SECONDS + sum(slept) <= purge.START_SECONDS


@pytest.mark.fault("transient")
@pytest.mark.parametrize("operation", CALLS)
def test_nobody_at_the_other_end(slept: list[float], monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    """A real port where nobody listens: a subnet without a way to FSx looks like that."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_FSX", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    client = connect("fsx")
    with pytest.raises(fsx.Transient, match="EndpointConnectionError"):
        CALLS[operation](client, "fs-0123456789abcdef0", "backup-0123456789abcdef0")
    assert len(slept) == ATTEMPTS - 1


@pytest.mark.fault("transient")
@pytest.mark.parametrize("error", NETWORK)
def test_whatever_the_network_does_passes(world: World, error: str) -> None:
    client: Any = Broken(world.fsx.client(), NETWORK[error], lambda _: True)
    for call in (CALLS["CreateBackup"], CALLS["DeleteBackup"]):
        with pytest.raises(fsx.Transient, match=type(NETWORK[error]).__name__):
            call(client, "fs-0123456789abcdef0", "backup-0123456789abcdef0")


@pytest.mark.fault("transient")
@pytest.mark.parametrize("fault", ["BadRequest", "AccessDenied", "BackupInProgress", "ServiceLimitExceeded"])
def test_what_will_not_pass_is_asked_once(world: World, slept: list[float], fault: str) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    client = connect("fsx")
    world.fsx.control.fault(fault, "CreateBackup", times=None)
    with pytest.raises(Exception, match=fault.removesuffix("Exception")):
        fsx.create_backup(client, Target(target), "token", {"Name": "x"})
    assert world.fsx.control.counts()["CreateBackup"] == 1
    assert not slept


@pytest.mark.fault("transient")
def test_the_clients_limits_are_those_reckoned_with(slept: list[float]) -> None:
    config: Any = connect("fsx").meta.config
    assert (config.connect_timeout, config.read_timeout) == (3, 10)
    assert config.retries["mode"] == "adaptive"
    assert config.retries["total_max_attempts"] == ATTEMPTS
