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
    ready_at: float
    gone_at: float = math.inf
    restored_from: str | None = None
    state: str | None = None

    def lifecycle(self, now: float) -> str:
        """CREATING, AVAILABLE or, after DeleteFileSystem, DELETING; what was set goes before CREATING and AVAILABLE."""
        if self.gone_at < math.inf:
            return "DELETING"
        if self.state:
            return self.state
        return "AVAILABLE" if now >= self.ready_at else "CREATING"


@dataclass
class Volume:
    """A volume of ONTAP or OpenZFS. `body` is its description without tags and lifecycle."""

    volume_id: str
    volume_type: str
    file_system_id: str
    resource_arn: str
    body: Json
    ready_at: float
    state: str | None = None

    def lifecycle(self, now: float) -> str:
        """CREATING, then CREATED (ONTAP) or AVAILABLE (OpenZFS), the model's words for ready; or what was set."""
        if self.state:
            return self.state
        if now < self.ready_at:
            return "CREATING"
        return "CREATED" if self.volume_type == "ONTAP" else "AVAILABLE"


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

    def lifecycle(self, now: float) -> str:
        """The lifecycle at a moment of the emulator's clock."""
        return self.course.at(now)

    def in_progress(self, now: float) -> bool:
        """Whether it is still being made or copied."""
        return self.lifecycle(now) in IN_PROGRESS

    def copied_at(self, now: float) -> bool:
        """Whether a copy of it is under way, in whatever Region."""
        return any(copy.lifecycle(now) == "COPYING" for copy in self.copies)
