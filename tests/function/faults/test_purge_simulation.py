"""A purge of five hundred backups whose deletes and listings take their time, on the clock of the function."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from fsx_backup.clients import WORKERS
from tests.function.copies import FRANKFURT, HOME, seed_copies
from tests.support.environments import TIMEOUT, Environments
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from tests.support.world import World

BACKUPS = 500
DELETE_SECONDS = 10.0
PAGES = 10
EXPECTED = {"days=7 keep_last=3": "fsx-backup:retention"}


def backlog(world: World, count: int = BACKUPS) -> tuple[str, set[str]]:
    """A target with so many backups that have been due for long, all made under the present policy."""
    target = world.fsx.seed_file_system("OPENZFS")
    tags = {tag: policy for policy, tag in EXPECTED.items()}
    world.history(target, [1, 2, 3])
    return target, set(world.history(target, [10 + number / 24 for number in range(count)], tags=tags))


def lines(caplog: pytest.LogCaptureFixture, message: str) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.message == message]


@pytest.mark.fault("little-time")
@pytest.mark.parametrize("at_once", [1, WORKERS], ids=["one after the other", "eight at once"])
@pytest.mark.parametrize("environments", [1, 3])
def test_five_hundred_deletes_of_ten_seconds_are_one_message(
    world: World, caplog: pytest.LogCaptureFixture, at_once: int, environments: int
) -> None:
    """The emulator's clock adds the workers' calls up, so that eight at once are an eighth of the time each."""
    caplog.set_level(logging.INFO, "fsx_backup")
    target, old = backlog(world)
    world.fsx.control.latency(DELETE_SECONDS / at_once, "DeleteBackup")
    pool = Environments(world, environments, seed=3)
    world.send(world.message(target, retention={"max_deletes": BACKUPS}))
    pool.run(world.now + timedelta(hours=24))
    assert not world.queue.records
    assert not old & set(world.backups())

    logged = lines(caplog, "deleted")
    assert Counter(record.__dict__["backup_id"] for record in logged) == dict.fromkeys(old, 1)
    assert world.fsx.control.counts()["DeleteBackup"] == BACKUPS
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COMPLETED"
    purges = pool.delays[1:]
    print(
        f"purge: deletes={BACKUPS} seconds={DELETE_SECONDS:g} at_once={at_once} environments={environments} "
        f"purging invocations={len(purges) + 1} messages={len(world.topic.mails)} "
        f"minutes={(world.now - pool.deliveries[0][0]).total_seconds() / 60:.0f}"
    )
    assert len(purges) < BACKUPS * DELETE_SECONDS / at_once / (TIMEOUT - 75) + 1
    assert purges == sorted(purges), "the waits grow"
    if environments == 1:
        assert mail.data["purge"]["deleted"] == BACKUPS
        assert mail.data["purge"]["all_known"]
        assert f"{BACKUPS} deleted, " in mail.text
    elif not mail.data["purge"]["all_known"]:
        assert "deleted now, " in mail.text
        assert "; the log has all deletes of this run" in mail.text
    assert "in Logs Insights: fields backup_id, creation_time, rule" in mail.text


@pytest.mark.fault("little-time")
@pytest.mark.parametrize("seconds", [41.0, 200.0, 290.0])
@pytest.mark.parametrize("environments", [1, 3])
def test_a_listing_that_takes_most_of_the_functions_time_leaves_progress_in_each_invocation(
    world: World, caplog: pytest.LogCaptureFixture, seconds: float, environments: int
) -> None:
    caplog.set_level(logging.INFO, "fsx_backup")
    target, old = backlog(world, 120)
    pool = Environments(world, environments, seed=3)
    world.send(world.message(target, retention={"max_deletes": BACKUPS}))
    pool.deliver()
    world.advance(minutes=5)
    world.fsx.control.listing(page_size=13, short_pages=False)
    world.fsx.control.latency(seconds / PAGES, "DescribeBackups")
    world.fsx.control.latency(DELETE_SECONDS / WORKERS, "DeleteBackup")
    left = [len(old)]
    while world.queue.records:
        assert pool.deliver()
        left.append(left[0] - len(lines(caplog, "deleted")))
        assert left[-1] <= left[-2] - min(WORKERS, left[-2]), "each invocation makes one round of deletes at least"
        if world.queue.records:
            world.advance(seconds=(world.queue.records[0].visible_at - world.now).total_seconds())
    assert left[-1] == 0
    assert not old & set(world.backups())
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    print(f"slow listing: seconds={seconds:g} environments={environments} invocations={len(left) - 1} {left}")


@pytest.mark.fault("little-time")
@pytest.mark.parametrize("region", [HOME, FRANKFURT])
@pytest.mark.parametrize("environments", [1, 3])
def test_a_purge_of_a_thousand_in_one_of_two_regions_is_one_message(
    world: World, environments: int, region: str
) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    policy, days = {"fsx-backup:retention": "days=7 keep_last=3"}, [1, 2, 3, *(10 + n / 24 for n in range(1000))]
    seed = world.history if region == HOME else partial(seed_copies, world)
    old = seed(target, days, tags=policy)[3:]
    world.fsx.control.latency(DELETE_SECONDS / WORKERS, "DeleteBackup")
    retention = {"keep_last": 3, "max_deletes": 1000}
    world.send(world.message(target, copies={FRANKFURT: {"retention": retention}}, retention=retention))
    pool = Environments(world, environments, seed=3)
    pool.run(world.now + timedelta(hours=24))
    assert not {*old} & world.backups(region).keys()
    assert world.fsx.control.counts()["DeleteBackup"] == 1000
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    assert sum(world.cloudwatch.values("Purged", Deployment=DEPLOYMENT)) == 1000
