"""FSx requests as moto dispatches them: parsed, checked, handed to the operation, serialized."""

import json
from collections.abc import Callable
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.fsx.responses import FSxResponse

from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.faults import Response
from dev.fsx_emulator.instrument import error_response
from dev.fsx_emulator.model import description
from dev.fsx_emulator.operations import OPERATIONS
from dev.fsx_emulator.validation import check_request

CONTENT_TYPE = "application/x-amz-json-1.1"


class StrictFSxResponse(FSxResponse):  # type: ignore[misc]  # moto's types are not read, see pyproject.toml
    """moto's request handler for FSx, with the emulator's operations for methods (see below)."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.emulator = emulator
        self.parameters: Any = None

    def get_current_account(self) -> str:
        """Any credentials belong to the emulator's one account."""
        return self.emulator.account

    def _get_action(self) -> str:
        # moto would take `Action=...` out of the body too, and a tag's value may well contain it.
        return str(self.headers.get("X-Amz-Target", "")).rpartition(".")[2]

    def call_action(self) -> Response:
        """Around moto's dispatch: the emulator's instrument."""
        try:
            self.parameters = json.loads(self.body or "{}")
        except ValueError:
            self.parameters = None
        return self.emulator.serve(self._get_action(), self.parameters, self.region, self._perform)

    def _perform(self) -> Response:
        operation = self._get_action()
        try:
            if operation not in OPERATIONS:
                raise _unknown(operation)
            if "Authorization" not in self.headers:
                raise ServiceError("MissingAuthenticationTokenException", "The request is not signed.")
        except ServiceError as error:
            return error_response(error)
        response: Response = super().call_action()
        return response

    def run(self, operation: str) -> Response:
        """Check a request and carry it out; refusals become responses."""
        try:
            backend = self.emulator.backend(self.region)
            if backend is None:
                raise ServiceError("InvalidSignatureException", f"FSx has no Region {self.region!r}.")
            backend.forget_deleted()
            result = OPERATIONS[operation](backend, check_request(operation, self.parameters))
        except ServiceError as error:
            return error_response(error)
        return 200, {"Content-Type": CONTENT_TYPE}, json.dumps(result)


def _unknown(operation: str) -> ServiceError:
    if operation in description()["operations"]:
        return ServiceError("NotImplemented", f"The emulator does not have the operation {operation}.")
    return ServiceError("UnknownOperationException", f"FSx has no operation {operation!r}.")


def _method(operation: str) -> Callable[[StrictFSxResponse], Response]:
    def method(self: StrictFSxResponse) -> Response:
        return self.run(operation)

    return method


# moto finds an operation by the name of a method.
for _operation in OPERATIONS:
    setattr(StrictFSxResponse, camelcase_to_underscores(_operation), _method(_operation))
