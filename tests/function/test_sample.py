"""The AWS sample's constant JSON works as it stands."""

from typing import Any

from tests.support.world import World


def sample(target: str, **changes: str) -> dict[str, Any]:
    return {
        "start-backup": "true",
        "purge-backups": "true",
        "filesystem-id": target,
        "notify_on_success": "Yes",
    } | changes


def finish(world: World) -> None:
    world.advance(minutes=5)
    world.settle()


def test_start_and_purge(world: World, target: str) -> None:
    old = world.history(target, [7.2, 7.1], plan=target)
    young = world.history(target, [5, 6.9], plan=target)
    assert world.invoke(sample(target))["outcome"] == "IN_PROGRESS"
    finish(world)
    left = world.backups()
    assert not set(old) & set(left)  # with the new one, the last three are kept anyway
    [made] = [backup for identifier, backup in left.items() if identifier not in young]
    assert {"Key": "Name", "Value": "user-scheduled backup"} in made["Tags"]
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"


def test_start_alone(world: World, target: str) -> None:
    old = world.history(target, [30], plan=target)
    world.invoke(sample(target, **{"purge-backups": "false"}))
    finish(world)
    assert set(old) < set(world.backups())


def test_purge_alone(world: World, target: str) -> None:
    old = world.history(target, [30, 8, 9, 10], plan=target)
    answer = world.invoke(sample(target, **{"start-backup": "false"}))
    assert answer["outcome"] == "PURGED"
    assert set(world.backups()) == set(old[1:])


def test_success_is_not_notified_if_not_wanted_but_failure_is(world: World, target: str) -> None:
    world.invoke(sample(target, notify_on_success="No"))
    finish(world)
    assert not world.topic.mails
    world.fsx.control.next_backup(target, "FAILED")
    world.invoke(sample(target, notify_on_success="No"))
    finish(world)
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["FAILED"]
