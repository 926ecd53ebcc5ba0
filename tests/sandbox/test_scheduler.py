"""The stand-in for EventBridge Scheduler delivers what the service would."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dev.sandbox.aws import Sandbox
from dev.sandbox.scheduler import Outcome, Scheduler
from tests.sandbox.deploy import Function, deploy
from tests.support.sandbox_fixtures import wait_for

MOMENT = datetime(2026, 3, 22, 18, 59, 43, tzinfo=UTC)
ARN = "arn:aws:sqs:eu-west-1:123456789012:{}"
ALL_KEYWORDS = (
    '{"arn":"<aws.scheduler.schedule-arn>","time":"<aws.scheduler.scheduled-time>",'
    '"execution":"<aws.scheduler.execution-id>","attempt":"<aws.scheduler.attempt-number>"}'
)

Create = Callable[..., None]


@pytest.fixture
def scheduler(sandbox: Sandbox) -> Scheduler:
    return Scheduler(sandbox.client)


@pytest.fixture
def schedule(sandbox: Sandbox) -> Create:
    """Create a schedule whose target is the queue `fired`."""

    def create(name: str, text: str, *, state: str = "ENABLED", group: str = "default", **target: Any) -> None:
        sandbox.client("scheduler").create_schedule(
            Name=name,
            GroupName=group,
            State=state,
            ScheduleExpression="cron(0 0/4 * * ? *)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": ARN.format("fired"),
                "RoleArn": "arn:aws:iam::123456789012:role/any",
                "Input": text,
                **target,
            },
        )

    sandbox.client("sqs").create_queue(QueueName="fired")
    return create


def received(sandbox: Sandbox, queue: str) -> dict[str, Any]:
    """The one message in a queue, removed from it."""
    sqs = sandbox.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    assert len(messages) == 1
    sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])
    message: dict[str, Any] = messages[0]
    return message


def test_the_context_attributes_are_filled_in(sandbox: Sandbox, scheduler: Scheduler, schedule: Create) -> None:
    schedule("keywords", ALL_KEYWORDS)

    executions = set()
    for attempt in (1, 2):
        moment = MOMENT.astimezone(timezone(timedelta(hours=attempt - 1)))  # times are UTC whatever zone they came in
        assert scheduler.fire("keywords", scheduled_time=moment, attempt=attempt).outcome is Outcome.DELIVERED
        body = json.loads(received(sandbox, "fired")["Body"])
        executions.add(body.pop("execution"))
        assert body == {
            "arn": "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/keywords",
            "time": "2026-03-22T18:59:43Z",
            "attempt": str(attempt),
        }
    assert len(executions) == 2, "each attempt has its own execution id"


@pytest.mark.parametrize(
    ("name", "text"),
    [("escaped", '{"time":"\\u003caws.scheduler.scheduled-time\\u003e"}'), ("unknown", "<aws.scheduler.weather>")],
)
def test_other_keywords_stay_as_they_are(
    sandbox: Sandbox, scheduler: Scheduler, schedule: Create, name: str, text: str
) -> None:
    schedule(name, text)

    scheduler.fire(name)

    assert received(sandbox, "fired")["Body"] == text


def test_a_disabled_schedule_sends_nothing(scheduler: Scheduler, schedule: Create) -> None:
    schedule("off", "{}", state="DISABLED")

    firing = scheduler.fire("off", scheduled_time=MOMENT)

    assert (firing.outcome, firing.attempts, firing.scheduled_time) == (Outcome.DISABLED, 0, "2026-03-22T18:59:43Z")


def test_a_lambda_target_is_invoked_asynchronously(sandbox: Sandbox, scheduler: Scheduler, schedule: Create) -> None:
    function: Function = deploy(sandbox, "scheduled")
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{function.name}"
    schedule("to-lambda", '{"say":"<aws.scheduler.scheduled-time>"}', Arn=arn)

    assert scheduler.fire("to-lambda", scheduled_time=MOMENT).outcome is Outcome.DELIVERED

    logs = sandbox.client("logs")
    group = f"/aws/lambda/{function.name}"
    wait_for(lambda: logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"])
    wait_for(lambda: "printed 2026-03-22T18:59:43Z" in str(logs.filter_log_events(logGroupName=group)))


def test_a_permanent_error_goes_to_the_dead_letter_queue_at_once(
    sandbox: Sandbox, scheduler: Scheduler, schedule: Create
) -> None:
    sandbox.client("sqs").create_queue(QueueName="letters")
    schedule("lost", "hello", Arn=ARN.format("no-such-queue"), DeadLetterConfig={"Arn": ARN.format("letters")})

    firing = scheduler.fire("lost", scheduled_time=MOMENT)

    assert (firing.outcome, firing.attempts) == (Outcome.DEAD_LETTERED, 1)
    letter = received(sandbox, "letters")
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert len(attributes.pop("EXECUTION_ID")) == 16
    assert attributes.pop("ERROR_MESSAGE")
    assert attributes == {
        "ERROR_CODE": "AWS.SimpleQueueService.NonExistentQueue",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "0",
        "SCHEDULED_TIME": "2026-03-22T18:59:43Z",
        "SCHEDULE_ARN": "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/lost",
        "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
    }
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/no-such-queue"
    assert json.loads(letter["Body"]) == {"MessageBody": "hello", "QueueUrl": url}


class _Busy:
    """A Lambda that has no capacity left; LocalStack accepts asynchronous calls even then."""

    def invoke(self, **_: Any) -> None:
        error = {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
        raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 429}}, "Invoke")  # type: ignore[typeddict-item]


def test_throttling_is_repeated_as_often_as_the_policy_says(sandbox: Sandbox, schedule: Create) -> None:
    sandbox.client("sqs").create_queue(QueueName="throttled-letters")
    schedule(
        "throttled",
        "{}",
        Arn="arn:aws:lambda:eu-west-1:123456789012:function:busy",
        RetryPolicy={"MaximumRetryAttempts": 2},
        DeadLetterConfig={"Arn": ARN.format("throttled-letters")},
    )
    scheduler = Scheduler(lambda service: _Busy() if service == "lambda" else sandbox.client(service))

    firing = scheduler.fire("throttled")

    assert (firing.outcome, firing.attempts) == (Outcome.DEAD_LETTERED, 3)
    attributes = received(sandbox, "throttled-letters")["MessageAttributes"]
    assert attributes["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumRetryAttempts"
    assert attributes["RETRY_ATTEMPTS"]["StringValue"] == "2"


def test_without_a_dead_letter_queue_it_is_dropped(scheduler: Scheduler, schedule: Create) -> None:
    schedule("dropped", "hello", Arn=ARN.format("no-such-queue"))

    firing = scheduler.fire("dropped")

    assert firing.outcome is Outcome.DROPPED
    assert firing.error.startswith("AWS.SimpleQueueService.NonExistentQueue: ")


def test_schedules_are_found_by_group_over_several_pages(
    sandbox: Sandbox, scheduler: Scheduler, schedule: Create
) -> None:
    pages: list[str | None] = []

    def two_a_page(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        pages.append(params.get("NextToken"))
        return {**params, "MaxResults": 2}

    client = sandbox.client("scheduler")
    client.create_schedule_group(Name="many")
    for name in "abcde":
        schedule(name, "{}", group="many", state="DISABLED")
    schedule("elsewhere", "{}", state="DISABLED")

    client.meta.events.register("provide-client-params.scheduler.ListSchedules", two_a_page)
    try:
        assert scheduler.names("many") == [("many", name) for name in "abcde"]
    finally:
        client.meta.events.unregister("provide-client-params.scheduler.ListSchedules", two_a_page)
    assert len(pages) == 3
    assert ("default", "elsewhere") in scheduler.names()
    assert [firing.outcome for firing in scheduler.fire_all(group="many")] == [Outcome.DISABLED] * 5
