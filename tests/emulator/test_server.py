"""As a server: the same rules and the same instrument over HTTP, and an orderly end."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from dev.fsx_emulator import SettingError
from dev.fsx_emulator.client import FsxControl
from dev.fsx_emulator.server import main
from tests.emulator.calls import START, Refused, described, listed

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "dev.fsx_emulator"]


class Server:
    """A running server, its instrument and its clients."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.control = FsxControl(url)

    def request(self, verb: str, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        """Status and document of any request."""
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        try:
            connection.request(verb, path, body, headers)
            response = connection.getresponse()
            return response.status, json.load(response)
        finally:
            connection.close()

    def client(self, region: str = "us-east-1", read_timeout: float = 20) -> Any:
        """A client with any credentials at all."""
        config = Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout)
        session = boto3.session.Session(aws_access_key_id="whoever", aws_secret_access_key="whatever")
        return session.client("fsx", region_name=region, endpoint_url=self.url, config=config)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    command = [*COMMAND, "--port", "0", "--account", "444455556666"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("fsx emulator ready on http://127.0.0.1:")
        yield Server(line.split()[-1])
        process.terminate()
        assert process.wait(10) == 0
        assert process.stdout.read() == "", "one line is all that it prints"


@pytest.fixture
def server(running: Server) -> Server:
    running.control("reset")
    running.control("freeze", at=START)
    return running


@pytest.fixture(scope="module")
def remote(running: Server) -> Any:
    return running.client()


def test_the_rules_are_the_same(server: Server, remote: Any, refused: Refused) -> None:
    file_system_id = server.control("seed_file_system", file_system_type="LUSTRE", tags={"Team": "hpc"})
    made = remote.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")["Backup"]
    assert made["ResourceARN"] == f"arn:aws:fsx:us-east-1:444455556666:backup/{made['BackupId']}"
    assert (made["Lifecycle"], made["OwnerId"]) == ("PENDING", "444455556666")
    other = {"FileSystemId": file_system_id, "ClientRequestToken": "t", "Tags": [{"Key": "Name", "Value": "ü"}]}
    error = refused(remote.create_backup, **other)
    assert (error["Code"], error["Parameter"], error["Status"]) == ("IncompatibleParameterError", "Tags", 400)
    assert server.control("advance", seconds=2) == "2026-03-01T04:00:02+00:00"
    assert described(remote, made["BackupId"])["Lifecycle"] == "AVAILABLE"
    remote.delete_backup(BackupId=made["BackupId"])
    assert listed(remote) == []
    assert server.control("counts").keys() == {"CreateBackup", "DescribeBackups", "DeleteBackup"}
    (call,) = server.control("calls", operation="DeleteBackup")
    assert call["applied"]


def test_ten_requests_at_once_with_one_token_make_one_backup(server: Server, remote: Any) -> None:
    file_system_id = server.control("seed_file_system")

    def create(_: int) -> str:
        made: str = remote.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")["Backup"]["BackupId"]
        return made

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(create, range(10)))) == 1
    assert server.control("counts") == {"CreateBackup": 10}


def test_regions_follow_the_signature(server: Server, remote: Any) -> None:
    there = server.client("eu-west-1")
    file_system_id = server.control("seed_file_system", region="eu-west-1")
    made = there.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    assert (listed(there), listed(remote)) == ([made], [])
    with pytest.raises(ClientError, match="moon-north-1"):
        server.client("moon-north-1").describe_backups()


@pytest.mark.parametrize(
    ("operation", "code"),
    [("DescribeBackups", "MissingAuthenticationTokenException"), ("MakeBackup", "UnknownOperationException")],
)
def test_unsigned_requests_and_unknown_operations_are_refused(server: Server, operation: str, code: str) -> None:
    target = {"X-Amz-Target": f"AWSSimbaAPIService_v20180301.{operation}"}
    status, document = server.request("POST", "/", b"{}", **target)
    assert (status, document["__type"]) == (400, code)


@pytest.mark.parametrize(
    ("fault", "when"),
    [("unreachable", "before"), *((fault, when) for fault in ("reset", "kill") for when in ("before", "after"))],
)
def test_connections_break(server: Server, remote: Any, fault: str, when: str) -> None:
    file_system_id = server.control("seed_file_system")
    server.control("fault", fault=fault, operation="CreateBackup", when=when)
    with pytest.raises(ConnectionClosedError):
        remote.create_backup(FileSystemId=file_system_id)
    assert len(listed(remote)) == (when == "after")


def test_a_reset_is_more_than_a_closed_connection(server: Server) -> None:
    server.control("fault", fault="reset")
    signed = {"Authorization": "any", "X-Amz-Target": "AWSSimbaAPIService_v20180301.DescribeBackups"}
    with pytest.raises(ConnectionResetError) as caught:
        server.request("POST", "/", b"{}", **signed)
    assert type(caught.value) is ConnectionResetError, "not RemoteDisconnected, which is one, too"


@pytest.mark.parametrize(
    ("seconds", "patience", "expected"), [(0.4, 0.1, ReadTimeoutError), (0.05, 20, ConnectionClosedError)]
)
def test_a_response_does_not_come_and_the_connection_drops(
    server: Server, seconds: float, patience: float, expected: type[Exception]
) -> None:
    server.control("fault", fault="timeout", seconds=seconds)
    with pytest.raises(expected):
        server.client(read_timeout=patience).describe_backups()


def test_bodies_are_cut_short_of_their_announced_length(server: Server, remote: Any) -> None:
    server.control("fault", fault="truncated_body")
    response = remote.describe_backups()
    assert set(response) == {"ResponseMetadata"}, "the same as in process"
    assert int(response["ResponseMetadata"]["HTTPHeaders"]["content-length"]) == len('{"Backups": []}')


@pytest.mark.parametrize(("fault", "code"), [("http_503", "503"), ("Throttling", "ThrottlingException")])
def test_errors_are_sent(server: Server, remote: Any, refused: Refused, fault: str, code: str) -> None:
    server.control("fault", fault=fault)
    assert refused(remote.describe_backups)["Code"] == code


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (("POST", "/_fsx/nothing", b""), (404, "There is no /_fsx/nothing.")),
        (("POST", "/_fsx/_change", b""), (404, "There is no /_fsx/_change.")),
        (("GET", "/_fsx/latency", b""), (405, "/_fsx/latency takes POST, not GET.")),
        (("POST", "/_fsx/latency", b"{"), (400, "latency: the body must be JSON.")),
        (("POST", "/_fsx/latency", b"[]"), (400, "latency: the body must be an object, not [].")),
        (("POST", "/_fsx/latency", b'{"second": 1}'), (400, "latency: missing a required argument: 'seconds'")),
        (("POST", "/_fsx/latency", b'{"seconds": "1"}'), (400, "seconds must be a number, not '1'.")),
    ],
)
def test_malformed_requests_to_the_instrument(
    server: Server, request_: tuple[str, str, bytes], expected: tuple[int, str]
) -> None:
    status, sentence = expected
    assert server.request(*request_) == (status, {"error": sentence})


def test_the_client_raises_what_the_instrument_refuses(server: Server) -> None:
    with pytest.raises(SettingError, match=r"^seconds must be a number, not '1'\.$"):
        server.control("latency", seconds="1")


def test_a_taken_port_is_one_clear_sentence(running: Server, capsys: pytest.CaptureFixture[str]) -> None:
    port = running.url.rpartition(":")[2]
    result = subprocess.run([*COMMAND, "--port", port], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert f"Port {port} is in use by another program." in result.stderr


def test_an_account_is_twelve_digits(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--account", "12"])
    assert "--account must be twelve digits" in capsys.readouterr().err


def test_it_ends_at_once_even_while_a_call_is_kept_waiting() -> None:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        server = Server(process.stdout.readline().split()[-1])
        server.control("latency", seconds=60)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(server.client().describe_backups)
            while not server.control("counts"):
                time.sleep(0)
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
            assert waiting.exception(10) is not None or waiting.result()["Backups"] == []
        assert process.stderr.read() == ""
