"""Whether a commit's subject keeps to the project's form: `type: what changes`, 72 characters at most, one change.

commit_subject.py FILE   the file with the message, as Git's commit-msg hook gives it
"""

import re
import sys
from pathlib import Path

LONGEST = 72
TYPES = ("build", "ci", "docs", "feat", "fix", "perf", "refactor", "test")
FORM = re.compile(rf"({'|'.join(TYPES)})(\([a-z0-9-]+\))?!?: \S")
GITS_OWN = re.compile(r"(Merge|Revert) |(fixup|squash|amend)! ")  # written by Git, which has its own form


def mistakes(message: str) -> list[str]:
    """What is wrong with a commit message, each in a sentence with the remedy."""
    lines = [line.rstrip() for line in message.splitlines() if not line.startswith("#")]
    while lines and not lines[0]:
        lines.pop(0)
    subject = lines[0] if lines else ""
    if GITS_OWN.match(subject):
        return []
    found = []
    if not FORM.match(subject):
        found.append(f'the subject "{subject}" does not begin with a type: write `type: what changes`, {_types()}.')
    if len(subject) > LONGEST:
        found.append(f"the subject has {len(subject)} characters: {LONGEST} are allowed; put the reason into the body.")
    if re.search(rf"; ({'|'.join(TYPES)})(\([a-z0-9-]+\))?: ", subject):
        found.append("the subject names two changes: make two commits.")
    if subject.endswith("."):
        found.append("the subject ends with a full stop: remove it.")
    if len(lines) > 1 and lines[1]:
        found.append("the body begins right after the subject: leave the second line empty.")
    return found


def _types() -> str:
    return f"with one of {', '.join(TYPES)}"


def main() -> None:
    found = mistakes(Path(sys.argv[1]).read_text())
    for mistake in found:
        print(f"commit message: {mistake}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
