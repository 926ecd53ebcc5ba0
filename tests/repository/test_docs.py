"""The runbook has a section for every message and alarm, the costs are what their arithmetic gives."""

import re
from pathlib import Path

import pytest

from dev.sandbox.aws import ROOT
from dev.tools import costs
from fsx_backup import metrics
from fsx_backup.notifications import ERROR, HEADLINES, INFO, WARNING
from fsx_backup.report import Outcome
from tests.function.faults import plugin
from tests.function.faults.catalogue import FAULTS
from tests.support.markdown import anchors
from tests.support.world import World

RUNBOOK = ROOT / "docs" / "runbook.md"
MONITORING = (ROOT / "docs" / "monitoring.md").read_text()
OTHER_MESSAGES = {"ERROR": ERROR, "INVALID": ERROR, "QUOTA": WARNING}


@pytest.mark.parametrize(
    "outcome", [*(outcome for outcome in Outcome if outcome is not Outcome.DRY_RUN), *OTHER_MESSAGES]
)
def test_every_outcome_has_its_section(outcome: str) -> None:
    assert outcome.lower().replace("_", "-") in anchors(RUNBOOK)


def test_the_attributes_are_those_of_the_messages() -> None:
    severities = {outcome.value: severity for outcome, (_, severity) in HEADLINES.items()} | OTHER_MESSAGES
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
    assert "Skipped" in published


def test_every_alarm_has_its_section() -> None:
    """As monitoring.tf has them; the plan tests hold the alarms' descriptions against the same names."""
    for name in ("errors", "throttles", "dead-letters", "queue-age", "dropped", "freshness"):
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
    assert costs.tables() in (ROOT / "docs" / "costs.md").read_text()


def test_the_costs_count_the_calls_of_a_run_that_takes_ten_minutes(world: World) -> None:
    """And of a check. Each run is told once and publishes its metrics once."""
    target = world.fsx.seed_file_system("OPENZFS")
    world.fsx.control.durations(backup=600)
    world.send(world.message(target))
    looks = 0
    while world.queue.records:
        world.advance(seconds=max(0, (world.queue.records[0].visible_at - world.now).total_seconds()))
        looks += world.deliver() is not None
    assert looks == costs.POLLS
    assert len(world.topic.mails) == len(world.cloudwatch.calls) == 1
    world.send(world.message(target, action="check"))
    world.deliver()
    assert len(world.cloudwatch.calls) == 2


def test_the_readme_quotes_the_cost_tables() -> None:
    quoted = re.findall(r"\$[\d,]+\.\d\d", (ROOT / "README.md").read_text())
    assert len(quoted) == 4
    assert all(f"| {cost} |" in costs.tables() for cost in quoted)
