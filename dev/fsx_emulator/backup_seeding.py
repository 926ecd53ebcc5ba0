"""Backups made and changed directly: histories, foreign backups, states that are hard to reach."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.errors import LONGEST_MESSAGE
from dev.fsx_emulator.lifecycle import AVAILABLE, FAILED, Course
from dev.fsx_emulator.model import Json, shape
from dev.fsx_emulator.records import Backup, Volume
from dev.fsx_emulator.seeding import find_target, new_id, tag_list
from dev.fsx_emulator.settings import SettingError

# How the next backup of a target ends -> the lifecycle in which it stays.
OUTCOMES = {"FAILED": FAILED, "STUCK": "CREATING", "AVAILABLE": AVAILABLE}


class BackupSeeding:
    """Makes and changes backups past the API's rules and quotas."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lock = emulator.lock

    def seed_backup(self, target_id: str, **wanted: Any) -> str:
        """A backup of a file system or volume in any state, see `_order`; returns its id."""
        (backup_id,) = self.seed_backups([{"target_id": target_id, **wanted}])
        return backup_id

    def seed_backups(self, backups: list[Json]) -> list[str]:
        """Many backups at once, each an object with the arguments of `seed_backup`: all are made, or none."""
        if not isinstance(backups, list):
            raise SettingError(f"backups must be a list, not {backups!r}.")
        arguments = inspect.signature(self._order)
        with self._lock:
            orders = []
            for index, wanted in enumerate(backups):
                try:
                    arguments.bind(**settings.mapping(f"backups[{index}]", wanted))
                except TypeError as error:
                    raise SettingError(f"backups[{index}]: {error}.") from None
                orders.append(self._order(**wanted))
            chosen = [wanted["backup_id"] for wanted in backups if wanted.get("backup_id")]
            if len(set(chosen)) < len(chosen):
                raise SettingError("backups: a backup_id occurs twice.")
            return [order().backup_id for order in orders]

    def set_backup(self, backup_id: str, lifecycle: str | None = None, creation_time: Any = None) -> None:
        """Change an existing backup; a lifecycle set here stays."""
        state = None if lifecycle is None else settings.text("lifecycle", lifecycle, longest=64)
        created = None if creation_time is None else settings.moment("creation_time", creation_time)
        with self._lock:
            record = self._existing(backup_id)
            if state is not None:
                record.course = Course(record.created, (), state)
            if created is not None:
                record.created = created

    def next_backup(self, target_id: str, outcome: str, message: str | None = None) -> None:
        """How the next backup of a file system or volume ends: FAILED (with a message), STUCK in CREATING, or
        AVAILABLE, which takes an earlier order back.
        """
        final = OUTCOMES[settings.choice("outcome", outcome, OUTCOMES)]
        text = None if message is None else settings.text("message", message, longest=LONGEST_MESSAGE)
        with self._lock:
            backend, _ = find_target(self._emulator, "target_id", target_id)
            backend.next_outcomes[target_id] = (final, text)

    def next_restore(self, backup_id: str, outcome: str, message: str | None = None) -> None:
        """How the next restore of a backup ends: FAILED (with a message), STUCK in CREATING, or AVAILABLE, which takes
        an earlier order back.
        """
        final = OUTCOMES[settings.choice("outcome", outcome, OUTCOMES)]
        text = None if message is None else settings.text("message", message, longest=LONGEST_MESSAGE)
        with self._lock:
            self._existing(backup_id).next_restore = (None if final == AVAILABLE else final, text)

    def _existing(self, backup_id: Any) -> Backup:
        for backend in self._emulator.regions():
            if isinstance(backup_id, str) and backup_id in backend.backups:
                return backend.backups[backup_id]
        raise SettingError(f"backup_id: there is no backup {backup_id!r}.")

    def _order(
        self,
        target_id: Any,
        *,
        backup_type: Any = "USER_INITIATED",
        lifecycle: Any = AVAILABLE,
        creation_time: Any = None,
        tags: Any = None,
        ready_after: Any = None,
        backup_id: Any = None,
        without: Any = None,
        region: Any = None,
        source_backup_id: Any = None,
    ) -> Callable[[], Backup]:
        """What makes one backup, once every value is read and valid.

        `backup_type` and `lifecycle` may be words that the model does not know. The lifecycle stays until
        `set_backup` changes it; with `ready_after` (seconds from now) it becomes AVAILABLE by itself.
        `creation_time` is now unless given. `without`: members that descriptions leave out, e.g. ["CreationTime"].
        With `source_backup_id` it is a copy, in `region` if that is given.
        """
        home, target = find_target(self._emulator, "target_id", target_id)
        backend = home if region is None else self._emulator.backend(settings.text("region", region))
        if backend is None:
            raise SettingError(f"region: FSx has no Region {region!r}.")
        source = None if source_backup_id is None else settings.text("source_backup_id", source_backup_id)
        copied = {"source_backup_id": source, "source_region": home.region} if source else {}
        new_id("backup_id", backup_id, "BackupId", backend.backups)
        created = backend.now if creation_time is None else settings.moment("creation_time", creation_time)
        course = Course(created, (), settings.text("lifecycle", lifecycle, longest=64))
        if ready_after is not None:
            end = backend.now + settings.number("ready_after", ready_after)
            course = Course(created, ((course.final, end),), AVAILABLE)
        return partial(
            backend.add_backup,
            home.snapshot(home.file_systems[target.file_system_id]),
            home.snapshot(target) if isinstance(target, Volume) else None,
            course,
            tag_list(tags),
            backup_type=settings.text("backup_type", backup_type, longest=64),
            backup_id=backup_id,
            without=_without(without),
            children=home.children_of(target.file_system_id),
            **copied,
        )


def _without(members: Any) -> frozenset[str]:
    if members is None:
        return frozenset()
    if not isinstance(members, list):
        raise SettingError(f"without must be a list of members of a backup, not {members!r}.")
    return frozenset(settings.choice("without", member, shape("Backup")["members"]) for member in members)
