"""Taking the applied stack away again. The last file by its name, as the others need the stack."""

import pytest
from botocore.exceptions import ClientError

from dev.scenarios.left_behind import resources
from tests.deployed.stage import NAME, Stage


def test_destroy_leaves_nothing_but_the_backups(stage: Stage) -> None:
    there = set(resources(stage.sandbox.client, NAME))
    assert there - {"topics"} == {  # the topic was deleted by the failures, where they ran
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
    stage.stack.destroy()
    [topic] = resources(stage.sandbox.client, NAME).pop("topics")  # the alarms' own, which the tests made
    assert topic["TopicArn"] == stage.alarm_topic
    assert set(resources(stage.sandbox.client, NAME)) == {"topics"}
    with pytest.raises(ClientError):
        stage.sandbox.client("lambda").get_function(FunctionName=NAME)
    assert stage.made("lustre")
