"""What a Region that is slow, refuses or does not answer may do to copies, backups and mails."""

from datetime import timedelta
from typing import Any

import boto3
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


def test_a_purge_that_is_withheld_in_a_region_names_its_setting_and_its_backups(world: World, lustre: str) -> None:
    seed_copies(world, lustre, [30 + age for age in range(8)])
    policy = {"days": 7, "max_deletes": 5}
    world.send(world.message(lustre, copies={FRANKFURT: {"retention": policy}}))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PURGE_BLOCKED"
    assert f'raise copies["{FRANKFURT}"].retention.max_deletes to at least 6 and apply.' in mail.said
    assert mail.text.partition(f"\nCopies in {FRANKFURT}:\n")[2].count("  would delete backup-") == 6
    assert "message = 'withheld'" in mail.said


def test_without_data_of_its_time_zone_a_run_says_what_its_copies_came_to(world: World, lustre: str) -> None:
    world.fsx.control.fault("InvalidDestinationKmsKey", "CopyBackup", times=None, region=TOKYO)
    world.send(world.message(lustre, copies={FRANKFURT: {}, TOKYO: {}}, timezone="Mars/Olympus_Mons"))
    world.settle()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "COPY_FAILED"
    assert mail.said.count("The purge was withheld: the function has no data for the time zone") == 1
    assert f" {TOKYO}: An error occurred (InvalidDestinationKmsKey)" in mail.said


def test_a_new_execution_environment_finds_the_copy_in_progress(world: World, lustre: str) -> None:
    world.fsx.control.durations(copy=3600)
    world.send(world.message(lustre, copies={FRANKFURT: {}}))
    world.settle(hours=0.5)
    world.function = world.connect()
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    assert len(world.backups(FRANKFURT)) == 1


def test_a_copy_that_listings_do_not_show_yet_is_one(world: World, lustre: str) -> None:
    there, by_id = boto3.client("fsx", FRANKFURT), [False]  # not the one that other tests share

    def hide(parsed: Any, **_: Any) -> None:
        if not by_id[-1]:
            parsed["Backups"] = []

    events = there.meta.events
    events.register(
        "provide-client-params.fsx.DescribeBackups", lambda params, **_: by_id.append("BackupIds" in params)
    )
    events.register("after-call.fsx.DescribeBackups", hide)
    world.function = world.connect(regional=lambda _: there)
    world.send(world.message(lustre, copies={FRANKFURT: {}}))
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
