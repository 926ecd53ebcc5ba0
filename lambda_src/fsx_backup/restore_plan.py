"""How a plan's backups are restored for a test, and what one test made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

NEWEST = "newest"  # a restore test's source: the backups at home
TEST_START_WINDOW = 1_440  # minutes that a restore test waits for its place
LARGEST_TEST_WINDOW = 14_400  # minutes: 10 days, because a message is received 1,000 times at most


@dataclass(frozen=True)
class RestoreTest:
    """How and when a plan's backups are restored for a test. `source`: "newest", or a Region of the plan's copies."""

    schedule: str
    timezone: str = "UTC"
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    storage_virtual_machine_id: str | None = None
    kms_key_arn: str | None = None
    throughput_capacity: int | None = None
    deployment_type: str | None = None
    completion_window_minutes: int = 720
    hold_minutes: int = 0
    source: str = NEWEST

    @property
    def region(self) -> str:
        """Where it takes place; empty at home."""
        return "" if self.source == NEWEST else self.source

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)

    @property
    def lifetime(self) -> timedelta:
        """From the creation of what is restored until nothing of it should be left."""
        return self.hold + self.window

    @property
    def window(self) -> timedelta:
        """From the creation of what is restored until it must be available."""
        return timedelta(minutes=self.completion_window_minutes)


@dataclass(frozen=True)
class Restored:
    """What a restore test made, and what came of it until `at`. `seconds`: from its creation until it was available."""

    id: str
    region: str
    backup_id: str
    outcome: str
    at: datetime
    size: int | None = None
    seconds: int | None = None
    reason: str = ""
    remedy: str = ""
    dns: str = ""
    type: str = ""  # unknown to messages of earlier checkouts

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}"}
