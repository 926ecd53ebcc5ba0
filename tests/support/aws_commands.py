"""Parse AWS commands with the AWS CLI itself, calling nothing. Runs in LocalStack's environment, which has the CLI.

Reads a JSON list of commands (lists of words without `aws`), writes a JSON list of what the CLI said against each:
empty where it would have made the call.
"""

import contextlib
import io
import json
import os
import sys
from types import SimpleNamespace
from typing import Any

from awscli.clidriver import create_clidriver


def empty(shape: Any) -> Any:
    """An answer of this shape with as little in it as possible."""
    match shape.type_name if shape else None:
        case "structure":
            return {name: empty(member) for name, member in shape.members.items()}
        case "list":
            return []
        case "map":
            return {}
        case "blob":
            return io.BytesIO(b"{}")
        case "boolean" | "integer" | "long" | "float" | "double":
            return 0
    return None


def main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-west-1"}
    os.environ |= {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_CONFIG_FILE": os.devnull, "AWS_PAGER": ""}
    driver = create_clidriver()
    driver.session.register(
        "before-call", lambda model, **_: (SimpleNamespace(status_code=200), empty(model.output_shape) or {})
    )
    said = []
    for words in json.load(sys.stdin):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = driver.main(words)
            except SystemExit as stopped:
                code = stopped.code
        named = len(words) == 2 and "arguments are required" in err.getvalue()  # the operation, without its options
        said.append("" if code == 0 or named else err.getvalue().strip()[-500:] or f"exit code {code}")
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
