"""Which targets a plan's `target_tags` select. Pure: no calls, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .model import ONTAP
from .resources import left_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .model import Plan
    from .resources import Resource


@dataclass(frozen=True)
class Members:
    """What carries a plan's tags: its targets, what a tag leaves out, and what FSx cannot back up."""

    targets: tuple[Resource, ...] = ()
    left_out: tuple[Resource, ...] = ()
    unfit: tuple[Resource, ...] = ()

    @property
    def once(self) -> tuple[Resource, ...]:
        """The targets, and what may have been one."""
        return (*self.targets, *self.unfit)

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the targets."""
        return tuple(target.id for target in self.targets)


def select(plan: Plan, found: Mapping[str, Resource]) -> Members:
    """A file system by its tags, an ONTAP volume by its own or by its file system's: all of them, exactly."""
    members: dict[str, list[Resource]] = {"targets": [], "left_out": [], "unfit": []}
    for resource in candidates(found):
        either = (resource, found.get(resource.file_system_id, resource))
        if resource.type in plan.target_types and any(plan.target_tags.items() <= one.tags.items() for one in either):
            kind = "left_out" if left_out(resource, found) else "unfit" if resource.obstacle else "targets"
            members[kind].append(resource)
    return Members(*(tuple(sorted(some, key=lambda resource: resource.id)) for some in members.values()))


def candidates(found: Mapping[str, Resource]) -> Iterable[Resource]:
    """File systems and volumes but for what is never a target: ONTAP file systems, and root volumes."""
    return (r for r in found.values() if not r.root and (r.is_volume or r.type != ONTAP))


def unread(found: Mapping[str, Resource]) -> list[Resource]:
    """The volumes whose own tags decide: none of a file system that is left out."""
    return [r for r in candidates(found) if r.is_volume and not left_out(r, found)]
