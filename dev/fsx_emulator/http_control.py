"""The instrument over HTTP: a POST to `/_fsx/<name>` calls the method of Control with that name."""

import inspect
import json
from typing import Any

from dev.fsx_emulator.control import Control
from dev.fsx_emulator.settings import SettingError, mapping

PREFIX = "/_fsx/"


def serve(control: Control, verb: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """One request to the instrument: HTTP status and JSON document."""
    name = path.removeprefix(PREFIX)
    method = None if name.startswith("_") else getattr(control, name, None)
    if method is None:
        return 404, {"error": f"There is no {path}."}
    if verb != "POST":
        return 405, {"error": f"{path} takes POST, not {verb}."}
    try:
        arguments = _arguments(body)
        inspect.signature(method).bind(**arguments)
    except (SettingError, TypeError) as error:
        return 400, {"error": f"{name}: {error}"}
    try:
        return 200, {"result": method(**arguments)}
    except SettingError as error:
        return 400, {"error": str(error)}


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        return mapping("the body", json.loads(body or b"{}"))
    except json.JSONDecodeError:
        raise SettingError("the body must be JSON.") from None
