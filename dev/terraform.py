"""Terraform in a folder with a configuration, and what its plans say: python-terraform's command lines, run here."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_terraform import IsFlagged, IsNotFlagged, Terraform

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 40  # resources made at once: the provider waits half a minute for a queue or a key, whoever serves it
MIRROR = ROOT / ".envs" / "terraform.rc"  # written by the set-up where the provider's registry is out of reach
CONFIGURATION = "TF_CLI_CONFIG_FILE"


def provider_configuration() -> dict[str, str]:
    """Where Terraform finds the provider, if the set-up had to say that."""
    return {CONFIGURATION: str(MIRROR)} if MIRROR.exists() else {}


def misled() -> str:
    """What is to be said of a configuration that the caller's environment names and that is not there."""
    named = os.environ.get(CONFIGURATION)
    if not named or Path(named).is_file():
        return ""
    instead = f"{MIRROR.relative_to(ROOT)} is used" if MIRROR.exists() else "Terraform goes on without it"
    return f"{CONFIGURATION} names {named}, which is no file: {instead}. Correct the variable, or unset it."


class TerraformError(Exception):
    """Terraform refused or failed; the text is what it said, without its frame."""


@dataclass(frozen=True)
class Plan:
    """A plan as `terraform show -json` tells it."""

    json: dict[str, Any]

    @property
    def changes(self) -> dict[str, list[str]]:
        """Address -> actions, of all resources that would change."""
        return {
            change["address"]: change["change"]["actions"]
            for change in self.json.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    @property
    def outputs(self) -> dict[str, Any]:
        """The planned outputs; what is known after apply only is missing."""
        return {name: output.get("value") for name, output in self.json["planned_values"].get("outputs", {}).items()}

    def resources(self, type_: str) -> dict[str, dict[str, Any]]:
        """Address -> planned values of the managed resources of a type."""
        return {
            change["address"]: change["change"]["after"]
            for change in self.json["resource_changes"]
            if change["mode"] == "managed" and change["type"] == type_ and change["change"]["after"] is not None
        }


class Stack:
    """A folder with a Terraform configuration. `environment` is added to this process's own for each run."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = {**environment, **provider_configuration(), "TF_IN_AUTOMATION": "1"}
        self._terraform = Terraform(
            working_dir=str(folder), terraform_bin_path=os.environ.get("TERRAFORM") or "terraform"
        )

    @classmethod
    def of_root(cls, folder: Path, environment: Mapping[str, str]) -> "Stack":
        """The repository's root stack, in a folder of its own so that nobody's state or variables are touched."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in ROOT.glob("*.tf"):
            shutil.copy(path, folder)
        shutil.copytree(
            ROOT / "modules", folder / "modules", dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*")
        )
        return cls(folder, environment)

    def init(self) -> None:
        self._run("init", input=False, reconfigure=IsFlagged)

    def check_format(self) -> None:
        self._run("fmt", check=IsFlagged, recursive=IsFlagged)

    def validate(self) -> None:
        self._run("validate")

    def test(self) -> str:
        """Run the folder's own suites (tests/*.tftest.hcl); Terraform's report."""
        return self._run("test")

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Replace the stack's variables."""
        (self.folder / "terraform.tfvars.json").write_text(json.dumps(variables))

    def plan(self) -> Plan:
        """Plan, and keep the plan for `apply`."""
        self._run("plan", input=False, out="plan.tfplan")
        return Plan(json.loads(self._run("show", "plan.tfplan", json=IsFlagged, no_color=IsNotFlagged)))

    def apply(self) -> None:
        """Apply the plan made last."""
        self._run("apply", "plan.tfplan", input=False, parallelism=AT_ONCE)

    def outputs(self) -> dict[str, Any]:
        answer = json.loads(self._run("output", json=IsFlagged))
        return {name: output["value"] for name, output in answer.items()}

    def has_state(self) -> bool:
        """Whether something was applied here and not destroyed yet."""
        state = self.folder / "terraform.tfstate"
        return state.exists() and bool(json.loads(state.read_text())["resources"])

    def destroy(self) -> None:
        self._run("destroy", input=False, auto_approve=IsFlagged)

    def _run(self, command: str, *arguments: str, **options: Any) -> str:
        words = self._terraform.generate_cmd_string(command, *arguments, **({"no_color": IsFlagged} | options))
        environment = {**os.environ, **self._environment}  # this process's own stays as it is: others run beside
        pipe = subprocess.PIPE
        with subprocess.Popen(words, cwd=self.folder, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
            out, err = process.communicate()
        if process.returncode != 0:
            said = err or out  # the plan itself, or what was read for it, explains nothing
            raise TerraformError(" ".join(said.replace("│", " ").replace("╷", " ").replace("╵", " ").split()))
        return out


def check() -> None:
    """`terraform fmt -check` of the repository, `terraform validate` of the root stack in a folder of its own."""
    Stack(ROOT, {}).check_format()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack.of_root(Path(folder) / "stack", {})
        stack.init()
        stack.validate()


if __name__ == "__main__":
    try:
        check()
    except TerraformError as error:
        sys.exit(f"terraform fmt, validate: {error}")
