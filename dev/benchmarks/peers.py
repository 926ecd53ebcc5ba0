"""The sides: this project's package, Cloud Custodian, and a script of plain boto3."""

from __future__ import annotations

import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dev.benchmarks.processes import Side
from dev.sandbox.aws import FUNCTION_PYTHON, ROOT
from dev.tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIDES = Path(__file__).with_name("sides")
PACKAGE = ROOT / "modules" / "fsx_backup" / "lambda.zip"
PEERS_PYTHON = bootstrap.ENVS / "peers" / "bin" / "python"
C7N = "c7n"
PLAIN = "boto3"


@cache
def missing() -> str:
    """Why Cloud Custodian is not there; empty when it is."""
    return installed(lambda: bootstrap.install_environment(bootstrap.install_uv(), "peers"))


def installed(install: Callable[[], None]) -> str:
    """Make sure that the peers are there, or say in a sentence why they cannot be."""
    try:
        install()
    except bootstrap.Missing as reason:
        return str(reason)
    return ""


@cache
def _work() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fsx-backup-bench-")


def folder() -> Path:
    """A work folder for this run; it goes when the run ends."""
    return Path(_work().name)


@cache
def unpacked() -> Path:
    """The package as Lambda has it: unpacked."""
    target = folder() / "ours"
    with zipfile.ZipFile(PACKAGE) as package:
        package.extractall(target)
    return target


def ours(events: Sequence[dict[str, Any]], *arguments: str) -> Side:
    """This project's function, handling these events one after the other."""
    command = [str(FUNCTION_PYTHON), str(SIDES / "ours.py"), *arguments]
    return Side("ours", command, {"PYTHONPATH": str(unpacked())}, json.dumps(list(events)))


def custodian(name: str, **policy: Any) -> Side:
    """Cloud Custodian with one policy."""
    file = folder() / f"{name}.json"
    file.write_text(json.dumps({"policies": [{"name": name, **policy}]}))
    out = folder() / "c7n" / name
    command = [str(PEERS_PYTHON), "-m", "c7n.cli", "run", "-s", str(out), "--cache-period", "0", str(file)]
    return Side(C7N, command, {})


def plain(*targets: str) -> Side:
    """The yardstick."""
    return Side(PLAIN, [str(FUNCTION_PYTHON), str(SIDES / "yardstick.py"), *targets], {})


def present(*sides: Side) -> list[Side]:
    """Those of the sides that can be run."""
    return [side for side in sides if side.name != C7N or not missing()]


def purge_policy() -> dict[str, Any]:
    """The policy that Cloud Custodian documents for `fsx-backup`, corrected, for the backups of one plan.

    As documented it says `resource: fsx-backup` with the key `CreationDate`. The field is called CreationTime, and
    without it `value_type: age` matches nothing: the policy deletes nothing, and ends with status 0.
    """
    return {
        "resource": "aws.fsx-backup",
        "filters": [
            {"Type": "USER_INITIATED"},
            {"tag:fsx-backup:plan": "home"},
            {"type": "value", "key": "CreationTime", "value_type": "age", "value": 7, "op": "gt"},
        ],
        "actions": [{"type": "delete"}],
    }


def version(package: str, environment: str) -> str:
    """The pinned version of a package in an environment."""
    lines = (ROOT / "dev" / "requirements" / f"{environment}.txt").read_text().splitlines()
    return next((line.split("==")[1].split()[0] for line in lines if line.startswith(f"{package}==")), "unknown")
