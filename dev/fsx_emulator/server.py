"""The emulator as a server: moto's application for FSx, the instrument beside it, and broken connections."""

import argparse
import json
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
from werkzeug.serving import ThreadedWSGIServer

from dev.fsx_emulator import http_control
from dev.fsx_emulator.control import Control
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.faults import TIMEOUT, TransportFault
from dev.fsx_emulator.response import StrictFSxResponse

# SO_LINGER with a timeout of zero: closing the socket resets the connection.
_RESET = struct.pack("ii", 1, 0)
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}


class Application:
    """The WSGI application. Must be made while the emulator is installed."""

    def __init__(self, emulator: Emulator) -> None:
        self._control = Control(emulator)
        self._fsx = create_backend_app("fsx")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(http_control.PREFIX):
            sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            status, document = http_control.serve(self._control, environ["REQUEST_METHOD"], path, sent)
            body = json.dumps(document).encode()
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start_response(f"{status} {HTTPStatus(status).phrase}", headers)
            return [body]
        try:
            response: Iterable[bytes] = self._fsx(environ, start_response)
        except TransportFault as fault:
            if fault.kind == TIMEOUT:
                time.sleep(fault.seconds)
            connection: socket.socket = environ["werkzeug.socket"]
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            raise ConnectionResetError(fault.kind) from None
        return response


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto's types are not read, see pyproject.toml
    def connection_dropped(self, *_: Any) -> None:
        """A broken connection takes no further request."""
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent: the instrument keeps the log."""


class _Server(ThreadedWSGIServer):
    def shutdown_request(self, request: Any) -> None:
        """Close; without the orderly shutdown where a reset was ordered."""
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_RESET)) == _RESET:
            self.close_request(request)
        else:
            super().shutdown_request(request)


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m dev.fsx_emulator", description="Amazon FSx on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port; 0, the default, takes a free one")
    parser.add_argument("--account", default="123456789012", help="account id of all resources (default %(default)s)")
    parser.add_argument("--region", default="us-east-1", help="Region of seeded resources (default %(default)s)")
    options = parser.parse_args(arguments)
    if not (options.account.isascii() and options.account.isdigit() and len(options.account) == 12):
        parser.error("--account must be twelve digits")
    # Waited for below. A handler that raised would do so anywhere, also where an exception is swallowed.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    emulator = Emulator(account=options.account, default_region=options.region)
    with emulator.installed(_handler(emulator)):
        server = _Server(options.host, options.port, Application(emulator), _Handler)
        print(f"fsx emulator ready on http://{options.host}:{server.port}", flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        signal.sigwait(STOP_SIGNALS)


def _handler(emulator: Emulator) -> Callable[..., Any]:
    def serve_fsx(request: Any, full_url: str, headers: Any) -> Any:
        status, found, body = StrictFSxResponse(emulator)._dispatch(request, full_url, headers)
        # In a list, because of a plain text Flask would correct the length that a truncated body announces.
        return status, found, [body]

    return serve_fsx
