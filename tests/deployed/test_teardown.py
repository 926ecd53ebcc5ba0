"""Taking the applied stack away again."""

import pytest
from botocore.exceptions import ClientError

from tests.deployed.stage import NAME, Destroyed, Stage


def test_destroy_leaves_nothing_but_the_backups(stage: Stage, destroyed: Destroyed) -> None:
    assert set(destroyed.before) - {"topics"} == {  # the topic was deleted by the failures, where they ran
        "schedules",
        "groups",
        "functions",
        "mappings",
        "queues",
        "roles",
        "log groups",
        "alarms",
        "dashboards",
    }
    assert set(destroyed.after) == {"topics"}
    [topic] = destroyed.after["topics"]  # the alarms' own, which the tests made
    assert topic["TopicArn"] == stage.alarm_topic
    with pytest.raises(ClientError):
        stage.sandbox.client("lambda").get_function(FunctionName=NAME)
    assert stage.made("lustre")
