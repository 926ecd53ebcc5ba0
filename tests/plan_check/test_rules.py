"""What has to know every retention rule, so that one that is added is not forgotten there."""

from dataclasses import fields

from fsx_backup.forecast import PERIODS
from fsx_backup.model import Retention
from plan_check.rules import RETENTION


def test_every_retention_rule_is_watched_and_forecast() -> None:
    keeping = {field.name for field in fields(Retention)} - {"max_deletes"}
    assert {rule for rule, *_ in RETENTION} == keeping
    assert {*PERIODS} == keeping - {"days"}
