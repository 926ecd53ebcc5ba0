"""Build modules/fsx_backup/lambda.zip from fsx_backup/: the same source gives the same bytes on every machine.

Entries are sorted and carry fixed times and modes. Zopfli compresses, because zlib's output differs between the
zlib builds that Python ships with; any tool reads the result.

    build.py          write the package
    build.py --check  exit 1 if the package in the repository is not the one that the source gives
"""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import zopfli.zlib

SOURCE = Path(__file__).parent / "fsx_backup"
PACKAGE = Path(__file__).parent.parent / "modules" / "fsx_backup" / "lambda.zip"
EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)  # the zip format knows none before
LARGEST_PACKAGE = 102_000


class Zopfli:
    """The two methods that zipfile asks of a compressor."""

    def __init__(self) -> None:
        self._data = bytearray()

    def compress(self, data: bytes) -> bytes:
        self._data += data
        return b""

    def flush(self) -> bytes:
        return bytes(zopfli.zlib.compress(bytes(self._data))[2:-4])  # bare deflate, without zlib's frame


def build(source: Path = SOURCE) -> bytes:
    """The package's bytes."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for path in sorted(source.glob("*.py")):
            entry = zipfile.ZipInfo(f"{source.name}/{path.name}", EARLIEST_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, also when built elsewhere
            entry.external_attr = 0o100644 << 16
            content = path.read_bytes().replace(b"\r\n", b"\n")
            with archive.open(entry, "w") as handle:
                writer: Any = handle
                writer._compressor = Zopfli()  # zipfile has no public place for another compressor
                handle.write(content)
    return package.getvalue()


def main() -> None:
    package = build()
    if len(package) > LARGEST_PACKAGE:
        sys.exit(f"lambda.zip would have {len(package)} bytes, more than {LARGEST_PACKAGE}.")
    if "--check" in sys.argv[1:]:
        if not PACKAGE.exists() or PACKAGE.read_bytes() != package:
            sys.exit("lambda.zip is not what lambda_src/fsx_backup gives: run `make package` and commit it.")
        return
    PACKAGE.write_bytes(package)
    sys.stdout.write(f"{PACKAGE.name}: {len(package)} bytes\n")


if __name__ == "__main__":
    main()
