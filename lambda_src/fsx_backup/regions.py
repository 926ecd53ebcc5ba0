"""The other Regions that plans copy to, for checks and reports: what is there, and the state of each plan's copies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from . import copies, fsx
from .clients import side_by_side
from .health import Health, State, assess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from .model import Backup


@dataclass
class Region:
    """A Region. `problem`: why its backups are not known. `orphans`, `quota`: as of a `Fleet`, for a report."""

    name: str
    backups: Sequence[Backup] = ()
    problem: str = ""
    orphans: Counter[tuple[str, str]] = field(default_factory=Counter)
    quota: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read(client: Callable[[str, str], Any], plans: Iterable[Health], types: Sequence[str]) -> dict[str, Region]:
    """Every Region that a plan names. One that does not answer, or may not be read, is told and holds up no other."""
    names = sorted({one.region for plan in plans if plan.entry for one in plan.entry.plan.copies})

    def listed(asked: tuple[str, Any]) -> Region:
        name, there = asked
        try:
            return Region(name, fsx.list_backups(there, None, types))
        except (fsx.Transient, fsx.Rejected, ClientError) as error:
            return Region(name, problem=f"FSx in {name} did not respond, or refused: {error}")

    return {region.name: region for region in side_by_side(listed, [(name, client("fsx", name)) for name in names])}


def states(
    plans: Iterable[Health], regions: Mapping[str, Region], home: str, deployment: str, now: datetime
) -> list[Health]:
    """A state for each plan, target and Region. A copy serves what its source serves, as long as that is there."""
    found = []
    for health in plans:
        if health.entry is None or not health.target:
            continue
        made = {backup.id: backup.created for backup in health.own}
        for wanted in health.entry.plan.copies:
            region, entry = regions[wanted.region], replace(health.entry, plan=health.entry.plan.there(wanted, home))
            if region.problem:
                found.append(Health(health.name, State.UNKNOWN, region.problem, entry=entry))
                continue
            own = [
                replace(copy, created=made.get(copy.source_backup_id or "") or copy.created)
                for copy in copies.of_target(region.backups, entry.plan, deployment)
            ]
            found.append(assess(health.name, entry, own, deployment, now))
    return found
