"""Somebody who watches FSx from outside and knows what each backup was before it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.world import World

Backup = dict[str, Any]


def tags_of(backup: Backup) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in backup.get("Tags", [])}


class Witness:
    """Looks after every step. Between two looks it is told what people deleted; the rest the function did."""

    def __init__(self, world: World, plans: tuple[str, ...], keep_last: int, adopt_tags: dict[str, str]) -> None:
        self.world = world
        self.plans = plans
        self.keep_last = keep_last
        self.adopt_tags = adopt_tags
        self.backups: dict[str, Backup] = {}
        self.by_hand: set[str] = set()
        self.least = dict.fromkeys(plans, 0)

    def person_deleted(self, backup: str) -> None:
        self.by_hand.add(backup)

    def look(self) -> None:
        """Compare with the last look: only what may go has gone, and each plan still has what it must have."""
        now = self.world.backups()
        gone = set(self.backups) - set(now)
        for identifier in gone - self.by_hand:
            self._may_go(self.backups[identifier], now)
        for plan in self.plans:
            good = self.good(plan, now)
            if gone & self.by_hand:
                self.least[plan] = min(self.least[plan], len(good))  # theirs to answer for
            assert len(good) >= self.least[plan], f"{plan} has {len(good)}, not {self.least[plan]}"
            # One that both adopted goes when either has a newer one: see `_may_go`.
            self.least[plan] = min(self.keep_last, sum(self.owners(backup) == [plan] for backup in good))
        self.backups = now

    def _may_go(self, backup: Backup, left: dict[str, Backup]) -> None:
        tags = tags_of(backup)
        assert backup["Type"] == "USER_INITIATED"
        assert "SourceBackupId" not in backup
        assert "fsx-backup:hold" not in tags
        assert backup["Lifecycle"] in {"AVAILABLE", "FAILED"}
        assert self.owners(backup), f"foreign: {tags}"
        if backup["Lifecycle"] == "AVAILABLE":
            # At least one plan that owns it has a newer good one.
            assert any(
                created(backup) <= max((created(good) for good in self.good(plan, left)), default=created(backup, -1))
                for plan in self.owners(backup)
            )

    def owners(self, backup: Backup) -> list[str]:
        """The plans that own a backup. One made by hand and adopted belongs to both."""
        tags = tags_of(backup)
        if backup["Type"] != "USER_INITIATED" or "SourceBackupId" in backup:
            return []
        if "fsx-backup:deployment" in tags:
            own = tags["fsx-backup:deployment"] == DEPLOYMENT
            return [plan for plan in self.plans if own and tags.get("fsx-backup:plan") == plan]
        adopted = bool(self.adopt_tags) and self.adopt_tags.items() <= tags.items()
        return list(self.plans) if adopted else []

    def good(self, plan: str, backups: dict[str, Backup]) -> list[Backup]:
        return [b for b in backups.values() if b["Lifecycle"] == "AVAILABLE" and plan in self.owners(b)]

    def occurrence(self, backup: Backup) -> tuple[str, str] | None:
        """Which occurrence made a backup; None for a copy and for what people made."""
        tags = tags_of(backup)
        if "SourceBackupId" in backup or "fsx-backup:scheduled-time" not in tags:
            return None
        return tags["fsx-backup:plan"], tags["fsx-backup:scheduled-time"]

    def free(self) -> list[str]:
        """Backups on which people work, in a fixed order."""
        return sorted(identifier for identifier, b in self.backups.items() if b["Lifecycle"] == "AVAILABLE")


def created(backup: Backup, shift: int = 0) -> float:
    moment: datetime = backup["CreationTime"]
    return moment.timestamp() + shift
