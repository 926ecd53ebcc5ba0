"""The part of a document that a command writes."""

from pathlib import Path


def write(page: Path, command: str, text: str) -> None:
    """Between `<!-- written by `make COMMAND` -->` and `<!-- end of make COMMAND -->`."""
    begin, end = f"<!-- written by `make {command}` -->\n", f"<!-- end of `make {command}` -->"
    before, after_begin = page.read_text().split(begin)
    _, after = after_begin.split(end)
    page.write_text(before + begin + text + end + after)
