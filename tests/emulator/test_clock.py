"""The emulator's time."""

from datetime import UTC, datetime
from typing import Any

from dev.fsx_emulator import EmulatedFSx
from dev.fsx_emulator.clock import Clock
from tests.emulator.calls import START


def test_the_clock_runs_unless_it_is_frozen() -> None:
    real = [100.0]
    clock = Clock(lambda: real[0])
    clock.set(1000.0)
    real[0] = 103.0
    assert clock.now() == 1003.0
    clock.freeze()
    real[0] = 110.0
    assert clock.now() == 1003.0
    clock.advance(7.0)
    assert clock.now() == 1010.0
    clock.unfreeze()
    real[0] = 112.0
    assert clock.now() == 1012.0
    clock.advance(8.0)
    assert clock.now() == 1020.0


def test_the_clock_can_be_set(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("WINDOWS")
    for at in ("2030-01-01T01:00:00+01:00", datetime(2030, 1, 1, tzinfo=UTC), 1_893_456_000):
        fsx.control.set_time("2026-01-01T00:00:00Z")
        assert fsx.control.set_time(at) == "2030-01-01T00:00:00+00:00"
    made = client.create_backup(FileSystemId=file_system_id)["Backup"]
    assert made["CreationTime"] == datetime(2030, 1, 1, tzinfo=UTC)


def test_unfreezing_lets_it_run(fsx: EmulatedFSx) -> None:
    assert fsx.control.settings()["clock"]["frozen"] is True
    assert fsx.control.unfreeze() >= START
    assert fsx.control.settings()["clock"]["frozen"] is False
    fsx.control.freeze("2027-01-01T00:00:00Z")
    assert fsx.control.now() == "2027-01-01T00:00:00+00:00"
