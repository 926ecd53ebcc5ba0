"""Every error of every FSx call, at the first, middle, last and all calls, for one plan and among ten."""

from __future__ import annotations

import json
import re
import shlex
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from tests.function.copies import FRANKFURT, TOKYO
from tests.function.faults.matrix import EXPECTED, Case, Then, cases, modelled
from tests.function.faults.stage import KINDS, OUTAGE_MINUTES, Site, Stage
from tests.support.world import World, new_world

# The outcomes of a plan's notifications, in this order, when its calls met the error and then did not any more.
NOTIFIED = {
    Then.RETRIED: ["COMPLETED"],
    Then.REFUSED: ["FAILED"],
    Then.RISES: ["ERROR", "COMPLETED"],
    Then.LEFT: ["COMPLETED"],
    Then.UNTAGGED: ["COMPLETED"],
    Then.GONE: ["COMPLETED"],
    Then.PARTIAL: ["PARTIAL"],
    Then.UNCOPIED: ["COPY_FAILED"],
}


def set_up(world: World, operation: str, plans: int, **plan: Any) -> Stage:
    """Enough calls of the operation that a first, a middle and a last one differ."""
    stage = Stage(world)
    if operation == "CopyBackup":
        plan["copies"] = {region: {} for region in [FRANKFURT, TOKYO, "eu-west-1"][: 1 if plans > 1 else 3]}
    if plans > 1:
        for kind in KINDS:
            stage.add(kind, 1, **plan)
        return stage
    kind = "ONTAP" if operation in {"DescribeVolumes", "ListTagsForResource"} else "WINDOWS"
    site = stage.add(kind, 5 if operation == "DeleteBackup" else 2, all_foreign=True, **plan)
    if operation == "DescribeBackups":
        world.fsx.control.listing(page_size=5, short_pages=False)
    elif operation not in {"CopyBackup", "DeleteBackup"}:  # several tries to create
        world.fsx.seed_backup(site.target, backup_type="AUTOMATIC", lifecycle="CREATING", ready_after=65)
    return stage


@cache
def calls(operation: str, plans: int) -> int:
    """How many calls of the operation there are when nothing goes wrong."""
    with new_world() as world:
        stage = set_up(world, operation, plans)
        stage.send()
        stage.settle()
        return int(world.fsx.control.counts()[operation])


def strike(world: World, case: Case, count: int) -> None:
    at = {"first": 1, "middle": (count + 1) // 2, "last": count, "all": 1}[case.position]
    times = None if case.position == "all" else 1
    world.fsx.control.fault(case.error, case.operation, when=case.when, at=at, times=times)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=str(case), marks=pytest.mark.fault(*case.faults)) for case in cases()]
)
def test_an_error(case: Case) -> None:
    count = calls(case.operation, case.plans)
    assert count >= 3
    with new_world() as world:
        stage = set_up(world, case.operation, case.plans)
        stage.send()
        strike(world, case, count)
        check(world, stage, case)


def check(world: World, stage: Stage, case: Case) -> None:
    stage.settle(OUTAGE_MINUTES)
    struck = stage.struck(case.operation, case.error)
    world.fsx.control.clear_faults()
    if case.then is Then.RETRIED:
        assert not any("FAILED" in stage.outcomes(site) for site in stage.sites)
        stage.settle()
    elif case.then is Then.RISES:
        assert world.queue.records or case.position != "all"  # kept
        stage.settle()
    for site in stage.sites:
        if site.plan in struck:
            check_struck(stage, site, case, struck.count(site.plan))
        else:
            stage.check_healthy(site)
    assert struck
    assert not world.queue.records
    stage.check_nothing_foreign_was_touched()
    assert bool(stage.errors) == (case.then is Then.RISES)
    stage.check_converges(struck)


def check_struck(stage: Stage, site: Site, case: Case, strikes: int) -> None:
    """The struck plan's people were told what they need, and nothing was deleted that should not have been."""
    assert stage.outcomes(site) == NOTIFIED[case.then]
    text = stage.mails(site)[0].text
    match case.then:
        case Then.RETRIED | Then.UNTAGGED:
            stage.check_healthy(site)
        case Then.RISES:
            stage.check_is_done(site)
            assert case.error in text
            assert "What to do: If access was denied, restore the permission" in text
        case Then.REFUSED:
            assert f"What happened: {case.error}: A fault was set for this call" in text
            assert "What to do: " in text
            assert strikes == 1  # no retry loop
            stage.check_unpurged(site)
        case Then.UNCOPIED:
            assert f": {case.error}: A fault was set" in text or f"({case.error})" in text
            assert text.count(": COPY FAILED\n") == strikes  # no retry loop
            stage.check_is_done(site)
        case Then.LEFT:
            assert f"{len(site.expired) - strikes} deleted" in text
            assert text.count("left for the next run: backup-") == strikes
        case Then.GONE:
            assert f"{len(site.expired)} deleted" in text
        case Then.PARTIAL:
            assert f"What happened: {strikes} delete{'s'[strikes == 1 :]} failed: " in text
            assert "They are tried again at the next run." in text
            assert f"{len(site.expired) - strikes} deleted" in text


# Errors as a notification names them, where it does not say the error itself.
WORDS = {
    "http_500": "500",
    "http_503": "503",
    "unreachable": "EndpointConnectionError",
    "timeout": "ReadTimeoutError",
    "reset": "ConnectionClosedError",
    "truncated_body": "Incomplete response",
}
DELAYING = {
    "BackupInProgress": "BackupInProgress: A fault was set for this call",
    "IncompatibleParameterError": "FSx was asked for this backup already, but does not list it",
}
LASTING = [
    (call, error)
    for call, errors in EXPECTED.items()
    for error, then in errors.items()
    if then is Then.RETRIED and call != "CopyBackup"  # which has no part in the start window
]


@pytest.mark.fault("transient")
@pytest.mark.fault("backup-in-progress", cases="CreateBackup-BackupInProgress")
@pytest.mark.parametrize(("operation", "error"), LASTING)
def test_an_error_that_never_passes(world: World, operation: str, error: str) -> None:
    """Notified once, when the start window ends, with the cause and the command that tries again, which then does."""
    stage = set_up(world, operation, 1, start_window_minutes=30, completion_window_minutes=60)
    [site] = stage.sites
    stage.send()
    begin = world.now
    when = "after" if error == "truncated_body" else "before"
    world.fsx.control.fault(error, operation, when=when, times=None)
    stage.settle()
    world.fsx.control.clear_faults()
    assert not world.queue.records
    assert not stage.errors
    if (operation, error) == ("CreateBackup", "truncated_body"):
        stage.check_healthy(site)  # the backup was made, whatever became of the answer
        return
    [mail] = stage.mails(site)
    assert mail.attributes["outcome"] == "NOT_STARTED"
    assert timedelta(minutes=30) <= world.now - begin <= timedelta(minutes=31)
    if error in DELAYING:
        assert f"window of 30 minutes, which ended at 2026-03-01 04:30 UTC. The cause: {DELAYING[error]}" in mail.said
    else:
        assert "FSx did not respond, and the start window ended at 2026-03-01 04:30 UTC: " in mail.said
        assert f"{WORDS.get(error, error)}: " in mail.said
        assert "It is unknown whether a backup exists." in mail.said
    stage.check_unpurged(site)
    [command] = re.findall(r"^Again +(aws (?:.|\n)*?/dev/stdout)$", mail.text, re.MULTILINE)
    words = shlex.split(command)
    answer = world.invoke(json.loads(words[words.index("--payload") + 1]))
    assert answer["outcome"] == "IN_PROGRESS"
    world.advance(minutes=5)
    stage.settle()
    assert stage.outcomes(site)[1:] == ["COMPLETED"]
    site.message["scheduled_time"] = answer["scheduled_time"]
    stage.check_is_done(site)
    stage.check_nothing_foreign_was_touched()


@pytest.mark.fault("unmodelled")
@pytest.mark.parametrize("operation", EXPECTED)
def test_the_table_has_every_error_of_the_model(operation: str) -> None:
    """A newer botocore that knows more errors fails here."""
    assert modelled(operation) <= EXPECTED[operation].keys()
