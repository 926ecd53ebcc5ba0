"""The Lambda Runtime API for one function process: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html."""

import queue
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

VERSION = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Invocation:
    """What the function is called with; `deadline_ms` is the Unix time, in milliseconds, at which it is killed."""

    request_id: str
    function_arn: str
    trace_id: str
    deadline_ms: int
    payload: bytes


@dataclass(frozen=True)
class Ready:
    """The function's code is imported: the process asks for its first invocation."""


@dataclass(frozen=True)
class InitError:
    """The function's code could not be imported."""

    payload: bytes


@dataclass(frozen=True)
class Response:
    """The handler returned (or raised, `is_error`) for this request."""

    request_id: str
    payload: bytes
    is_error: bool


@dataclass(frozen=True)
class Exited:
    """The process ended; `returncode` as in `subprocess`: negative for a signal."""

    returncode: int


Event = Ready | InitError | Response | Exited


class RuntimeApi:
    """A server on a free port of 127.0.0.1 for exactly one process; what the process reports arrives in `events`."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._server = _Server(self)
        Thread(target=self._server.serve_forever, args=(0.05,), name="runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        """For AWS_LAMBDA_RUNTIME_API: host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    def offer(self, invocation: Invocation) -> None:
        """Hand an invocation to the process, which takes it when it asks for its next one."""
        self._invocations.put(invocation)

    def next_invocation(self) -> Invocation | None:
        """Wait for an invocation; None once the server closes."""
        return self._invocations.get()

    def close(self) -> None:
        """Stop serving. A process that waits for its next invocation sees the connection break, and ends by itself."""
        self._invocations.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api
        self.ready = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a process that was killed leaves a broken connection, and `Exited` tells of it."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body in one packet: two cost 40 ms each time (delayed acknowledgement)

    def do_GET(self) -> None:
        if self.path != f"{VERSION}/invocation/next":
            return self._answer(HTTPStatus.NOT_FOUND)
        if not self.server.ready:
            self.server.ready = True
            self.server.api.events.put(Ready())
        invocation = self.server.api.next_invocation()
        if invocation is None:
            self.close_connection = True
            return None
        return self._answer(
            HTTPStatus.OK,
            invocation.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        events = self.server.api.events
        match self.path.removeprefix(f"{VERSION}/").split("/"):
            case ["init", "error"]:
                events.put(InitError(body))
            case ["invocation", request_id, "response" | "error" as outcome]:
                events.put(Response(request_id, body, is_error=outcome == "error"))
            case _:
                return self._answer(HTTPStatus.NOT_FOUND)
        return self._answer(HTTPStatus.ACCEPTED, b'{"status":"OK"}')

    def _answer(self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: these requests are of no interest to anyone."""
