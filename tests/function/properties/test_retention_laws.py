"""Laws between decisions: against an oracle, and under another order, zone, policy or moment."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsx_backup.model import Backup, Plan, Retention
from fsx_backup.retention import decide
from tests.function.properties import oracle
from tests.function.properties.strategies import DEPLOYMENT, Situation, names_of_rules, policies, situations


def deleted(backups: list[Backup], plan: Plan, situation: Situation) -> set[str]:
    return {d.backup.id for d in decide(backups, plan, DEPLOYMENT, situation.now) if d.delete}


@pytest.mark.fault("foreign", "boundary", "late-occurrence")
@given(situations())
def test_the_oracle_deletes_the_same(situation: Situation) -> None:
    expected = oracle.deleted(situation.backups, situation.plan, DEPLOYMENT, situation.now)
    assert deleted(situation.backups, situation.plan, situation) == expected


@pytest.mark.fault("own-deleted")
@given(situations(), st.integers(0, 40))
def test_the_oracle_keeps_the_same_beside_the_runs_own_backup(situation: Situation, number: int) -> None:
    """Whichever backup is the run's own: the newest, as a rule, or one that a later run has overtaken."""
    counted = oracle.counted(situation.backups, situation.plan, DEPLOYMENT, situation.now)
    made = counted[number % len(counted)] if counted else None
    decisions = decide(situation.backups, situation.plan, DEPLOYMENT, situation.now, made)
    expected = oracle.deleted(situation.backups, situation.plan, DEPLOYMENT, situation.now, made)
    assert {d.backup.id for d in decisions if d.delete} == expected


@given(situations())
def test_the_oracle_gives_the_same_rules(situation: Situation) -> None:
    """Every rule that keeps a backup is named, no other is; also for a backup that is kept anyway."""
    expected = oracle.kept_by_rules(situation.backups, situation.plan, DEPLOYMENT, situation.now)
    named: dict[str, set[str]] = {rule: set() for rule in expected}
    for decision in decide(situation.backups, situation.plan, DEPLOYMENT, situation.now):
        for reason in decision.reasons:
            rule = reason.split(",")[0]
            if rule in named:
                named[rule].add(decision.backup.id)
    assert named == expected


@pytest.mark.fault("order")
@given(situations(), st.data())
def test_order_does_not_matter(situation: Situation, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(situation.backups))
    assert decide(shuffled, situation.plan, DEPLOYMENT, situation.now) == decide(
        situation.backups, situation.plan, DEPLOYMENT, situation.now
    )


def longer(policy: Retention, more: Retention) -> Retention:
    """In every rule the longer of two policies."""
    names = [*names_of_rules(), "days"]
    return replace(
        policy,
        **{
            name: -1
            if -1 in (getattr(policy, name), getattr(more, name))
            else max(getattr(policy, name), getattr(more, name))
            for name in names
        },
    )


@given(situations(), policies())
def test_a_longer_policy_never_deletes_more(situation: Situation, more: Retention) -> None:
    wider = replace(situation.plan, retention=longer(situation.plan.retention, more))
    assert deleted(situation.backups, wider, situation) <= deleted(situation.backups, situation.plan, situation)


@given(situations(), st.integers(-14 * 60, 14 * 60))
def test_periods_are_those_of_the_plans_zone_however_times_are_written(situation: Situation, offset: int) -> None:
    elsewhere = timezone(timedelta(minutes=offset))
    written = [replace(b, created=b.created.astimezone(elsewhere)) if b.created else b for b in situation.backups]
    moved = replace(situation, now=situation.now.astimezone(elsewhere))
    assert deleted(written, situation.plan, moved) == deleted(situation.backups, situation.plan, situation)


@pytest.mark.fault("little-time")
@given(situations(), st.data())
def test_a_purge_that_stopped_half_way_goes_on_to_the_same_end(situation: Situation, data: st.DataObject) -> None:
    """What is left after some of the deletes is decided as before: none more, none less."""
    wanted = sorted(deleted(situation.backups, situation.plan, situation))
    done = data.draw(st.sets(st.sampled_from(wanted)) if wanted else st.just(set()))
    left = [b for b in situation.backups if b.id not in done]
    assert deleted(left, situation.plan, situation) == set(wanted) - done


@given(situations(), st.integers(0, 400))
def test_what_goes_today_would_go_tomorrow(situation: Situation, days: int) -> None:
    """Time alone never makes a policy want a backup back, unless one dated in the future comes of age."""
    backups = [b for b in situation.backups if b.created is None or b.created <= situation.now]
    later = replace(situation, now=situation.now + timedelta(days=days))
    assert deleted(backups, situation.plan, situation) <= deleted(backups, situation.plan, later)
