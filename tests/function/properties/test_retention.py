"""What a decision says of each backup, and what it must never delete. The oracle (test_retention_laws) has the rest."""

from datetime import timedelta

import pytest
from hypothesis import given

from fsx_backup.model import AVAILABLE, Backup
from fsx_backup.retention import Decision, decide
from tests.function.properties.oracle import SKEW, is_own, moment
from tests.function.properties.strategies import DEPLOYMENT, Situation, situations


def decisions(situation: Situation) -> list[Decision]:
    return decide(situation.backups, situation.plan, DEPLOYMENT, situation.now)


def deleted(situation: Situation) -> list[Backup]:
    return [decision.backup for decision in decisions(situation) if decision.delete]


def own_available(situation: Situation) -> list[Backup]:
    return [b for b in situation.backups if is_own(b, situation.plan, DEPLOYMENT) and b.lifecycle == AVAILABLE]


@given(situations())
def test_every_backup_gets_one_decision_with_a_reason(situation: Situation) -> None:
    made = decisions(situation)
    assert sorted(d.backup.id for d in made) == sorted(b.id for b in situation.backups)
    assert all(d.reasons and all(d.reasons) for d in made)


@given(situations())
def test_decisions_come_newest_first_and_those_without_a_time_last(situation: Situation) -> None:
    created = [d.backup.created for d in decisions(situation)]
    known = [time for time in created if time is not None]
    assert created == sorted(known, reverse=True) + [None] * (len(created) - len(known))


@pytest.mark.fault("foreign", "stuck", "boundary")
@given(situations())
def test_what_must_not_be_deleted_is_kept(situation: Situation) -> None:
    """Said without the oracle, which might make the same mistake."""
    for backup in deleted(situation):
        assert backup.lifecycle in {"AVAILABLE", "FAILED"}  # not in progress, not unknown
        assert backup.source_backup_id is None
        assert not {"fsx-backup:hold", "FSx-Backup:Hold"} & backup.tags.keys()
        assert situation.plan.purge_tags.items() <= backup.tags.items()
        assert situation.now - moment(backup) > timedelta(days=situation.plan.retention.days)  # exactly so old: kept
        assert backup.type == "USER_INITIATED"
        mine = (
            backup.tags.get("fsx-backup:deployment") == DEPLOYMENT
            and backup.tags.get("fsx-backup:plan") == situation.plan.name
        )
        adopted = (
            "fsx-backup:deployment" not in backup.tags
            and situation.plan.adopt_tags
            and situation.plan.adopt_tags.items() <= backup.tags.items()
        )
        assert mine or adopted


@pytest.mark.fault("all-failed")
@given(situations())
def test_the_newest_available_backup_is_never_deleted(situation: Situation) -> None:
    timed = [b for b in own_available(situation) if b.created is not None and b.created <= situation.now + SKEW]
    if timed:
        newest = max(timed, key=lambda b: (moment(b), b.id))
        assert newest not in deleted(situation)


@pytest.mark.fault("odd")
@given(situations())
def test_what_is_odd_is_kept_and_marked(situation: Situation) -> None:
    known = {"AVAILABLE", "FAILED", "PENDING", "CREATING", "TRANSFERRING", "COPYING"}
    for decision in decisions(situation):
        backup = decision.backup
        if backup.type not in {"USER_INITIATED", "AUTOMATIC", "AWS_BACKUP"}:
            assert decision.odd
            assert backup.type in decision.reasons[0]
        elif is_own(backup, situation.plan, DEPLOYMENT):
            in_progress = backup.lifecycle in known - {"AVAILABLE", "FAILED"}
            future = backup.created is not None and backup.created > situation.now + SKEW
            unknown = backup.lifecycle not in known
            assert decision.odd == (unknown or (not in_progress and (backup.created is None or future)))
        else:
            assert not decision.odd  # somebody else's business
        assert not (decision.odd and decision.delete)


@pytest.mark.fault("two-plans")
@given(situations())
def test_own_is_told_from_foreign(situation: Situation) -> None:
    for decision in decisions(situation):
        assert decision.own == is_own(decision.backup, situation.plan, DEPLOYMENT)
