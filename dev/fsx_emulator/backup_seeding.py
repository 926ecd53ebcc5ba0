"""Backups made and changed directly: histories, foreign backups, states that are hard to reach."""

import inspect
from dataclasses import dataclass
from typing import Any

from dev.fsx_emulator import settings
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.emulator import Emulator
from dev.fsx_emulator.errors import LONGEST_MESSAGE
from dev.fsx_emulator.lifecycle import AVAILABLE, FAILED, Course
from dev.fsx_emulator.model import Json, shape
from dev.fsx_emulator.records import Backup, FileSystem, Volume
from dev.fsx_emulator.seeding import find_target, new_id, tag_list
from dev.fsx_emulator.settings import SettingError

# How the next backup of a target ends -> the lifecycle in which it stays.
OUTCOMES = {"FAILED": FAILED, "STUCK": "CREATING", "AVAILABLE": AVAILABLE}


@dataclass(frozen=True)
class _Order:
    """One backup to make, every value read and found good."""

    backend: StrictFSxBackend
    target: FileSystem | Volume
    backup_type: str
    course: Course
    tags: list[Json]
    backup_id: str | None
    without: frozenset[str]


class BackupSeeding:
    """Makes and changes backups past the API's rules and quotas."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lock = emulator.lock

    def seed_backup(
        self,
        target_id: str,
        *,
        backup_type: str = "USER_INITIATED",
        lifecycle: str = AVAILABLE,
        creation_time: Any = None,
        tags: dict[str, str] | None = None,
        failure_message: str | None = None,
        ready_after: float | None = None,
        backup_id: str | None = None,
        without: list[str] | None = None,
    ) -> str:
        """A backup of a file system or volume, in any state; returns its id.

        `backup_type` and `lifecycle` may be words that the model does not know. The lifecycle stays until
        `set_backup` changes it; with `ready_after` (seconds from now) it becomes AVAILABLE by itself.
        `creation_time` is now unless given. `without`: members that descriptions leave out, e.g. ["CreationTime"].
        """
        with self._lock:
            order = self._order(
                target_id=target_id,
                backup_type=backup_type,
                lifecycle=lifecycle,
                creation_time=creation_time,
                tags=tags,
                failure_message=failure_message,
                ready_after=ready_after,
                backup_id=backup_id,
                without=without,
            )
            return _make(order)

    def seed_backups(self, backups: list[Json]) -> list[str]:
        """Many backups at once, each an object with the arguments of `seed_backup`: all are made, or none."""
        if not isinstance(backups, list):
            raise SettingError(f"backups must be a list, not {backups!r}.")
        arguments = inspect.signature(self.seed_backup)
        orders = []
        with self._lock:
            for index, wanted in enumerate(backups):
                try:
                    bound = arguments.bind(**settings.mapping(f"backups[{index}]", wanted))
                except TypeError as error:
                    raise SettingError(f"backups[{index}]: {error}.") from None
                bound.apply_defaults()
                orders.append(self._order(**bound.arguments))
            chosen = [order.backup_id for order in orders if order.backup_id]
            if len(set(chosen)) < len(chosen):
                raise SettingError("backups: a backup_id occurs twice.")
            return [_make(order) for order in orders]

    def set_backup(
        self,
        backup_id: str,
        lifecycle: str | None = None,
        failure_message: str | None = None,
        creation_time: Any = None,
    ) -> Json:
        """Change an existing backup; a lifecycle set here stays. Returns its description."""
        state = None if lifecycle is None else settings.text("lifecycle", lifecycle, longest=64)
        message = _message(failure_message)
        created = None if creation_time is None else settings.moment("creation_time", creation_time)
        with self._lock:
            backend, record = self._existing(backup_id)
            if state is not None:
                record.course = Course(record.created, (), state, message)
            if created is not None:
                record.created = created
            return backend.show_backup(record)

    def next_backup(self, target_id: str, outcome: str, message: str | None = None) -> None:
        """How the next backup of a file system or volume ends: FAILED (with a message), STUCK in CREATING for
        ever, or AVAILABLE, which takes an earlier word back.
        """
        final = OUTCOMES[settings.choice("outcome", outcome, OUTCOMES)]
        text = _message(message)
        with self._lock:
            backend, _ = find_target(self._emulator, "target_id", target_id)
            backend.next_outcomes[target_id] = (final, text)

    def _existing(self, backup_id: Any) -> tuple[StrictFSxBackend, Backup]:
        for backend in self._emulator.regions():
            if isinstance(backup_id, str) and backup_id in backend.backups:
                return backend, backend.backups[backup_id]
        raise SettingError(f"backup_id: there is no backup {backup_id!r}.")

    def _order(
        self,
        *,
        target_id: Any,
        backup_type: Any,
        lifecycle: Any,
        creation_time: Any,
        tags: Any,
        failure_message: Any,
        ready_after: Any,
        backup_id: Any,
        without: Any,
    ) -> _Order:
        backend, target = find_target(self._emulator, "target_id", target_id)
        new_id("backup_id", backup_id, "BackupId", backend.backups)
        now = backend.now
        created = now if creation_time is None else settings.moment("creation_time", creation_time)
        state = settings.text("lifecycle", lifecycle, longest=64)
        message = _message(failure_message)
        if ready_after is None:
            course = Course(created, (), state, message)
        else:
            end = now + settings.number("ready_after", ready_after)
            course = Course(created, ((state, end),), AVAILABLE, message)
        return _Order(
            backend=backend,
            target=target,
            backup_type=settings.text("backup_type", backup_type, longest=64),
            course=course,
            tags=tag_list(tags),
            backup_id=backup_id,
            without=_without(without),
        )


def _make(order: _Order) -> str:
    backend, target = order.backend, order.target
    volume = target if isinstance(target, Volume) else None
    file_system = backend.file_systems[target.file_system_id]
    record = backend.add_backup(
        backend.snapshot(file_system),
        backend.snapshot(volume) if volume else None,
        order.course,
        order.tags,
        backup_type=order.backup_type,
        backup_id=order.backup_id,
        without=order.without,
    )
    return record.backup_id


def _message(value: Any) -> str | None:
    return None if value is None else settings.text("failure_message", value, longest=LONGEST_MESSAGE)


def _without(members: Any) -> frozenset[str]:
    known = set(shape("Backup")["members"])
    if members is None:
        return frozenset()
    if not isinstance(members, list) or not all(isinstance(member, str) for member in members):
        raise SettingError(f"without must be a list of members of a backup, not {members!r}.")
    unknown = sorted(set(members) - known)
    if unknown:
        raise SettingError(f"without: a backup has no member {unknown[0]!r}.")
    return frozenset(members)
