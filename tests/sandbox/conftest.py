import pytest

from sandbox.aws import Sandbox
from tests.sandbox.deploy import Function, deploy
from tests.sandbox_fixtures import sandbox

__all__ = ["probe", "sandbox"]


@pytest.fixture(scope="session")
def probe(sandbox: Sandbox) -> Function:
    return deploy(sandbox, "probe", Environment={"Variables": {"SETTING": "value"}})
