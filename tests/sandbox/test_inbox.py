"""A mailbox: a queue subscribed to topics, as AWS would admit it."""

import json

from dev.sandbox.aws import Sandbox
from dev.scenarios.inbox import Inbox


def test_sns_alone_may_send_to_it_and_from_its_topics_alone(sandbox: Sandbox) -> None:
    sns, sqs = sandbox.client("sns"), sandbox.client("sqs")
    topics = [sns.create_topic(Name=f"inbox-{name}")["TopicArn"] for name in ("main", "alarms")]
    with Inbox(sandbox.client, topics[0], "admitted", further=topics[1:]):
        url = sqs.get_queue_url(QueueName="admitted")["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "QueueArn"])["Attributes"]
    [statement] = json.loads(found["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert (statement["Action"], statement["Resource"]) == ("sqs:SendMessage", found["QueueArn"])
    assert sorted(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) == sorted(topics)


def test_its_filter_is_the_main_topics_and_it_leaves_no_subscription(sandbox: Sandbox) -> None:
    sns = sandbox.client("sns")
    main, alarms = (sns.create_topic(Name=f"boxed-{name}")["TopicArn"] for name in ("main", "alarms"))
    policy = {"severity": ["error"]}
    with Inbox(sandbox.client, main, "boxed", filter_policy=policy, further=[alarms]) as inbox:
        for topic in (main, alarms):
            sns.publish(TopicArn=topic, Message=json.dumps({"from": topic}))
        assert [mail.data["from"] for mail in inbox.receive(seconds=2)] == [alarms]
    for topic in (main, alarms):
        assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
