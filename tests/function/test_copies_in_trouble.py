"""What a Region that is slow, refuses or does not answer may do to copies, backups and mails."""

from datetime import timedelta
from typing import Any

import pytest

from tests.function.copies import FRANKFURT, TOKYO, seed_copies
from tests.support.world import World


@pytest.fixture
def lustre(world: World) -> str:
    return world.fsx.seed_file_system("LUSTRE")


def test_a_mail_of_many_copies_is_one_that_sns_takes(world: World, lustre: str) -> None:
    for region in (FRANKFURT, TOKYO):
        seed_copies(world, lustre, [hours / 6 for hours in range(1, 180)], region)
    kept = {"retention": {"days": 30}}
    world.send(world.message(lustre, copies={FRANKFURT: kept, TOKYO: kept}))
    world.settle()
    [mail] = world.topic.mails
    assert [copy["purge"]["kept"] for copy in mail.data["copies"]] == [180, 180]


def test_a_backup_that_waits_to_be_copied_is_not_purged_by_a_later_run(world: World, lustre: str) -> None:
    world.queue.max_receives = 224
    world.fsx.control.fault("http_503", "CopyBackup", times=None, region=FRANKFURT)
    message = world.message(lustre, copies={FRANKFURT: {"retention": {"days": 30}}}, retention={"days": 1})
    begin = world.now
    for hours in range(0, 32, 4):
        while world.now < begin + timedelta(hours=hours):
            while world.deliver():
                pass
            world.advance(minutes=1)
        if hours == 28:
            world.fsx.control.clear_faults()
        world.send({**message, "scheduled_time": f"{world.now:%Y-%m-%dT%H:%M:%SZ}"})
    world.settle(hours=100)
    assert {mail.attributes["outcome"] for mail in world.topic.mails} == {"COMPLETED"}
    assert len(world.backups(FRANKFURT)) == 8


def test_a_region_that_does_not_answer_holds_up_no_purge_by_hand(world: World, lustre: str) -> None:
    old, week = world.history(lustre, [1, 30, 40])[1:], {"days": 7, "keep_last": 1}
    world.fsx.control.fault("http_503", "DescribeBackups", times=None, region=FRANKFURT)
    world.send({**world.message(lustre, action="purge", copies={FRANKFURT: {}}, retention=week), "dry_run": False})
    world.settle()
    assert not {*old} & world.backups().keys()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["PARTIAL"]


def test_a_copy_that_was_started_is_not_said_to_be_missing(world: World, lustre: str) -> None:
    world.fsx.control.durations(copy=3 * 3600)
    hour: dict[str, Any] = {"start_window_minutes": 60, "completion_window_minutes": 60}
    world.send(world.message(lustre, copies={FRANKFURT: {"completion_window_minutes": 60}}, **hour))
    world.settle(hours=1.9)
    world.fsx.control.fault("http_503", "DescribeBackups", times=None, region=FRANKFURT)
    world.settle(hours=2)
    assert "The copy was started" in world.topic.mails[0].said


def test_a_look_at_a_copy_that_is_refused_once_ends_nothing(world: World, lustre: str) -> None:
    world.fsx.control.durations(copy=1800)
    world.send(world.message(lustre, copies={FRANKFURT: {}}))
    world.settle(hours=0.2)
    world.fsx.control.fault("AccessDeniedException", "DescribeBackups", times=1, region=FRANKFURT)
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
