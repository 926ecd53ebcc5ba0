"""What was deleted is in the log at once, whatever happens to the run afterwards, and no message says otherwise."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

from dev.fsx_emulator.inprocess import CallerKilled
from fsx_backup import purge
from tests.support.environments import Environments

if TYPE_CHECKING:
    from tests.support.world import World

FIELDS = {"backup_id", "creation_time", "plan", "target", "rule", "scheduled_time"}


@pytest.fixture
def target(world: World, caplog: pytest.LogCaptureFixture) -> str:
    caplog.set_level(logging.INFO, "fsx_backup")
    target = world.fsx.seed_file_system("OPENZFS")
    world.history(target, [1, 2, 3])
    return target


def deleted(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.__dict__ for record in caplog.records if record.message == "deleted"]


def test_each_delete_is_a_line_with_all_that_is_to_be_known(
    world: World, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    old = world.history(target, [30, 31.5])
    message = world.message(target)
    backups = world.backups()
    world.send(message)
    world.settle()
    lines = deleted(caplog)
    assert {line["backup_id"] for line in lines} == set(old)
    for line in lines:
        assert line.keys() >= FIELDS
        assert line["creation_time"] == backups[line["backup_id"]]["CreationTime"].isoformat()
        assert line["rule"] == "older than 7 days, and no rule keeps it"
        assert (line["plan"], line["target"], line["scheduled_time"]) == ("home", target, message["scheduled_time"])


@pytest.mark.fault("unfinished-purge")
@pytest.mark.parametrize("survivors", [0, 3])
def test_a_purge_that_is_killed_has_logged_what_it_deleted(
    world: World, target: str, caplog: pytest.LogCaptureFixture, survivors: int
) -> None:
    old = world.history(target, [30 + number for number in range(9)])
    world.send(world.message(target))
    world.deliver()
    world.advance(minutes=1)
    world.fsx.control.fault("kill", "DeleteBackup", when="after", at=9 - survivors)
    with pytest.raises(CallerKilled):
        world.deliver()
    assert {line["backup_id"] for line in deleted(caplog)} <= set(old) - world.backups().keys()
    assert len(deleted(caplog)) >= 9 - survivors - 1
    # The next one, elsewhere, does not say that nothing was deleted.
    world.function = world.connect(world.fsx.client())
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COMPLETED"
    assert "the log has all deletes of this run" in mail.text
    assert "filter message = 'deleted' and plan = 'home'" in mail.text
    assert not mail.data["purge"]["all_known"]
    assert not set(old) & world.backups().keys()


@pytest.mark.fault("unfinished-purge")
@pytest.mark.parametrize("same_environment", [True, False])
def test_a_notification_that_failed_is_made_again_with_what_was_deleted(
    world: World, target: str, caplog: pytest.LogCaptureFixture, same_environment: bool
) -> None:
    old = world.history(target, [30, 31])
    world.send(world.message(target))
    world.deliver()
    world.advance(minutes=1)
    world.topic.broken = RuntimeError("SNS does not respond.")
    with pytest.raises(RuntimeError):
        world.deliver()
    assert {line["backup_id"] for line in deleted(caplog)} == set(old)
    world.topic.broken = None
    if not same_environment:
        world.function = world.connect(world.fsx.client())
    world.settle()
    mail = world.topic.mails[-1]
    assert mail.attributes["outcome"] == "COMPLETED"
    assert ("2 deleted, " in mail.text) == same_environment
    assert ("the log has all deletes" in mail.text) == (not same_environment)
    assert all((identifier in mail.text) == same_environment for identifier in old)
    assert len(deleted(caplog)) == 2


@pytest.mark.fault("unfinished-purge")
def test_one_delete_that_fails_in_an_unfinished_purge_does_not_end_it(
    world: World, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    old = world.history(target, [30 + number for number in range(40)])
    world.fsx.control.fault("http_503", "DeleteBackup", match={"BackupId": old[-1]}, times=None)
    world.fsx.control.latency(10, "DeleteBackup")
    world.send(world.message(target))
    pool = Environments(world)
    pool.run(world.now.replace(day=2))
    assert set(old) & world.backups().keys() == {old[-1]}
    assert len(deleted(caplog)) == 39
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PARTIAL"
    assert "1 delete failed" in mail.text
    assert "39 deleted" in mail.text
    assert mail.data["purge"]["failed"] == 1


@pytest.mark.fault("unfinished-purge")
def test_calls_that_do_not_return_are_left_alone(world: World, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All eight workers hang: the report and the queue still get their turn."""
    monkeypatch.setattr(purge, "SHORTEST_ROUND", 0.05)
    old = world.history(target, [30 + number for number in range(20)])
    release = threading.Event()

    def hang(client: Any, backup_id: str) -> None:
        release.wait(60)

    monkeypatch.setattr("fsx_backup.fsx.delete_backup", hang)
    world.context.seconds_left = 10
    world.send(world.message(target))
    world.settle()
    release.set()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PARTIAL"
    assert "20 more not tried, because no delete before succeeded" in mail.text
    assert set(old) <= world.backups().keys()


def test_a_workers_bug_is_an_error_for_the_alarm(world: World, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world.history(target, [30])

    def fail(client: Any, backup_id: str) -> None:
        raise AttributeError("a bug")

    monkeypatch.setattr("fsx_backup.fsx.delete_backup", fail)
    world.send(world.message(target))
    world.deliver()
    world.advance(minutes=1)
    with pytest.raises(AttributeError, match="a bug"):
        world.deliver()
