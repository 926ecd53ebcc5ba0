"""Set up everything `make demo` and `make test` need, from nothing but Python 3.11+, Terraform and make.

Creates under `.envs/`:
  uv/          the installer, from PyPI
  dev/         tests, linters and the FSx emulator     (dev/requirements/dev.txt)
  localstack/  LocalStack, which ships its own moto    (dev/requirements/localstack.txt)
  function/    what a function finds inside Lambda     (dev/requirements/function.txt)
  checkov/     the scanner of the Terraform files      (dev/requirements/checkov.txt)
  peers/       what `make bench` compares with, installed by it alone (dev/requirements/peers.txt)
  terraform.rc a provider mirror, only where the provider's registry cannot be reached

Runs on the system's Python with the standard library alone, and does nothing that is already done.
"""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Optional, Sequence, Tuple

MINIMUM_PYTHON = (3, 11)
MINIMUM_TERRAFORM = (1, 5)
UV = "uv==0.13.9"
ROOT = Path(__file__).resolve().parents[2]
ENVS = ROOT / ".envs"
ENVIRONMENTS = ("dev", "localstack", "function", "checkov")


class Missing(Exception):
    """Something this machine lacks; the message says what, and how to get it."""


def check_python() -> None:
    if sys.version_info < MINIMUM_PYTHON:
        raise Missing(
            "Python {}.{} or newer is needed, this is {}.{} ({}). Install a newer one and put it first on PATH, "
            "or run `make PYTHON=/path/to/python3`.".format(*MINIMUM_PYTHON, *sys.version_info[:2], sys.executable)
        )


def check_terraform() -> None:
    name = os.environ.get("TERRAFORM", "terraform")
    binary = shutil.which(name)
    if binary is None:
        raise Missing(
            "`{}` is not on PATH. Install Terraform {}.{} or newer (or OpenTofu, then set TERRAFORM=tofu).".format(
                name, *MINIMUM_TERRAFORM
            )
        )
    answer = subprocess.run([binary, "version"], check=False, capture_output=True, text=True).stdout
    found = re.search(r"v(\d+)\.(\d+)", answer)
    if found is None or tuple(map(int, found.groups())) < MINIMUM_TERRAFORM:
        raise Missing(
            "{} is too old ({}): {}.{} or newer is needed.".format(
                binary, answer.splitlines()[0] if answer else "no version", *MINIMUM_TERRAFORM
            )
        )


def run(command: Sequence[object], remedy: str) -> None:
    result = subprocess.run(
        [str(part) for part in command], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode:
        raise Missing("{}\n  {}".format(remedy, "\n  ".join(result.stdout.strip().splitlines()[-15:])))


def install_uv() -> Path:
    uv = ENVS / "uv" / "bin" / "uv"
    stamp = ENVS / "uv" / ".installed"
    if stamp.exists() and stamp.read_text() == UV:
        return uv
    print("set-up: the installer ({})".format(UV), flush=True)
    run(
        [sys.executable, "-m", "venv", "--clear", ENVS / "uv"],
        "Python cannot make a virtual environment (on Debian and Ubuntu: install python3-venv).",
    )
    run(
        [ENVS / "uv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV],
        "`pip install {}` failed: is a Python package index reachable?".format(UV),
    )
    stamp.write_text(UV)
    return uv


def install_environment(uv: Path, name: str) -> None:
    version = (ROOT / ".python-version").read_text().strip()
    requirements = ROOT / "dev" / "requirements" / (name + ".txt")
    fingerprint = hashlib.sha256(version.encode() + requirements.read_bytes()).hexdigest()
    environment = ENVS / name
    stamp = environment / ".installed"
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    print("set-up: environment {} (Python {})".format(name, version), flush=True)
    run(
        [uv, "venv", "--quiet", "--clear", "--python", version, environment],
        "Python {} is needed for the {} environment, and none was found or could be downloaded.".format(version, name),
    )
    run(
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", environment / "bin" / "python", requirements],
        "The packages of {} could not be installed.".format(requirements.relative_to(ROOT)),
    )
    stamp.write_text(fingerprint)


def provider_mirrors() -> Iterator[Tuple[Path, str]]:
    """Folders laid out as Terraform filesystem mirrors that hold the AWS provider, as (mirror, registry host)."""
    chosen = os.environ.get("PROVIDER_MIRROR")
    if chosen:
        folders = [Path(chosen).expanduser()]
    else:
        optional = [Path("/opt"), Path("/usr/local"), Path("/srv")]
        folders = [child for parent in optional if parent.is_dir() for child in sorted(parent.iterdir())]
    for folder in folders:
        for provider in sorted(folder.glob("*/hashicorp/aws")):
            yield folder, provider.parent.parent.name
    if chosen:
        raise Missing("PROVIDER_MIRROR={} holds no <registry host>/hashicorp/aws folder.".format(chosen))


def reachable(host: str) -> bool:
    try:
        socket.create_connection((host, 443), timeout=3).close()
    except OSError:
        return False
    return True


def configure_terraform() -> None:
    """Write `.envs/terraform.rc` only where it is needed: Terraform's own behaviour is left alone otherwise."""
    configuration = ENVS / "terraform.rc"
    named = os.environ.get("TF_CLI_CONFIG_FILE")
    configured = Path(named or "~/.terraformrc").expanduser().resolve()
    if named and configured != configuration.resolve() and not configured.is_file():
        print(
            "set-up: TF_CLI_CONFIG_FILE names {}, which is no file: the set-up looks for the provider as if it were "
            "not set. Correct the variable, or unset it.".format(named),
            flush=True,
        )
    mirror: Optional[Path] = None
    if not (configured.is_file() and configured != configuration) or os.environ.get("PROVIDER_MIRROR"):
        for folder, host in provider_mirrors():
            if os.environ.get("PROVIDER_MIRROR") or not reachable(host):
                mirror = folder
            break
    if mirror is None:
        if configuration.exists():
            configuration.unlink()
        return
    text = 'provider_installation {{\n  filesystem_mirror {{\n    path = "{}"\n  }}\n}}\n'.format(mirror)
    if not configuration.exists() or configuration.read_text() != text:
        print("set-up: the provider's registry is out of reach, using the mirror {}".format(mirror), flush=True)
        configuration.write_text(text)


def main() -> None:
    try:
        check_python()
        check_terraform()
        ENVS.mkdir(exist_ok=True)
        uv = install_uv()
        for name in ENVIRONMENTS:
            install_environment(uv, name)
        configure_terraform()
    except Missing as missing:
        sys.exit("set-up: {}".format(missing))


if __name__ == "__main__":
    main()
