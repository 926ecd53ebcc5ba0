"""A service beside FSx whose calls fail, at chosen calls or at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://service.invalid"
NETWORK: dict[str, Exception] = {
    "read timeout": ReadTimeoutError(endpoint_url=URL),
    "connect timeout": ConnectTimeoutError(endpoint_url=URL),
    "reset": ConnectionClosedError(endpoint_url=URL),
    "no such host": EndpointConnectionError(endpoint_url=URL),
}


def errors(service: str, operation: str) -> dict[str, Exception]:
    """Everything that a call can end in: the errors of its model, those of any service, and of the network."""
    model = botocore.session.get_session().get_service_model(service)
    codes = {
        str(shape.metadata.get("error", {}).get("code", shape.name)): int(
            shape.metadata.get("error", {}).get("httpStatusCode", 400)
        )
        for shape in model.operation_model(operation).error_shapes
    }
    codes |= {"AccessDenied": 403, "Throttling": 400, "ServiceUnavailable": 503, "ExpiredToken": 403}
    return {code: _client_error(code, status, operation) for code, status in codes.items()} | NETWORK


def _client_error(code: str, status: int, operation: str) -> Exception:
    return ClientError(
        {
            "Error": {"Code": code, "Message": "A fault was set for this call."},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        operation,
    )


class Broken:
    """Stands before a double. `fails` says, by the number of the call (from 1), whether it is refused."""

    def __init__(self, service: Any, error: Exception, fails: Callable[[int], bool]) -> None:
        self._service = service
        self._error = error
        self._fails = fails
        self.calls = 0
        self.mended = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._service, name)

        def call(*values: Any, **arguments: Any) -> Any:
            self.calls += 1
            if not self.mended and self._fails(self.calls):
                raise self._error
            return method(*values, **arguments)

        return call


# Of ten calls.
POSITIONS: dict[str, Callable[[int], bool]] = {
    "first": lambda number: number == 1,
    "middle": lambda number: number == 5,
    "last": lambda number: number == 10,
    "all": lambda number: True,
}
