"""Write the list of time zones that the module knows, from the IANA names in Python's tzdata package."""

import textwrap
from importlib.resources import files
from pathlib import Path

import tzdata

LIST = Path(__file__).resolve().parents[2] / "modules/fsx_backup/plans/time_zones.txt"


def text() -> str:
    """The list with its head, many names a line."""
    names = sorted(files("tzdata").joinpath("zones").read_text().split())
    head = f"# IANA time zone names, tzdata {tzdata.IANA_VERSION}. Made by dev/tools/time_zones.py.\n"
    return head + textwrap.fill(" ".join(names), 120, break_on_hyphens=False) + "\n"


if __name__ == "__main__":
    LIST.write_text(text())
