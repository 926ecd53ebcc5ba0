"""The documents as what can be tried out of them: fenced blocks, and the commands in them and in running text.

What is not tried says so where it stands: `<!-- not run: reason -->` in the line before a block, `# not run: reason` at
the end of a command.
"""

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dev.terraform import ROOT

# A reader's shell may have nothing else.
READERS_ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME")}

FENCE = re.compile(
    r"(?P<mark><!-- not run: (?P<reason>.+?) -->\n+)?^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
SPAN = re.compile(r"`((?:aws|make|terraform|python -m dev[\w.]*)(?: [^`]+|))`")
NOT_RUN = re.compile(r"# not run: (.+)$")
ENDS = frozenset([";", "|", "||", "&", "&&", "(", ")", "<", ">", "\n"])


@dataclass(frozen=True)
class Block:
    """A fenced block. `not_run` is the reason, if it has one."""

    page: Path
    line: int
    language: str
    text: str
    not_run: str | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Command:
    """One simple command of a block or of running text, as words."""

    place: str
    words: tuple[str, ...]
    not_run: str | None = None


def pages() -> list[Path]:
    """Every document of the project."""
    patterns = ("*.md", "docs/**/*.md", "examples/*/README.md", "modules/*/README.md", "dev/*/README.md")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def blocks(*languages: str) -> list[Block]:
    """All blocks in these languages, or in any."""
    return [block for page in pages() for block in _blocks(page) if not languages or block.language in languages]


def _blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for found in FENCE.finditer(text):
        indent = len(found["indent"])
        body = re.sub(rf"^ {{{indent}}}", "", found["text"], flags=re.MULTILINE) if indent else found["text"]
        line = text[: found.start("language")].count("\n") + 1
        yield Block(page, line, found["language"], body, found["reason"])


def commands() -> list[Command]:
    """All commands: of the shell blocks, and those that stand in running text between backquotes."""
    found = [command for block in blocks("sh") for command in _commands(block.place, block.text, block.not_run)]
    for page in pages():
        text = FENCE.sub("", page.read_text())
        for span in SPAN.findall(text):
            if len(span.split()) > 1 and "…" not in span.split()[:3]:
                found += _commands(f"{page.relative_to(ROOT)}: `{span}`", " ".join(span.split()), None)
    return found


def _commands(place: str, text: str, not_run: str | None) -> Iterator[Command]:
    text = re.sub(r"\\\n\s*", " ", text)
    if '"$(' in text:
        text = text.replace('"$(', "; ").replace(')"', " ;")
    for line in text.splitlines():
        mark = NOT_RUN.search(line)
        reason = mark[1] if mark else not_run
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word not in ENDS:
                words.append(word)
                continue
            while words and re.match(r"[A-Z_]+=", words[0]):
                words.pop(0)
            if words:
                yield Command(place, tuple(words), reason)
            words = []


def anchors(page: Path) -> set[str]:
    """The ids that the headings of a page get where Markdown is shown."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
