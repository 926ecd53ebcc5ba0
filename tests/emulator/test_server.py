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

from dev.fsx_emulator.control import Control
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.http_control import VERBS
from tests.emulator.calls import Refused, listed

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "dev.fsx_emulator"]


class Server:
    """A running server, its instrument and its clients."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, verb: str, name: str, body: bytes | None = None) -> tuple[int, Any]:
        """Status and document of a request to the instrument."""
        return self.request(verb, f"/_fsx/{name}", body)

    def request(self, verb: str, path: str, body: bytes | None, **headers: str) -> tuple[int, Any]:
        """Status and document of any request."""
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        try:
            connection.request(verb, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.load(answer)
        finally:
            connection.close()

    def set(self, name: str, **arguments: Any) -> Any:
        """Call the instrument by the name of the setting alone."""
        verb = next(verb for verb, names in VERBS.items() if name in names)
        status, document = self.send(verb, name, None if verb == "GET" else json.dumps(arguments).encode())
        assert status == 200, document
        return document["result"]

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
    running.set("reset")
    running.set("freeze", at="2026-03-01T04:00:00Z")
    return running


@pytest.fixture(scope="module")
def remote(running: Server) -> Any:
    return running.client()


def test_the_rules_are_the_same(server: Server, remote: Any, refused: Refused) -> None:
    file_system_id = server.set("seed_file_system", file_system_type="LUSTRE", tags={"Team": "hpc"})
    made = remote.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")["Backup"]
    assert made["ResourceARN"] == f"arn:aws:fsx:us-east-1:444455556666:backup/{made['BackupId']}"
    assert made["Lifecycle"] == "PENDING"
    assert refused(remote.delete_backup, BackupId=made["BackupId"])["Code"] == "BackupInProgress"
    error = refused(remote.create_backup, FileSystemId=file_system_id, ClientRequestToken="t", Tags=_tags())
    assert (error["Code"], error["Parameter"], error["Status"]) == ("IncompatibleParameterError", "Tags", 400)
    assert server.set("advance", seconds=2) == "2026-03-01T04:00:02+00:00"
    assert remote.describe_backups(BackupIds=[made["BackupId"]])["Backups"][0]["Lifecycle"] == "AVAILABLE"
    remote.delete_backup(BackupId=made["BackupId"])
    assert listed(remote) == []


def _tags() -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": "ü"}]


def test_ten_requests_at_once_with_one_token_make_one_backup(server: Server, remote: Any) -> None:
    file_system_id = server.set("seed_file_system")

    def create(_: int) -> str:
        made: str = remote.create_backup(FileSystemId=file_system_id, ClientRequestToken="t")["Backup"]["BackupId"]
        return made

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(create, range(10)))) == 1
    assert server.set("counts") == {"CreateBackup": 10}


def test_regions_follow_the_signature(server: Server, remote: Any) -> None:
    there = server.client("eu-west-1")
    file_system_id = server.set("seed_file_system", region="eu-west-1")
    made = there.create_backup(FileSystemId=file_system_id)["Backup"]["BackupId"]
    assert (listed(there), listed(remote)) == ([made], [])


def test_unsigned_requests_and_unknown_regions_are_refused(server: Server) -> None:
    target = {"X-Amz-Target": "AWSSimbaAPIService_v20180301.DescribeBackups"}
    status, document = server.request("POST", "/", b"{}", **target)
    assert (status, document["__type"]) == (400, "MissingAuthenticationTokenException")
    with pytest.raises(ClientError, match="moon-north-1"):
        server.client("moon-north-1").describe_backups()


def test_operations_that_nobody_knows(server: Server) -> None:
    target = {"X-Amz-Target": "AWSSimbaAPIService_v20180301.MakeBackup"}
    status, document = server.request("POST", "/", b"{}", **target)
    assert (status, document["__type"]) == (400, "UnknownOperationException")


def test_a_server_resets_for_want_of_being_unreachable(server: Server, remote: Any) -> None:
    server.set("fault", fault="unreachable")
    with pytest.raises(ConnectionClosedError):
        remote.describe_backups()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", ["reset", "kill"])
def test_connections_break(server: Server, remote: Any, fault: str, when: str) -> None:
    file_system_id = server.set("seed_file_system")
    server.set("fault", fault=fault, operation="CreateBackup", when=when)
    with pytest.raises(ConnectionClosedError):
        remote.create_backup(FileSystemId=file_system_id)
    assert len(listed(remote)) == (when == "after")


def test_answers_stay_away(server: Server) -> None:
    server.set("fault", fault="timeout", seconds=0.4)
    with pytest.raises(ReadTimeoutError):
        server.client(read_timeout=0.1).describe_backups()


def test_a_held_connection_drops_in_the_end(server: Server, remote: Any) -> None:
    server.set("fault", fault="timeout", seconds=0.05)
    with pytest.raises(ConnectionClosedError):
        remote.describe_backups()


def test_bodies_are_cut_short_of_their_announced_length(server: Server, remote: Any) -> None:
    server.set("fault", fault="truncated_body")
    answer = remote.describe_backups()
    assert set(answer) == {"ResponseMetadata"}, "the same as in process"
    assert int(answer["ResponseMetadata"]["HTTPHeaders"]["content-length"]) == len('{"Backups": []}')


@pytest.mark.parametrize("fault", ["http_500", "http_503", "Throttling", "AccessDenied", "BackupBeingCopied"])
def test_errors_are_sent(server: Server, remote: Any, refused: Refused, fault: str) -> None:
    server.set("fault", fault=fault)
    codes = {"Throttling": "ThrottlingException", "AccessDenied": "AccessDeniedException"}
    assert refused(remote.describe_backups)["Code"] == codes.get(fault, fault.removeprefix("http_"))


def test_a_caller_that_dies_at_call_n(server: Server, remote: Any) -> None:
    server.set("kill_after", calls=2)
    remote.describe_backups()
    with pytest.raises(ConnectionClosedError):
        remote.describe_backups()
    remote.describe_backups()


def test_every_method_of_the_instrument_is_there_by_its_name() -> None:
    served = [name for names in VERBS.values() for name in names]
    control = Control(Emulator())
    methods = [name for name in dir(control) if not name.startswith("_") and callable(getattr(control, name))]
    assert sorted(served) == sorted(methods)


def test_reading(server: Server, remote: Any) -> None:
    remote.describe_backups()
    remote.describe_volumes()
    assert server.set("now") == "2026-03-01T04:00:00+00:00"
    assert server.set("settings")["account"] == "444455556666"
    assert server.set("counts") == {"DescribeBackups": 1, "DescribeVolumes": 1}
    status, document = server.send("GET", "calls?operation=DescribeVolumes")
    assert (status, [call["operation"] for call in document["result"]]) == (200, ["DescribeVolumes"])


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (("GET", "nothing", None), (404, "There is no /_fsx/nothing.")),
        (("POST", "latency", b"{}"), (405, "/_fsx/latency takes PUT, not POST.")),
        (("PUT", "latency", b"{"), (400, "The body must be JSON.")),
        (("PUT", "latency", b"[]"), (400, "The body must be a JSON object, not [].")),
        (("PUT", "latency", b"{}"), (400, "latency: missing a required argument: 'seconds'.")),
        (("PUT", "latency", b'{"second": 1}'), (400, "latency: missing a required argument: 'seconds'.")),
        (("PUT", "quotas", b'{"windows": 1}'), (400, "quotas: got an unexpected keyword argument 'windows'.")),
        (("PUT", "latency", b'{"seconds": "1"}'), (400, "seconds must be a number, not '1'.")),
        (
            ("POST", "kill_after", b'{"calls": 1, "on_kill": "x"}'),
            (400, "on_kill can only be given in process, as a function, not 'x'."),
        ),
    ],
)
def test_malformed_requests_to_the_instrument(
    server: Server, request_: tuple[str, str, bytes | None], expected: tuple[int, str]
) -> None:
    before = server.set("settings")
    status, sentence = expected
    assert server.send(*request_) == (status, {"error": sentence})
    assert server.set("settings") == before


def test_a_taken_port_is_one_clear_sentence(running: Server) -> None:
    port = running.url.rpartition(":")[2]
    result = subprocess.run(
        [*COMMAND, "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"Cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_an_account_is_twelve_digits() -> None:
    result = subprocess.run(
        [*COMMAND, "--account", "12"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert result.returncode == 2
    assert "--account must be twelve digits" in result.stderr


def test_it_ends_at_once_even_while_a_call_is_kept_waiting() -> None:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        server = Server(process.stdout.readline().split()[-1])
        server.set("latency", seconds=60)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(server.client().describe_backups)
            while not server.set("counts"):
                time.sleep(0)
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
            assert waiting.exception(10) is not None or waiting.result()["Backups"] == []
        assert process.stderr.read() == ""
