"""Reads what a check or a report is about: plans, targets, backups and copies, and what restore tests left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import fsx, regions, restores
from .fleet import Fleet, states
from .health import Health, State
from .model import ONTAP, USER_INITIATED, Target
from .resources import resources, with_tags
from .selection import select, unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_fsx import FSxClient

    from .model import Backup, Plan
    from .registry import Entry, Registry
    from .resources import Resource
    from .selection import Members
    from .settings import Settings

COUNTED_TYPES = ("USER_INITIATED", "AWS_BACKUP")  # in the quota; AWS Backup's fill it as well, automatic ones do not


class _Home(NamedTuple):
    """What there is at home. `members`: of the plans that select by tags, by their names."""

    resources: Mapping[str, Resource]
    members: Mapping[str, Members]
    backups: Sequence[Backup]


def survey(
    client: Callable[..., Any],
    registry: Registry,
    settings: Settings,
    names: Iterable[str],
    now: datetime,
    *,
    whole: bool = False,
    last: bool = False,
) -> Fleet:
    """The plans' states. `whole`: with all backups and volumes of the Region. `last`: without AWS's answer if need be.

    Raises Transient otherwise.
    """
    entries: dict[str, Entry | None] = {}
    try:
        entries = registry.entries(names)
        plans = [entry.plan for entry in entries.values() if entry]
        tested = whole or any(plan.restore_test for plan in plans)  # restore tests may have left any volume
        home = _home(client("fsx"), plans, volumes=tested, whole=whole)
    except fsx.Transient as error:
        if not (whole and last):
            raise
        return Fleet([_unanswered(name, entries, error) for name in names], answered=False)
    found = states(entries, home.resources, home.members, home.backups, deployment=settings.deployment, now=now)
    others = regions.read(client, found, COUNTED_TYPES if whole else (USER_INITIATED,))
    left, unread_ = restores.left_over(client, home.resources.values(), others if tested else (), settings, now)
    return Fleet(
        found,
        home.resources,
        home.backups,
        members=home.members,
        copies=regions.states(found, others, settings.region, settings.deployment, now),
        regions=others,
        left_over=left,
        left_unread=unread_,
    )


def _home(client: FSxClient, plans: Sequence[Plan], *, volumes: bool, whole: bool) -> _Home:
    targets = [plan.target for plan in plans if not plan.fleet]
    ontap = any(ONTAP in plan.target_types for plan in plans if plan.fleet)
    there = resources(client, volumes=volumes or ontap or any(target.is_volume for target in targets))
    to_read = restores.named(there)
    if ontap or whole:
        # A fleet's volumes that cannot be backed up are named too, and late if they once were.
        listed_ids = {target.id for target in targets}
        to_read += [v for v in unread(there) if ontap or not (v.obstacle or v.id in listed_ids)]
    there = with_tags(client, there, {volume.id: volume for volume in to_read}.values())
    members = {plan.name: select(plan, there) for plan in plans if plan.fleet}
    targets += [Target(one.id) for some in members.values() for one in some.once]
    # Of a plan whose target cannot be read, or that has none, the backups are found by their tags.
    if whole or not all(target.id for target in targets) or not all(some.once for some in members.values()):
        return _Home(there, members, fsx.list_backups(client, None, COUNTED_TYPES))
    return _Home(there, members, fsx.list_by_target(client, [target for target in targets if target.id in there]))


def _unanswered(name: str, entries: Mapping[str, Entry | None], error: fsx.Transient) -> Health:
    if name in entries and entries[name] is None:
        return Health(name)
    return Health(name, State.UNKNOWN, f"AWS did not respond: {error}", entry=entries.get(name))
