"""CloudWatch metrics and Service Quotas: what is measured becomes data points, what may be stored becomes a number."""

from __future__ import annotations

import logging
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from .health import percent_used
from .model import Action
from .report import Outcome, Report, Wait

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.literals import StandardUnitType
    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

    from .health import Health, Survey

NAMESPACE = "FSxBackup"  # the role's permission is bound to it
LARGEST_BATCH = 1000  # PutMetricData: data points in a call
# Amazon FSx, "Quotas": user-initiated backups per account and Region.
DEFAULT_QUOTAS: dict[str, float] = {"LUSTRE": 500, "ONTAP": 10_000, "OPENZFS": 10_000, "WINDOWS": 500}

log = logging.getLogger("fsx_backup")


def of_health(health: Health, deployment: str, plan: str, now: datetime) -> list[MetricDatumTypeDef]:
    """A plan's check. Without an available backup there is no age: to the freshness alarm, missing is too old."""
    values: list[tuple[str, float | None, StandardUnitType]] = [
        ("NewestBackupAgeHours", health.age_hours, "None"),
        ("GoodBackups", health.good, "Count"),
        ("FailedBackups", health.failed, "Count"),
        ("BackupsInProgress", health.in_progress, "Count"),
        ("OwnedBytes", health.size, "Bytes"),
    ]
    dimensions = {"Deployment": deployment, "Plan": plan}
    return [_datum(name, value, unit, dimensions, now) for name, value, unit in values if value is not None]


def of_survey(survey: Survey, quotas: Mapping[str, float], deployment: str, now: datetime) -> list[MetricDatumTypeDef]:
    """A deployment's check."""
    data = [_datum("OrphanedBackups", sum(survey.orphans.values()), "Count", {"Deployment": deployment}, now)]
    for kind, percent in percent_used(survey.used, quotas).items():
        dimensions = {"Deployment": deployment, "FileSystemType": kind}
        data.append(_datum("BackupQuotaUsed", percent, "Percent", dimensions, now))
    return data


def of_result(result: Report | Wait, action: Action, now: datetime) -> list[MetricDatumTypeDef]:
    """A step: what it purged, and at its end the run itself."""
    occurrence = result.occurrence
    values: list[tuple[str, float, StandardUnitType]] = []
    if result.purge is not None:
        values.append(("Purged", len(result.purge.deleted), "Count"))
    if isinstance(result, Report) and result.outcome is Outcome.SKIPPED:
        values.append(("Skipped", 1, "Count"))
    elif isinstance(result, Report) and action is not Action.PURGE:
        completed = result.outcome in {Outcome.COMPLETED, Outcome.PARTIAL, Outcome.PURGE_BLOCKED}
        values += [
            ("Created", int(result.backup is not None), "Count"),
            ("Completed", int(completed), "Count"),
            ("Failed", int(not completed), "Count"),
        ]
        if completed:
            values.append(("Duration", (now - occurrence.scheduled_time).total_seconds(), "Seconds"))
    dimensions = {"Deployment": occurrence.deployment, "Plan": occurrence.plan.name}
    return [_datum(name, value, unit, dimensions, now) for name, value, unit in values]


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
