import pytest

from dev.sandbox.aws import Sandbox
from tests.sandbox.deploy import Function, deploy
from tests.support.sandbox_fixtures import sandbox

__all__ = ["probe", "sandbox"]


@pytest.fixture(scope="session")
def probe(sandbox: Sandbox) -> Function:
    return deploy(sandbox, "probe", Environment={"Variables": {"SETTING": "value"}})
