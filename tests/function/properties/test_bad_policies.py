"""A policy that cannot be meant never becomes one: whatever stands in a field, it is refused by the field's name."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsx_backup.event import parse
from fsx_backup.model import Retention
from fsx_backup.values import InvalidEvent
from tests.function.properties.strategies import names_of_rules

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
LOWEST = {"days": 1, "keep_last": 1, "max_deletes": 1}
FIELDS = [*names_of_rules(), "days", "max_deletes"]
# Anything that JSON can say, the three words that Python's reader admits beyond it included.
not_numbers = st.recursive(
    st.none() | st.booleans() | st.text(max_size=20) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
numbers_as_text = st.integers(-5, 100_000).map(str) | st.sampled_from(["7.0", "\u0661", "1_000", " 7", "7 days", "-1"])


def event(**retention: object) -> Any:
    """A message as it arrives: through JSON."""
    plan = {"name": "home", "file_system_id": "fs-0123456789abcdef0", "retention": retention}
    return json.loads(json.dumps({"version": 1, "action": "backup", "plan": plan}))


@pytest.mark.fault("bad-retention")
@given(st.sampled_from(FIELDS), not_numbers | numbers_as_text)
def test_what_is_no_whole_number_is_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidEvent, match=rf"^plan\.retention\.{field} must be a whole number from"):
        parse(event(**{field: value}), NOW)


@pytest.mark.fault("bad-retention")
@given(st.sampled_from(FIELDS), st.integers() | st.integers(-3, 3) | st.integers(99_998, 100_002))
def test_whole_numbers_are_taken_within_their_limits_only(field: str, value: int) -> None:
    if LOWEST.get(field, -1) <= value <= 100_000:
        assert asdict(parse(event(**{field: value}), NOW).plan.retention) == asdict(Retention()) | {field: value}
    else:
        with pytest.raises(InvalidEvent, match=rf"^plan\.retention\.{field} must be a whole number from"):
            parse(event(**{field: value}), NOW)


@pytest.mark.fault("bad-retention")
@given(st.dictionaries(st.sampled_from(FIELDS), st.integers(-2, 100_001)))
def test_no_policy_keeps_nothing(given_retention: dict[str, int]) -> None:
    """Whatever gets through keeps the newest backup and a day."""
    try:
        retention = parse(event(**given_retention), NOW).plan.retention
    except InvalidEvent:
        return
    assert retention.days >= 1
    assert retention.keep_last >= 1
    assert retention.max_deletes >= 1


@pytest.mark.fault("bad-retention")
@given(st.text(max_size=30).filter(lambda name: name not in FIELDS))
def test_rules_that_do_not_exist_are_refused(name: str) -> None:
    with pytest.raises(InvalidEvent, match=r'^Unknown field "plan\.retention\..*"\. Allowed fields: '):
        parse(event(**{name: 1}), NOW)
