"""The committed package is exactly its source."""

import io
import zipfile
from pathlib import Path

import pytest

import build


def test_every_entry_is_its_source_file() -> None:
    with zipfile.ZipFile(build.PACKAGE) as package:
        assert package.testzip() is None
        entries = {entry.filename: package.read(entry) for entry in package.infolist()}
    assert entries == {f"fsx_backup/{path.name}": path.read_bytes() for path in build.SOURCE.glob("*.py")}


def test_building_again_gives_the_same_bytes() -> None:
    assert build.build() == build.PACKAGE.read_bytes()


def test_the_package_is_small_and_neutral() -> None:
    assert build.PACKAGE.stat().st_size <= build.LARGEST_PACKAGE
    with zipfile.ZipFile(build.PACKAGE) as package:
        names = package.namelist()
        assert names == sorted(names)
        for entry in package.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == 0o100644
            assert entry.create_system == 3


def test_windows_line_endings_do_not_change_it(tmp_path: Path) -> None:
    source = tmp_path / "fsx_backup"
    source.mkdir()
    for path in build.SOURCE.glob("*.py"):
        (source / path.name).write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert build.build(source) == build.PACKAGE.read_bytes()


@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_the_check_notices_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    package = tmp_path / "lambda.zip"
    changed = io.BytesIO()
    with zipfile.ZipFile(build.PACKAGE) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            if change == "removed" and entry.filename.endswith("step.py"):
                continue
            content = old.read(entry)
            new.writestr(entry, content + b"#" if change == "changed" else content)
        if change == "added":
            new.writestr("boto3/__init__.py", "")
    package.write_bytes(changed.getvalue())
    monkeypatch.setattr(build, "PACKAGE", package)
    monkeypatch.setattr("sys.argv", ["build.py", "--check"])
    with pytest.raises(SystemExit, match="make package"):
        build.main()
