"""Errors of SNS, SQS and CloudWatch: the backups are made and purged, and the failure is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.function.faults.broken import POSITIONS, Broken, errors
from tests.function.faults.stage import KINDS, OUTAGE_MINUTES, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.world import World

PUBLISH = errors("sns", "Publish")
HIDE = errors("sqs", "ChangeMessageVisibility")
SEND = errors("sqs", "SendMessage")
COUNT = errors("cloudwatch", "PutMetricData")


def positions(found: Iterable[str]) -> list[tuple[str, str]]:
    """Every error at all calls; the first two at each of ten."""
    names = list(found)
    return [(name, "all") for name in names] + [(name, at) for name in names[:2] for at in ("first", "middle", "last")]


def ten_plans(world: World) -> Stage:
    stage = Stage(world)
    for kind in KINDS:
        stage.add(kind, 1)
    return stage


def one_plan(world: World) -> Stage:
    stage = Stage(world)
    stage.add("LUSTRE", 2, all_foreign=True)
    return stage


@pytest.mark.fault("publish")
@pytest.mark.fault("denied", cases="*KMS*")
@pytest.mark.fault("denied", cases="A*")
@pytest.mark.parametrize(("error", "position"), positions(PUBLISH))
def test_a_message_that_cannot_be_published(world: World, error: str, position: str) -> None:
    """The backup is kept and finished, the alarm on errors goes off, and it is notified when the topic is back."""
    stage = one_plan(world) if position == "all" else ten_plans(world)
    topic: Any = Broken(world.topic, PUBLISH[error], POSITIONS[position])
    world.function = world.connect(sns=topic)
    stage.send()
    stage.settle(OUTAGE_MINUTES)
    for site in stage.sites:
        stage.check_is_done(site)
    assert stage.errors
    assert all(raised is PUBLISH[error] for raised in stage.errors)
    assert len(world.queue.records) == (1 if position == "all" else 0)
    topic.mended = True
    stage.settle()
    notified = sorted(stage.outcomes(site) for site in stage.sites)
    struck = [["COMPLETED"]] if position == "all" else [["ERROR", "COMPLETED"]]
    assert notified == [*(["COMPLETED"] for _ in stage.sites[1:]), *struck]
    stage.check_converges()


@pytest.mark.fault("queue")
@pytest.mark.fault("denied", cases="AccessDenied-*")
@pytest.mark.parametrize(("error", "position"), positions(HIDE))
def test_a_message_that_cannot_be_hidden_longer(world: World, error: str, position: str) -> None:
    """The queue is the timer: without it a message comes back after the queue's own time, and the alarm goes off."""
    stage = one_plan(world) if position == "all" else ten_plans(world)
    queue: Any = Broken(world.queue, HIDE[error], POSITIONS[position])
    world.function = world.connect(sqs=queue)
    stage.send()
    stage.settle()
    assert len(stage.errors) == 1
    assert stage.errors[0] is HIDE[error]
    for site in stage.sites:
        stage.check_healthy(site)
    stage.check_converges()


@pytest.mark.fault("queue")
@pytest.mark.parametrize("error", SEND)
def test_a_direct_invocation_whose_follow_up_cannot_be_sent(world: World, error: str) -> None:
    """Who invoked it gets the error; with the time of its answer lost, the same event gives the same backup."""
    stage = one_plan(world)
    [site] = stage.sites
    queue: Any = Broken(world.queue, SEND[error], POSITIONS["all"])
    world.function = world.connect(sqs=queue)
    with pytest.raises(type(SEND[error])):
        world.invoke(site.message)
    queue.mended = True
    assert world.invoke(site.message)["outcome"] == "IN_PROGRESS"
    world.advance(minutes=5)
    stage.settle()
    stage.check_healthy(site)
    stage.check_converges()


@pytest.mark.fault("metrics")
@pytest.mark.parametrize(("error", "position"), positions(COUNT))
def test_a_run_that_cannot_be_counted(world: World, error: str, position: str) -> None:
    """It was made and notified: that is what counts. The log says that the metrics lack it."""
    stage = one_plan(world) if position == "all" else ten_plans(world)
    cloudwatch = Broken(world.cloudwatch, COUNT[error], POSITIONS[position])
    world.function = world.connect(cloudwatch=cloudwatch)
    stage.send()
    stage.settle()
    assert not stage.errors
    for site in stage.sites:
        stage.check_healthy(site)
    assert cloudwatch.calls == len(stage.sites)
    assert len(world.cloudwatch.calls) == (0 if position == "all" else len(stage.sites) - 1)
    stage.check_converges()


@pytest.mark.fault("metrics")
@pytest.mark.parametrize("error", COUNT)
def test_a_check_that_cannot_be_published(world: World, error: str) -> None:
    """It is an error that the alarm sees; the message comes back, and is left to the next check if that is due."""
    stage = one_plan(world)
    [site] = stage.sites
    cloudwatch = Broken(world.cloudwatch, COUNT[error], POSITIONS["all"])
    world.function = world.connect(cloudwatch=cloudwatch)
    world.schedule(site.target, name=site.plan)
    check = {"action": "check", "plans": [site.plan]}
    world.send(check)
    stage.settle()
    assert len(stage.errors) == 1
    assert not world.queue.records
    assert not world.topic.mails
    stage.check_nothing_foreign_was_touched()
    cloudwatch.mended = True
    world.send(check)
    stage.settle()
    assert world.cloudwatch.calls


@pytest.mark.fault("denied")
def test_a_denied_publish_of_a_refusal_is_seen(world: World) -> None:
    """A message that cannot be understood and cannot be notified either is kept: it must not vanish."""
    topic: Any = Broken(world.topic, PUBLISH["AuthorizationError"], POSITIONS["first"])
    world.function = world.connect(sns=topic)
    world.send({"action": "dance"})
    with pytest.raises(ClientError, match="AuthorizationError"):
        world.deliver()
    assert world.queue.records
    world.advance(minutes=31)
    world.deliver()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["INVALID"]
    assert not world.queue.records
