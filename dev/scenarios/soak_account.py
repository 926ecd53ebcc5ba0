"""What is right and wrong after a soak: backups before and after, what was asked for, what was notified. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Occurrence = tuple[str, str, str]  # plan, target, scheduled time


@dataclass(frozen=True)
class Account:
    """Counts. All but `occurrences` should be 0. An occurrence of a fleet counts for each target.

    `lost`: occurrences without a finished backup, and owned backups that are gone although the policy wants them.
    `duplicate`: backups too many. `foreign`: foreign backups gone or changed. `untold`: occurrences not notified.
    `unpurged`: owned backups that are still there although no policy wants them.
    """

    occurrences: int
    lost: int
    duplicate: int
    foreign: int
    untold: int
    unpurged: int

    def __add__(self, other: Account) -> Account:
        return Account(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicate or self.foreign or self.untold or self.unpurged)


def account(
    deployment: str,
    *,
    occurrences: Collection[Occurrence],
    wanted: Collection[str],
    expired: Collection[str],
    foreign: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    notified: Collection[Occurrence],
) -> Account:
    """`after` and `foreign`: descriptions by id; `wanted` and `expired`: ids of the plans' earlier backups.

    Of one Region: a copy is the occurrence's backup there.
    """
    made: Counter[Occurrence] = Counter()
    finished: set[Occurrence] = set()
    for backup in after.values():
        tags = {tag["Key"]: tag["Value"] for tag in backup.get("Tags", [])}
        target = backup.get("FileSystem", {}).get("FileSystemId", "")
        occurrence = (tags.get("fsx-backup:plan", ""), target, tags.get("fsx-backup:scheduled-time", ""))
        if tags.get("fsx-backup:deployment") != deployment or not occurrence[2]:
            continue
        made[occurrence] += 1
        if backup["Lifecycle"] == "AVAILABLE":
            finished.add(occurrence)
    return Account(
        occurrences=len(occurrences),
        lost=len(set(occurrences) - finished) + len(set(wanted) - after.keys()),
        duplicate=sum(count - 1 for count in made.values()) + len(made.keys() - set(occurrences)),
        foreign=sum(after.get(identifier) != backup for identifier, backup in foreign.items()),
        untold=len(set(occurrences) - set(notified)),
        unpurged=len(set(expired) & after.keys()),
    )
