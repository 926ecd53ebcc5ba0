"""Messages at the wrong time: late, of a removed plan, of another version, around a change of the clock."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from fsx_backup.event import MESSAGE_VERSION
from tests.function.faults.stage import Stage
from tests.support.world import new_world

if TYPE_CHECKING:
    from tests.support.world import World


@pytest.mark.fault("late")
@pytest.mark.parametrize(
    ("lifecycle", "outcome"),
    [(None, "NOT_STARTED"), ("CREATING", "NOT_COMPLETED"), ("AVAILABLE", "COMPLETED"), ("FAILED", "FAILED")],
)
def test_a_message_that_comes_after_its_completion_window(world: World, lifecycle: str | None, outcome: str) -> None:
    """What is true is notified. Nothing is begun any more, and only an AVAILABLE backup lets the purge run."""
    stage = Stage(world)
    site = stage.add("LUSTRE", 2, all_foreign=True)
    if lifecycle:
        tags = {
            "fsx-backup:deployment": "prod",
            "fsx-backup:plan": site.plan,
            "fsx-backup:scheduled-time": site.message["scheduled_time"],
        }
        world.fsx.seed_backup(site.target, lifecycle=lifecycle, tags=tags)
    world.advance(hours=25)
    stage.send()
    stage.settle()
    assert stage.outcomes(site) == [outcome]
    assert "CreateBackup" not in world.fsx.control.counts()
    if outcome == "COMPLETED":
        stage.check_is_done(site)
    else:
        stage.check_unpurged(site)
        assert "Nothing was purged" in stage.mails(site)[0].text
    stage.check_nothing_foreign_was_touched()
    assert not world.queue.records


@pytest.mark.fault("removed")
def test_a_message_of_a_plan_that_was_removed(world: World) -> None:
    """The role does not reach its target any more: notified, given up at last; the check counts its backups."""
    stage = Stage(world)
    removed, staying = stage.add("LUSTRE", 2), stage.add("OPENZFS", 2)
    match = {"FileSystemId": removed.target}
    world.fsx.control.fault("AccessDenied", "CreateBackup", match=match, times=None)
    stage.send()
    stage.settle(90 * 60)
    stage.check_healthy(staying)
    assert stage.outcomes(removed) == ["ERROR", "NOT_STARTED"]  # at once, and when the start window ended
    assert "AccessDenied" in stage.mails(removed)[0].text
    stage.check_unpurged(removed)
    assert stage.errors
    world.schedule(staying.target, name=staying.plan)
    answer = world.invoke({"action": "status"})
    assert answer["orphaned"] == [{"plan": removed.plan, "target": removed.target, "backups": 3}]


@pytest.mark.fault("removed")
def test_a_file_system_that_was_deleted_keeps_its_backups(world: World) -> None:
    stage = Stage(world)
    site = stage.add("OPENZFS", 2)
    world.fsx.control.remove(site.target)
    stage.send()
    stage.settle()
    stage.check_unpurged(site)
    assert stage.outcomes(site) == ["FAILED"]
    assert "its backups stay" in stage.mails(site)[0].text
    answer = world.invoke({"action": "status"})
    assert answer["orphaned"] == [{"plan": site.plan, "target": site.target, "backups": 3}]


OTHERS: list[Any] = [0, 2, 99, -1, 1.5, "1", "v1", True, None, [], {}]


@pytest.mark.fault("version")
@pytest.mark.parametrize("kind", ["backup", "start", "purge", "check", "status", "report", "recovery"])
@pytest.mark.parametrize("version", OTHERS, ids=str)
def test_a_message_of_another_version_is_refused_and_notified(world: World, kind: str, version: Any) -> None:
    """Whatever else a newer format holds: the version is what is named, and nothing is called."""
    target = world.fsx.seed_file_system("LUSTRE")
    world.history(target, [30, 1])
    world.fsx.control.clear_calls()
    message: dict[str, Any] = world.message(target, action=kind)
    world.send(message | {"version": version, "priority": "high", "dry_run": False})
    world.deliver()
    assert not world.queue.records
    assert not world.fsx.control.calls()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "INVALID"
    assert f"version must be {MESSAGE_VERSION}, not " in mail.text
    assert "apply the module again" in mail.text


@pytest.mark.fault("version")
def test_a_message_without_a_version_is_of_the_first(world: World) -> None:
    """As people write them."""
    stage = Stage(world)
    site = stage.add("LUSTRE", 2)
    del site.message["version"]
    stage.send()
    stage.settle()
    stage.check_healthy(site)


@pytest.mark.fault("clocks")
@pytest.mark.parametrize(
    "times",
    [
        ["2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"],  # Paris, the first 02:30
        ["2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"],  # and the second
        ["2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"],  # 02:00 is not there
        ["2028-02-29T04:00:00Z", "2028-02-29T05:00:00+01:00"],
        ["2026-12-31T23:30:00Z", "2027-01-01T00:30:00+01:00"],
    ],
    ids=lambda times: times[0],
)
def test_one_moment_is_one_occurrence_however_it_is_written(times: list[str]) -> None:
    with new_world(now=datetime.fromisoformat(times[0])) as world:
        target = world.fsx.seed_file_system("LUSTRE")
        for time in times:
            world.send(world.message(target, timezone="Europe/Paris") | {"scheduled_time": time})
        world.settle()
        assert len(world.backups()) == 1
        assert {mail.attributes["outcome"] for mail in world.topic.mails} == {"COMPLETED"}


@pytest.mark.fault("clocks")
def test_the_hour_that_comes_twice_gives_two_backups() -> None:
    """Hourly, on the night when Paris sets its clocks back: 25 hours, 25 backups, no message but COMPLETED."""
    hours = [datetime(2026, 10, 24, 22, 30, tzinfo=UTC).timestamp() + 3600 * hour for hour in range(25)]
    with new_world(now=datetime.fromtimestamp(hours[0], UTC)) as world:
        target = world.fsx.seed_file_system("LUSTRE")
        for hour in hours:
            world.fsx.control.set_time(hour)
            world.send(world.message(target, timezone="Europe/Paris", retention={"keep_hourly": 30, "days": 1}))
            world.settle()
        assert len(world.backups()) == 25
        outcomes = Counter(mail.attributes["outcome"] for mail in world.topic.mails)
        assert outcomes == {"COMPLETED": 25}


@pytest.mark.fault("dry-run")
@pytest.mark.parametrize("flag", [None, "false", "no", 0, "", [], {"dry_run": False}, "False"], ids=json.dumps)
@pytest.mark.parametrize("action", ["backup", "start", "purge"])
def test_a_dry_run_flag_that_is_not_plain_deletes_nothing(world: World, action: str, flag: Any) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    old = world.history(target, [30, 20, 1])
    world.send(world.message(target, action=action) | {"dry_run": flag})
    world.settle()
    assert set(world.backups()) == set(old)
    assert not {"CreateBackup", "DeleteBackup"} & set(world.fsx.control.counts())
