"""One plan or ten at work in a world where other people's backups are, too, and what must hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.support.world import Mail, World

KINDS = ("LUSTRE", "OPENZFS", "WINDOWS", "ONTAP", "LUSTRE", "ONTAP", "OPENZFS", "WINDOWS", "ONTAP", "LUSTRE")
OUTAGE_MINUTES = 40  # longer than a message is hidden after a crash


@dataclass
class Site:
    """A plan: its target, the message of its occurrence, its backups of before."""

    plan: str
    target: str
    message: dict[str, Any]
    expired: list[str]
    young: list[str]


@dataclass
class Stage:
    """The plans and everything that is not theirs."""

    world: World
    sites: list[Site] = field(default_factory=list)
    foreign_ids: set[str] = field(default_factory=set)
    foreign: dict[str, dict[str, Any]] = field(default_factory=dict)
    _seen: dict[str, dict[str, Any]] | None = None
    errors: list[Exception] = field(default_factory=list)  # what the alarm on errors counts

    def add(self, kind: str, expired: int, *, all_foreign: bool = False, **plan: Any) -> Site:
        """A plan with some backups that are to go, one that is not, and foreign ones on the same target."""
        world, fsx = self.world, self.world.fsx
        name = f"plan-{len(self.sites)}"
        target = fsx.seed_file_system(kind, tags={"Owner": "hpc"})
        if kind == "ONTAP":
            target = fsx.seed_volume(target, tags={"Owner": "hpc"})
        site = Site(
            name,
            target,
            world.message(target, name=name, **plan),
            world.history(target, [10 + number for number in range(expired)], plan=name),
            world.history(target, [1], plan=name),
        )
        own = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": name}
        foreign: list[dict[str, Any]] = [{"tags": {"Name": "manual"}}]
        if all_foreign:
            foreign += [
                {"tags": own | {"fsx-backup:deployment": "another"}},
                {"tags": own | {"fsx-backup:plan": "another"}},
                {"tags": own | {"fsx-backup:hold": "audit"}},
                {"tags": own, "backup_type": "AUTOMATIC"},
                {"tags": own, "backup_type": "AWS_BACKUP"},
                {},
            ]
        when = "2025-01-01T00:00:00Z"
        self.foreign_ids |= {fsx.seed_backup(target, creation_time=when, **arguments) for arguments in foreign}
        self.sites.append(site)
        return site

    def send(self, plans: Collection[str] = ()) -> None:
        """The messages of these plans, or of all."""
        if not self.foreign:
            backups = self.world.backups()
            self.foreign = {identifier: backups[identifier] for identifier in self.foreign_ids}
            self.world.fsx.control.clear_calls()
        for site in self.sites:
            if not plans or site.plan in plans:
                self.world.send(site.message)

    def settle(self, minutes: float = 48 * 60) -> None:
        """Deliver until the queue is empty or the time is over. An error is counted, as Lambda does, and goes on."""
        world, self._seen = self.world, None
        passed = 0.0
        while world.queue.records:
            try:
                while world.deliver():
                    pass
            except Exception as error:
                self.errors.append(error)
                continue
            if not world.queue.records:
                return
            pause = max(30.0, (min(r.visible_at for r in world.queue.records) - world.now).total_seconds())
            if passed + pause > minutes * 60:
                return
            world.advance(seconds=pause)
            passed += pause

    def mails(self, site: Site) -> list[Mail]:
        return [mail for mail in self.world.topic.mails if mail.attributes.get("plan") == site.plan]

    def outcomes(self, site: Site) -> list[str]:
        return [mail.attributes["outcome"] for mail in self.mails(site)]

    def struck(self, operation: str, error: str) -> list[str]:
        """The plans whose calls met the error, one entry a call."""
        sites = {site.target: site.plan for site in self.sites}
        sites |= {backup: site.plan for site in self.sites for backup in site.expired}
        made = (self.world.backups() if operation == "CopyBackup" else {}).items()
        sites |= {backup: site.plan for backup, shown in made for site in self.sites if _is_of(site, shown)}
        calls = [call for call in self.world.fsx.control.calls(operation) if call["outcome"] == error]
        return [sites[_subject(call["parameters"])] for call in calls]

    # What must hold, whatever happened -------------------------------------------------------------

    def check_nothing_foreign_was_touched(self) -> None:
        left = self._backups()
        assert {identifier: left.get(identifier) for identifier in self.foreign} == self.foreign
        for site in self.sites:
            assert set(site.young) <= left.keys()

    def check_is_done(self, site: Site) -> None:
        """Exactly one finished backup for the occurrence, and nothing that was to go is left."""
        backups = self._backups()
        made = [backup["Lifecycle"] for backup in backups.values() if _is_of(site, backup)]
        assert made == ["AVAILABLE"], f"{site.plan}: {made}"
        assert not set(site.expired) & backups.keys()

    def check_healthy(self, site: Site) -> None:
        self.check_is_done(site)
        assert self.outcomes(site) == ["COMPLETED"]

    def check_unpurged(self, site: Site) -> None:
        assert set(site.expired) <= self._backups().keys()

    def check_converges(self, plans: Collection[str] = ()) -> None:
        """The fault is over; the messages, of these plans or of all, come once more: as if nothing had been."""
        self.world.fsx.control.clear_faults()
        self.send(plans)
        self.settle()
        assert not self.world.queue.records
        assert not self.world.queue.dead_letters
        for site in self.sites:
            self.check_is_done(site)
        self.check_nothing_foreign_was_touched()

    def _backups(self) -> dict[str, dict[str, Any]]:
        """As they are since things settled; listing them all takes longer than the work itself."""
        if self._seen is None:
            self._seen = self.world.backups()
        return self._seen


def _is_of(site: Site, backup: dict[str, Any]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in backup.get("Tags", [])}
    return (tags.get("fsx-backup:plan"), tags.get("fsx-backup:scheduled-time"), tags.get("fsx-backup:deployment")) == (
        site.plan,
        site.message["scheduled_time"],
        DEPLOYMENT,
    )


def _subject(parameters: dict[str, Any]) -> str:
    """The target or backup that a call is about."""
    for name in ("FileSystemId", "VolumeId", "BackupId", "SourceBackupId"):
        if name in parameters:
            return str(parameters[name])
    for name in ("FileSystemIds", "VolumeIds"):
        if name in parameters:
            return str(parameters[name][0])
    if "ResourceARN" in parameters:
        return str(parameters["ResourceARN"]).rpartition("/")[2]
    return str(parameters["Filters"][0]["Values"][0])
