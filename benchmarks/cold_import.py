"""What the package adds to a cold start: importing the handler with its FSx client, against bare boto3 with one."""

import os
import subprocess
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_PYTHON = ROOT / ".envs" / "function" / "bin" / "python"
PACKAGE = ROOT / "modules" / "fsx_backup" / "lambda.zip"
ROUNDS = 15
LIMIT = 1.15

OURS = "import fsx_backup.handler as h; h.fsx.connect()"
BARE = "import boto3; boto3.client('fsx')"


def run() -> None:
    """Print one line: both medians in milliseconds, and their ratio. The sides take turns, in fresh processes."""
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(PACKAGE),
    }
    times: dict[str, list[float]] = {OURS: [], BARE: []}
    for _ in range(ROUNDS + 1):
        for code, taken in times.items():
            begin = time.perf_counter()
            subprocess.run([str(FUNCTION_PYTHON), "-c", code], env=environment, check=True)
            taken.append(1000 * (time.perf_counter() - begin))
    ours, bare = (median(taken[1:]) for taken in times.values())  # the first round warms the disk
    print(f"bench cold-import ours={ours:.0f}ms peer=boto3:{bare:.0f}ms ratio={ours / bare:.2f} (limit {LIMIT})")


if __name__ == "__main__":
    run()
