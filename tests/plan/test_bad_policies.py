"""A retention policy that cannot be meant is refused by the plan, which names the entry, the rule and the value."""

from typing import Any

import pytest

from sandbox.terraform import TerraformError
from tests.plan.conftest import ModulePlanner

TARGET = "fs-0123456789abcdef0"
AT_LEAST_ONE = ("days", "keep_last", "max_deletes")
FROM_MINUS_ONE = ("keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly")
BAD: dict[str, dict[str, Any]] = {
    **{f"{rule}-{n}": {rule: value} for rule in AT_LEAST_ONE for n, value in enumerate([0, -1, 3.5, 1_000_000_000])},
    **{f"{rule}-{n}": {rule: value} for rule in FROM_MINUS_ONE for n, value in enumerate([-2, 0.5, 100_001])},
    "nothing": {"days": 0, "keep_last": 0},
}
GOOD = {
    "smallest": dict.fromkeys(AT_LEAST_ONE, 1) | dict.fromkeys(FROM_MINUS_ONE, -1),
    "largest": dict.fromkeys(AT_LEAST_ONE + FROM_MINUS_ONE, 100_000),
}


def test_every_bad_value_is_named_with_its_entry(plan: ModulePlanner) -> None:
    entries = {name: {"file_system_id": TARGET, "retention": retention} for name, retention in (BAD | GOOD).items()}
    with pytest.raises(TerraformError) as refusal:
        plan(file_systems=entries)
    text = str(refusal.value)
    for name, retention in BAD.items():
        for rule, value in retention.items():
            assert f"{name} ({rule} = {value})" in text
    assert not any(f"{name} (" in text for name in GOOD)


@pytest.mark.parametrize("value", ["seven", True, [7], {"days": 7}], ids=str)
def test_what_is_no_number_is_refused(plan: ModulePlanner, value: Any) -> None:
    """By Terraform itself, which shows the entry. It takes "7" for 7, and null for the default."""
    with pytest.raises(TerraformError, match=r'"home": .*number (is )?required'):
        plan(file_systems={"home": {"file_system_id": TARGET, "retention": {"days": value}}})
