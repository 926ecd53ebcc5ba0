"""What passes is waited out inside the start window: states, conflicts, half invocations; what is final is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.function.faults.twist import twisted
from tests.function.watching import only
from tests.support.world import DEPLOYMENT

if TYPE_CHECKING:
    from tests.support.world import World


@pytest.mark.fault("passing-target")
@pytest.mark.parametrize(
    ("kind", "state"),
    [
        *(("LUSTRE", state) for state in ("MISCONFIGURED", "MISCONFIGURED_UNAVAILABLE", "UPDATING", "CREATING")),
        *(("ONTAP", state) for state in ("MISCONFIGURED", "CREATING", "PENDING")),
    ],
)
def test_a_bad_request_of_a_target_in_a_passing_state_is_tried_again(world: World, kind: str, state: str) -> None:
    target = world.fsx.seed_file_system(kind)
    if kind == "ONTAP":
        target = world.fsx.seed_volume(target)
    world.fsx.control.set_lifecycle(target, state)
    world.fsx.control.fault("BadRequest", "CreateBackup", times=None)  # FSx may refuse UPDATING, too
    world.send(world.message(target))
    for _ in range(5):
        world.deliver()
        world.advance(minutes=5)
    assert not world.topic.mails
    world.fsx.control.clear_faults()
    world.fsx.control.set_lifecycle(target, "AVAILABLE" if kind == "LUSTRE" else "CREATED")
    world.settle()
    assert only(world).attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("passing-target")
@pytest.mark.parametrize("kind", ["file system", "volume"])
def test_a_bad_request_of_an_available_target_is_final(world: World, kind: str) -> None:
    target = world.fsx.seed_file_system("LUSTRE" if kind == "file system" else "ONTAP")
    if kind == "volume":
        target = world.fsx.seed_volume(target)
    world.fsx.control.fault("BadRequest", "CreateBackup", times=None, message="No.")
    world.send(world.message(target))
    world.deliver()
    assert not world.queue.records
    assert only(world).attributes["outcome"] == "FAILED"
    assert world.fsx.control.counts()["CreateBackup"] == 1


@pytest.mark.fault("token-conflict")
@pytest.mark.parametrize("listings", [2, 4])
def test_a_conflict_is_waited_out(world: World, target: str, listings: int) -> None:
    """The new backup is missing from listings, and a tag of the file system changes meanwhile."""
    world.send(world.message(target))
    world.deliver()
    [backup] = world.backups()
    hidden = 0

    def hide(page: dict[str, Any]) -> None:
        nonlocal hidden
        if hidden < listings and "Backups" in page:
            hidden += 1
            page["Backups"] = []

    twisted(world, hide)
    arn = world.fsx.client().describe_file_systems()["FileSystems"][0]["ResourceARN"]
    world.fsx.client().tag_resource(ResourceARN=arn, Tags=[{"Key": "New", "Value": "1"}])
    world.advance(minutes=1)
    world.settle()
    assert hidden == listings
    assert set(world.backups()) == {backup}
    assert only(world).attributes["outcome"] == "COMPLETED"


@pytest.mark.fault("cause")
def test_a_backup_deleted_by_somebody_inside_the_start_window_is_noticed(world: World, target: str) -> None:
    world.send(world.message(target))
    world.deliver()
    world.fsx.control.durations(backup=0)
    world.advance(minutes=1)
    [backup] = world.backups()
    world.fsx.client().delete_backup(BackupId=backup)
    world.settle()
    assert world.fsx.control.counts()["CreateBackup"] == 1
    assert not world.backups()
    mail = only(world)
    assert mail.attributes["outcome"] == "FAILED"
    assert "The backup was deleted before this run was finished" in mail.text
    assert "CloudTrail" in mail.text


@pytest.mark.fault("repeated-start")
@pytest.mark.parametrize("calls", range(1, 5))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_direct_start_that_failed_half_way_and_is_repeated_makes_one_backup(
    world: World, target: str, calls: int, when: str
) -> None:
    event = world.message(target)
    world.fsx.control.fault("http_500", at=calls, when=when)
    for _ in range(2):
        world.invoke(event)
        world.advance(seconds=20)
    world.function = world.connect(world.fsx.client())
    world.invoke(event)
    world.advance(minutes=15)
    world.settle()
    tags = [{"Key": "fsx-backup:deployment", "Value": DEPLOYMENT}]
    assert len(world.backups()) == 1
    assert tags[0] in next(iter(world.backups().values()))["Tags"]
    assert {mail.attributes["outcome"] for mail in world.topic.mails} == {"COMPLETED"}


@pytest.mark.fault("repeated-start")
def test_a_direct_start_whose_hand_over_failed_is_repeated_as_one(world: World, target: str) -> None:
    event = world.message(target)
    send, world.queue.send_message = world.queue.send_message, None  # type: ignore[assignment,method-assign]
    with pytest.raises(TypeError):
        world.invoke(event)
    world.queue.send_message = send  # type: ignore[method-assign]
    world.advance(seconds=20)
    world.invoke(event)
    world.advance(minutes=15)
    world.settle()
    assert len(world.backups()) == 1
