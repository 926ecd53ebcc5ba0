"""A health check and a report of a thousand plans with 42 backups each, at 20 ms a call of FSx."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from dev.benchmarks import peers
from dev.benchmarks.processes import detail
from dev.benchmarks.result import Limit, Result, pages
from dev.benchmarks.stage import DEPLOYMENT, Stage, stage
from dev.scenarios.observer import history, own

PLANS, BACKUPS = 1000, 42
CANNOT = {peers.C7N: "knows no schedule: its filter counts days with a backup"}
PAGE, TOGETHER = 50, 20  # items of a page: the model of the responses; targets of a listing
LATENCY = 0.02
MOST_SECONDS, MOST_BYTES = 60, 512 * 2**20
NAMES = [f"plan-{number}" for number in range(PLANS)]


def target(number: int) -> str:
    return f"fs-{number:017x}"


def prepare(scene: Stage) -> None:
    """A schedule and a week of backups for each plan, the newest four hours old."""
    scene.reset(latency=LATENCY, page=PAGE)
    scene.control("quotas", file_systems=PLANS, openzfs_backups=PLANS * BACKUPS)
    scheduler = scene.connection.client("scheduler")
    scheduler.create_schedule_group(Name=DEPLOYMENT)

    def plan(number: int) -> None:
        scene.control("seed_file_system", file_system_type="OPENZFS", file_system_id=target(number))
        days = ((4 * hour + 0.5) / 24 for hour in range(BACKUPS))
        history(scene.control, target(number), days, tags=own(DEPLOYMENT, NAMES[number]))
        message = {"action": "backup", "plan": {"name": NAMES[number], "file_system_id": target(number)}}
        scheduler.create_schedule(
            GroupName=DEPLOYMENT,
            Name=NAMES[number],
            ScheduleExpression="cron(0 0/4 * * ? *)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": scene.topic, "RoleArn": scene.topic, "Input": json.dumps(message)},
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(plan, range(PLANS)))


def event(action: str, **more: Any) -> dict[str, Any]:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {"version": 1, "action": action, "plans": NAMES, "additional_targets": [], "scheduled_time": now, **more}


EVENTS: dict[str, dict[str, Any]] = {
    "check": {"interval_minutes": 30},
    "report": {"notify": "always", "require_coverage": False, "schedule": "cron(0 6 * * ? *)", "timezone": "UTC"},
}
# One GetSchedule a plan, the pages of the file systems, and of the backups: of twenty targets at a time, or of all.
OWN_PAGES = {"check": PLANS // TOGETHER * pages(TOGETHER * BACKUPS, PAGE), "report": pages(PLANS * BACKUPS, PAGE)}


def row(action: str) -> list[Result]:
    with stage() as scene:
        prepare(scene)
        run = scene.play(peers.ours([event(action, **EVENTS[action])])).checked()
    *_, answers, calls = map(json.loads, run.output.splitlines())
    if "error" in answers[0]:
        raise RuntimeError(answers[0]["error"])
    count = sum(calls.get(name, 0) for name in ("GetSchedule", "DescribeFileSystems", "DescribeBackups"))
    one = detail("ours", [run], f"{PLANS} plans, {calls.get('GetSchedule', 0):,} GetSchedule")
    limits = [
        Limit(f"at most {MOST_SECONDS} s", run.seconds <= MOST_SECONDS),
        Limit(f"at most {MOST_BYTES // 2**20} MiB ({run.peak_bytes / 2**20:.0f})", run.peak_bytes <= MOST_BYTES),
    ]
    floor = PLANS + pages(PLANS, PAGE) + OWN_PAGES[action]
    note = f"{PLANS} plans with {BACKUPS} backups each. Calls: {count:,}, at the least {floor:,}."
    return [Result(f"{action}-{PLANS}", run.seconds, "s", cannot=CANNOT, limits=limits, details=[one], note=note)]


ROWS: dict[str, Callable[[], list[Result]]] = {
    f"check-{PLANS}": lambda: row("check"),
    f"report-{PLANS}": lambda: row("report"),
}
