"""CloudWatch metrics and Service Quotas: what is measured becomes data points, what may be stored becomes a number."""

from __future__ import annotations

import logging
import math
from datetime import timedelta
from itertools import batched, groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from .model import AVAILABLE, FAILED, IN_PROGRESS, Action
from .report import Outcome, Report, Wait

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set
    from datetime import datetime

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.literals import StandardUnitType
    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

    from .fleet import Fleet
    from .settings import Settings

NAMESPACE = "FSxBackup"  # the role's permission is bound to it
LAST_TESTS = 5
KEPT = timedelta(days=455)  # data points; CloudWatch User Guide, "Metrics retention"
LARGEST_BATCH = 1000  # PutMetricData: data points in a call
# Amazon FSx, "Quotas": user-initiated backups per account and Region.
DEFAULT_QUOTAS: dict[str, float] = {"LUSTRE": 500, "ONTAP": 10_000, "OPENZFS": 10_000, "WINDOWS": 500}

log = logging.getLogger("fsx_backup")


def of_fleet(
    fleet: Fleet, settings: Settings, now: datetime, late: Set[str], before: float = 0
) -> list[MetricDatumTypeDef]:
    """A health check: totals of all plans, bytes by Region, and with `detailed_metrics` the age and bytes of each.

    `late`: names of plans. `before`: `last_late`. A plan with copies in a Region that cannot be read now may be one of
    those.
    """
    plans, rows = fleet.plans, fleet.rows
    whole = {"Deployment": settings.deployment}
    values: list[tuple[str, float, StandardUnitType]] = [
        ("LatePlans", max(len(late), min(before, len(late | fleet.unread))), "Count"),
        ("BackupsAvailable", sum(plan.count({AVAILABLE}) for plan in plans), "Count"),
        ("BackupsFailed", sum(plan.count({FAILED}) for plan in plans), "Count"),
        ("BackupsInProgress", sum(plan.count(IN_PROGRESS) for plan in plans), "Count"),
        ("OverdueForDeletion", sum(len(plan.overdue) for plan in rows), "Count"),
        ("OwnedBytes", sum(plan.size for plan in plans), "Bytes"),
    ]
    # More keeps the alarm as it should be; none, where a Region is not known, would end it.
    if fleet.left_over or (fleet.tests and not fleet.left_unread):
        values.append(("RestoreTestLeftovers", len(fleet.left_over), "Count"))
    data = [_datum(*value, whole, now) for value in values]
    for region in fleet.regions:
        size = sum(copy.size for copy in fleet.copies if copy.region == region)
        data.append(_datum("OwnedBytes", size, "Bytes", {**whole, "Region": region}, now))
    for name, group in groupby(plans, lambda plan: plan.name) if settings.detailed_metrics else []:
        dimensions, targets = {**whole, "Plan": name}, list(group)
        data.append(_datum("OwnedBytes", sum(plan.size for plan in targets), "Bytes", dimensions, now))
        if made := [plan.newest.created for plan in targets if plan.newest and plan.newest.created]:
            age = max(0.0, (now - min(made)).total_seconds() / 3600)
            data.append(_datum("BackupAgeHours", age, "None", dimensions, now))
    return data


def last_late(client: CloudWatchClient, settings: Settings, now: datetime) -> float:
    """LatePlans as the previous check published it; 0 without one for a day, infinite if CloudWatch does not answer."""
    found = _maxima(
        client, "LatePlans", {"Deployment": settings.deployment}, now=now, span=timedelta(days=1), period=60
    )
    return math.inf if found is None else found[-1][1] if found else 0


def restore_seconds(
    client: CloudWatchClient, settings: Settings, plan: str, now: datetime, since: datetime | None = None
) -> list[tuple[datetime, int]] | None:
    """When the last restore tests of a plan passed, one a day, and how long the restore took. What CloudWatch keeps.

    None if it does not answer.
    """
    where = {"Deployment": settings.deployment, "Plan": plan}
    span = now - since if since else KEPT
    found = _maxima(client, "RestoreSeconds", where, now=now, span=span, period=86_400)
    return None if found is None else [(moment, int(seconds)) for moment, seconds in found][-LAST_TESTS:]


def _maxima(
    client: CloudWatchClient, name: str, dimensions: Mapping[str, str], *, now: datetime, span: timedelta, period: int
) -> list[tuple[datetime, float]] | None:
    """By time; None if CloudWatch does not answer. Source: CloudWatch API Reference, GetMetricStatistics."""
    try:
        found = client.get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - span,
            EndTime=now,
            Period=period,
            Statistics=["Maximum"],
        )["Datapoints"]
    except (BotoCoreError, ClientError) as error:
        log.warning("%s of before is not known: %s", name, error)
        return None
    return sorted((point["Timestamp"], point["Maximum"]) for point in found)


def of_report(fleet: Fleet, settings: Settings, now: datetime) -> list[MetricDatumTypeDef]:
    """A report."""
    whole = {"Deployment": settings.deployment}
    orphaned = fleet.orphans.total() + sum(region.orphans.total() for region in fleet.regions.values())
    data = [_datum("OrphanedBackups", orphaned, "Count", whole, now)]
    for place, quota in ({}, fleet.quota), *(({"Region": one.name}, one.quota) for one in fleet.regions.values()):
        for kind, share in quota.items():
            if share["quota"] > 0:
                used = 100 * share["used"] / share["quota"]
                dimensions = {**whole, **place, "FileSystemType": kind}
                data.append(_datum("BackupQuotaUsed", used, "Percent", dimensions, now))
    return data


def of_result(result: Report | Wait, action: Action, settings: Settings, now: datetime) -> list[MetricDatumTypeDef]:
    """A step: what it purged, and at its end the run itself."""
    occurrence = result.occurrence
    whole = {"Deployment": occurrence.deployment}
    data: list[MetricDatumTypeDef] = []
    if occurrence.plan.testing:
        restored = result.restored if isinstance(result, Report) and action is Action.RESTORE_TEST else None
        if restored is None or restored.seconds is None:
            return []
        places = whole, {**whole, "Plan": occurrence.plan.name}
        return [_datum("RestoreSeconds", restored.seconds, "Seconds", place, now) for place in places]
    if result.purges:
        data.append(_datum("Purged", sum(len(purge.deleted) for purge in result.purges), "Count", whole, now))
    if isinstance(result, Report) and result.outcome is Outcome.SKIPPED:
        data.append(_datum("RunsSkipped", 1, "Count", whole, now))
    elif isinstance(result, Report) and action is not Action.PURGE and result.outcome is not Outcome.EXPANDED:
        completed = result.outcome in {Outcome.COMPLETED, Outcome.PARTIAL, Outcome.PURGE_BLOCKED}
        data.append(_datum("RunsCompleted", int(completed), "Count", whole, now))
        data.append(_datum("RunsFailed", int(not completed), "Count", whole, now))
        if completed:
            seconds = (now - occurrence.scheduled_time).total_seconds()
            data.append(_datum("LongestDuration", seconds, "Seconds", whole, now))
            if settings.detailed_metrics:
                dimensions = {**whole, "Plan": occurrence.plan.name}
                data.append(_datum("Duration", seconds, "Seconds", dimensions, now))
    return data


def publish(client: CloudWatchClient, data: Sequence[MetricDatumTypeDef]) -> None:
    """As few calls as CloudWatch allows."""
    for batch in batched(data, LARGEST_BATCH, strict=False):
        client.put_metric_data(Namespace=NAMESPACE, MetricData=batch)


def quotas(client: Any) -> dict[str, float]:
    """The account's quotas of backups by file-system type; AWS's defaults where Service Quotas has none.

    By name, because AWS documents the quotas' names ("Lustre backups") but not their codes.
    """
    found = dict(DEFAULT_QUOTAS)
    try:
        for page in client.get_paginator("list_service_quotas").paginate(ServiceCode="fsx"):
            for quota in page["Quotas"]:
                kind = quota.get("QuotaName", "").upper().removesuffix(" BACKUPS")
                if kind in found and "Value" in quota:
                    found[kind] = quota["Value"]
    except (BotoCoreError, ClientError) as error:
        log.warning("Service Quotas does not answer, AWS's defaults are used: %s", error)
        return dict(DEFAULT_QUOTAS)
    return found


def _datum(
    name: str, value: float, unit: StandardUnitType, dimensions: Mapping[str, str], now: datetime
) -> MetricDatumTypeDef:
    return {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": item} for key, item in dimensions.items()],
        "Timestamp": now,
        "Value": value,
        "Unit": unit,
    }
