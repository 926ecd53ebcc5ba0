"""Copies of before, as a deployment's earlier runs left them in another Region."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from tests.support.world import DEPLOYMENT, World

HOME, FRANKFURT, TOKYO = "us-east-1", "eu-central-1", "ap-northeast-1"


def seed_copies(world: World, target: str, days: Iterable[float], region: str = FRANKFURT, **more: Any) -> list[str]:
    """Copies of the plan's occurrences so many days ago, all made just now: their own creation time says nothing."""
    plan, further = more.pop("plan", "home"), more.pop("tags", {})
    own = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": plan, "fsx-backup:copy": HOME}
    times = [f"{world.now - timedelta(days=age):%Y-%m-%dT%H:%M:%SZ}" for age in days]
    orders = [
        {"target_id": target, "source_backup_id": f"backup-{number:017x}", "region": region, **more}
        | {"tags": own | {"fsx-backup:scheduled-time": time} | further}
        for number, time in enumerate(times)
    ]
    made: list[str] = world.fsx.seed_backups(orders)
    return made
