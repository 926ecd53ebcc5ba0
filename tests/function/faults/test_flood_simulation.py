"""A permission is revoked for six hours under two hundred plans: how many notifications that is."""

from collections import Counter
from datetime import timedelta

import pytest

from fsx_backup.notifications import LIMITED
from tests.support.environments import Environments
from tests.support.world import World

PLANS = 200
ENVIRONMENTS = 5
LIFE = timedelta(hours=2)
EVERY = timedelta(hours=4)  # the module's default schedule
REVOKED = timedelta(hours=6)
MOST = 20


@pytest.mark.fault("flood")
@pytest.mark.parametrize(("minutes_before", "seed"), [(1, 1), (125, 1), (235, 2)])
def test_a_permission_revoked_for_six_hours_is_at_most_twenty_notifications(
    world: World, seed: int, minutes_before: int
) -> None:
    """Revoked so many minutes before a firing of the schedules, which is also when the environments are new."""
    world.fsx.control.quotas(file_systems=PLANS)
    targets = {f"plan-{number}": world.fsx.seed_file_system("OPENZFS") for number in range(PLANS)}
    pool = Environments(world, ENVIRONMENTS, LIFE, seed)
    begin, next_firing = world.now, world.now + timedelta(minutes=minutes_before)
    world.fsx.control.fault("AccessDenied", "CreateBackup", times=None)
    moments = [begin + REVOKED]
    while next_firing < begin + REVOKED:
        moments.append(next_firing)
        next_firing += EVERY
    fired: Counter[str] = Counter()
    for moment in sorted(moments):
        pool.run(moment)
        world.fsx.control.advance(max(0.0, (moment - world.now).total_seconds()))
        if moment == begin + REVOKED:
            world.fsx.control.clear_faults()
            continue
        for name, target in targets.items():
            world.send(world.message(target, name=name, notify_on_success=False))
            fired[name] += 1
    pool.run(world.now + timedelta(hours=24))

    assert not world.queue.records
    assert not world.queue.dead_letters
    assert pool.errors["ClientError"] > PLANS  # each is an error for the alarm
    outcomes = Counter(mail.attributes["outcome"] for mail in world.topic.mails)
    print(
        f"flood: plans={PLANS} {minutes_before=} {seed=} occurrences={fired.total()} errors={pool.errors.total()} "
        f"notifications={len(world.topic.mails)} {dict(outcomes)}"
    )
    assert 0 < len(world.topic.mails) <= MOST
    for mail in world.topic.mails:
        assert LIMITED in mail.said
        if mail.attributes["outcome"] == "ERROR":
            assert "fsx:CreateBackup" in mail.said
            assert "filter outcome = 'ERROR' | stats count(*) by plan" in mail.said
    # Every plan is protected again.
    assert set(targets.values()) == {b["FileSystem"]["FileSystemId"] for b in world.backups().values()}
