"""Taking the applied stack away again. The last file by its name, as the others need the stack."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.conftest import NAME, Stage


def left_behind(stage: Stage) -> Iterator[tuple[str, list[Any]]]:
    client, groups = stage.sandbox.client, {NAME, f"{NAME}-checks"}
    yield "schedules", [s for s in client("scheduler").list_schedules()["Schedules"] if s["GroupName"] in groups]
    yield "groups", [g for g in client("scheduler").list_schedule_groups()["ScheduleGroups"] if g["Name"] in groups]
    yield "functions", [f for f in client("lambda").list_functions()["Functions"] if f["FunctionName"] == NAME]
    mappings = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    yield "mappings", [m for m in mappings if m["FunctionArn"].endswith(f":{NAME}")]
    yield "queues", [url for url in client("sqs").list_queues().get("QueueUrls", []) if f"/{NAME}" in url]
    yield "topics", [topic for topic in client("sns").list_topics()["Topics"] if topic["TopicArn"].endswith(f":{NAME}")]
    yield "roles", [role for role in client("iam").list_roles()["Roles"] if role["RoleName"].startswith(f"{NAME}-")]
    yield "log groups", client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}")["logGroups"]
    yield "alarms", client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{NAME}-")["MetricAlarms"]
    yield "dashboards", client("cloudwatch").list_dashboards(DashboardNamePrefix=NAME)["DashboardEntries"]


def test_destroy_leaves_nothing_but_the_backups(stage: Stage) -> None:
    there = {name for name, found in left_behind(stage) if found}
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
    assert {name: found for name, found in left_behind(stage) if found} == {}
    with pytest.raises(ClientError):
        stage.sandbox.client("lambda").get_function(FunctionName=NAME)
    assert stage.made("lustre")
