"""What every test of the emulator starts from: a frozen clock, a client that sends whatever it is given."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from dev.fsx_emulator import EmulatedFSx, emulated_fsx
from tests.emulator.calls import START, Refused


@pytest.fixture
def fsx() -> Iterator[EmulatedFSx]:
    with emulated_fsx(now=START) as handle:
        yield handle


@pytest.fixture
def client(fsx: EmulatedFSx) -> Any:
    return fsx.client()


@pytest.fixture(scope="session")
def unchecked() -> Any:
    """A client whose own parameter validation is off: the service gets what other tools would send."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    session = boto3.session.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name="us-east-1")
    return session.client("fsx", config=config)


@pytest.fixture
def send(unchecked: Any) -> Callable[[str, Any], dict[str, Any]]:
    """Send a document that botocore would never write, as the body of an operation named as in the API."""

    def call(operation: str, document: Any) -> dict[str, Any]:
        def replace(params: dict[str, Any], **_: Any) -> None:
            params["body"] = document if isinstance(document, bytes) else json.dumps(document).encode()

        event = f"before-call.fsx.{operation}"
        unchecked.meta.events.register(event, replace)
        try:
            response: dict[str, Any] = getattr(unchecked, xform_name(operation))()
        finally:
            unchecked.meta.events.unregister(event, replace)
        return response

    return call


@pytest.fixture
def refused() -> Refused:
    """Call an operation that must fail; gives botocore's parsed error with `Code` at the top."""

    def call(method: Callable[..., Any], /, **parameters: Any) -> dict[str, Any]:
        with pytest.raises(ClientError) as caught:
            method(**parameters)
        response: dict[str, Any] = dict(caught.value.response)
        return {**response, "Code": response["Error"]["Code"], "Status": response["ResponseMetadata"]["HTTPStatusCode"]}

    return call
