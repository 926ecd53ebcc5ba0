"""The FSx emulator's instrument from another process: the methods of `Control`, over HTTP."""

import json
import urllib.error
import urllib.request
from typing import Any

from dev.fsx_emulator.http_control import PREFIX
from dev.fsx_emulator.settings import SettingError

# Made once: each new one reads all certificates of the machine, 40 ms for nothing.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class FsxControl:
    """`FsxControl(endpoint)("seed_file_system", file_system_type="LUSTRE")`. Raises SettingError as `Control` does."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def __call__(self, name: str, **arguments: Any) -> Any:
        request = urllib.request.Request(f"{self._endpoint}{PREFIX}{name}", data=json.dumps(arguments).encode())  # noqa: S310
        try:
            with _OPENER.open(request, timeout=30) as response:
                return json.load(response)["result"]
        except urllib.error.HTTPError as error:
            raise SettingError(json.load(error)["error"]) from None
