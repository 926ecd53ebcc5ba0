"""The instrument: latency, rate limit, faults, kills, counts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from dev.fsx_emulator import CallerKilled, EmulatedFSx, emulated_fsx
from dev.fsx_emulator.model import error_shapes
from tests.emulator.calls import START, Refused, listed


def test_it_is_neutral_until_something_is_set(fsx: EmulatedFSx, client: Any) -> None:
    for _ in range(50):
        client.describe_backups()
    settings = fsx.control.settings()
    assert (settings["latency"], settings["rate_limit"], settings["faults"]) == ({}, {}, [])
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
    """`ok` or the error code of so many calls."""
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


def test_a_rate_limit_of_one_operation(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.rate_limit(per_second=0, burst=1, operation="DescribeVolumes")
    assert _outcomes(client.describe_volumes, 2) == ["ok", "ThrottlingException"]
    assert _outcomes(client.describe_backups, 3) == ["ok"] * 3


def test_throttling_looks_as_fsx_sends_it(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    fsx.control.rate_limit(per_second=0, burst=1)
    client.describe_backups()
    error = refused(client.describe_backups)
    assert (error["Code"], error["Status"], error["Error"]["Message"]) == (
        "ThrottlingException",
        400,
        "Rate exceeded",
    )


def test_throttled_calls_have_no_effect(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.control.rate_limit(per_second=0, burst=1)
    client.describe_backups()
    assert _outcomes(lambda: client.create_backup(FileSystemId=file_system_id), 1) == ["ThrottlingException"]
    fsx.control.rate_limit(per_second=None)
    assert listed(client) == []


def test_a_fault_strikes_at_its_position(fsx: EmulatedFSx, client: Any) -> None:
    fsx.control.fault("InternalServerError", operation="DescribeBackups", at=3, times=2)
    client.describe_volumes()
    expected = ["ok", "ok", "InternalServerError", "InternalServerError", "ok"]
    assert _outcomes(client.describe_backups, 5) == expected


def test_a_fault_for_good(fsx: EmulatedFSx, client: Any) -> None:
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
@pytest.mark.parametrize("fault", ["reset", "timeout", "http_500", "http_503", "InternalServerError", "kill"])
def test_before_and_after_the_effect(fsx: EmulatedFSx, client: Any, fault: str, when: str) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.control.fault(fault, operation="CreateBackup", when=when)
    with pytest.raises((ClientError, ConnectionClosedError, ReadTimeoutError, CallerKilled)):
        client.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")
    made = listed(client)
    assert len(made) == (when == "after")
    again = client.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")["Backup"]
    assert listed(client) == [again["BackupId"]]
    (struck, _) = fsx.control.calls("CreateBackup")
    assert (struck["outcome"], struck["applied"]) == (fault, when == "after")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("unreachable", EndpointConnectionError),
        ("reset", ConnectionClosedError),
        ("timeout", ReadTimeoutError),
        ("kill", CallerKilled),
    ],
)
def test_what_botocore_makes_of_a_broken_connection(
    fsx: EmulatedFSx, client: Any, fault: str, expected: type[BaseException]
) -> None:
    fsx.control.fault(fault)
    with pytest.raises(expected):
        client.describe_backups()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_answers_that_no_api_wrote(fsx: EmulatedFSx, client: Any, refused: Refused, status: int) -> None:
    fsx.control.fault(f"http_{status}")
    error = refused(client.describe_backups)
    assert (error["Code"], error["Status"]) == (str(status), status)


def test_a_truncated_body_is_no_error_to_botocore(fsx: EmulatedFSx, client: Any) -> None:
    fsx.seed_backup(fsx.seed_file_system())
    fsx.control.fault("truncated_body", operation="DescribeBackups")
    answer = client.describe_backups()
    assert set(answer) == {"ResponseMetadata"}, "botocore does not compare the body with its announced length"


@pytest.mark.parametrize("fault", sorted(error_shapes()))
def test_any_modelled_error_can_be_a_fault(fsx: EmulatedFSx, client: Any, fault: str) -> None:
    fsx.control.fault(fault)
    with pytest.raises(getattr(client.exceptions, fault)):
        client.describe_backups()


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_caller_dies_at_call_n(fsx: EmulatedFSx, client: Any, when: str) -> None:
    file_system_id = fsx.seed_file_system()
    known = fsx.seed_backups([{"target_id": file_system_id}] * 5)
    fsx.control.kill_after(3, when=when)
    deleted = []

    def delete_all() -> None:
        for backup_id in known:
            client.delete_backup(BackupId=backup_id)
            deleted.append(backup_id)

    with pytest.raises(CallerKilled):
        delete_all()
    assert deleted == known[:2]
    assert len(listed(client)) == (2 if when == "after" else 3)


def test_no_handler_of_exceptions_survives_a_kill(fsx: EmulatedFSx, client: Any) -> None:
    assert not issubclass(CallerKilled, Exception)
    fsx.control.kill_after(1)

    def stubborn() -> str:
        try:
            client.describe_backups()
        except Exception:  # noqa: BLE001, RUF100 - the point of it
            return "survived"
        return "unharmed"

    with pytest.raises(CallerKilled):
        stubborn()


def test_a_kill_can_call_back(fsx: EmulatedFSx, client: Any) -> None:
    class Gone(BaseException):
        pass

    def on_kill() -> None:
        raise Gone

    fsx.control.kill_after(2, operation="DescribeBackups", on_kill=on_kill)
    client.describe_backups()
    with pytest.raises(Gone):
        client.describe_backups()


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
    fsx.control.quotas(lustre_backups=1)
    fsx.control.reset()
    assert listed(client) == []
    settings = fsx.control.settings()
    assert (settings["faults"], settings["latency"], settings["quotas"]["lustre_backups"]) == ([], {}, 500)
    assert settings["clock"]["frozen"] is False
    assert fsx.control.counts() == {"DescribeBackups": 1}
    assert fsx.seed_file_system() == first, "the same identifiers again"
