"""Real processes: the same message at once, two plans on one file system, and kills at random moments."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from dev.scenarios import observer
from dev.scenarios.soak_account import account
from fsx_backup.model import RESTORE_TEST_TAG
from tests.function.copies import FRANKFURT
from tests.function.faults.fleet import Fleet, new_fleet
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 100
PLANS = 20
PLAIN: dict[str, Any] = {"retention": {"keep_last": 1}}
TEST = {"schedule": "cron(0 12 1 * ? *)", "subnet_ids": ["subnet-0123456789abcdef0"]}
COPIES: dict[str, Any] = {"copies": {FRANKFURT: {}}}
# What some of the plans have besides.
EXTRA: dict[int, dict[str, Any]] = {
    **{number: {"restore_test": TEST} for number in range(6)},
    6: COPIES,
    7: COPIES | {"restore_test": TEST | {"source": FRANKFURT}},
    8: {"target_tags": {"Backup": "daily"}},
    9: {"target_tags": {"Backup": "weekly"}, "restore_test": TEST},
}


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


def message(fleet: Fleet, target: str, plan: str, **more: Any) -> dict[str, Any]:
    settings = PLAIN | more | ({"file_system_id": target} if target else {})
    return {
        "version": 1,
        "action": "backup",
        "scheduled_time": fleet.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "plan": {"name": plan, **settings},
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
    fleet.control("durations", backup=2, restore=40, deletion=40)
    wanted, expired, foreign = [], [], []
    plans, targets = {}, {}
    for number in range(PLANS):
        plan, kind = f"plan-{number}", chance.choice(["LUSTRE", "OPENZFS", "WINDOWS"])
        plans[plan] = PLAIN | EXTRA.get(number, {})
        tags = plans[plan].get("target_tags")
        targets[plan] = [
            fleet.control("seed_file_system", file_system_type=kind, tags=tags) for _ in range(3 if tags else 1)
        ]
        for target in targets[plan]:
            wanted += history(fleet, target, 1, tags=own(plan))
            expired += history(fleet, target, 9, 10, tags=own(plan))
            foreign += history(fleet, target, 99, tags={"Name": "by hand"})
            foreign += history(fleet, target, 99, tags=own(plan), backup_type="AUTOMATIC")
    copy = own("plan-7") | {"fsx-backup:copy": "us-east-1", "fsx-backup:scheduled-time": "2026-02-28T04:00:00Z"}
    source = {"region": FRANKFURT, "source_backup_id": f"backup-{1:017x}", "tags": copy}
    copies = history(fleet, targets["plan-7"][0], 1, **source)
    for tags in (own("plan-0"), observer.own("other", "plan-0") | {RESTORE_TEST_TAG: "2026-01-01T00:00:00Z"}):
        fleet.control("seed_file_system", tags=tags)
    before, systems = fleet.backups(), fleet.systems()
    occurrences, tests = [], set()
    while fleet.kills < KILLS:
        for plan, settings in plans.items():
            sent = message(fleet, "" if "target_tags" in settings else targets[plan][0], plan, **settings)
            fleet.send(sent)
            occurrences += [(plan, target, sent["scheduled_time"]) for target in targets[plan]]
            if "restore_test" in settings:
                fleet.send(*[sent | {"action": "restore_test"}] * 2)
                tests.add((plan, sent["scheduled_time"], "RESTORE_PASSED"))
        fleet.settle(at_once=4, kills=KILLS, chance=chance)
        fleet.advance(60)
        assert len(occurrences) <= 10 * PLANS, "the processes do not die"
    told = {(mail["plan"], mail["target"], mail["scheduled_time"]) for mail in fleet.mails}
    found = account(
        DEPLOYMENT,
        occurrences=occurrences,
        wanted=wanted,
        expired=expired,
        foreign={identifier: before[identifier] for identifier in foreign},
        after=fleet.backups(),
        notified=told,
    )
    found += account(
        DEPLOYMENT,
        occurrences=[one for one in occurrences if "copies" in plans[one[0]]],
        wanted=[],
        expired=[],
        foreign={},
        after={id_: one for id_, one in fleet.backups(FRANKFURT).items() if id_ not in copies},
        notified=told,
    )
    assert found.clean, found
    assert {(mail["plan"], mail["scheduled_time"], mail["outcome"]) for mail in fleet.mails} >= tests
    assert fleet.systems() == systems  # nothing left over, nothing foreign deleted
    assert not fleet.errors
    assert not fleet.queue.dead_letters
