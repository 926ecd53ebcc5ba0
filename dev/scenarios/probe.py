"""A function beside the deployed one, of the same package under the same role: asks what the role is let do.

`{"delete": ID}` deletes a backup as the role would; `{"later": EVENT}` handles an event by a clock that is two days
ahead, which makes today's backups expire. It is packed into the function's own package under the name `probe.py`.
"""

import contextlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CODE = """
import datetime
import sys

import boto3
from botocore.exceptions import ClientError
from fsx_backup.handler import handler as handle


class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.now(tz) + datetime.timedelta(days=2)


def handler(event, context):
    if "delete" in event:
        try:
            boto3.client("fsx").delete_backup(BackupId=event["delete"])
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "deleted"
    for name, module in list(sys.modules.items()):
        if name.startswith("fsx_backup.") and hasattr(module, "datetime"):
            module.datetime = Later
    return handle(event["later"], context)
"""
_KEPT = ("Runtime", "Role", "Timeout", "MemorySize", "Architectures", "LoggingConfig")


@contextmanager
def probe(client: Callable[[str], Any], function: str, package: Path) -> Iterator[Callable[[Mapping[str, Any]], Any]]:
    """The probe of a deployed function, to be called with an event; taken away in the end."""
    functions = client("lambda")
    configuration = functions.get_function_configuration(FunctionName=function)
    name = f"{function}-probe"
    with contextlib.suppress(functions.exceptions.ResourceNotFoundException):
        functions.delete_function(FunctionName=name)  # an earlier run's, which was killed
    try:
        functions.create_function(
            FunctionName=name,
            Handler="probe.handler",
            Code={"ZipFile": _packed(package)},
            Environment={"Variables": configuration["Environment"]["Variables"]},
            **{setting: configuration[setting] for setting in _KEPT},
        )
        functions.get_waiter("function_active_v2").wait(FunctionName=name)

        def ask(event: Mapping[str, Any]) -> Any:
            return json.load(functions.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"])

        yield ask
    finally:
        with contextlib.suppress(functions.exceptions.ResourceNotFoundException):
            functions.delete_function(FunctionName=name)


def _packed(package: Path) -> bytes:
    packed = io.BytesIO(package.read_bytes())
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("probe.py", CODE)
    return packed.getvalue()
