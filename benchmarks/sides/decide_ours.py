"""The retention decision over 10,000 backups: prints the medians of seven, in milliseconds of the processor."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median

from fsx_backup.model import Backup, Plan, Retention, Target
from fsx_backup.retention import decide

BACKUPS, RUNS = 10_000, 7
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
EVERY_RULE = Retention(
    days=7, keep_last=1, keep_hourly=-1, keep_daily=-1, keep_weekly=-1, keep_monthly=-1, keep_yearly=-1
)


def backups() -> list[Backup]:
    """One plan's backups, one every two hours, in no order."""
    tags = {"Name": "nightly", "fsx-backup:deployment": "prod", "fsx-backup:plan": "home", "Owner": "hpc"}
    made = [
        Backup(f"backup-{n:017x}", "AVAILABLE", "USER_INITIATED", NOW - timedelta(hours=2 * n), tags)
        for n in range(BACKUPS)
    ]
    return made[1::2] + made[::2]


def milliseconds(given: list[Backup], plan: Plan) -> float:
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        decided = decide(given, plan, "prod", NOW)
        times.append(1000 * (time.process_time() - start))
    if plan.timezone == "UTC" and not 9_000 < sum(decision.delete for decision in decided) < BACKUPS:
        sys.exit("the measurement's policy does not delete what it should")
    return median(times)


if __name__ == "__main__":
    target = Target("fs-0123456789abcdef0")
    usual = Plan("home", target, Retention(days=7, keep_weekly=4))
    hard = Plan("home", target, EVERY_RULE, "Europe/Paris")  # a zone with changes of the clock
    given = backups()
    print(json.dumps({"usual": milliseconds(given, usual), "every rule": milliseconds(given, hard)}))
