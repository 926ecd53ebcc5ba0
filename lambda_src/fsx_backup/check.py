"""A check: measures plans or the whole deployment. It changes nothing; what is measured becomes metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import fsx, health, metrics, notifications
from .model import PlansCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

    from .model import DeploymentCheck
    from .settings import Settings


@dataclass(frozen=True)
class Finding:
    """What is to be published, what is answered and logged, and what recipients should be warned of."""

    data: list[MetricDatumTypeDef]
    answers: list[dict[str, Any]]  # one for each plan, or one for the deployment
    warning: notifications.Message | None = None


def run(
    request: PlansCheck | DeploymentCheck, settings: Settings, connect: Callable[[str], Any], now: datetime
) -> Iterator[Finding]:
    """What is found, as it is found. Raises Rejected or Transient at the end if FSx did not answer for all of it."""
    if isinstance(request, PlansCheck):
        return _of_plans(request, settings, connect, now)
    return _of_deployment(request, settings, connect, now)


def _of_plans(
    request: PlansCheck, settings: Settings, connect: Callable[[str], Any], now: datetime
) -> Iterator[Finding]:
    """Measure each plan that FSx answers for, twenty targets at a time."""
    for listed in fsx.list_by_target(connect("fsx"), [plan.target for plan in request.plans]):
        data, answers = [], []
        for plan in request.plans:
            if plan.target in listed:
                found = health.health(listed[plan.target], plan, settings.deployment, now)
                measured = metrics.of_health(found, settings.deployment, plan.name, now)
                data += measured
                answers.append(_answer(measured, plan=plan.name, target=plan.target.id))
        yield Finding(data, answers)


def _of_deployment(
    request: DeploymentCheck, settings: Settings, connect: Callable[[str], Any], now: datetime
) -> Iterator[Finding]:
    """Look for backups that no plan owns any more, and compare the account with its quota of backups."""
    backups = fsx.list_all_backups(connect("fsx"), health.COUNTED_TYPES)
    survey = health.survey(backups, settings.deployment, request.plans)
    quotas = metrics.quotas(connect("service-quotas"))
    nearly_full = health.nearly_full(survey.used, quotas)
    data = metrics.of_survey(survey, quotas, settings.deployment, now)
    yield Finding(
        data,
        [_answer(data, deployment=settings.deployment, orphans=survey.orphans, used=survey.used, quotas=quotas)],
        notifications.of_quota(settings, survey.used, nearly_full) if nearly_full else None,
    )


def _answer(data: list[MetricDatumTypeDef], **about: Any) -> dict[str, Any]:
    return {**about, "outcome": "CHECKED", "metrics": {_label(datum): datum["Value"] for datum in data}}


def _label(datum: MetricDatumTypeDef) -> str:
    """A metric's name in an answer; the file-system type where it has one."""
    kinds = [item["Value"] for item in datum.get("Dimensions", []) if item["Name"] == "FileSystemType"]
    return " ".join([datum["MetricName"], *kinds])
