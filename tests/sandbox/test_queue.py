"""A queue feeds a function: partial batch failures, and a message kept by its visibility."""

import json
from pathlib import Path
from typing import Any

from dev.sandbox.aws import Sandbox
from dev.scenarios.queue_depth import depth
from tests.sandbox.deploy import Function, deploy
from tests.support.sandbox_fixtures import wait_for


def feed(sandbox: Sandbox, function: Function, name: str, *, concurrency: int, hidden_seconds: int) -> str:
    """The URL of a queue whose messages the function gets one by one."""
    attributes = {"VisibilityTimeout": str(hidden_seconds)}
    url: str = sandbox.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    sandbox.client("lambda").create_event_source_mapping(
        FunctionName=function.name,
        EventSourceArn=f"arn:aws:sqs:eu-west-1:123456789012:{name}",
        BatchSize=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": concurrency},
    )
    return url


def test_a_kept_message_comes_back_after_its_new_visibility_time(
    sandbox: Sandbox, probe: Function, tmp_path: Path
) -> None:
    queue = feed(sandbox, probe, "kept", concurrency=2, hidden_seconds=120)
    times = tmp_path / "times"
    body = {"queue": queue, "times": str(times), "receives": 2, "seconds": 2}

    sandbox.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(body))

    wait_for(lambda: times.exists() and len(times.read_text().split()) == 2)
    wait_for(lambda: depth(sandbox.client("sqs"), queue) == 0)
    moments = [float(moment) for moment in times.read_text().split()]
    assert len(moments) == 2
    assert 2 <= moments[1] - moments[0] < 20  # far from the queue's own 120


def crowds(sandbox: Sandbox, queue: str, body: dict[str, Any], *, messages: int) -> list[int]:
    """How many were seen at the same time, by each of the messages sent to the queue."""
    for _ in range(messages):
        sandbox.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(body))
    wait_for(lambda: depth(sandbox.client("sqs"), queue) == 0, seconds=60)
    return [int(path.read_text()) for path in Path(body["here"]).glob("*.seen")]


def test_a_mapping_hands_over_as_many_messages_at_once_as_it_may(
    sandbox: Sandbox, probe: Function, tmp_path: Path
) -> None:
    queue = feed(sandbox, probe, "crowd", concurrency=3, hidden_seconds=30)
    seen = crowds(sandbox, queue, {"here": str(tmp_path), "count": 3, "seconds": 5}, messages=7)
    assert (len(seen), max(seen)) == (7, 3)


def test_a_message_that_did_not_reach_the_function_comes_again(sandbox: Sandbox, tmp_path: Path) -> None:
    """Lambda takes one at a time and throttles the others, which return before the queue's visibility timeout."""
    function = deploy(sandbox, "narrow")
    sandbox.client("lambda").put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)
    queue = feed(sandbox, function, "narrow", concurrency=4, hidden_seconds=600)
    assert crowds(sandbox, queue, {"here": str(tmp_path), "count": 2, "seconds": 0.5}, messages=4) == [1] * 4
