"""One Lambda execution environment as a plain process running AWS's own runtime client."""

import contextlib
import json
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dev.sandbox import processes
from dev.sandbox.localstack.runtime_api import Exited, InitError, Invocation, Response, RuntimeApi

INIT_SECONDS = 10  # AWS's limit of the init phase; a slower import is charged to the first invocation


@dataclass(frozen=True)
class Request:
    """An invocation before its deadline is known."""

    request_id: str
    function_arn: str
    trace_id: str
    payload: bytes


@dataclass(frozen=True)
class Result:
    """What an invocation gave: the handler's answer or an error object, and what the process wrote meanwhile."""

    payload: bytes
    is_error: bool
    output: str
    seconds: float


class FunctionProcess:
    """A process that serves one invocation at a time and is replaced by a fresh one after it died or was killed."""

    def __init__(
        self,
        *,
        python: str,
        handler: str,
        environment: Mapping[str, str],
        code: Path,
        timeout_seconds: int,
        folder: Path,
        name: str,
    ) -> None:
        """`folder` holds the output and, named by its pid, a file for the process while it runs (`function_pids`)."""
        self._command = [python, "-m", "awslambdaric", handler]
        self._environment = environment
        self._code = code
        self._timeout = timeout_seconds
        self._folder = folder
        self._name = name
        self._log = folder / f"{name}.log"
        self._read = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._api: RuntimeApi | None = None

    def invoke(self, request: Request) -> Result:
        """Run the handler; never raises for what the function does wrong."""
        api = self._running()
        payload, is_error, seconds = self._run(api, request)
        return Result(payload, is_error, self._new_output(), seconds)

    def stop(self) -> None:
        """Kill the process, if it runs; the next invocation starts another."""
        process, api = self._process, self._api
        self._process = self._api = None
        if process is not None:
            process.kill()
            process.wait()
        if api is not None:
            api.close()

    def output(self) -> str:
        """Everything that was written so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _running(self) -> RuntimeApi:
        if self._api is not None and self._process is not None and self._process.poll() is None:
            return self._api
        self.stop()
        api = RuntimeApi()
        process = processes.start(
            self._command,
            environment={**self._environment, "AWS_LAMBDA_RUNTIME_API": api.address},
            folder=self._code,
            log=self._log,
            own_group=False,  # LocalStack's group, which the sandbox ends as a whole
        )
        threading.Thread(target=self._watch, args=(process, api), daemon=True).start()
        self._process, self._api = process, api
        self._initialise(api)
        return api

    def _watch(self, process: subprocess.Popen[bytes], api: RuntimeApi) -> None:
        pid_file = self._folder / str(process.pid)
        pid_file.write_text(self._name)
        returncode = process.wait()
        pid_file.unlink(missing_ok=True)
        api.events.put(Exited(returncode))

    def _initialise(self, api: RuntimeApi) -> None:
        with contextlib.suppress(queue.Empty):
            first = api.events.get(timeout=INIT_SECONDS)
            if isinstance(first, InitError | Exited):
                api.events.put(first)  # the invocation that waits reports it

    def _run(self, api: RuntimeApi, request: Request) -> tuple[bytes, bool, float]:
        begin = time.monotonic()
        deadline_ms = int((time.time() + self._timeout) * 1000)
        api.offer(Invocation(deadline_ms=deadline_ms, **vars(request)))
        while True:
            left = begin + self._timeout - time.monotonic()
            try:
                event = api.events.get(timeout=max(left, 0))
            except queue.Empty:
                self.stop()
                message = f"Task timed out after {self._timeout:.2f} seconds"
                return _error("Sandbox.Timedout", request, message), True, float(self._timeout)
            seconds = time.monotonic() - begin
            match event:
                case Response(request_id=request.request_id):
                    return event.payload, event.is_error, seconds
                case InitError():
                    self.stop()
                    return event.payload, True, seconds
                case Exited():
                    self.stop()
                    return _error("Runtime.ExitError", request, _cause(event.returncode)), True, seconds

    def _new_output(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        self._read += len(new)
        return new.decode(errors="replace")


def function_pids(folder: Path) -> list[int]:
    """The pids of the function processes that run now."""
    pids = [int(entry.name) for entry in folder.glob("[0-9]*") if entry.name.isdigit()]
    return sorted(pid for pid in pids if processes.started_at(pid) is not None)


def _error(error_type: str, request: Request, cause: str) -> bytes:
    """The error object Lambda itself returns when the handler could not."""
    return json.dumps(
        {"errorType": error_type, "errorMessage": f"RequestId: {request.request_id} Error: {cause}"}
    ).encode()


def _cause(returncode: int) -> str:
    """Lambda's words for a runtime that ended in the middle."""
    if returncode == 0:
        return "Runtime exited without providing a reason"
    if returncode > 0:
        return f"Runtime exited with error: exit status {returncode}"
    text = signal.strsignal(-returncode) or f"signal {-returncode}"
    return f"Runtime exited with error: signal: {text.lower()}"
