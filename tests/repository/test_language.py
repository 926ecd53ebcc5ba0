"""What users read uses the trade's terms: documents, mails, plan errors, descriptions of inputs, outputs and alarms."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev.terraform import ROOT
from dev.tools.docs import BEGIN, END
from tests.support.markdown import pages


@dataclass(frozen=True)
class Rule:
    """`words` is a regular expression for whole words, `example` a sentence that used to be here."""

    words: str
    instead: str
    example: str
    case: int = re.IGNORECASE

    def find(self, text: str) -> list[str]:
        """Each hit with what stands around it."""
        hits = re.finditer(rf"(?<!\w)(?:{self.words})(?!\w)", text, self.case)
        return [text[max(0, hit.start() - 40) : hit.end() + 40] for hit in hits]


RULES = [
    Rule("told|tell(s|ing)?", "notify, report, say", "Who is told, and what the alarm tells."),
    Rule("people", "recipients, operators, on-call", "It deletes nothing and tells people."),
    Rule("hears?|heard", "is notified", "The pager hears of failures only."),
    Rule("by hand", "manual, manually", "Run the backup by hand."),
    Rule("of (its|their|your|one's) own", "its own, separate", "A schedule of its own."),
    Rule("good (backups?|ones?)", "available backup", "The newest good backup."),
    Rule("keep[- ]rules?", "retention rule", "What the plan's keep-rules keep."),
    Rule("go(es)? by", "is backed up per, follows", "ONTAP goes by volume."),
    Rule("sound(s|ed|ing)?", "goes into ALARM", "An alarm sounds when it is older."),
    Rule("heal(s|ed|ing)?", "returns to OK", "The alarm heals by itself."),
    Rule("look(s|ed|ing)?(?! (up|like))", "poll, check, read, see", "This run looks at it no longer."),
    Rule("(un)?touch(es|ed|ing)?", "change, is protected", "The old one is not touched."),
    Rule("gone", "deleted, removed", "A function that is gone."),
    Rule("com(es?|ing) to (an|its|their) end", "complete, finish", "The backup comes to an end."),
    Rule("(is|are|be|been)( not)? let", "is allowed to", "The backup function is not let run."),
    Rule("foresaw|foreseen", "unexpected error", "An error that nobody foresaw."),
    Rule("second path", "out-of-band alarm", "Reported by a second path."),
    Rule("rooms|houses?", "parts, directory, package, repository", "Three rooms."),
    Rule("mend(s|ed|ing)?", "fix", "Once the cause is mended."),
    Rule("without a word", "silently", "Terraform drops them without a word."),
    Rule("to be had", "available", "It was not to be had."),
    Rule("be rid", "delete, remove", "To be rid of them."),
    Rule("so many", "number of", "The newest so many."),
    Rule("again and again", "recurring, repeatedly", "A check comes again and again."),
    Rule("typing errors?", "typo", "A typing error in a name."),
    Rule("Else", "Otherwise", "Else read the log.", case=0),
]

# What is right although a rule forbids it, to the letter, and why.
ALLOWED = {
    "cannot tell the periods apart": "to distinguish, not to notify",
    "**Look**": "the label of a command in a message",
    "Look aws fsx describe-backups": "the same, in the README's sample of a message",
}
# Written by programs, from the names of tests and of measurements.
GENERATED = {"docs/benchmarks.md", "docs/reliability.md"}


def documents() -> dict[str, str]:
    """The running text of each document: without code in running text, links' targets, and what .tf files say."""
    found = {}
    for page in [*pages(), ROOT / "plan_check" / "README.md", *(ROOT / ".github").rglob("*.md")]:
        text = re.sub(rf"{re.escape(BEGIN)}.*?{re.escape(END)}", "", page.read_text(), flags=re.DOTALL)
        text = re.sub(r"(?<!`)`[^`\n]+`(?!`)", "``", text)
        found[name(page)] = re.sub(r"<!--.*?-->|\]\([^)]*\)", "", text, flags=re.DOTALL)
    return {page: text for page, text in found.items() if page not in GENERATED}


def terraform() -> dict[str, str]:
    """Descriptions, error messages and alarms: strings of more than one word, and heredocs."""
    folders = ["*.tf", "modules/**/*.tf", "examples/**/*.tf"]
    paths = [path for folder in folders for path in ROOT.glob(folder) if ".terraform" not in path.parts]
    return {name(path): "\n".join(strings(path.read_text())) for path in paths}


def strings(source: str) -> list[str]:
    """Of HCL. A string within a template of another one is read with it."""
    found = re.finditer(
        r'<<-?(\w+)\n(?P<heredoc>.*?)\n\s*\1$|"(?P<line>(?:[^"\\\n]|\\.)*)"', source, re.DOTALL | re.MULTILINE
    )
    texts = [hit["heredoc"] or hit["line"] or "" for hit in found]
    return [text for text in texts if " " in text.strip()]


def programs() -> dict[str, str]:
    """The sentences of the function and of the plan check: strings of more than one word, without docstrings."""
    paths = [*(ROOT / "lambda_src" / "fsx_backup").glob("*.py"), ROOT / "plan_check" / "plan_check.py"]
    return {name(path): "\n".join(sentences(path.read_text())) for path in paths}


def sentences(source: str) -> list[str]:
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [str(node.value) for node in strings if id(node) not in alone and " " in str(node.value).strip()]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


TEXTS = {page: " ".join(text.split()) for page, text in (documents() | terraform() | programs()).items()}


def without(text: str, phrases: list[str]) -> str:
    for phrase in phrases:
        text = text.replace(phrase, "")
    return text


@pytest.mark.parametrize("page", sorted(TEXTS))
def test_words_that_must_not_come_back(page: str) -> None:
    text = without(TEXTS[page], list(ALLOWED))
    assert [f"{rule.instead}: …{hit}…" for rule in RULES for hit in rule.find(text)] == []


def test_every_kind_of_text_is_read() -> None:
    kinds = documents(), terraform(), programs()
    assert all(len(kind) > least for kind, least in zip(kinds, (30, 15, 15), strict=True))
    assert "The backup function is throttled" in TEXTS["modules/fsx_backup/monitoring.tf"]
    assert "Nothing was purged." in TEXTS["lambda_src/fsx_backup/verdicts.py"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.words)
def test_a_rule_finds_its_words_in_every_kind_of_text(rule: Rule) -> None:
    assert rule.find(rule.example)
    assert rule.find(" ".join(sentences(f'"""Docstring."""\nsend(f"{rule.example} {{now}}")')))
    assert rule.find(" ".join(strings(f'x = "one"\ndescription = "{rule.example}"')))
    assert rule.find(" ".join(strings(f'description = <<-EOT\n  A "quote".\n\n  {rule.example}\n  EOT\n')))
    assert not rule.find(rule.instead)


@pytest.mark.parametrize("phrase", ALLOWED)
def test_what_is_allowed_is_needed(phrase: str) -> None:
    """An exception that no text needs any more would let the next mistake pass."""
    assert any(phrase in text for text in TEXTS.values())
    assert [rule for rule in RULES if rule.find(phrase)]
