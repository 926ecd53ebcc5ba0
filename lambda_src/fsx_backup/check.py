"""Health checks, reports and recoveries: publishes what `survey`, `health` and `overview` find."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from . import alerts, metrics, notifications, overview, restore_report
from .fleet import orphans
from .forecast import forecast
from .model import Action
from .resources import uncovered
from .survey import survey
from .values import InvalidEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from .fleet import Fleet
    from .memory import Memory
    from .model import Check
    from .regions import Region
    from .registry import Entry, Registry
    from .settings import Settings

log = logging.getLogger("fsx_backup")


class Watch:
    """The checks of one deployment. `client` makes the client of a service."""

    def __init__(self, settings: Settings, client: Callable[..., Any], registry: Registry, memory: Memory) -> None:
        self.settings = settings
        self.client = client
        self.registry = registry
        self.memory = memory

    def run(self, check: Check, now: datetime, *, last: bool = True) -> dict[str, Any] | None:
        """The response; None for a recovery that is not there yet. Raises Transient when AWS does not answer.

        `last`: there is no further try, so that a report is made of what is known.
        """
        match check.action:
            case Action.CHECK:
                return self._one(check, now) if check.single else self._check(check, now)
            case Action.RECOVERY:
                return self._recovery(check, now, last=last)
            case _:
                return self._report(check, now, last=last)

    def _one(self, check: Check, now: datetime) -> dict[str, Any]:
        fleet = self._survey(check.plans or (), now)
        found, first = fleet.plans, fleet.plans[0]
        if first.entry is None and first.name not in self.registry.names():
            raise InvalidEvent(self.registry.unknown(first.name))
        rows = [overview.row(one, check.previous, now) for one in found if check.target in {"", one.target}]
        if not rows:
            raise InvalidEvent(f"{check.target} is no target of plan {first.name} now: name another one, or none.")
        if check.target or not (first.entry and first.entry.plan.target_tags):
            copies = [
                overview.row(copy, check.previous, now) for copy in fleet.copies if copy.target == rows[0]["target"]
            ]
            return {"outcome": "CHECKED", **rows[0], **({"copies": copies} if copies else {})}
        return {"outcome": "CHECKED", "plan": first.name, "targets": rows}

    def _check(self, check: Check, now: datetime) -> dict[str, Any]:
        fleet = self._survey(check.plans or (), now)
        # What became late after the check was due is left to the next one, by which it is new.
        late = [plan for plan in fleet.rows if plan.late and not (plan.since and plan.since > check.scheduled_time)]
        new = [plan for plan in late if plan.since and check.previous < plan.since <= check.scheduled_time]
        known = {plan.name for plan in late} - {plan.name for plan in new}
        compared = known or fleet.unread
        before = metrics.last_late(self.client("cloudwatch"), self.settings, now) if compared else 0
        if len(known) > before:
            new = late  # some became late at a moment that cannot be computed: a backup failed, or was deleted
        log.info("check", extra={"plans": len(check.plans or ()), "late": [plan.label for plan in late]})
        if new:
            time = overview.iso(check.scheduled_time)
            if self.memory.is_new(f"LATE {time}", now):
                self._publish(alerts.of_late(self.settings, new, now))
                self.memory.sent(f"LATE {time}", now)
            since = {plan.name: overview.iso(plan.since or check.scheduled_time) for plan in new}
            body = json.dumps({"action": Action.RECOVERY, "plans": since, "scheduled_time": time})
            self.client("sqs").send_message(QueueUrl=self.settings.queue_url, MessageBody=body)
        # Last, because a repeated check compares with what was published before.
        metrics.publish(
            self.client("cloudwatch"), metrics.of_fleet(fleet, self.settings, now, {plan.name for plan in late}, before)
        )
        return {"outcome": "CHECKED", "plans": len(check.plans or ()), "late": [plan.label for plan in late]}

    def _recovery(self, check: Check, now: datetime, *, last: bool) -> dict[str, Any] | None:
        """One notification when no plan is late any more, or at the end of the message's life."""
        fleet = self._survey(check.plans or (), now)
        late = fleet.unrecovered
        if any(plan.entry is None for plan in late):  # removed from file_systems?
            names = self.registry.names()
            late = [plan for plan in late if plan.entry or plan.name in names]
        if late and not last:
            return None
        self._publish(alerts.of_recovery(self.settings, check.since, late, fleet.ended))
        return {"outcome": "RECOVERED", "late": [plan.label for plan in late]}

    def _report(self, check: Check, now: datetime, *, last: bool) -> dict[str, Any]:
        known = self.registry.health_check() if check.plans is None else {}
        names = check.plans if check.plans is not None else known.get("plans", [])
        additional = check.additional_targets | frozenset(known.get("additional_targets", []))
        fleet = self._survey(names, now, whole=True, last=last)
        if fleet.answered:
            fleet.orphans = orphans(fleet, additional, self.settings.deployment)
            types = {resource.id: resource.type for resource in fleet.resources.values()}
            used = Counter(backup.file_system_type for backup in fleet.backups)
            fleet.quota = forecast(fleet.plans, types, used, metrics.quotas(self.client("service-quotas")), now)
            for region in fleet.regions.values():
                self._region(region, fleet, additional, types, now)
            covered = additional | {plan.target for plan in fleet.plans}
            fleet.uncovered = uncovered(fleet.resources, covered)
            fleet.restore_tests = [self._restore_test(entry, now) for entry in fleet.tests]
        data = overview.compose(self.settings, check, fleet, self.memory.refused, now)
        if check.action is Action.STATUS:
            return data
        for line in data["plans"]:
            log.info("plan", extra=line)
        log.info("report", extra={key: value for key, value in data.items() if key != "plans"})
        if fleet.answered:
            metrics.publish(self.client("cloudwatch"), metrics.of_report(fleet, self.settings, now))
        if check.notify == "always" or (check.notify == "problems" and data["problems"]):
            self._publish(overview.message(self.settings, data, now))
        return data

    def _restore_test(self, entry: Entry, now: datetime) -> dict[str, Any]:
        """What a report says of a plan's restore tests."""
        client, name, test = self.client("cloudwatch"), entry.plan.name, entry.plan.restore_test
        assert test  # noqa: S101 - see `Fleet.tests`
        following, due, since = restore_report.times(entry, test, now)
        passed = metrics.restore_seconds(client, self.settings, name, now)
        missed = since and metrics.restore_seconds(client, self.settings, name, now, since) == []
        return {
            "plan": name,
            "source": test.source,
            "passed": overview.iso(passed[-1][0]) if passed else None,
            "seconds": [seconds for _, seconds in passed or []],
            "missed": overview.iso(due) if missed else None,
            "next": overview.iso(following),
        }

    def _region(
        self, region: Region, fleet: Fleet, additional: frozenset[str], types: Mapping[str, str], now: datetime
    ) -> None:
        """What a report says of a Region with copies."""
        if region.problem:
            return
        settings = self.settings
        region.orphans = orphans(fleet, additional, settings.deployment, region, settings.region)
        used = Counter(backup.file_system_type for backup in region.backups)
        mine = [copy for copy in fleet.copies if copy.region == region.name]
        region.quota = forecast(mine, types, used, metrics.quotas(self.client("service-quotas", region.name)), now)

    def _survey(self, names: Iterable[str], now: datetime, *, whole: bool = False, last: bool = False) -> Fleet:
        return survey(self.client, self.registry, self.settings, names, now, whole=whole, last=last)

    def _publish(self, message: notifications.Message) -> None:
        notifications.publish(self.client("sns"), self.settings.topic_arn, message)
