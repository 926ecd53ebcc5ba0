"""A scenario as a program: a sandbox of its own, the last line, the exit status."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from dev.sandbox.aws import ROOT, Sandbox, SandboxError
from dev.scenarios.steps import Broken, say
from dev.terraform import TerraformError


def program(name: str, run: Callable[[], int]) -> int:
    """The exit status of `run`. What ends it early is said in a sentence."""
    try:
        return run()
    except KeyboardInterrupt:
        print(f"\n{name}: interrupted, everything ended.", file=sys.stderr)
        return 130
    except (Broken, SandboxError, TerraformError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1


def play(name: str, run: Callable[[Sandbox, Path], str]) -> int:
    """`run` gets a folder for the stack, and returns the last line."""

    def whole() -> int:
        folder = ROOT / ".sandbox" / name
        shutil.rmtree(folder, ignore_errors=True)  # the state of a sandbox that is gone
        with Sandbox(progress=say) as sandbox:
            line = run(sandbox, folder)
        print(line)
        return 0

    return program(f"scenario {name}", whole)
