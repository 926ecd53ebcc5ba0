"""A scenario as a program: a sandbox of its own, the last line, the exit status."""

import sys
from collections.abc import Callable

from dev.sandbox.aws import Sandbox, SandboxError
from dev.scenarios.demo import DemoFailed
from dev.scenarios.steps import say
from dev.terraform import TerraformError


def play(name: str, run: Callable[[Sandbox], str]) -> int:
    """`run` returns the last line."""
    try:
        with Sandbox(progress=say) as sandbox:
            line = run(sandbox)
    except KeyboardInterrupt:
        print(f"\nscenario {name}: interrupted, everything ended.", file=sys.stderr)
        return 130
    except (DemoFailed, SandboxError, TerraformError) as error:
        print(f"scenario {name}: {error}", file=sys.stderr)
        return 1
    print(line)
    return 0
