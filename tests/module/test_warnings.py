"""What the plan warns of and does not refuse."""

from typing import Any

import pytest

from tests.module.expressions import ACCEPTED_EXPRESSIONS, UNDOCUMENTED_EXPRESSIONS
from tests.module.inputs import HOME
from tests.module.reader import Reader
from tests.module.restore_tests import TEST

NEVER = ["cron(0 8 30 2 ? *)", "cron(0 8 31 4,6,feb ? *)", "cron(0 8 * * ? 2020)", "cron(0 8 * * ? 1970-2019/3)"]
SOMETIME = ["cron(0 8 29 2 ? *)", "cron(0 8 30 1,2 ? *)", "cron(0 8 * * ? 2020,2199)", "cron(0 8 L 2 ? *)"]
PAST = {"utc": ("at(2021-12-31T23:59:59)", "UTC"), "paris": ("at(2021-12-31T23:59:59)", "Europe/Paris")}

OFTEN: dict[str, dict[str, Any]] = {
    "window": {"schedule": "rate(719 minutes)"},
    "hold": {"schedule": "rate(1 day)", "hold_minutes": 721},
    "enough": {"schedule": "rate(1 day)", "hold_minutes": 720},
}


@pytest.fixture(scope="module")
def warned(reader: Reader) -> str:
    never: dict[str, Any] = {f"never-{n}": HOME | {"schedule": text} for n, text in enumerate(NEVER)}
    sometime = {f"fine-{n}": HOME | {"schedule": text} for n, text in enumerate(SOMETIME)}
    past: dict[str, Any] = {key: HOME | {"schedule": text, "timezone": zone} for key, (text, zone) in PAST.items()}
    past["tested"] = HOME | {"restore_test": TEST | {"schedule": PAST["utc"][0]}}
    never["tested-never"] = HOME | {"restore_test": TEST | {"schedule": NEVER[0]}}
    never |= {f"often-{text}": HOME | {"restore_test": TEST | test} for text, test in OFTEN.items()}
    odd = {f"odd-{n}": HOME | {"schedule": text} for n, text in enumerate(UNDOCUMENTED_EXPRESSIONS)}
    documented = {f"documented-{n}": HOME | {"schedule": text} for n, text in enumerate(ACCEPTED_EXPRESSIONS)}
    return reader.warnings(
        one={
            "file_systems": never | sometime | past | odd | documented,
            "report": {"schedule": "cron(0 8 ? * mon-fri 2020)"},
        }
    )


@pytest.mark.parametrize(("number", "text"), list(enumerate(NEVER)))
def test_a_schedule_that_never_fires_is_warned_of(warned: str, number: int, text: str) -> None:
    [told] = [line for line in warned.splitlines() if "These schedules never fire" in line]
    assert f" never-{number} ({text})" in told
    assert "report (cron(0 8 ? * mon-fri 2020))" in told
    assert f"tested-never (restore_test) ({NEVER[0]})" in told


def test_a_time_that_is_past_is_warned_of(warned: str) -> None:
    [told] = [line for line in warned.splitlines() if "these times are in the past" in line]
    for key in (*PAST, "tested (restore_test)"):
        assert f" {key} (at(2021-12-31T23:59:59))" in told


@pytest.mark.parametrize(("number", "text"), list(enumerate(UNDOCUMENTED_EXPRESSIONS)))
def test_an_undocumented_form_is_warned_of(warned: str, number: int, text: str) -> None:
    [told] = [line for line in warned.splitlines() if "AWS does not document these forms" in line]
    assert f" odd-{number} ({text}: {UNDOCUMENTED_EXPRESSIONS[text]})" in told
    assert "report (cron(0 8 ? * mon-fri 2020): mon-fri is not in capitals)" in told


def test_a_test_that_may_meet_the_one_before_is_warned_of(warned: str) -> None:
    [told] = [line for line in warned.splitlines() if "these rates are shorter than" in line]
    assert "often-window (rate(719 minutes))" in told
    assert "often-hold (rate(1 day))" in told
    assert "often-enough" not in told


def test_nothing_else_is_warned_of(warned: str) -> None:
    assert len(warned.splitlines()) == 4
    assert "fine-" not in warned
    documented = {text for n, text in enumerate(ACCEPTED_EXPRESSIONS) if f" documented-{n} (" in warned}
    assert documented == {text for text in ACCEPTED_EXPRESSIONS if "2022-2023" in text}  # never fires any more
