"""The forecast of a plan's backups, against the retention itself on a simulated history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fsx_backup.forecast import kept
from fsx_backup.model import Backup, Plan, Retention, Target
from fsx_backup.retention import decide
from fsx_backup.schedule_expression import parse

START = datetime(2025, 2, 3, 5, tzinfo=UTC)
COUNTS = st.integers(0, 6)


@given(
    st.sampled_from(
        ["cron(0 0/4 * * ? *)", "cron(30 2 * * ? *)", "cron(0 9 ? * MON *)", "rate(7 hours)", "cron(0 0 L * ? *)"]
    ),
    st.sampled_from(["UTC", "Europe/Paris", "America/New_York"]),
    st.builds(Retention, st.integers(1, 20), st.integers(1, 6), COUNTS, COUNTS, COUNTS, COUNTS, COUNTS | st.just(-1)),
    st.integers(1, 300),
)
def test_as_many_backups_as_the_retention_keeps(
    expression: str, timezone: str, retention: Retention, days: int
) -> None:
    plan = Plan("home", Target("fs-0123456789abcdef0"), retention, timezone)
    schedule, now = parse(expression, timezone, START), START + timedelta(days=days)
    backups, fired = [], schedule.after(START - timedelta(seconds=1))
    tags = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "home"}
    while fired and fired <= now:
        backups.append(Backup(f"{fired}", "AVAILABLE", "USER_INITIATED", fired, tags))
        fired = schedule.after(fired)
    expected = sum(not decision.delete for decision in decide(backups, plan, "prod", now))
    # While a rule has counts left, the oldest backup is kept as well: one for all rules together.
    assert expected - 1 <= kept(plan, schedule, START, now) <= expected
