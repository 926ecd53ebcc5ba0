"""Start and stop the sandbox: LocalStack and the FSx emulator as processes of this machine, on 127.0.0.1."""

import atexit
import contextlib
import os
import re
import shutil
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from dev.sandbox import processes
from dev.sandbox.connection import Connection
from dev.sandbox.localstack.function_process import function_pids
from dev.sandbox.state import State

ROOT = Path(__file__).resolve().parents[2]
LOCALSTACK_PYTHON = ROOT / ".envs" / "localstack" / "bin" / "python"
FUNCTION_PYTHON = ROOT / ".envs" / "function" / "bin" / "python"
FSX_COMMAND = (sys.executable, "-m", "dev.fsx_emulator")
ACCOUNT = "123456789012"
REGION = "eu-west-1"
START_SECONDS = 90.0
GRACE_SECONDS = 1.0  # LocalStack takes four to wind down what is thrown away anyway
_POLL_SECONDS = 0.05
_LOG_LINES = 15


class SandboxError(Exception):
    """The sandbox cannot start; the message says why, for a person."""


class Sandbox:
    """AWS on this machine, from `start()` (or `with`) to `stop()`.

    Without `state_file` its processes end with this program at the latest, also when it is killed (Linux). With a
    `state_file` they are left running, and the file says how to find them.
    """

    def __init__(
        self,
        *,
        region: str = REGION,
        account: str = ACCOUNT,
        aws_port: int = 0,
        fsx_port: int = 0,
        progress: Callable[[str], None] = lambda _: None,
        state_file: Path | None = None,
        start_seconds: float = START_SECONDS,
    ) -> None:
        """A port of 0 lets the system pick a free one. `progress` gets a sentence per step."""
        self._region = region
        self._account = account
        self._ports = (aws_port, fsx_port)
        self._progress = progress
        self._state_file = state_file
        self._start_seconds = start_seconds
        self._state: State | None = None

    def start(self) -> Self:
        """Start everything and wait until it answers; raises `SandboxError`, and leaves nothing behind then."""
        if self._state is not None:
            raise SandboxError("This sandbox is running already.")
        begin = time.monotonic()
        aws_port, fsx_port = _free_ports(*self._ports)
        folder = Path(tempfile.mkdtemp(prefix="fsx-backup-sandbox-"))
        connection = Connection(
            aws_endpoint=f"http://127.0.0.1:{aws_port}",
            fsx_endpoint=f"http://127.0.0.1:{fsx_port}",
            region=self._region,
            account=self._account,
            folder=folder,
        )
        self._state = State(connection)
        atexit.register(self._stop_unless_detached)
        try:
            connection.config_file.write_text("[default]\n")
            self._progress("sandbox: starting the FSx emulator and LocalStack")
            fsx = self._spawn("fsx", self._fsx_command(fsx_port), _bare_environment(folder / "fsx"))
            aws = self._spawn(
                "localstack",
                [str(_installed(LOCALSTACK_PYTHON)), "-m", "dev.sandbox.localstack.start"],
                _localstack_environment(connection, aws_port),
            )
            deadline = begin + self._start_seconds
            self._wait(fsx, deadline, lambda: _printed(self._log(fsx), r"^fsx emulator ready on "))
            self._progress(f"sandbox: FSx emulator on {connection.fsx_endpoint}")
            self._wait(aws, deadline, lambda: _printed(self._log(aws), r"^Ready\.$") and _answers(connection))
            self._progress(f"sandbox: LocalStack on {connection.aws_endpoint}")
        except BaseException:  # a Ctrl-C, too
            self.stop()
            raise
        self._progress(f"sandbox: ready after {time.monotonic() - begin:.1f} s")
        return self

    def stop(self) -> None:
        """End every process of the sandbox and remove its files; harmless when there is nothing to end."""
        atexit.unregister(self._stop_unless_detached)
        state, self._state = self._state, None
        if state is not None:
            end(state, self._state_file)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def connection(self) -> Connection:
        """How to reach it."""
        if self._state is None:
            raise SandboxError("The sandbox is not running.")
        return self._state.connection

    @property
    def aws_endpoint(self) -> str:
        """LocalStack's URL."""
        return self.connection.aws_endpoint

    @property
    def fsx_endpoint(self) -> str:
        """The FSx emulator's URL."""
        return self.connection.fsx_endpoint

    def environment(self) -> dict[str, str]:
        """The variables for Terraform, the AWS CLI and boto3 (`Connection.environment`)."""
        return self.connection.environment()

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client (`Connection.client`)."""
        return self.connection.client(service, region)

    def pids(self) -> dict[str, int]:
        """The pids of the FSx emulator (`fsx`) and of LocalStack (`localstack`)."""
        return {process.name: process.pid for process in self._state.processes} if self._state else {}

    def function_pids(self) -> list[int]:
        """The pids of the functions' processes that run now."""
        return function_pids(_functions(self.connection.folder))

    def _spawn(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> processes.ProcessId:
        assert self._state is not None  # noqa: S101 - only called from `start`
        Path(environment["HOME"]).mkdir(parents=True)
        child = processes.start(
            command,
            environment=environment,
            folder=ROOT,
            log=self._state.connection.folder / f"{name}.log",
            tethered=self._state_file is None,
        )
        process = processes.ProcessId.of(name, child.pid)
        if process is None:
            raise SandboxError(_death(name, self._state.connection.folder / f"{name}.log"))
        self._state = self._state.with_process(process)
        if self._state_file is not None:
            self._state.save(self._state_file)
        return process

    def _log(self, process: processes.ProcessId) -> Path:
        return self.connection.folder / f"{process.name}.log"

    def _wait(self, process: processes.ProcessId, deadline: float, ready: Callable[[], bool]) -> None:
        while not ready():
            if not process.alive():
                raise SandboxError(_death(process.name, self._log(process)))
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"{process.name} was not ready after {self._start_seconds:.0f} s. Its last lines:\n"
                    + _tail(self._log(process))
                )
            time.sleep(_POLL_SECONDS)

    def _fsx_command(self, port: int) -> list[str]:
        address = ["--host", "127.0.0.1", "--port", str(port)]
        return [*FSX_COMMAND, *address, "--account", self._account, "--region", self._region]

    def _stop_unless_detached(self) -> None:
        if self._state_file is None:
            self.stop()


def end(state: State, state_file: Path | None) -> None:
    """End exactly the processes of this state, then remove its work folder and its state file."""
    processes.end_groups(state.processes, grace_seconds=GRACE_SECONDS)
    shutil.rmtree(state.connection.folder, ignore_errors=True)
    if state_file is not None:
        state_file.unlink(missing_ok=True)


def _free_ports(*wanted: int) -> list[int]:
    with contextlib.ExitStack() as probes:  # all held until the last one is chosen: no port twice
        return [_take(probes.enter_context(socket.socket()), port) for port in wanted]


def _take(probe: socket.socket, wanted: int) -> int:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of an earlier sandbox do not count
    try:
        probe.bind(("127.0.0.1", wanted))
        probe.listen()
    except OSError as error:
        raise SandboxError(
            f"Port {wanted} of 127.0.0.1 cannot be used ({error.strerror}). "
            "Choose another one, or 0 to let the system pick a free one."
        ) from None
    port: int = probe.getsockname()[1]
    return port


def _installed(python: Path) -> Path:
    if not python.exists():
        raise SandboxError(f"{python.relative_to(ROOT)} is missing. Run `make setup` first.")
    return python


def _functions(folder: Path) -> Path:
    return folder / "functions"


def _bare_environment(home: Path) -> dict[str, str]:
    """Nothing of the caller's environment but PATH: no AWS settings, no proxy, no Python options."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }


def _localstack_environment(connection: Connection, port: int) -> dict[str, str]:
    """LocalStack's settings: https://docs.localstack.cloud/references/configuration/."""
    home = connection.folder / "localstack"
    functions = _functions(connection.folder)
    functions.mkdir()
    return {
        **_bare_environment(home),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LOCALSTACK_VOLUME_DIR": str(home / "volume"),
        "FILESYSTEM_ROOT": str(home / "root"),
        # No names to look up and no network: queue URLs carry the address, nothing is downloaded or reported.
        "LOCALSTACK_HOST": f"127.0.0.1:{port}",
        "SQS_ENDPOINT_STRATEGY": "off",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        # LocalStack looks seconds apart at a queue that was empty, and repeats failed asynchronous calls after a
        # minute, as AWS does; nobody wants to wait for that here.
        "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.01",
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "0.5",
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_ERROR_SEC": "1",
        "LAMBDA_RETRY_BASE_DELAY": "1",
        "SQS_CLOUDWATCH_METRICS_REPORT_INTERVAL": "2",
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "SANDBOX_FUNCTION_PYTHON": str(_installed(FUNCTION_PYTHON)),
        "SANDBOX_FUNCTIONS": str(functions),
        "SANDBOX_FSX_ENDPOINT": connection.fsx_endpoint,
    }


def _printed(log: Path, pattern: str) -> bool:
    return re.search(pattern, log.read_text(errors="replace"), re.MULTILINE) is not None


def _answers(connection: Connection) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{connection.aws_endpoint}/_localstack/health", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _death(name: str, log: Path) -> str:
    return f"{name} ended while starting. Its last lines:\n{_tail(log)}"


def _tail(log: Path) -> str:
    return "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
