"""Which copies are a plan's, what they are called, and what is next for one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fsx_backup import copies
from fsx_backup.health import may_be_copied
from fsx_backup.model import Backup, Copies, Plan, Retention, Target
from fsx_backup.occurrence import Next, Occurrence
from fsx_backup.report import Copy
from tests.function.copies import FRANKFURT, HOME, TOKYO
from tests.support.world import DEPLOYMENT, START

COPY = Backup("copy-1", "AVAILABLE", "USER_INITIATED", START, {}, "fs-1", "backup-1", HOME)
PLAN = Plan("home", Target("fs-1"), copies=(Copies(FRANKFURT, Retention()), Copies(TOKYO, Retention())))
OWN = {"fsx-backup:deployment": DEPLOYMENT, "fsx-backup:plan": "home", "fsx-backup:copy": HOME}
FOREIGN: dict[str, dict[str, Any]] = {
    "made there": {"source_backup_id": None, "source_region": None},
    "a copy inside the Region": {"source_region": FRANKFURT},
    "by AWS Backup": {"type": "AWS_BACKUP"},
    "by hand, with the source's tags": {"tags": {key: OWN[key] for key in OWN if key != "fsx-backup:copy"}},
    "of a deployment elsewhere": {"tags": OWN | {"fsx-backup:copy": TOKYO}},
}


@pytest.mark.fault("copies-both-ways")
@pytest.mark.parametrize("change", FOREIGN)
def test_what_is_no_copy_of_the_plan(change: str) -> None:
    there = PLAN.there(PLAN.copies[0], HOME)
    own = replace(COPY, tags=OWN)
    assert own.made_by(there, DEPLOYMENT)
    assert not own.made_by(PLAN, DEPLOYMENT)
    assert not replace(own, **FOREIGN[change]).made_by(there, DEPLOYMENT)


def test_a_copy_has_no_more_tags_than_fsx_takes() -> None:
    """The plan refuses more than 44 backup_tags where there are copies."""
    plan = replace(PLAN, backup_tags={f"t{n}": "" for n in range(44)})
    tags = Occurrence(DEPLOYMENT, plan.there(plan.copies[0], HOME), START).tags({f"own{n}": "" for n in range(9)})
    assert len(tags) == 50


def test_the_names_of_a_copy_follow_from_occurrence_and_region() -> None:
    home = Occurrence(DEPLOYMENT, PLAN, START)
    first, second = (replace(home, plan=PLAN.there(region, HOME)) for region in PLAN.copies)
    assert len({home.token, first.token, second.token}) == 3
    assert first.token == Occurrence(DEPLOYMENT, PLAN.there(PLAN.copies[0], HOME), START).token
    mine = replace(COPY, tags=OWN | {"fsx-backup:scheduled-time": first.time})
    found = [mine, replace(mine, id="copy-0", source_backup_id="backup-2")]
    assert copies.find(first, found, replace(COPY, id="backup-1")) is mine


@pytest.mark.parametrize(
    ("lifecycle", "late", "expected"),
    [
        (None, 0, Next.CREATE),
        (None, 60, Next.CREATE),  # the delivery planned for the last moment may come late
        (None, 61, Next.MISSED_COMPLETION),
        ("COPYING", 0, Next.WAIT),
        ("COPYING", 1, Next.MISSED_COMPLETION),
        ("AVAILABLE", 999, Next.FINISH),
        ("FAILED", 0, Next.FAILED),
        ("DELETED", 0, Next.GONE),
    ],
)
def test_what_is_next_for_a_copy(lifecycle: str | None, late: int, expected: Next) -> None:
    """Its window counts from the end of the source's: 24 hours after 24 hours."""
    place = Occurrence(DEPLOYMENT, PLAN.there(PLAN.copies[0], HOME), START)
    copy = replace(COPY, lifecycle=lifecycle) if lifecycle else None
    assert copies.decide(place, copy, START + timedelta(hours=48, seconds=late)) is expected


@pytest.mark.parametrize(
    ("change", "copied", "expected"),
    [
        ({}, {}, True),
        ({}, {FRANKFURT: "AVAILABLE"}, True),
        ({}, {FRANKFURT: "AVAILABLE", TOKYO: "COPYING"}, True),
        ({}, {FRANKFURT: "AVAILABLE", TOKYO: "AVAILABLE"}, False),
        ({"lifecycle": "FAILED"}, {}, False),
        ({"type": "AWS_BACKUP"}, {}, False),
        ({"tags": {}}, {}, False),
    ],
)
def test_which_backups_wait_to_be_copied(change: dict[str, Any], copied: dict[str, str], expected: bool) -> None:
    home = Occurrence(DEPLOYMENT, PLAN, START)
    tags = {key: OWN[key] for key in OWN if key != "fsx-backup:copy"} | {"fsx-backup:scheduled-time": home.time}
    backup = replace(COPY, id="backup-1", source_backup_id=None, source_region=None, tags=tags)
    made = [
        Copy(replace(home, plan=PLAN.there(region, HOME)), own=(replace(COPY, lifecycle=copied[region.region]),))
        if region.region in copied
        else Copy(replace(home, plan=PLAN.there(region, HOME)))
        for region in PLAN.copies
    ]
    found = copies.pending([replace(backup, **change)], home, made, START)
    assert found == ({"backup-1"} if expected else frozenset())


def test_nothing_waits_to_be_copied_after_the_last_window() -> None:
    home = Occurrence(DEPLOYMENT, PLAN, START)
    end = START + timedelta(hours=48, seconds=60)  # the delivery planned for the last moment may come late
    assert [
        may_be_copied(replace(COPY, tags={"fsx-backup:scheduled-time": time}), plan, DEPLOYMENT, moment)
        for time, plan, moment in [
            (home.time, PLAN, end),
            (home.time, PLAN, end + timedelta(seconds=1)),
            ("", PLAN, end),
            (home.time, PLAN.there(PLAN.copies[0], HOME), START),
            (home.time, replace(PLAN, copies=()), START),
        ]
    ] == [True, False, False, False, False]
