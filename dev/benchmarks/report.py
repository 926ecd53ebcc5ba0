"""docs/benchmarks.md, from the results of one run."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dev.benchmarks import peers
from dev.benchmarks.result import MISSING, Detail, Result, ratio, state
from dev.sandbox.aws import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INTRODUCTION = """\
# Side by side

Written by `make bench`; do not edit. This project, Cloud Custodian (c7n) and plain boto3 do the same work in one run,
on the same emulated FSx with the same latency, pages and limits, each as a process of its own, in turn, seeded afresh
each time. **Read the ratios**: they hold on a busy machine, the seconds do not.

```sh
make bench                      # all rows, and this page
make bench ROW=purge-1000       # one row
```

The peers have an environment of their own, `dev/requirements/peers.txt`, installed by the first `make bench`. One that
cannot be installed is reported as missing and the rest is measured. A row that fails or misses its limit makes the exit
status 1.
"""

SIDES = """\
## The sides

- **ours**: the package that the module deploys, under its own handler, for the rows on the sandbox deployed by
  Terraform. Its messages and metrics go to an emulated SNS, SQS and CloudWatch (moto), which takes part of its time.
- **c7n**: Cloud Custodian's command, `custodian run` with one policy. Its documented example of a purge filters on
  `key: CreationDate`, a field that FSx's backups do not have: it matches nothing, deletes nothing, and ends with status
  0. Here it says `CreationTime` instead, and takes user-initiated backups with the plan's tag:

  ```yaml
  filters:
    - Type: USER_INITIATED
    - "tag:fsx-backup:plan": home
    - {type: value, key: CreationTime, value_type: age, value: 7, op: gt}
  actions:
    - type: delete
  ```
- **boto3**: the yardstick, `dev/benchmarks/sides/yardstick.py`, a dozen lines: 8 workers and botocore's own retries.
- **floor**: the least number of calls, at the rate that FSx allows.

`storm-500`: the messages of 500 schedules, put into the queue at once; `storm-fleet-500`: one message of a plan that
finds 500 targets. Each run is four calls, and the last poll comes 30 seconds after the backup was made, which no rate
makes shorter.
"""


def surroundings() -> dict[str, str]:
    """Date, versions and machine, in general words."""
    terraform = subprocess.run(
        [os.environ.get("TERRAFORM") or "terraform", "version"], check=False, capture_output=True, text=True
    ).stdout
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "this project": commit(),
        "c7n": f"{peers.version('c7n', 'peers')}"
        + (f", missing: {peers.missing().splitlines()[0]}" if peers.missing() else ""),
        "boto3": f"{peers.version('boto3', 'function')} (ours and the yardstick), "
        f"{peers.version('boto3', 'peers')} (c7n)",
        "Python": platform.python_version(),
        "Terraform": found[1] if (found := re.search(r"v([\d.]+)", terraform)) else "unknown",
        "machine": f"{os.cpu_count()} cores, {memory()}, {platform.system()} on {platform.machine()}, "
        "shared with other work",
    }


def commit() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip() or "unknown"


def memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB"


def page(results: Sequence[Result], failed: Sequence[str], facts: Mapping[str, str]) -> str:
    parts = [
        INTRODUCTION,
        "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())]) + "\n",
        "## Ratios\n\n" + ratios(results),
        *([f"**Not measured**, these rows failed: {', '.join(failed)}.\n"] if failed else []),
        "## Limits\n\n" + limits(results),
        SIDES,
        "## In detail\n\nMedians over the rounds; calls are those of FSx in one round. `cpu` is the processor's time, "
        "`peak` resident memory.\n\n" + details(results) + "\n" + notes(results),
    ]
    return "\n".join(parts)


def ratios(results: Sequence[Result]) -> str:
    lines = ["| row | ours | peer | | ours / peer |", "|---|---:|---|---:|---:|"]
    for result in results:
        for name, value in (result.peers or ({} if result.cannot else {"": None})).items():
            shown = "" if not name else MISSING if value is None else result.show(value)
            lines.append(
                f"| {result.row} | {result.show(result.ours)} | {name} | {shown} | {ratio(result.ours, value)} |"
            )
        for name, why in result.cannot.items():
            lines.append(f"| {result.row} | {result.show(result.ours)} | {name} | cannot: {why} | - |")
    return "\n".join(lines) + "\n"


def limits(results: Sequence[Result]) -> str:
    lines = ["| row | limit | |", "|---|---|---|"]
    for result in results:
        lines += [f"| {result.row} | {limit.text} | {emphasised(state(limit))} |" for limit in result.limits]
    return "\n".join(lines) + "\n"


def emphasised(word: str) -> str:
    return word if word == "met" else f"**{word}**"


def details(results: Sequence[Result]) -> str:
    lines = [
        "| row | side | seconds | lowest to highest | cpu | peak | calls | |",
        "|---|---|---:|---:|---:|---:|---|---|",
    ]
    lines += [line(result.row, one) for result in results for one in result.details]
    return "\n".join(lines) + "\n"


def line(row: str, one: Detail) -> str:
    cpu = "" if one.cpu is None else f"{one.cpu:.2f} s"
    peak = "" if one.peak_bytes is None else f"{one.peak_bytes / 2**20:.0f} MiB"
    calls = ", ".join(f"{count:,} {name}" for name, count in one.calls.items() if count)
    low, high = one.spread
    return (
        f"| {row} | {one.side} | {one.seconds:.2f} | {low:.2f} to {high:.2f} | {cpu} | {peak} | {calls} | {one.done} |"
    )


def notes(results: Sequence[Result]) -> str:
    return "".join(f"- {result.row}: {result.note}\n" for result in results if result.note)
