"""A check: measures plans or the whole deployment. It changes nothing; what is measured becomes metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import fsx, health, metrics, notifications

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef
    from mypy_boto3_fsx import FSxClient

    from .model import DeploymentCheck, PlansCheck
    from .settings import Settings


@dataclass(frozen=True)
class Finding:
    """What is to be published, what is answered and logged, and what people should be warned of."""

    data: list[MetricDatumTypeDef]
    answers: list[dict[str, Any]]  # one for each plan, or one for the deployment
    warning: notifications.Message | None = None
    missing: fsx.Rejected | fsx.Transient | None = None  # why not everything was measured


def of_plans(request: PlansCheck, settings: Settings, client: FSxClient, now: datetime) -> Finding:
    """Measure each plan that FSx answers for."""
    deployment = settings.deployment
    listed, missing = fsx.list_by_target(client, [plan.target for plan in request.plans])
    data, answers = [], []
    for plan in request.plans:
        if plan.target in listed:
            found = health.health(listed[plan.target], plan, deployment, now)
            measured = metrics.of_health(found, deployment, plan.name, now)
            data += measured
            answers.append(_answer(measured, plan=plan.name, target=plan.target.id))
    return Finding(data, answers, missing=missing)


def of_deployment(
    request: DeploymentCheck, settings: Settings, client: FSxClient, connect: Callable[[str], Any], now: datetime
) -> Finding:
    """Look for backups of plans that are gone, and compare the account with its quota of backups."""
    deployment = settings.deployment
    survey = health.survey(fsx.list_all_backups(client, health.COUNTED_TYPES), deployment, request.plans)
    quotas = metrics.quotas(connect("service-quotas"))
    nearly_full = health.nearly_full(survey.used, quotas)
    data = metrics.of_survey(survey, quotas, deployment, now)
    return Finding(
        data,
        [_answer(data, deployment=deployment, orphans=survey.orphans, used=survey.used, quotas=quotas)],
        notifications.of_quota(settings, survey.used, nearly_full) if nearly_full else None,
    )


def _answer(data: list[MetricDatumTypeDef], **about: Any) -> dict[str, Any]:
    return {**about, "outcome": "CHECKED", "metrics": {_label(datum): datum["Value"] for datum in data}}


def _label(datum: MetricDatumTypeDef) -> str:
    """A metric's name in an answer; the file-system type where it has one."""
    kinds = [item["Value"] for item in datum.get("Dimensions", []) if item["Name"] == "FileSystemType"]
    return " ".join([datum["MetricName"], *kinds])
