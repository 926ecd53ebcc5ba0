"""Create functions in the sandbox and call them."""

import base64
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.sandbox.aws import Sandbox

PROBE = Path(__file__).with_name("probe.py").read_text()


@dataclass(frozen=True)
class Answer:
    """What an invocation gave: the decoded payload, Lambda's FunctionError if any, the tail of the log."""

    payload: Any
    error: str | None
    log: str


@dataclass(frozen=True)
class Function:
    """A function in the sandbox."""

    sandbox: Sandbox
    name: str

    def invoke(self, **event: Any) -> Answer:
        """Call it and wait."""
        answer = self.sandbox.client("lambda").invoke(FunctionName=self.name, Payload=json.dumps(event), LogType="Tail")
        return Answer(
            json.loads(answer["Payload"].read()),
            answer.get("FunctionError"),
            base64.b64decode(answer["LogResult"]).decode(),
        )


def deploy(sandbox: Sandbox, name: str, *, source: str = PROBE, timeout: int = 20, **options: Any) -> Function:
    """Create a function from the text of its one module, and wait until it can be called."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", source)
    client = sandbox.client("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Architectures=["arm64"],
        Role="arn:aws:iam::123456789012:role/any",
        Handler="app.handler",
        Timeout=timeout,
        Code={"ZipFile": package.getvalue()},
        **options,
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 400})
    return Function(sandbox, name)
