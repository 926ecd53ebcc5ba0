"""What the plan warns of and does not refuse."""

import pytest

from tests.module.expressions import ACCEPTED_EXPRESSIONS, UNDOCUMENTED_EXPRESSIONS
from tests.module.inputs import HOME
from tests.module.reader import Reader

# schedule -> hours from one backup to the next, at most; None where nobody asks the module to know.
GAPS: dict[str, float | None] = {
    "rate(1 hour)": 1,
    "rate(12 hours)": 12,
    "rate(7 days)": 168,
    "rate(90 minutes)": 1.5,
    "cron(0 0/4 * * ? *)": 4,
    "cron(0 * * * ? *)": 1,
    "cron(30 2 * * ? *)": 24,
    "cron(0 2,14 * * ? *)": 12,
    "cron(0 8-18 * * ? *)": 14,
    "cron(0 9,10,22 * * ? *)": 12,
    "cron(0 */6 * * ? *)": 6,
    "cron(0 3/5 * * ? *)": 5,
    "cron(0 20/3 * * ? *)": 21,
    "cron(0 2 ? * SUN *)": 168,
    "cron(0 2 ? * 1 *)": 168,
    "cron(0 2 ? * MON-FRI *)": 72,
    "cron(0 8-18 ? * MON-FRI *)": 62,
    "cron(0 2 ? * MON,THU *)": 96,
    "cron(0 2 1 * ? *)": 744,
    "cron(0/15 * * * ? *)": 0,
    "cron(0 2 1,15 * ? *)": None,
    "cron(0 2 ? * 2#1 *)": None,
    "cron(0 2 L * ? *)": None,
    "cron(0 2 ? 1-6 * 2035)": None,
    "at(2035-12-31T23:00:00)": None,
}

NEVER = ["cron(0 8 30 2 ? *)", "cron(0 8 31 4,6,feb ? *)", "cron(0 8 * * ? 2020)", "cron(0 8 * * ? 1970-2019/3)"]
SOMETIME = ["cron(0 8 29 2 ? *)", "cron(0 8 30 1,2 ? *)", "cron(0 8 * * ? 2020,2199)", "cron(0 8 L 2 ? *)"]
PAST = {"utc": ("at(2021-12-31T23:59:59)", "UTC"), "paris": ("at(2021-12-31T23:59:59)", "Europe/Paris")}


@pytest.fixture(scope="module")
def warned(reader: Reader) -> str:
    never = {f"never-{n}": HOME | {"schedule": text} for n, text in enumerate(NEVER)}
    checked = {f"unchecked-{n}": HOME | {"check_schedule": text} for n, text in enumerate(NEVER)}
    sometime = {f"fine-{n}": HOME | {"schedule": text} for n, text in enumerate(SOMETIME)}
    past = {key: HOME | {"schedule": text, "timezone": zone} for key, (text, zone) in PAST.items()}
    odd = {f"odd-{n}": HOME | {"schedule": text} for n, text in enumerate(UNDOCUMENTED_EXPRESSIONS)}
    documented = {f"documented-{n}": HOME | {"schedule": text} for n, text in enumerate(ACCEPTED_EXPRESSIONS)}
    return reader.warnings(one={"file_systems": never | checked | sometime | past | odd | documented})


@pytest.mark.parametrize(("number", "text"), list(enumerate(NEVER)))
def test_a_schedule_that_never_fires_is_warned_of(warned: str, number: int, text: str) -> None:
    [told] = [line for line in warned.splitlines() if "these schedules never fire" in line]
    assert f" never-{number} (schedule = {text})" in told
    assert f" unchecked-{number} (check_schedule = {text})" in told


def test_a_time_that_is_past_is_warned_of(warned: str) -> None:
    [told] = [line for line in warned.splitlines() if "these times are in the past" in line]
    for key in PAST:
        assert f" {key} (at(2021-12-31T23:59:59))" in told


@pytest.mark.parametrize(("number", "text"), list(enumerate(UNDOCUMENTED_EXPRESSIONS)))
def test_an_undocumented_form_is_warned_of(warned: str, number: int, text: str) -> None:
    [told] = [line for line in warned.splitlines() if "AWS does not document these forms" in line]
    assert f" odd-{number} (schedule = {text}: {UNDOCUMENTED_EXPRESSIONS[text]})" in told


def test_nothing_else_is_warned_of(warned: str) -> None:
    assert len(warned.splitlines()) == 3
    assert "fine-" not in warned
    documented = {text for n, text in enumerate(ACCEPTED_EXPRESSIONS) if f" documented-{n} (" in warned}
    assert documented == {text for text in ACCEPTED_EXPRESSIONS if "2022-2023" in text}  # never fires any more


@pytest.mark.fault("clocks")
def test_a_maximum_age_that_cannot_be_kept_is_warned_of_and_no_other(reader: Reader) -> None:
    short = {f"short-{n}": (s, gap - 0.5) for n, (s, gap) in enumerate(GAPS.items()) if gap}
    fine = {f"fine-{n}": (s, gap or 1) for n, (s, gap) in enumerate(GAPS.items())}
    told = reader.warnings(
        one={
            "file_systems": {
                key: HOME | {"schedule": schedule, "max_backup_age_hours": hours}
                for key, (schedule, hours) in (short | fine).items()
            }
            | {"slow": HOME | {"max_backup_age_hours": 6, "check_schedule": "rate(1 day)"}}
        }
    )
    for key, (schedule, hours) in short.items():
        assert f"{key} ({hours:g} hours, but {GAPS[schedule]:g} from one backup to the next)" in told
    assert "slow (6 hours, but 24 from one check to the next)" in told
    assert "fine-" not in told
