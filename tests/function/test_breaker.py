"""max_deletes: a policy that was shortened is stopped for ever, a backlog of any size is worked off."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from fsx_backup.model import RETENTION_TAG, Plan, Retention, Target
from tests.function.properties.strategies import names_of_rules
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 50
LONG = Plan("home", Target("fs-0123456789abcdef0"), Retention(days=90))
SHORT = Plan("home", Target("fs-0123456789abcdef0"), Retention(days=1))


@pytest.fixture
def target(world: World) -> str:
    world.fsx.control.durations(backup=0)
    target = world.fsx.seed_file_system("OPENZFS")
    world.history(target, [0.1, 0.2, 0.3], tags={RETENTION_TAG: SHORT.policy})  # what keep_last keeps
    return target


def made_under(world: World, target: str, policy: str | None, days: Iterable[float]) -> set[str]:
    tags = {} if policy is None else {RETENTION_TAG: policy}
    return set(world.history(target, list(days), tags=tags))


def run(world: World, target: str, **retention: int) -> Any:
    """One occurrence to its end; its message."""
    world.send(world.message(target, retention={"keep_last": 3} | retention))
    world.settle(step=1)
    return world.topic.mails[-1]


def left(world: World, backups: set[str]) -> int:
    return len(backups & world.backups().keys())


@pytest.mark.fault("shortened")
@pytest.mark.parametrize("policy", [LONG.policy, None, "days=90", "text"])
def test_a_shortened_policy_is_stopped_for_ever(world: World, target: str, policy: str | None) -> None:
    old = made_under(world, target, policy, [2 + number for number in range(LIMIT + 1)])
    for _ in range(7):
        mail = run(world, target, days=1)
        assert mail.attributes["outcome"] == "PURGE_BLOCKED"
        assert f"more than max_deletes = {LIMIT}" in mail.text
        assert left(world, old) == LIMIT + 1
        world.advance(days=1)
    assert mail.data["purge"]["blocked"] == LIMIT + 1
    # Its own backups, made under the shortened policy, were purged all the while.
    assert len(world.backups()) - len(old) <= 4
    # The number that the message names is what lets them go, in one run.
    assert f"raise retention.max_deletes to at least {LIMIT + 1}" in mail.text
    mail = run(world, target, days=1, max_deletes=LIMIT + 1)
    assert left(world, old) == 0
    assert mail.attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("shortened")
def test_a_policy_that_is_restored_in_time_loses_nothing(world: World, target: str) -> None:
    old = made_under(world, target, LONG.policy, [2 + number for number in range(LIMIT + 1)])
    run(world, target, days=1)
    world.advance(days=1)
    assert run(world, target, days=90).attributes["outcome"] == "COMPLETED"
    assert left(world, old) == LIMIT + 1


@pytest.mark.fault("shortened")
def test_exactly_max_deletes_of_another_policy_are_deleted(world: World, target: str) -> None:
    old = made_under(world, target, LONG.policy, [2 + number for number in range(LIMIT)])
    assert run(world, target, days=1).attributes["outcome"] == "COMPLETED"
    assert left(world, old) == 0


@pytest.mark.fault("shortened")
@pytest.mark.parametrize(("backlog", "limit"), [(51, LIMIT), (72, LIMIT), (420, LIMIT), (51, 7), (3, 1)])
def test_a_backlog_of_any_size_is_worked_off_oldest_first(world: World, target: str, backlog: int, limit: int) -> None:
    old = made_under(world, target, SHORT.policy, [2 + number / 24 for number in range(backlog)])
    ages = {identifier: backup["CreationTime"] for identifier, backup in world.backups().items()}
    runs = 0
    while left(world, old):
        before = old & world.backups().keys()
        mail = run(world, target, days=1, max_deletes=limit)
        deleted = before - world.backups().keys()
        assert mail.attributes["outcome"] == "COMPLETED"
        assert len(deleted) == min(limit, len(before))
        assert max(ages[gone] for gone in deleted) < min((ages[kept] for kept in before - deleted), default=world.now)
        later = len(before) - len(deleted)
        assert mail.data["purge"]["later"] == later
        assert ("left to the next run: " in mail.text) == (later > 0)
        runs += 1
        world.advance(hours=1)
    assert runs == -(-backlog // limit)


@pytest.mark.fault("shortened")
def test_a_blocked_purge_still_deletes_what_is_expected(world: World, target: str) -> None:
    blocked = made_under(world, target, LONG.policy, [100 + number for number in range(LIMIT + 1)])
    expected = made_under(world, target, SHORT.policy, [2 + number for number in range(5)])
    mail = run(world, target, days=1)
    assert mail.attributes["outcome"] == "PURGE_BLOCKED"
    assert left(world, expected) == 0
    assert left(world, blocked) == LIMIT + 1
    assert mail.data["purge"]["deleted"] == 5


@pytest.mark.fault("shortened")
def test_the_whole_list_is_in_the_log_and_in_the_dry_run(
    world: World, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fsx_backup")
    blocked = made_under(world, target, LONG.policy, [2 + number for number in range(70)])
    mail = run(world, target, days=1)
    logged = [record for record in caplog.records if record.message == "withheld"]
    assert {record.__dict__["backup_id"] for record in logged} == blocked
    assert len(logged) == len(blocked)
    assert mail.text.count("  would delete backup-") == 20
    assert "… and 50 more" in mail.text
    assert "filter message = 'withheld' and plan = 'home'" in mail.text
    answer = world.invoke(world.message(target, action="purge", retention={"days": 1, "keep_last": 3}))
    assert answer["outcome"] == "DRY_RUN"
    assert "more than max_deletes" in answer["reason"]
    assert {entry["backup_id"] for entry in answer["purge"]["decisions"] if entry["delete"]} == blocked
    assert left(world, blocked) == 70


@pytest.mark.fault("shortened")
@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ({"days": 7}, {"days": 7, "max_deletes": 9}, True),
        ({"days": 7, "keep_daily": 3}, {"days": 7, "keep_daily": 2}, False),
        ({"keep_last": 3}, {"keep_last": 1}, False),
        ({"days": 7}, {"days": 6}, False),
        ({"keep_yearly": -1}, {"keep_yearly": 0}, False),
    ],
)
def test_what_is_another_policy(before: dict[str, int], after: dict[str, int], same: bool) -> None:
    policies = [Plan("home", LONG.target, Retention(**rules)).policy for rules in (before, after)]
    assert (policies[0] == policies[1]) == same


def test_the_policy_is_readable_and_fits_a_tag(world: World, target: str) -> None:
    longest = dict.fromkeys(names_of_rules(), 100_000) | {"days": 100_000}
    world.send(world.message(target, retention=longest, timezone="America/Argentina/ComodRivadavia"))
    world.settle(step=1)
    backup = max(world.backups().values(), key=lambda backup: backup["CreationTime"])
    tags = {tag["Key"]: tag["Value"] for tag in backup["Tags"]}
    assert tags[RETENTION_TAG].startswith("days=100000 keep_last=100000 keep_hourly=100000")
    assert tags[RETENTION_TAG].endswith("timezone=America/Argentina/ComodRivadavia")
    assert len(tags[RETENTION_TAG]) <= 256


def test_max_deletes_is_of_a_run_however_many_deliveries_it_takes(world: World, target: str) -> None:
    old = made_under(world, target, SHORT.policy, [2 + number for number in range(40)])
    world.context.seconds_left = 60  # time for one delete of each worker
    mail = run(world, target, days=1, max_deletes=10)
    assert left(world, old) == 30
    assert (mail.data["purge"]["deleted"], mail.data["purge"]["later"]) == (10, 30)


def test_each_purge_by_hand_has_max_deletes_of_its_own(world: World, target: str) -> None:
    old = made_under(world, target, SHORT.policy, [2 + number for number in range(40)])
    event = world.message(target, action="purge", retention={"keep_last": 3, "days": 1, "max_deletes": 10})
    event["dry_run"] = False
    for before in (40, 30, 20):
        assert left(world, old) == before
        world.invoke(event)
    assert left(world, old) == 10


@pytest.mark.fault("held")
@pytest.mark.parametrize("limit", [1, 3])
def test_backups_that_fsx_refuses_to_delete_do_not_hold_up_the_others(world: World, target: str, limit: int) -> None:
    """The oldest ones are tried first: refused for weeks, they would use max_deletes up in every run."""
    refused = made_under(world, target, SHORT.policy, [40 + number for number in range(limit)])
    others = made_under(world, target, SHORT.policy, [2 + number for number in range(4)])
    later = [4, 3, 2, 1, 0] if limit == 1 else [4, 1, 0]
    for identifier in refused:
        world.fsx.control.fault("BackupRestoring", "DeleteBackup", match={"BackupId": identifier}, times=None)
    for before, after in pairwise(later):
        assert left(world, others) == before
        mail = run(world, target, days=1, max_deletes=limit)
        assert left(world, others) == after
        assert mail.data["purge"]["left"] == limit
        assert mail.data["purge"]["later"] == after
        world.advance(hours=1)
    assert left(world, refused) == limit
