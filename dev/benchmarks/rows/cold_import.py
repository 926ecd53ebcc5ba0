"""What the package adds to a cold start: processor time and peak memory of an import, and the package's size.

Both packages unpacked and without compiled files, as Lambda has them, in the same interpreter with the same boto3;
each imports what its first message needs and makes its FSx client. The clock on the wall is too noisy for that.
"""

from __future__ import annotations

import subprocess
import zipfile
from statistics import median
from typing import TYPE_CHECKING

from dev.benchmarks import peers
from dev.benchmarks.processes import Side, alternate, detail, run
from dev.benchmarks.result import Result, at_most
from dev.benchmarks.rows.purge import others
from dev.sandbox.aws import FUNCTION_PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDS = 15
MOST_OF_C7N, MOST_OF_BOTO3, MOST_OF_C7N_SIZE = 0.7, 1.15, 0.06

OURS = "import fsx_backup.handler; from fsx_backup.clients import connect; connect('fsx')"
BARE = "import boto3; boto3.client('fsx')"
CUSTODIAN = (
    "from c7n import handler; from c7n.resources import load_resources; "
    "load_resources(('aws.fsx-backup',)); import boto3; boto3.client('fsx')"
)


def custodian_package() -> Path:
    """The archive that Cloud Custodian deploys, made by itself."""
    package = peers.folder() / "c7n.zip"
    command = [str(peers.PEERS_PYTHON), str(peers.SIDES / "c7n_package.py"), str(package)]
    subprocess.run(command, check=True, env={"HOME": str(peers.folder())})
    with zipfile.ZipFile(package) as archive:
        archive.extractall(peers.folder() / "c7n-package")
    return package


def side(name: str, code: str, path: str) -> Side:
    environment = {
        "HOME": str(peers.folder()),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": path,
    }
    return Side(name, [str(FUNCTION_PYTHON), "-c", code], environment)


def row() -> list[Result]:
    sides = [side("ours", OURS, str(peers.unpacked())), side(peers.PLAIN, BARE, "")]
    sizes = {"ours": peers.PACKAGE.stat().st_size}
    if not peers.missing():
        sizes[peers.C7N] = custodian_package().stat().st_size
        sides.append(side(peers.C7N, CUSTODIAN, str(peers.folder() / "c7n-package")))
    for one in sides:
        run(one).checked()  # warms the disk
    runs = alternate(sides, ROUNDS, lambda one: run(one).checked())
    details = [detail(name, of_side) for name, of_side in runs.items()]
    cpu = {name: 1000 * median(one.cpu for one in of_side) for name, of_side in runs.items()}
    peak = {name: median(one.peak_bytes for one in of_side) / 2**20 for name, of_side in runs.items()}
    text = f"at most {MOST_OF_C7N} of c7n's"
    imports = [
        at_most(cpu["ours"], cpu.get(peers.C7N), MOST_OF_C7N, text),
        at_most(cpu["ours"], cpu[peers.PLAIN], MOST_OF_BOTO3, f"at most {MOST_OF_BOTO3} of boto3 alone"),
    ]
    size = at_most(sizes["ours"], sizes.get(peers.C7N), MOST_OF_C7N_SIZE, f"at most {MOST_OF_C7N_SIZE} of c7n's")
    return [
        Result("cold-import", cpu["ours"], "ms", others(cpu), imports, details, "Processor time."),
        Result("import-memory", peak["ours"], "MiB", others(peak)),
        Result("package", sizes["ours"], "B", {peers.C7N: sizes.get(peers.C7N)}, [size]),
    ]


ROWS: dict[str, Callable[[], list[Result]]] = {"cold-import": row}
