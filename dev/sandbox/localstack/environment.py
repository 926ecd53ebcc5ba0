"""The environment variables of a function process: what Lambda gives a function, and the sandbox's endpoints."""

import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

# LocalStack's own, for its container runtime; a function in Lambda has none of them.
_FOREIGN_PREFIX = "LOCALSTACK_"
_FOREIGN = {"EDGE_PORT"}


def function_environment(
    given: Mapping[str, object], *, runtime: str, code: Path, home: Path, fsx_endpoint: str
) -> dict[str, str]:
    """Turn the variables LocalStack hands over (numbers and enums among them) into a function's environment.

    Nothing of this machine's own environment goes in. HOME is an empty folder: Lambda sets none, but without it boto3
    would find the settings of whoever runs the sandbox.
    """
    variables = {
        name: str(value.value if isinstance(value, Enum) else value)
        for name, value in given.items()
        if not name.startswith(_FOREIGN_PREFIX) and name not in _FOREIGN
    }
    search = [str(code), variables["PYTHONPATH"]] if "PYTHONPATH" in variables else [str(code)]
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "HOME": str(home),
        "AWS_ENDPOINT_URL_FSX": fsx_endpoint,
        **variables,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "LAMBDA_TASK_ROOT": str(code),
        "PYTHONPATH": os.pathsep.join(search),
    }
