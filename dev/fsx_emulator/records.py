"""What the emulator keeps of each resource."""

import math
from dataclasses import dataclass, field

from dev.fsx_emulator.lifecycle import IN_PROGRESS, Course
from dev.fsx_emulator.model import Json


@dataclass
class FileSystem:
    """A file system. `body` is its description without tags and lifecycle; times are epoch seconds."""

    file_system_id: str
    file_system_type: str
    resource_arn: str
    body: Json
    course: Course
    gone_at: float = math.inf
    restored_from: str | None = None
    state: str | None = None

    def lifecycle(self, now: float) -> str:
        """DELETING after DeleteFileSystem; else what was set, else what its course says."""
        return _lifecycle(self, now)


@dataclass
class Volume:
    """A volume of ONTAP or OpenZFS. `body` is its description without tags and lifecycle."""

    volume_id: str
    volume_type: str
    file_system_id: str
    resource_arn: str
    body: Json
    course: Course
    gone_at: float = math.inf
    restored_from: str | None = None
    state: str | None = None

    def lifecycle(self, now: float) -> str:
        """DELETING after DeleteVolume; else what was set, else what its course says."""
        return _lifecycle(self, now)


def _lifecycle(record: FileSystem | Volume, now: float) -> str:
    return "DELETING" if record.gone_at < math.inf else record.state or record.course.at(now)


@dataclass
class Backup:
    """A backup. `file_system` and `volume` are descriptions as they were when it was made."""

    backup_id: str
    resource_arn: str
    backup_type: str
    created: float
    file_system_id: str
    file_system_type: str
    file_system: Json
    course: Course
    weight: int
    volume_id: str | None = None
    volume: Json | None = None
    kms_key_id: str | None = None
    source_backup_id: str | None = None
    source_region: str | None = None
    copies: list["Backup"] = field(default_factory=list)
    without: frozenset[str] = frozenset()
    # Names of the volumes below an OpenZFS file system's root: a restore has them too.
    children: tuple[str, ...] = ()
    # (Final lifecycle, failure message) of the next restore; None in place of the lifecycle is success.
    next_restore: tuple[str | None, str | None] = (None, None)

    def lifecycle(self, now: float) -> str:
        """The lifecycle at a moment of the emulator's clock."""
        return self.course.at(now)

    def in_progress(self, now: float) -> bool:
        """Whether it is still being made or copied."""
        return self.lifecycle(now) in IN_PROGRESS

    def copied_at(self, now: float) -> bool:
        """Whether a copy of it is under way, in whatever Region."""
        return any(copy.lifecycle(now) == "COPYING" for copy in self.copies)
