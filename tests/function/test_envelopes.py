"""Events of other services that reach the function by mistake: each is refused with a sentence, none crashes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fsx_backup.values import InvalidEvent
from tests.support.world import Context

if TYPE_CHECKING:
    from tests.support.world import World

TOPIC = "arn:aws:sns:us-east-1:123456789012:other"
# Source: Lambda Developer Guide, the event of each trigger, shortened.
SNS = {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Type": "Notification", "Message": "{}"}}]}
S3 = {"Records": [{"eventSource": "aws:s3", "eventVersion": "2.1", "s3": {"bucket": {"name": "data"}}}]}
RULE = {
    "version": "0",
    "id": "1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-03-01T04:00:00Z",
    "region": "us-east-1",
    "resources": ["arn:aws:events:us-east-1:123456789012:rule/nightly"],
    "detail": {},
}
ALARM = {"source": "aws.cloudwatch", "alarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a", "alarmData": {}}
NOTIFICATION = {"Type": "Notification", "MessageId": "1", "TopicArn": TOPIC, "Subject": "s", "Message": "{}"}
URL = {"version": "2.0", "routeKey": "$default", "rawPath": "/", "requestContext": {"http": {}}, "body": "{}"}
BALANCER = {"requestContext": {"elb": {}}, "httpMethod": "GET", "path": "/", "body": ""}
DYNAMODB = {"Records": [{"eventID": "1", "eventSource": "aws:dynamodb", "dynamodb": {}}]}
KINESIS = {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": "e30="}}]}
SES = {"Records": [{"eventSource": "aws:ses", "ses": {}}]}
CODECOMMIT = {"Records": [{"eventSource": "aws:codecommit", "codecommit": {}}]}
LOGS = {"awslogs": {"data": "H4sIAAAA"}}
JOB = {"CodePipeline.job": {"id": "1", "data": {}}}
STACK = {"RequestType": "Create", "ResponseURL": "https://example.com", "ResourceProperties": {}}
TEST = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "data"}
KAFKA = {"eventSource": "aws:kafka", "records": {"topic-0": [{"value": "e30="}]}}

# Event -> what its sentence says.
FOREIGN: dict[str, tuple[Any, str, str]] = {
    "SNS": (SNS, "event of aws:sns", "unsubscribe the function from the topic"),
    "S3": (S3, "event of aws:s3", "remove the function from the bucket's event notifications"),
    "EventBridge rule": (RULE, "EventBridge event", "constant JSON input"),
    "alarm": (ALARM, "CloudWatch alarm", "remove the function from the alarm's actions"),
    "SNS in a queue": (NOTIFICATION, "SNS notification", "unsubscribe it from the topic"),
    "URL": (URL, "HTTP request", "invoke the function directly"),
    "load balancer": (BALANCER, "HTTP request", "invoke the function directly"),
    "DynamoDB": (DYNAMODB, "event of aws:dynamodb", "remove the function from that trigger"),
    "Kinesis": (KINESIS, "event of aws:kinesis", "remove the function from that trigger"),
    "SES": (SES, "event of aws:ses", "remove the function from that trigger"),
    "CodeCommit": (CODECOMMIT, "event of aws:codecommit", "remove the function from that trigger"),
    # Of these the sentence names the first field that a request does not have, and those that it may have.
    "logs": (LOGS, 'Unknown field "awslogs"', "Allowed fields: action"),
    "pipeline": (JOB, 'Unknown field "CodePipeline.job"', "Allowed fields: action"),
    "stack": (STACK, 'Unknown field "RequestType"', "Allowed fields: action"),
    "S3's test": (TEST, 'Unknown field "Service"', "Allowed fields: action"),
    "Kafka": (KAFKA, 'Unknown field "eventSource"', "Allowed fields: action"),
    # Records that no service sends.
    "records of nothing": ({"Records": [{}]}, "event of an unknown service", "remove the function from that trigger"),
    "a record that is none": ({"Records": ["x"]}, "event of an unknown service", "remove the function"),
    "records that are none": ({"Records": {}}, 'Unknown field "Records"', "Allowed fields: action"),
    "SQS without a body": ({"Records": [{"eventSource": "aws:sqs"}]}, "event of aws:sqs", "remove the function"),
    "a mixture": ({"Records": [{"eventSource": "aws:sqs", "body": "{}"}, SNS["Records"][0]]}, "aws:sqs", "remove"),
}


@pytest.mark.fault("malformed")
@pytest.mark.parametrize(("event", "what", "remedy"), FOREIGN.values(), ids=FOREIGN)
def test_an_event_of_another_service_is_refused_with_what_it_is_and_what_to_set(
    world: World, event: Any, what: str, remedy: str
) -> None:
    with pytest.raises(InvalidEvent) as refused:
        world.invoke(event)
    assert what in str(refused.value)
    assert remedy in str(refused.value)
    assert "apply the module again" not in str(refused.value)
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "INVALID"
    assert str(refused.value) in mail.said
    assert "No backup was made and nothing was deleted." in mail.said
    assert not world.fsx.control.counts()


@pytest.mark.fault("malformed")
@pytest.mark.parametrize(("event", "what", "remedy"), FOREIGN.values(), ids=FOREIGN)
def test_the_same_event_in_the_queue_is_notified_once_and_does_not_come_back(
    world: World, event: Any, what: str, remedy: str
) -> None:
    """As a bucket, a topic or a rule with the queue as its target would send it."""
    world.send(event)
    world.settle()
    assert not world.queue.records
    assert not world.queue.dead_letters
    [mail] = world.topic.mails
    assert what in mail.said
    assert remedy in mail.said


@pytest.mark.fault("malformed")
@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a":' * 50_000, "\ud800", "[]", "null", "7", '""', "{", "Hello from SQS!"]
)
def test_a_body_that_is_no_request_is_refused(world: World, body: str) -> None:
    world.queue.send_message(QueueUrl=world.settings.queue_url, MessageBody=body)
    world.settle()
    assert not world.queue.records
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["INVALID"]


@pytest.mark.fault("malformed")
@pytest.mark.parametrize("event", [None, [], "text", 7, True, 1.5])
def test_an_event_that_is_no_object_is_refused(world: World, event: Any) -> None:
    with pytest.raises(InvalidEvent, match="The event must be a JSON object"):
        world.invoke(event)


@pytest.mark.fault("malformed")
def test_a_foreign_message_does_not_keep_those_beside_it(world: World) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    world.send(S3)
    world.send(world.message(target))
    records = [world.queue.receive(), world.queue.receive()]
    events = [world.event_of(record) for record in records if record]
    answer = world.function.handle({"Records": events}, Context())
    own = [event["messageId"] for event in events if "s3" not in event["body"]]
    assert answer == {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in own]}
    assert len(world.backups()) == 1


@pytest.mark.fault("malformed")
@pytest.mark.parametrize(
    "time",
    ["9999-12-31T23:59:59Z", "2027-03-01T04:00:00Z", "2026-03-02T04:00:01Z", "9999-12-31T23:59:59-14:00"],
)
def test_a_scheduled_time_more_than_a_day_ahead_is_refused(world: World, time: str) -> None:
    target = world.fsx.seed_file_system("OPENZFS")
    with pytest.raises(InvalidEvent, match="scheduled_time"):
        world.invoke(world.message(target) | {"scheduled_time": time})
    world.send(world.message(target) | {"scheduled_time": time})
    world.settle()
    assert not world.backups()
    assert not world.queue.records
    assert {mail.attributes["outcome"] for mail in world.topic.mails} == {"INVALID"}


@pytest.mark.fault("malformed")
@pytest.mark.parametrize("hours", [1, 12, 24])
def test_a_scheduled_time_within_a_day_ahead_is_a_backup_of_now(world: World, hours: int) -> None:
    """However long it takes, the message is polled as seldom as any other."""
    target = world.fsx.seed_file_system("OPENZFS")
    world.fsx.control.durations(backup=20 * 3600)
    time = world.now.replace(day=1 + (4 + hours) // 24, hour=(4 + hours) % 24).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert world.invoke(world.message(target) | {"scheduled_time": time})["outcome"] == "IN_PROGRESS"
    [record] = world.queue.records
    assert json.loads(record.body)["scheduled_time"] == time
    world.advance(minutes=15)
    world.settle()
    assert not world.queue.dead_letters
    assert len(world.backups()) == 1
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
