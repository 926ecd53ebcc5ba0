"""What the module makes of its inputs, without its resources: its own variables and plans/, and no provider."""

import json
import shutil
from pathlib import Path
from typing import Any

from dev.terraform import Plan, Stack
from tests.support.planning import MODULE

REGION = "eu-west-1"


class Reader:
    """Reads the arguments of many calls of the module in one plan, which takes half a second."""

    def __init__(self, folder: Path) -> None:
        self.stack = Stack(folder, {})
        inputs = folder / "inputs"
        shutil.copytree(MODULE / "plans", inputs / "plans", ignore=shutil.ignore_patterns(".terraform*", "tests"))
        for path in (MODULE / "plans.tf", *MODULE.glob("variables*.tf")):
            shutil.copy(path, inputs)
        (inputs / "region.tf").write_text(f'locals {{\n  region = "{REGION}"\n  partition = "aws"\n}}\n')
        (inputs / "outputs.tf").write_text('output "plans" {\n  value = local.plans\n}\n')
        self._calls: set[str] = set()

    def plan(self, **calls: dict[str, Any]) -> Plan:
        """Raises TerraformError with all refusals."""
        self._write(calls)
        return self.stack.plan()

    def validate(self, **calls: dict[str, Any]) -> None:
        self._write(calls)
        self.stack.validate()

    def warnings(self, **calls: dict[str, Any]) -> str:
        checks = self.plan(**calls).json["checks"]
        instances = [instance for check in checks for instance in check["instances"]]
        return "\n".join(problem["message"] for item in instances for problem in item.get("problems", []))

    def _write(self, calls: dict[str, dict[str, Any]]) -> None:
        configuration = {
            # Known after apply only, like the id of a file system made in the same apply.
            "resource": {"terraform_data": {"later": {"input": "anything"}}},
            "module": {name: {"source": "./inputs", **arguments} for name, arguments in calls.items()},
        }
        (self.stack.folder / "main.tf.json").write_text(json.dumps(configuration, indent=1))
        if not set(calls) <= self._calls:
            self._calls |= set(calls)
            self.stack.init()
