"""Health checks, reports and recoveries: reads schedules and backups, publishes what `health` and `overview` find."""

from __future__ import annotations

import json
import logging
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import alerts, fsx, metrics, notifications, overview, regions, restore_report, restores
from .fleet import Fleet, orphans
from .forecast import forecast
from .health import Health, State, assess
from .model import ONTAP, USER_INITIATED, Action, Target
from .resources import resources, uncovered, with_tags
from .selection import Members, select, unread
from .values import InvalidEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from .memory import Memory
    from .model import Backup, Check
    from .registry import Entry, Registry
    from .settings import Settings

COUNTED_TYPES = ("USER_INITIATED", "AWS_BACKUP")  # in the quota; AWS Backup's fill it as well, automatic ones do not

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
        fleet = self._fleet(check.plans or (), now)
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
        fleet = self._fleet(check.plans or (), now)
        late = [plan for plan in fleet.rows if plan.late]
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
        metrics.publish(self.client("cloudwatch"), metrics.of_fleet(fleet, self.settings, now, before))
        return {"outcome": "CHECKED", "plans": len(check.plans or ()), "late": [plan.label for plan in late]}

    def _recovery(self, check: Check, now: datetime, *, last: bool) -> dict[str, Any] | None:
        """One notification when no plan is late any more, or at the end of the message's life."""
        late = [plan for plan in self._fleet(check.plans or (), now).rows if plan.late or plan.state is State.UNKNOWN]
        if any(plan.entry is None for plan in late):  # removed from file_systems?
            names = self.registry.names()
            late = [plan for plan in late if plan.entry or plan.name in names]
        if late and not last:
            return None
        self._publish(alerts.of_recovery(self.settings, check.since, late))
        return {"outcome": "RECOVERED", "late": [plan.label for plan in late]}

    def _report(self, check: Check, now: datetime, *, last: bool) -> dict[str, Any]:
        known = self.registry.health_check() if check.plans is None else {}
        names = check.plans if check.plans is not None else known.get("plans", [])
        additional = check.additional_targets | frozenset(known.get("additional_targets", []))
        fleet = self._fleet(names, now, whole=True, last=last)
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

    def _fleet(self, names: Iterable[str], now: datetime, *, whole: bool = False, last: bool = False) -> Fleet:
        """The plans' states. `whole`: with all backups and volumes of the Region."""
        entries: dict[str, Entry | None] = {}
        client = self.client("fsx")
        try:
            entries = self.registry.entries(names)
            found = [entry.plan for entry in entries.values() if entry]
            targets = [plan.target for plan in found if not plan.fleet]
            ontap = any(ONTAP in plan.target_types for plan in found if plan.fleet)
            tested = whole or any(plan.restore_test for plan in found)  # restore tests may have left any volume
            there = resources(client, volumes=tested or ontap or any(target.is_volume for target in targets))
            volumes = restores.named(there)
            if ontap or whole:
                # A fleet's volumes that cannot be backed up are named too, and late if they once were.
                listed_ids = {target.id for target in targets}
                volumes += [v for v in unread(there) if ontap or not (v.obstacle or v.id in listed_ids)]
            there = with_tags(client, there, {volume.id: volume for volume in volumes}.values())
            members = {plan.name: select(plan, there) for plan in found if plan.fleet}
            targets += [Target(one.id) for some in members.values() for one in some.once]
            # Of a plan whose target cannot be read, or that has none, the backups are found by their tags.
            if whole or not all(target.id for target in targets) or not all(some.once for some in members.values()):
                backups = fsx.list_backups(client, None, COUNTED_TYPES)
            else:
                backups = fsx.list_by_target(client, [target for target in targets if target.id in there])
        except fsx.Transient as error:
            if not (whole and last):
                raise
            return Fleet([self._unanswered(name, entries, error) for name in names], answered=False)
        listed: dict[str, list[Backup]] = defaultdict(list)
        for backup in backups:
            listed[backup.target_id].append(backup)
        plans: list[Health] = []
        for name, entry in entries.items():
            if entry and entry.plan.fleet:
                plans += self._targets(entry, members[name], listed, now) or [
                    assess(name, entry, backups, self.settings.deployment, now)
                ]
                continue
            target = entry.plan.target.id if entry else ""
            mine = listed[target] if target else backups
            known = not target or target in there
            plans.append(assess(name, entry, mine, self.settings.deployment, now, known=known))
        found_regions = regions.read(self.client, plans, COUNTED_TYPES if whole else (USER_INITIATED,))
        copies = regions.states(plans, found_regions, self.settings.region, self.settings.deployment, now)
        fleet = Fleet(plans, there, backups, members=members, copies=copies, regions=found_regions)
        elsewhere = fleet.regions if tested else ()
        left = restores.left_over(self.client, there.values(), elsewhere, self.settings, now)
        fleet.left_over, fleet.left_unread = left
        return fleet

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
        self, region: regions.Region, fleet: Fleet, additional: frozenset[str], types: Mapping[str, str], now: datetime
    ) -> None:
        """What a report says of a Region with copies."""
        if region.problem:
            return
        settings = self.settings
        region.orphans = orphans(fleet, additional, settings.deployment, region, settings.region)
        used = Counter(backup.file_system_type for backup in region.backups)
        mine = [copy for copy in fleet.copies if copy.region == region.name]
        region.quota = forecast(mine, types, used, metrics.quotas(self.client("service-quotas", region.name)), now)

    def _targets(
        self, entry: Entry, members: Members, listed: Mapping[str, list[Backup]], now: datetime
    ) -> list[Health]:
        """A state for each target. What was one and cannot be backed up any more is one still: nothing else would be
        late.
        """
        found = []
        for one in members.once:
            mine = replace(entry, plan=entry.plan.of(one.id), target_created=one.created)
            health = assess(entry.plan.name, mine, listed[one.id], self.settings.deployment, now)
            if health.own or not one.obstacle:
                found.append(health)
        return found

    @staticmethod
    def _unanswered(name: str, entries: dict[str, Entry | None], error: fsx.Transient) -> Health:
        if name in entries and entries[name] is None:
            return Health(name)
        return Health(name, State.UNKNOWN, f"AWS did not respond: {error}", entry=entries.get(name))

    def _publish(self, message: notifications.Message) -> None:
        notifications.publish(self.client("sns"), self.settings.topic_arn, message)
