"""Real processes: the same message at once, two plans on one file system, and kills at random moments."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from dev.scenarios import observer
from dev.scenarios.soak_account import account
from tests.function.faults.fleet import Fleet, new_fleet
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 60
PLANS = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with new_fleet(tmp_path_factory.mktemp("journals")) as fleet:
        yield fleet


@pytest.fixture
def fleet(server: Fleet, tmp_path: Path) -> Fleet:
    server.control("reset")
    server.control("freeze", at="2026-03-01T04:00:00Z")
    return Fleet(server.endpoint, tmp_path)


def history(fleet: Fleet, target: str, *days: float, **more: Any) -> list[str]:
    return observer.history(fleet.control, target, days, now=fleet.now, **more)


def own(plan: str) -> dict[str, str]:
    return observer.own(DEPLOYMENT, plan)


def message(fleet: Fleet, target: str, plan: str) -> dict[str, Any]:
    return {
        "version": 1,
        "action": "backup",
        "scheduled_time": fleet.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "plan": {"name": plan, "file_system_id": target, "retention": {"keep_last": 1}},
    }


@pytest.mark.fault("same-message")
@pytest.mark.parametrize("seconds", [0, 2])
def test_the_same_message_ten_times_at_once(fleet: Fleet, seconds: float) -> None:
    """In ten processes at the same moment, twice over: when the backup is made, and when it is finished.

    One that is finished at once does not hold the others' back: then the token alone makes them one.
    """
    fleet.control("durations", backup=seconds)
    target = fleet.control("seed_file_system", file_system_type="LUSTRE", tags={"Owner": "hpc"})
    [young] = history(fleet, target, 1, tags=own("home"))
    expired = history(fleet, target, *range(10, 15), tags=own("home"))
    [foreign] = history(fleet, target, 99, tags={"Name": "by hand"})
    fleet.send(*[message(fleet, target, "home")] * 10)
    runs = fleet.together(10)
    # Who comes late enough to see it finished is done with it.
    assert {run.end for run in runs} <= ({"kept"} if seconds else {"kept", "done"})
    [made] = set(fleet.backups()) - {*expired, young, foreign}
    fleet.advance(60)
    runs = fleet.together(len(fleet.queue.records))
    assert {run.end for run in runs} <= {"done"}
    assert not fleet.queue.records
    assert set(fleet.backups()) == {made, young, foreign}
    assert not fleet.errors
    # At least once is what the queue promises: each of the ten that sees the end notifies it.
    assert {mail["outcome"] for mail in fleet.mails} == {"COMPLETED"}


@pytest.mark.fault("two-plans")
def test_two_plans_on_one_file_system_at_once(fleet: Fleet) -> None:
    """FSx makes one backup at a time: one plan waits. Each purges only its own."""
    target = fleet.control("seed_file_system", file_system_type="OPENZFS")
    for plan in ("home", "weekly"):
        history(fleet, target, 20, tags=own(plan))
        history(fleet, target, 2, tags=own(plan))
    [removed] = history(fleet, target, 20, tags=own("removed"))
    fleet.send(*[message(fleet, target, plan) for plan in ("home", "weekly")] * 5)
    fleet.together(10)
    fleet.settle(at_once=10)
    plans = Counter(
        tag["Value"] for b in fleet.backups().values() for tag in b["Tags"] if tag["Key"] == "fsx-backup:plan"
    )
    assert plans == {"home": 2, "weekly": 2, "removed": 1}
    assert removed in fleet.backups()
    assert {(mail["plan"], mail["outcome"]) for mail in fleet.mails} == {("home", "COMPLETED"), ("weekly", "COMPLETED")}
    assert not fleet.errors


@pytest.mark.fault("killed")
def test_killed_at_random_moments(fleet: Fleet) -> None:
    """The short form of `make soak`: twenty plans fire until enough of the function's processes died of SIGKILL."""
    chance = random.Random(7)
    fleet.control("durations", backup=2)
    wanted, expired, foreign = [], [], []
    targets = {}
    for plan in (f"plan-{number}" for number in range(PLANS)):
        kind = chance.choice(["LUSTRE", "OPENZFS", "WINDOWS"])
        targets[plan] = target = fleet.control("seed_file_system", file_system_type=kind)
        wanted += history(fleet, target, 1, tags=own(plan))
        expired += history(fleet, target, 9, 10, tags=own(plan))
        foreign += history(fleet, target, 99, tags={"Name": "by hand"})
        foreign += history(fleet, target, 99, tags=own(plan), backup_type="AUTOMATIC")
    before = fleet.backups()
    occurrences = []
    while fleet.kills < KILLS:
        messages = [message(fleet, target, plan) for plan, target in targets.items()]
        occurrences += [(message["plan"]["name"], message["scheduled_time"]) for message in messages]
        fleet.send(*messages)
        fleet.settle(at_once=4, kills=KILLS, chance=chance)
        fleet.advance(60)
        assert len(occurrences) <= 10 * PLANS, "the processes do not die"
    found = account(
        DEPLOYMENT,
        occurrences=occurrences,
        wanted=wanted,
        expired=expired,
        foreign={identifier: before[identifier] for identifier in foreign},
        after=fleet.backups(),
        notified={(mail["plan"], mail["scheduled_time"]) for mail in fleet.mails},
    )
    assert found.clean, found
    assert not fleet.errors
    assert not fleet.queue.dead_letters
