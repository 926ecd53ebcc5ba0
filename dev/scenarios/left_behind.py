"""What there is of a deployment, by kind: nothing, after its destroy."""

from collections.abc import Callable, Iterator
from typing import Any


def resources(client: Callable[[str], Any], name: str) -> dict[str, list[Any]]:
    """Kind -> what a deployment of this name has of it; kinds of which it has nothing are not there."""
    return {kind: found for kind, found in _found(client, name) if found}


def _found(client: Callable[[str], Any], name: str) -> Iterator[tuple[str, list[Any]]]:
    def every(service: str, operation: str, member: str, **parameters: Any) -> list[Any]:
        pages = client(service).get_paginator(operation).paginate(**parameters)
        return [item for page in pages for item in page.get(member) or []]

    groups = {name, f"{name}-checks"}
    yield "schedules", [s for s in every("scheduler", "list_schedules", "Schedules") if s["GroupName"] in groups]
    yield "groups", [g for g in every("scheduler", "list_schedule_groups", "ScheduleGroups") if g["Name"] in groups]
    yield "functions", [f for f in every("lambda", "list_functions", "Functions") if _named(f["FunctionName"], name)]
    mappings = every("lambda", "list_event_source_mappings", "EventSourceMappings")
    yield "mappings", [m for m in mappings if m["FunctionArn"].endswith(f":{name}")]
    yield "queues", every("sqs", "list_queues", "QueueUrls", QueueNamePrefix=name)
    topics = every("sns", "list_topics", "Topics")
    yield "topics", [topic for topic in topics if _named(topic["TopicArn"].rpartition(":")[2], name)]
    yield "roles", [role for role in every("iam", "list_roles", "Roles") if role["RoleName"].startswith(f"{name}-")]
    yield "log groups", every("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=f"/aws/lambda/{name}")
    yield "alarms", every("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=f"{name}-")
    yield "dashboards", every("cloudwatch", "list_dashboards", "DashboardEntries", DashboardNamePrefix=name)


def _named(found: str, name: str) -> bool:
    return found == name or found.startswith(f"{name}-")
