import pytest

from dev.sandbox.aws import Sandbox
from tests.sandbox.deploy import Function, deploy


@pytest.fixture(scope="session")
def probe(sandbox: Sandbox) -> Function:
    return deploy(sandbox, "probe", Environment={"Variables": {"SETTING": "value"}})
