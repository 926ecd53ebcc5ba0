"""The runbook has a section for every message and alarm, the costs are what their arithmetic gives."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dev.sandbox.aws import ROOT
from dev.tools import costs
from fsx_backup import metrics, restore_report
from fsx_backup.notifications import ERROR, HEADLINES, INFO, WARNING
from fsx_backup.report import Outcome
from tests.function.faults import plugin
from tests.function.faults.catalogue import FAULTS
from tests.support.markdown import anchors
from tests.support.world import World

RUNBOOK = ROOT / "docs" / "runbook.md"
MONITORING = (ROOT / "docs" / "monitoring.md").read_text()
OTHER_MESSAGES = {"ERROR": ERROR, "INVALID": ERROR, "LATE": ERROR, "RECOVERED": INFO, "REPORT": WARNING}


@pytest.mark.parametrize(
    "outcome",
    [
        *(outcome for outcome in Outcome if outcome not in {Outcome.DRY_RUN, Outcome.EXPANDED, Outcome.SETTLED}),
        *OTHER_MESSAGES,
    ],
)
def test_every_outcome_has_its_section(outcome: str) -> None:
    assert outcome.lower().replace("_", "-") in anchors(RUNBOOK)


def test_the_attributes_are_those_of_the_messages() -> None:
    headlines = HEADLINES | restore_report.HEADLINES
    severities = {outcome.value: severity for outcome, (_, severity) in headlines.items()} | OTHER_MESSAGES
    [listed] = re.findall(r"^\| `outcome` \| (.*) \|$", MONITORING, re.MULTILINE)
    assert set(listed.split(", ")) == set(severities)
    for severity in (INFO, WARNING):
        [named] = re.findall(rf"`{severity}` \(([A-Z_, ]+)\)", MONITORING)
        assert set(named.split(", ")) == {outcome for outcome, of in severities.items() if of == severity}


def test_every_metric_is_in_the_table() -> None:
    published = set(re.findall(r'(?<!get)\("([A-Z][A-Za-z]+)",', Path(metrics.__file__).read_text()))
    table = MONITORING.split("\n## Metrics\n")[1].split("\n## ")[0]
    listed = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert listed == published
    assert "RunsSkipped" in published


def test_every_alarm_has_its_section() -> None:
    """As monitoring.tf has them; the plan tests hold the alarms' descriptions against the same names."""
    for name in ("errors", "throttles", "dead-letters", "queue-age", "dropped", "late", "restore-test-leftovers"):
        assert f"alarm-{name}" in anchors(RUNBOOK)


def test_links_within_the_runbook_lead_somewhere() -> None:
    assert set(re.findall(r"\(#([^)]+)\)", RUNBOOK.read_text())) <= anchors(RUNBOOK)


@pytest.mark.parametrize("kind", ["Lustre", "Windows", "OpenZFS", "ONTAP"])
def test_every_file_system_type_can_be_restored(kind: str) -> None:
    assert f"### Restore: {kind}" in RUNBOOK.read_text()


def test_the_reliability_page_has_every_fault_and_every_error() -> None:
    """After a change of either: `make faults`."""
    page = (ROOT / "docs" / "reliability.md").read_text()
    assert [
        fault for fault in FAULTS.values() if f"| {fault.what} | {fault.where} | {fault.expected} |" not in page
    ] == []
    assert "\n".join(plugin.errors()) in page


def test_the_cost_tables_are_their_arithmetic() -> None:
    assert f"make costs` -->\n{costs.tables()}<!--" in (ROOT / "docs" / "costs.md").read_text()


def test_the_costs_stay_within_their_limits() -> None:
    assert all(costs.cost(plans) <= most for plans, most in zip(costs.FLEETS, (10, 12, 25), strict=True))


@pytest.mark.parametrize("detailed", [False, True])
def test_the_costs_count_what_the_function_does(world: World, *, detailed: bool) -> None:
    """Polls and calls of a backup of ten minutes, and the metrics of every kind of message."""
    world.settings = replace(world.settings, detailed_metrics=detailed)
    world.function = world.connect(world.fsx.client())
    volume = world.fsx.seed_volume(world.fsx.seed_file_system("ONTAP"))
    targets = [*(world.fsx.seed_file_system(kind) for kind in ("OPENZFS", "LUSTRE", "WINDOWS")), volume]
    message, *_ = [world.schedule(target, name=f"plan-{number}") for number, target in enumerate(targets)]

    def metrics_of(act: Callable[[], object]) -> int:
        """Of the deployment and of one plan."""
        before = len(world.cloudwatch.calls)
        act()
        [data] = world.cloudwatch.calls[before:]
        plans = [{item["Name"]: item["Value"] for item in datum["Dimensions"]}.get("Plan", "plan-0") for datum in data]
        return plans.count("plan-0")

    def run() -> None:
        polls = 0
        while world.queue.records:
            world.advance(seconds=max(0, (world.queue.records[0].visible_at - world.now).total_seconds()))
            polls += world.deliver() is not None
        assert polls == costs.POLLS

    world.fsx.control.durations(backup=600)
    world.send(message)
    more = {kind: count * detailed for kind, count in costs.DETAILED.items()}
    assert metrics_of(run) == costs.METRICS["run"] + more["run"]
    assert len(world.topic.mails) == 1
    assert metrics_of(world.check) == costs.METRICS["check"] + more["check"]
    names = [f"plan-{number}" for number in range(len(targets))]
    assert metrics_of(lambda: world.invoke({"action": "report", "plans": names})) == costs.METRICS["report"]


def test_the_readme_quotes_the_cost_tables() -> None:
    quoted = re.findall(r"\$[\d,]+\.\d\d", (ROOT / "README.md").read_text())
    assert quoted == [f"${costs.cost(plans):.2f}" for plans in costs.FLEETS]
