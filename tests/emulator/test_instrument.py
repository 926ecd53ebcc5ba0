"""The instrument: clock, latency, rate limit, faults, the log of calls."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from dev.fsx_emulator import CallerKilled, EmulatedFSx, emulated_fsx
from tests.emulator.calls import START, Refused, listed


def test_the_clock_can_be_set(fsx: EmulatedFSx) -> None:
    for at in ("2030-01-01T01:00:00+01:00", datetime(2030, 1, 1, tzinfo=UTC), 1_893_456_000):
        fsx.control.set_time("2026-01-01T00:00:00Z")
        fsx.control.set_time(at)
        assert fsx.control.now() == "2030-01-01T00:00:00+00:00"


def test_the_clock_runs_unless_it_is_frozen() -> None:
    with emulated_fsx() as fsx:
        fsx.control.set_time(START)
        while fsx.control.now() == START:
            pass
        assert fsx.control.advance(7) > "2026-03-01T04:00:07"
        fsx.control.freeze(START)
        assert fsx.control.now() == START


def test_it_is_neutral_until_something_is_set(fsx: EmulatedFSx, client: Any) -> None:
    assert _outcomes(client.describe_backups, 50) == ["ok"] * 50
    assert fsx.control.now() == START


def test_latency_moves_a_frozen_clock(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.latency(1.5)
    fsx.control.latency(10, operation="DescribeVolumes")
    client.describe_backups()
    assert fsx.control.now() == "2026-03-01T04:00:01.500000+00:00"
    client.describe_volumes()
    assert fsx.control.now() == "2026-03-01T04:00:11.500000+00:00"


def test_latency_is_waited_for_on_a_running_clock() -> None:
    with emulated_fsx() as fsx:
        client = fsx.client()
        client.describe_backups()
        fsx.control.latency(0.1)
        before = fsx.control.now()
        client.describe_backups()
        passed = datetime.fromisoformat(fsx.control.now()) - datetime.fromisoformat(before)
    assert passed.total_seconds() >= 0.1


def _outcomes(call: Callable[[], Any], times: int) -> list[str]:
    """`ok` or the error code of each call."""
    found = []
    for _ in range(times):
        try:
            call()
            found.append("ok")
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found


def test_the_rate_limit_lets_bursts_through_and_refills(fsx: EmulatedFSx, client: Any) -> None:
    throttled = "ThrottlingException"
    fsx.control.rate_limit(per_second=2, burst=3)
    assert _outcomes(client.describe_backups, 5) == ["ok"] * 3 + [throttled] * 2
    fsx.control.advance(1)
    assert _outcomes(client.describe_backups, 3) == ["ok"] * 2 + [throttled]
    fsx.control.advance(3600)
    assert _outcomes(client.describe_backups, 4) == ["ok"] * 3 + [throttled]
    fsx.control.rate_limit(per_second=None)
    assert _outcomes(client.describe_backups, 9) == ["ok"] * 9


def test_throttled_calls_look_as_fsx_sends_them_and_have_no_effect(
    fsx: EmulatedFSx, client: Any, refused: Refused
) -> None:
    fsx.control.rate_limit(per_second=0, burst=1)
    client.describe_backups()
    error = refused(client.create_backup, FileSystemId=fsx.seed_file_system())
    assert (error["Code"], error["Status"]) == ("ThrottlingException", 400)
    assert error["Error"]["Message"] == "Rate exceeded"
    fsx.control.rate_limit(per_second=None)
    assert listed(client) == []


def test_a_fault_strikes_at_its_position(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.fault("InternalServerError", operation="DescribeBackups", at=3, times=2)
    client.describe_volumes()
    expected = ["ok", "ok", "InternalServerError", "InternalServerError", "ok"]
    assert _outcomes(client.describe_backups, 5) == expected


def test_a_fault_until_it_is_cleared(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.fault("AccessDenied", times=None)
    assert _outcomes(client.describe_backups, 5) == ["AccessDeniedException"] * 5
    fsx.control.clear_faults()
    assert _outcomes(client.describe_backups, 1) == ["ok"]


def test_a_fault_for_one_backup_of_ten(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    known = fsx.seed_backups([{"target_id": file_system_id}] * 10)
    fsx.control.fault(
        "BackupRestoring",
        operation="DeleteBackup",
        match={"BackupId": known[6]},
        members={"FileSystemId": file_system_id},
        message="Come back later.",
    )
    refused = []
    for backup_id in known:
        try:
            client.delete_backup(BackupId=backup_id)
        except client.exceptions.BackupRestoring as error:
            refused.append((backup_id, error.response["FileSystemId"], error.response["Error"]["Message"]))
    assert refused == [(known[6], file_system_id, "Come back later.")]
    assert listed(client) == [known[6]]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("reset", ConnectionClosedError),
        ("timeout", ReadTimeoutError),
        ("kill", CallerKilled),
        ("http_500", ClientError),
        ("http_503", ClientError),
        ("InternalServerError", ClientError),
    ],
)
def test_before_and_after_the_effect(
    fsx: EmulatedFSx, client: Any, *, fault: str, expected: type[BaseException], when: str
) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.control.fault(fault, operation="CreateBackup", when=when)
    with pytest.raises(expected):
        client.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")
    assert len(listed(client)) == (when == "after")
    (struck,) = fsx.control.calls("CreateBackup")
    assert (struck["outcome"], struck["applied"]) == (fault, when == "after")


def test_an_unreachable_service(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.fault("unreachable")
    with pytest.raises(EndpointConnectionError):
        client.describe_backups()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_responses_that_no_api_wrote(fsx: EmulatedFSx, client: Any, refused: Refused, status: int) -> None:
    fsx.control.fault(f"http_{status}")
    error = refused(client.describe_backups)
    assert (error["Code"], error["Status"]) == (str(status), status)


def test_a_truncated_body_is_no_error_to_botocore(fsx: EmulatedFSx, client: Any) -> None:
    fsx.seed_backup(fsx.seed_file_system())
    fsx.control.fault("truncated_body", operation="DescribeBackups")
    response = client.describe_backups()
    assert set(response) == {"ResponseMetadata"}, "botocore does not compare the body with its announced length"


def test_no_handler_of_exceptions_survives_a_kill() -> None:
    assert not issubclass(CallerKilled, Exception)


def test_retries_of_a_client_meet_the_next_call(fsx: EmulatedFSx) -> None:
    client = boto3.client("fsx", "us-east-1", config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    file_system_id = fsx.seed_file_system()
    fsx.control.fault("reset", operation="CreateBackup", when="after")
    made = client.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")["Backup"]["BackupId"]
    assert fsx.control.counts() == {"CreateBackup": 2}
    assert listed(client) == [made]


def test_calls_are_counted_and_logged(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system()
    client.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")
    refused(client.create_backup, FileSystemId=file_system_id, ClientRequestToken="u")
    fsx.client("eu-west-1").describe_volumes()
    assert fsx.control.counts() == {"CreateBackup": 2, "DescribeVolumes": 1}
    first, second = fsx.control.calls("CreateBackup")
    assert first == {
        "number": 1,
        "operation": "CreateBackup",
        "parameters": {"FileSystemId": file_system_id, "ClientRequestToken": "t"},
        "region": "us-east-1",
        "time": START,
        "outcome": "ok",
        "applied": True,
    }
    assert (second["outcome"], second["applied"]) == ("BackupInProgress", False)
    assert [call["region"] for call in fsx.control.calls()] == ["us-east-1", "us-east-1", "eu-west-1"]
    fsx.control.clear_calls()
    assert (fsx.control.counts(), fsx.control.calls()) == ({}, [])


def test_reset_forgets_everything(fsx: EmulatedFSx, client: Any) -> None:
    first = fsx.seed_file_system()
    fsx.seed_backup(first)
    fsx.control.fault("http_500", times=None)
    fsx.control.latency(5)
    fsx.control.quotas(lustre_backups=0)
    fsx.control.reset()
    assert listed(client) == []
    assert fsx.control.counts() == {"DescribeBackups": 1}
    assert fsx.control.now() != START, "the clock runs"
    assert fsx.seed_file_system() == first, "the same identifiers again"
    client.create_backup(FileSystemId=first)
