"""The promises of the retention decision, each for every situation that can be drawn."""

from datetime import timedelta

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


@given(situations())
def test_only_owned_user_initiated_backups_are_deleted(situation: Situation) -> None:
    for backup in deleted(situation):
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


@given(situations())
def test_the_newest_available_backup_is_never_deleted(situation: Situation) -> None:
    timed = [b for b in own_available(situation) if b.created is not None and b.created <= situation.now + SKEW]
    if timed:
        newest = max(timed, key=lambda b: (moment(b), b.id))
        assert newest not in deleted(situation)


@given(situations())
def test_keep_last_available_backups_are_left(situation: Situation) -> None:
    """Failed, unfinished and odd ones do not count, neither as left nor as kept."""
    timed = [b for b in own_available(situation) if b.created is not None and b.created <= situation.now + SKEW]
    gone = deleted(situation)
    left = [b for b in timed if b not in gone]
    assert len(left) >= min(situation.plan.retention.keep_last, len(timed))


@given(situations())
def test_what_must_not_be_touched_is_kept(situation: Situation) -> None:
    for backup in deleted(situation):
        assert backup.lifecycle in {"AVAILABLE", "FAILED"}  # not in progress, not unknown
        assert backup.source_backup_id is None
        assert not {"fsx-backup:hold", "FSx-Backup:Hold"} & backup.tags.keys()
        assert situation.plan.purge_tags.items() <= backup.tags.items()
        assert backup.created is not None
        assert backup.created <= situation.now


@given(situations())
def test_nothing_up_to_days_old_is_deleted(situation: Situation) -> None:
    """Exactly that old is still kept."""
    for backup in deleted(situation):
        assert situation.now - moment(backup) > timedelta(days=situation.plan.retention.days)


@given(situations())
def test_an_owned_failed_backup_goes_by_its_age_alone(situation: Situation) -> None:
    plan = situation.plan
    gone = deleted(situation)
    for backup in situation.backups:
        if backup.lifecycle == "FAILED" and is_own(backup, plan, DEPLOYMENT) and backup.created:
            held = {"fsx-backup:hold", "FSx-Backup:Hold"} & backup.tags.keys()
            free = not held and plan.purge_tags.items() <= backup.tags.items()
            old = situation.now - backup.created > timedelta(days=plan.retention.days)
            assert (backup in gone) == (free and old)


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


@given(situations())
def test_own_is_told_from_foreign(situation: Situation) -> None:
    for decision in decisions(situation):
        assert decision.own == is_own(decision.backup, situation.plan, DEPLOYMENT)
