"""A time zone whose data cannot be loaded costs no backup: only the purge is withheld, and that is notified."""

from __future__ import annotations

import sys
import zoneinfo
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.world import World


@pytest.fixture(params=["an empty path", "a file that is no zone", "a folder"])
def without_zones(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in an image without time zone data, or with data that cannot be read."""
    for module in ["tzdata", *(name for name in sys.modules if name.startswith("tzdata."))]:
        monkeypatch.setitem(sys.modules, module, None)
    before = zoneinfo.TZPATH
    europe = tmp_path / "Europe"
    europe.mkdir()
    if request.param == "a file that is no zone":
        (europe / "Paris").write_text("no zone")
    elif request.param == "a folder":
        (europe / "Paris").mkdir()
    zoneinfo.reset_tzpath(to=() if request.param == "an empty path" else (str(tmp_path),))
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.fault("no-zone")
@pytest.mark.usefixtures("without_zones")
@pytest.mark.parametrize("zone", ["Europe/Paris", "Mars/Olympus_Mons"])
def test_the_backup_is_made_and_the_purge_is_withheld(world: World, zone: str) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    old = world.history(target, [30, 40, 50, 60, 70])
    plan: dict[str, Any] = {"timezone": zone, "retention": {"keep_daily": 3}}
    world.send(world.message(target, **plan))
    world.settle()
    assert not world.queue.dead_letters
    made = world.backups().keys() - set(old)
    assert [world.backups()[identifier]["Lifecycle"] for identifier in made] == ["AVAILABLE"]
    assert set(old) <= world.backups().keys()
    [mail] = world.topic.mails
    assert mail.attributes["outcome"] == "PURGE_BLOCKED"
    assert f"The purge was withheld: the function has no data for the time zone {zone}" in mail.text
    assert "Correct the plan's timezone" in mail.text
    assert f"backup-{next(iter(made))[7:]} (AVAILABLE)" in mail.text
    # So says its dry run, and a manual purge.
    message = world.message(target, action="purge", **plan)
    for dry_run in (True, False):
        with pytest.raises(Exception, match="The purge was withheld"):
            world.invoke(message | {"dry_run": dry_run})
    assert set(old) <= world.backups().keys()


@pytest.mark.fault("no-zone")
@pytest.mark.usefixtures("without_zones")
def test_utc_needs_no_data(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    old = world.history(target, [30, 40, 50, 60, 70])
    world.send(world.message(target, retention={"keep_daily": 1, "keep_last": 3}))
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    assert len(set(old) & world.backups().keys()) == 2  # of keep_last = 3


@pytest.mark.fault("no-zone")
@pytest.mark.usefixtures("without_zones")
def test_a_check_and_a_start_need_no_data(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    message = world.message(target, timezone="Europe/Paris")
    world.schedule(target, timezone="Europe/Paris")
    assert world.invoke({"action": "check", "plan": "home"})["state"] in {"UNKNOWN", "WAITING"}
    world.send(message | {"action": "start"})
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]


def test_with_the_data_the_same_plan_purges(world: World) -> None:
    target = world.fsx.seed_file_system("LUSTRE")
    old = world.history(target, [30, 40, 50, 60, 70])
    world.send(world.message(target, timezone="Europe/Paris", retention={"keep_daily": 1, "keep_last": 3}))
    world.settle()
    assert [mail.attributes["outcome"] for mail in world.topic.mails] == ["COMPLETED"]
    assert len(set(old) & world.backups().keys()) == 2
