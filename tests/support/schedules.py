"""Doubles of EventBridge Scheduler, Service Quotas and CloudWatch for the function's tests."""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError


class Scheduler:
    """GetSchedule, refusing what the service refuses. Source: botocore's model `scheduler/2021-06-30`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.schedules: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls = 0
        self.seconds = 0.0  # that a call takes
        self.broken: Exception | None = None

    def put(self, group: str, name: str, message: object, expression: str, **more: Any) -> None:
        """Create or update a schedule, as Terraform does: it gets its present form now, or at `changed`."""
        text = message if isinstance(message, str) else json.dumps(message)
        assert 0 < len(text) <= 262_144
        assert all(re.fullmatch(r"[0-9a-zA-Z-_.]{1,64}", part) for part in (group, name))
        flexible = more.pop("flexible", 0)
        changed = more.pop("changed", self.now())
        self.schedules[group, name] = {
            "Arn": f"arn:aws:scheduler:us-east-1:123456789012:schedule/{group}/{name}",
            "GroupName": group,
            "Name": name,
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": more.pop("timezone", "UTC"),
            "State": more.pop("state", "ENABLED"),
            "CreationDate": changed,
            "LastModificationDate": changed,
            "Target": {"Arn": "arn:aws:sqs:us-east-1:123456789012:work", "RoleArn": "arn:aws:iam::123456789012:role/r"},
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": flexible}
            if flexible
            else {"Mode": "OFF"},
        }
        assert not more, more
        self.schedules[group, name]["Target"]["Input"] = text

    def get_schedule(self, *, GroupName: str = "default", Name: str) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        time.sleep(self.seconds)
        if self.broken:
            raise self.broken
        for value in (GroupName, Name):
            if not re.fullmatch(r"[0-9a-zA-Z-_.]{1,64}", value):
                raise ClientError({"Error": {"Code": "ValidationException", "Message": value}}, "GetSchedule")
        found = self.schedules.get((GroupName, Name))
        if found is None:
            message = f"Schedule {Name} does not exist."
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": message}}, "GetSchedule")
        return found


class ServiceQuotas:
    """Service Quotas, as far as the function uses it. Source: its API reference, ListServiceQuotas."""

    def __init__(self) -> None:
        self.quotas: dict[str, float] = {}
        self.broken: Exception | None = None

    def get_paginator(self, operation: str) -> "ServiceQuotas":
        assert operation == "list_service_quotas"
        return self

    def paginate(self, *, ServiceCode: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert ServiceCode == "fsx"
        if self.broken:
            raise self.broken
        for name, value in self.quotas.items():
            yield {"Quotas": [{"ServiceCode": "fsx", "QuotaName": name, "Value": value}]}


class CloudWatch:
    """CloudWatch's metrics, refusing what PutMetricData refuses. Source: CloudWatch API reference."""

    def __init__(self) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.broken: Exception | None = None

    def put_metric_data(self, *, Namespace: str, MetricData: Sequence[dict[str, Any]]) -> None:  # noqa: N803
        if self.broken:
            raise self.broken
        assert Namespace == "FSxBackup"
        assert 0 < len(MetricData) <= 1000
        for datum in MetricData:
            assert datum.keys() <= {"MetricName", "Dimensions", "Timestamp", "Value", "Unit"}
            assert len(datum["Dimensions"]) <= 30
            assert all(item["Name"] and item["Value"] for item in datum["Dimensions"])
            assert datum["Unit"] in {"None", "Count", "Bytes", "Seconds", "Percent"}
            assert isinstance(datum["Value"], int | float)
        self.calls.append(list(MetricData))

    def get_metric_statistics(self, **request: Any) -> dict[str, Any]:
        """Source: CloudWatch API reference, GetMetricStatistics."""
        assert request["Period"] % 60 == 0
        span = request["EndTime"] - request["StartTime"]
        assert 0 < span.total_seconds() / request["Period"] <= 1440
        found = [
            {"Timestamp": datum["Timestamp"], request["Statistics"][0]: float(datum["Value"]), "Unit": datum["Unit"]}
            for call in self.calls
            for datum in call
            if (datum["MetricName"], datum["Dimensions"]) == (request["MetricName"], request["Dimensions"])
            and request["StartTime"] <= datum["Timestamp"] < request["EndTime"]
        ]
        assert request["Namespace"] == "FSxBackup"
        return {"Label": request["MetricName"], "Datapoints": found[::-1]}

    def values(self, name: str, **dimensions: str) -> list[float]:
        """All values of a metric with exactly these dimensions, in the order of their arrival."""
        return [
            datum["Value"]
            for call in self.calls
            for datum in call
            if datum["MetricName"] == name
            and {item["Name"]: item["Value"] for item in datum["Dimensions"]} == dimensions
        ]
