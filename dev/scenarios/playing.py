"""A scenario as a program: a sandbox of its own, the last line, the exit status."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from dev.sandbox.aws import ROOT, Sandbox, SandboxError
from dev.scenarios.demo import DemoFailed
from dev.scenarios.steps import say
from dev.terraform import TerraformError


def play(name: str, run: Callable[[Sandbox, Path], str]) -> int:
    """`run` gets a folder for the stack, and returns the last line."""
    folder = ROOT / ".sandbox" / name
    shutil.rmtree(folder, ignore_errors=True)  # the state of a sandbox that is gone
    try:
        with Sandbox(progress=say) as sandbox:
            line = run(sandbox, folder)
    except KeyboardInterrupt:
        print(f"\nscenario {name}: interrupted, everything ended.", file=sys.stderr)
        return 130
    except (DemoFailed, SandboxError, TerraformError) as error:
        print(f"scenario {name}: {error}", file=sys.stderr)
        return 1
    print(line)
    return 0
