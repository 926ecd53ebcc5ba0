"""What FSx lists: pages in any order, empty or broken; words and times nobody expected; tags of every kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.function.faults.stage import Stage
from tests.function.faults.twist import twisted
from tests.support.world import DEPLOYMENT, World, new_world


@pytest.mark.fault("broken-listing")
def test_an_empty_page_with_a_token_is_not_the_end(world: World, target: str) -> None:
    world.history(target, [1])
    old = world.history(target, [10 + n for n in range(12)])
    empty = []

    def count(page: dict[str, Any]) -> None:
        empty.append(not page["Backups"] and bool(page.get("NextToken")))

    twisted(world, count)
    world.fsx.control.listing(page_size=2)
    world.send(world.message(target))
    world.settle()
    assert any(empty)
    assert not set(old) & set(world.backups())
    assert "12 deleted" in world.topic.mails[0].text


@pytest.mark.fault("broken-listing")
@pytest.mark.parametrize("stays", [False, True])
def test_the_same_token_again_deletes_nothing(world: World, target: str, stays: bool) -> None:
    """A listing that goes round in circles is no listing. If it stays so, it is notified."""
    world.history(target, [1])
    old = world.history(target, [10 + n for n in range(8)])
    given: list[str] = []
    repeated = 0

    def repeat(page: dict[str, Any]) -> None:
        nonlocal repeated
        if "NextToken" in page and (stays or repeated < 2):
            given.append(page["NextToken"])
            if len(given) == 2:
                page["NextToken"] = given[0]
                repeated += 1
                given.clear()  # the listing is given up

    twisted(world, repeat)
    world.fsx.control.listing(page_size=3, short_pages=False)
    world.send(world.message(target, start_window_minutes=60, completion_window_minutes=60))
    world.deliver()
    assert set(old) <= set(world.backups())
    world.settle()
    [mail] = world.topic.mails
    assert repeated
    if stays:
        assert mail.attributes["outcome"] == "NOT_STARTED"
        assert "FSx did not respond" in mail.text
        assert "The same next token was received twice" in mail.text
        assert set(old) < set(world.backups())
    else:
        assert mail.attributes["outcome"] == "COMPLETED"
        assert not set(old) & set(world.backups())


@pytest.mark.fault("broken-listing", "silence")
@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("known", [True, False], ids=["known", "another environment"])
def test_an_error_on_a_later_page_deletes_nothing_and_is_notified_if_it_stays(
    world: World, target: str, page: int, known: bool
) -> None:
    """Where the backup was seen it is waited for, elsewhere not known to exist: never called NOT COMPLETED."""
    old = world.history(target, [10 + n for n in range(8)])
    world.fsx.control.durations(backup=0)
    world.fsx.control.listing(page_size=3, short_pages=False)
    broken = False
    pages = 0

    def fail(found: dict[str, Any]) -> None:
        nonlocal pages
        pages += 1
        if broken and pages == page:
            found.clear()
        if "NextToken" not in found:
            pages = 0  # the listing is over, or is given up

    twisted(world, fail)
    begin = world.now
    world.send(world.message(target, start_window_minutes=60, completion_window_minutes=240))
    world.deliver()
    world.advance(seconds=30)
    broken = True
    while world.queue.records:
        if not known:
            twisted(world, fail)
        world.deliver()
        assert set(old) < set(world.backups())
        world.advance(minutes=10)
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == ("UNKNOWN" if known else "NOT_STARTED")
    assert "It is unknown whether a backup exists." in mail.text
    hours = (world.now - begin).total_seconds() / 3600
    assert 5 <= hours <= 6 if known else 1 <= hours <= 1.5


@pytest.mark.fault("order")
@pytest.mark.parametrize("policy", [{"days": 1, "keep_last": 4}, {"days": 1, "keep_daily": 2, "keep_weekly": 2}])
def test_the_order_of_pages_decides_nothing(policy: dict[str, int]) -> None:
    """Equal creation times included: what is kept is the same for every order."""
    left = set()
    for seed in range(6):
        with new_world() as world:
            world.fsx.control.listing(shuffle_seed=seed, page_size=3)
            target = world.fsx.seed_file_system("LUSTRE", file_system_id="fs-0123456789abcdef0")
            tags = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}
            for number in range(12):
                world.fsx.seed_backup(
                    target,
                    creation_time=world.now - timedelta(days=5 + number // 4),  # four at the same moment
                    backup_id=f"backup-{number:017x}",
                    tags=tags,
                )
            world.invoke(world.message(target, action="purge", retention=policy) | {"dry_run": False})
            left.add(frozenset(world.backups()))
    assert len(left) == 1


@pytest.mark.fault("all-failed")
def test_when_all_recent_backups_failed_the_last_available_one_stays(world: World, target: str) -> None:
    [available] = world.history(target, [400])
    failed = world.history(target, [1, 2, 3, 20], lifecycle="FAILED")
    world.invoke(world.message(target, action="purge", retention={"days": 7}) | {"dry_run": False})
    assert set(world.backups()) == {available, *failed[:3]}


@pytest.mark.fault("odd")
@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"lifecycle": "HIBERNATING"}, "lifecycle HIBERNATING"),
        ({"creation_time": "2027-01-01T00:00:00Z"}, "creation time in the future"),
        ({"without": ["CreationTime"]}, "no creation time"),
        ({"lifecycle": "MISCONFIGURED"}, "lifecycle MISCONFIGURED"),
    ],
)
def test_what_is_odd_is_kept_and_notified(world: World, target: str, odd: dict[str, Any], words: str) -> None:
    tags = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}
    arguments = {"creation_time": "2025-01-01T00:00:00Z", "tags": tags} | odd
    kept = world.fsx.seed_backup(target, **arguments)
    _, old = world.history(target, [1, 30])
    world.send(world.message(target))
    world.settle()
    assert kept in world.backups()
    assert old not in world.backups()
    [mail] = world.topic.mails
    assert f"odd, kept: {kept}: {words}" in mail.text


@pytest.mark.fault("odd")
def test_an_unknown_type_is_kept(world: World, target: str) -> None:
    tags = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home"}
    kept = world.fsx.seed_backup(target, backup_type="NEBULOUS", creation_time="2025-01-01T00:00:00Z", tags=tags)
    world.send(world.message(target))
    world.settle()
    assert kept in world.backups()


@pytest.mark.fault("boundary")
@pytest.mark.parametrize(("seconds", "stays"), [(0, True), (-1, True), (1, False)])
def test_exactly_at_the_boundary_is_kept(world: World, target: str, seconds: int, stays: bool) -> None:
    world.history(target, [1])
    [backup] = world.history(target, [7 + seconds / 86_400])
    world.invoke(world.message(target, action="purge") | {"dry_run": False})
    assert (backup in world.backups()) == stays


VALUES = {"": "", "space": " two words ", "unicode": "Bücher 書 ½", "marks": "a=b:c/d@e+f-_", "long": "x" * 256}


@pytest.mark.fault("tags")
@pytest.mark.parametrize("value", VALUES)
def test_tags_match_exactly(world: World, target: str, value: str) -> None:
    """Adopted by a tag whose value is this, and not by one that only looks alike."""
    wanted = VALUES[value]
    when = "2025-01-01T00:00:00Z"
    adopted = world.fsx.seed_backup(target, creation_time=when, tags={"Ours": wanted})
    alike = [
        world.fsx.seed_backup(target, creation_time=when, tags={"Ours": other})
        for other in {wanted.strip() + "x", wanted.upper() + ".", "."}
        if len(other) <= 256
    ]
    without = world.fsx.seed_backup(target, creation_time=when, tags={"ours": wanted})
    world.history(target, [1])
    world.invoke(world.message(target, action="purge", adopt_tags={"Ours": wanted}) | {"dry_run": False})
    left = set(world.backups())
    assert adopted not in left
    assert {*alike, without} <= left


@pytest.mark.fault("held")
def test_a_restore_and_a_copy_hold_their_backups_only(world: World, target: str) -> None:
    """A purge meets people at work: what they need stays, is named, and goes with the next run."""
    stage = Stage(world)
    stage.add("LUSTRE", 0)
    [site] = stage.sites
    old = world.history(site.target, [10 + n for n in range(5)], plan=site.plan)
    site.expired += old
    people = world.fsx.client()
    world.fsx.control.durations(copy=7200, restore=7200)
    people.copy_backup(SourceBackupId=old[1], CopyTags=True)
    people.create_file_system_from_backup(BackupId=old[3], SubnetIds=["subnet-0123456789abcdef0"])
    copies = {b for b, found in world.backups().items() if found.get("SourceBackupId")}
    stage.send()
    stage.settle()
    left = set(world.backups())
    assert {old[1], old[3], *copies} <= left
    assert not {old[0], old[2], old[4]} & left
    [mail] = stage.mails(site)
    assert mail.attributes["outcome"] == "COMPLETED"
    assert "3 deleted" in mail.text
    assert f"left for the next run: {old[1]} is being copied to backup-" in mail.text
    assert f"left for the next run: {old[3]} is being restored to fs-" in mail.text
    world.advance(hours=3)
    stage.check_converges()
    assert copies <= set(world.backups())
