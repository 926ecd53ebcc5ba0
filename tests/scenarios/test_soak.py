"""The account of a soak notices what it is there for."""

from typing import Any

import pytest

from dev.scenarios.soak_account import Account, account

TIME = "2026-03-01T04:00:00Z"
HOME = ("home", "fs-1", TIME)
OWN = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "home"}


def backup(lifecycle: str = "AVAILABLE", **tags: str) -> dict[str, Any]:
    return {
        "Lifecycle": lifecycle,
        "FileSystem": {"FileSystemId": "fs-1"},
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def take(after: dict[str, Any], notified: list[tuple[str, str, str]]) -> Account:
    return account(
        "prod",
        occurrences=[HOME],
        wanted=["young"],
        expired=["old"],
        foreign={"foreign": backup(Name="by hand")},
        after=after,
        notified=notified,
    )


MADE = backup(**OWN, **{"fsx-backup:scheduled-time": TIME})
GOOD = {"young": backup(**OWN), "foreign": backup(Name="by hand"), "made": MADE}
LATER = backup(**OWN, **{"fsx-backup:scheduled-time": "2026-03-02T04:00:00Z"})


def test_a_clean_one() -> None:
    assert take(GOOD, [HOME]) == Account(1, 0, 0, 0, 0, 0)
    assert take(GOOD, [HOME]).clean
    assert take(GOOD, [HOME]) + take(GOOD, []) == Account(2, 0, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"made": None}, "lost"),
        ({"made": MADE | {"Lifecycle": "CREATING"}}, "lost"),
        ({"young": None}, "lost"),
        ({"again": MADE}, "duplicate"),
        ({"again": MADE | {"Lifecycle": "FAILED"}}, "duplicate"),
        ({"another": LATER}, "duplicate"),
        ({"another": MADE | {"FileSystem": {"FileSystemId": "fs-2"}}}, "duplicate"),
        ({"foreign": None}, "foreign"),
        ({"foreign": backup(Name="changed")}, "foreign"),
        ({"old": backup(**OWN)}, "unpurged"),
    ],
)
def test_what_is_wrong_is_counted(change: dict[str, Any], wrong: str) -> None:
    found = take({key: value for key, value in (GOOD | change).items() if value}, [HOME])
    assert not found.clean
    assert {name: count for name, count in vars(found).items() if count} == {"occurrences": 1, wrong: 1}


def test_an_occurrence_nobody_heard_of() -> None:
    assert take(GOOD, [("home", "fs-1", "2026-03-02T04:00:00Z")]).untold == 1


def test_another_deployments_backup_is_not_counted() -> None:
    other = backup(**OWN | {"fsx-backup:deployment": "test", "fsx-backup:scheduled-time": TIME})
    assert take(GOOD | {"other": other}, [HOME]).clean
