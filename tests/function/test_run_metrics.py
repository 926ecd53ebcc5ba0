"""What a run adds to the metrics: one run, however many messages' deliveries it took."""

import pytest

from tests.support.world import DEPLOYMENT, World


def test_a_run_is_counted(world: World, target: str) -> None:
    world.history(target, [1, 10, 11])
    world.send(world.message(target))
    world.settle()
    values = {
        name: world.cloudwatch.values(name, Deployment=DEPLOYMENT) for name in ("RunsCompleted", "RunsFailed", "Purged")
    }
    assert values == {"RunsCompleted": [1], "RunsFailed": [0], "Purged": [2]}
    [duration] = world.cloudwatch.values("LongestDuration", Deployment=DEPLOYMENT)
    assert duration == pytest.approx(30, abs=1)
    assert len(world.cloudwatch.calls) == 1


@pytest.mark.parametrize("outcome", ["FAILED", "STUCK", "BUSY"])
def test_a_failed_run_is_counted_as_failed(world: World, target: str, outcome: str) -> None:
    if outcome == "BUSY":
        world.fsx.seed_backup(target, backup_type="AUTOMATIC", lifecycle="CREATING")
    else:
        world.fsx.control.next_backup(target, outcome)
    world.send(world.message(target, notify_on_success=False))
    world.settle()
    assert world.cloudwatch.values("RunsCompleted", Deployment=DEPLOYMENT) == [0]
    assert world.cloudwatch.values("RunsFailed", Deployment=DEPLOYMENT) == [1]
    assert not world.cloudwatch.values("LongestDuration", Deployment=DEPLOYMENT)


def test_a_purge_in_two_parts_is_one_run(world: World, target: str) -> None:
    world.history(target, [1, *(10 + number for number in range(11))])
    world.fsx.control.durations(backup=0)
    world.send(world.message(target))
    world.deliver()
    world.context.seconds_left = 10
    world.advance(minutes=1)
    world.deliver()
    world.settle()
    assert world.cloudwatch.values("Purged", Deployment=DEPLOYMENT) == [8, 3]
    assert world.cloudwatch.values("RunsCompleted", Deployment=DEPLOYMENT) == [1]


def test_metrics_that_cannot_be_published_do_not_stop_a_run(world: World, target: str) -> None:
    world.cloudwatch.broken = RuntimeError("AccessDenied")
    world.send(world.message(target))
    world.settle()
    assert world.topic.mails[0].attributes["outcome"] == "COMPLETED"
    assert not world.queue.records
