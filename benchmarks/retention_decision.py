"""How long the retention decision takes over 10,000 backups, the most that FSx keeps of an account by default."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from fsx_backup.model import Backup, Plan, Retention, Target
from fsx_backup.retention import Decision, decide

BACKUPS, LIMIT_MS, RUNS = 10_000, 100, 7
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


def milliseconds(decision: Callable[[], list[Decision]]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        decision()
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def run() -> None:
    """Print one line: the usual policy, and one with every rule unlimited in a zone with changes of the clock."""
    given = backups()
    usual = Plan("home", Target("fs-0123456789abcdef0"), Retention(days=7, keep_weekly=4))
    hard = Plan("home", usual.target, EVERY_RULE, "Europe/Paris")
    decided = decide(given, usual, "prod", NOW)
    if not 9_000 < sum(decision.delete for decision in decided) < BACKUPS:
        raise RuntimeError("the measurement's policy does not delete what it should")
    fast, slow = (milliseconds(lambda plan=plan: decide(given, plan, "prod", NOW)) for plan in (usual, hard))  # type: ignore[misc]
    print(
        f"bench retention-decision {fast:.0f} ms (every rule unlimited: {slow:.0f} ms; {BACKUPS} backups, "
        f"median of {RUNS}; limit {LIMIT_MS} ms)"
    )


if __name__ == "__main__":
    run()
