"""The instrument over HTTP: `/_fsx/<name>` is the method of Control with that name.

GET reads, PUT sets, POST acts. Arguments are a JSON object in the body, or for GET the query. The answer is
{"result": ...}; a refused setting is 400 with {"error": "<sentence>"}.
"""

import inspect
import json
from typing import Any
from urllib.parse import parse_qsl

from dev.fsx_emulator.control import Control
from dev.fsx_emulator.settings import SettingError

PREFIX = "/_fsx/"
VERBS = {
    "GET": ("now", "settings", "counts", "calls"),
    "PUT": (
        "set_time",
        "latency",
        "rate_limit",
        "listing",
        "durations",
        "quotas",
        "behaviour",
        "set_backup",
        "next_backup",
        "set_lifecycle",
    ),
    "POST": (
        "advance",
        "freeze",
        "unfreeze",
        "fault",
        "kill_after",
        "clear_faults",
        "clear_calls",
        "reset",
        "seed_file_system",
        "seed_storage_virtual_machine",
        "seed_volume",
        "seed_backup",
        "seed_backups",
        "remove",
    ),
}


def serve(control: Control, verb: str, path: str, query: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """One request to the instrument: HTTP status and JSON document."""
    name = path.removeprefix(PREFIX).rstrip("/")
    expected = next((verb for verb, names in VERBS.items() if name in names), None)
    if expected is None:
        return 404, {"error": f"There is no {PREFIX}{name}."}
    if verb != expected:
        return 405, {"error": f"{PREFIX}{name} takes {expected}, not {verb}."}
    try:
        arguments = dict(parse_qsl(query)) if verb == "GET" else _arguments(body)
        return 200, {"result": _call(control, name, arguments)}
    except SettingError as error:
        return 400, {"error": str(error)}


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        arguments = json.loads(body or b"{}")
    except ValueError:
        raise SettingError("The body must be JSON.") from None
    if not isinstance(arguments, dict):
        raise SettingError(f"The body must be a JSON object, not {arguments!r}.")
    return arguments


def _call(control: Control, name: str, arguments: dict[str, Any]) -> Any:
    method = getattr(control, name)
    try:
        inspect.signature(method).bind(**arguments)
    except TypeError as error:
        raise SettingError(f"{name}: {error}.") from None
    return method(**arguments)
