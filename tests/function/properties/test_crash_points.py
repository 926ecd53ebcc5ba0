"""The function killed at each of its calls in turn, before and after its effect, then delivered again: same end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from dev.scenarios import observer
from fsx_backup.model import RESTORE_TEST_TAG
from tests.function.copies import FRANKFURT, TOKYO, seed_copies
from tests.function.properties.mortal import Died, Fate, mortal
from tests.support.world import DEPLOYMENT, World, new_world

if TYPE_CHECKING:
    from collections.abc import Callable

REGIONS = (FRANKFURT, TOKYO)
# Calls that one death may cost on top: a guard against a scenario that never ends.
MORE_CALLS = 20


@dataclass(frozen=True)
class End:
    """What an occurrence leaves behind. Backups are named by what is known of them before the run."""

    seeded_left: frozenset[str]
    new_lifecycles: tuple[str, ...]
    outcomes: frozenset[str]
    dead_letters: int
    left: frozenset[str]


@dataclass(frozen=True)
class Life:
    """One run of a scenario: its end, and what it took."""

    end: End
    deaths: int
    calls: int
    mails: int


def scenario_backup(world: World) -> None:
    """Create, wait, complete, purge four; one young one, one held one and a foreign one stay."""
    target = world.fsx.seed_file_system("LUSTRE", tags={"Owner": "hpc"})
    world.history(target, [1, 8, 9, 30, 31])
    world.history(target, [50], tags={"fsx-backup:hold": "audit"})
    world.fsx.seed_backup(target, creation_time="2025-01-01T00:00:00Z", tags={"Name": "by hand"})
    world.send(world.message(target))


def scenario_volume(world: World) -> None:
    volume = world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP"), tags={"Owner": "db"})
    world.history(volume, [8, 9])
    world.send(world.message(volume))


def scenario_busy(world: World) -> None:
    """The automatic backup is under way."""
    target = world.fsx.seed_file_system("WINDOWS")
    world.history(target, [8, 9])
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING", ready_after=60)
    world.send(world.message(target))


def scenario_conflict(world: World) -> None:
    """The backup of the same token is there but the first listing did not show it."""
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [8, 9])
    message = world.message(target)
    world.send(message)
    world.send(message)
    world.fsx.control.fault("IncompatibleParameterError", "CreateBackup", when="after")


def scenario_failure(world: World) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    world.history(target, [8, 90])
    world.fsx.control.next_backup(target, "FAILED", "The disk caught fire.")
    world.send(world.message(target))


def scenario_blocked(world: World) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    world.history(target, [8 + n for n in range(6)])
    world.send(world.message(target, retention={"max_deletes": 5}))


def scenario_start_window(world: World) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
    world.send(world.message(target, start_window_minutes=1))


def scenario_purge(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [1, 8, 9, 10])
    world.send(world.message(target, action="purge") | {"dry_run": False})


def scenario_two_plans(world: World) -> None:
    """Two plans on one file system at the same moment."""
    target = world.fsx.seed_file_system("LUSTRE")
    for name in ("home", "weekly"):
        world.history(target, [8, 9], plan=name)
        world.send(world.message(target, name=name))


def scenario_fleet(world: World) -> None:
    """A plan with target_tags, and so long that each target's message is a batch of its own."""
    for kind in ("OPENZFS", "ONTAP"):
        target = world.fsx.seed_file_system(kind, tags={"Backup": "daily"})
        target = world.fsx.seed_volume(target) if kind == "ONTAP" else target
        world.history(target, [8, 9])
    long = {f"{number}": "\N{EURO SIGN}" * 256 for number in range(100)}
    world.send(world.message("", target_tags={"Backup": "daily"}, adopt_tags=long))


def scenario_copies(world: World) -> None:
    """To two Regions, with a purge in each; one of them says at first that it was asked before."""
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [1, 8, 9])
    for region in REGIONS:
        seed_copies(world, target, [1, 8, 9], region)
    world.fsx.control.fault("IncompatibleParameterError", "CopyBackup", when="after", region=REGIONS[0])
    world.send(world.message(target, copies={region: {} for region in REGIONS}))


def scenario_restore(world: World) -> None:
    """An earlier test left a file system; the next one is restored, held for an hour and deleted."""
    target = world.fsx.seed_file_system("OPENZFS")
    world.history(target, [1, 8])
    world.fsx.seed_file_system(
        tags=dict(observer.own(DEPLOYMENT, "home"), **{RESTORE_TEST_TAG: "2026-02-01T00:00:00Z"})
    )
    world.send(world.restore(target, test={"hold_minutes": 60}))


def scenario_restored_volume(world: World) -> None:
    """The restore fails, and is deleted too."""
    volume = world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP"))
    [backup] = world.history(volume, [1])
    world.fsx.control.next_restore(backup, "FAILED", "The disk caught fire.")
    [described] = world.fsx.client().describe_volumes(VolumeIds=[volume])["Volumes"]
    machine = described["OntapConfiguration"]["StorageVirtualMachineId"]
    world.send(world.restore(volume, test={"storage_virtual_machine_id": machine}))


SCENARIOS: dict[str, Callable[[World], None]] = {
    name.removeprefix("scenario_"): function for name, function in globals().items() if name.startswith("scenario_")
}


SENDING = {"fleet", "restore", "restored_volume"}  # messages to targets, or to the end of a restore test


def settle(world: World, fate: Fate) -> int:
    """Deliver until the queue is empty, starting the function anew whenever it died; how often it did."""
    deaths = 0
    for _ in range(40):
        try:
            world.settle()
        except Died:
            deaths += 1
            fate.revive()
            world.advance(minutes=31)  # the message is hidden for thirty
            continue
        return deaths
    raise AssertionError("the queue does not become empty")


def live(scenario: str, fatal: int = 0, *, after: bool = False) -> Life:
    """A scenario to its end; with `fatal`, the function dies at that call."""
    with new_world() as world:
        fate = mortal(world)
        SCENARIOS[scenario](world)
        seeded = everywhere(world)
        if fatal:
            fate.strike(fatal, after=after)
        deaths = settle(world, fate)
        left = everywhere(world)
        check_occurrences(left)
        end = End(
            frozenset(identifier for identifier in left if identifier in seeded),
            tuple(sorted(backup["Lifecycle"] for identifier, backup in left.items() if identifier not in seeded)),
            frozenset(mail.attributes["outcome"] for mail in world.topic.mails),
            len(world.queue.dead_letters),
            frozenset(targets(world)),
        )
        return Life(end, deaths, len(fate.calls), len(world.topic.mails))


def everywhere(world: World) -> dict[str, Any]:
    """The backups of all Regions."""
    return {id_: backup for region in (None, *REGIONS) for id_, backup in world.backups(region).items()}


def targets(world: World) -> set[str]:
    """The file systems and volumes."""
    client = world.fsx.client()
    found = {
        one["FileSystemId"]
        for page in client.get_paginator("describe_file_systems").paginate()
        for one in page["FileSystems"]
    }
    pages = client.get_paginator("describe_volumes").paginate()
    return found | {one["VolumeId"] for page in pages for one in page["Volumes"]}


def check_occurrences(backups: dict[str, Any]) -> None:
    """No occurrence has two backups of a target, or two copies in a Region."""
    occurrences = Counter(
        (
            tags["fsx-backup:plan"],
            tags["fsx-backup:scheduled-time"],
            str(backup.get("Volume", backup["FileSystem"])),
            backup["ResourceARN"].split(":")[3],
        )
        for backup in backups.values()
        if "fsx-backup:scheduled-time" in (tags := {tag["Key"]: tag["Value"] for tag in backup.get("Tags", [])})
    )
    assert all(count == 1 for count in occurrences.values())


@pytest.mark.fault("killed")
@pytest.mark.fault("two-plans", cases="two_plans*")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_each_call_in_turn_it_comes_to_the_same_end(scenario: str, after: bool) -> None:
    undisturbed = live(scenario)
    assert undisturbed.mails
    struck = notified_again = 0
    for fatal in range(1, undisturbed.calls + MORE_CALLS):
        life = live(scenario, fatal, after=after)
        assert life.end == undisturbed.end, f"killed at call {fatal}"
        # Twice only when the function died between publishing and acknowledging, or between sending further messages
        # and acknowledging the first.
        assert undisturbed.mails <= life.mails <= undisturbed.mails + (2 if scenario in SENDING else after)
        notified_again += life.mails - undisturbed.mails
        struck += life.deaths
        if not life.deaths:
            break
    else:
        raise AssertionError("the function still dies after more calls than there were")
    assert struck >= undisturbed.calls / 2  # time lost by a death makes some looks needless
    assert notified_again <= undisturbed.mails * (3 if scenario in SENDING else 1)


@pytest.mark.fault("killed")
@pytest.mark.parametrize("scenario", ["backup", "purge", "conflict", "copies", "restore"])
def test_killed_again_and_again_it_still_gets_there(scenario: str) -> None:
    """Every start of the function dies at its third call, as often as there are calls."""
    undisturbed = live(scenario)
    with new_world() as world:
        fate = mortal(world)
        SCENARIOS[scenario](world)
        seeded = everywhere(world)
        for _ in range(undisturbed.calls):
            fate.strike(3, after=True)
            try:
                world.settle()
            except Died:
                fate.revive()
                world.advance(minutes=31)
        fate.revive()
        world.settle()
        left = everywhere(world)
        assert {identifier for identifier in left if identifier in seeded} == undisturbed.end.seeded_left
        assert {mail.attributes["outcome"] for mail in world.topic.mails} >= undisturbed.end.outcomes
        assert targets(world) == undisturbed.end.left
        check_occurrences(left)
