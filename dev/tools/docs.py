"""Write the tables of inputs and outputs into the READMEs, from the Terraform code.

docs.py          write
docs.py --check  exit 1 if a README does not say what the code says
"""

import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import hcl2

ROOT = Path(__file__).resolve().parents[2]
# README -> the folder whose variables and outputs it lists.
PAGES = {ROOT / "README.md": ROOT, ROOT / "modules/fsx_backup/README.md": ROOT / "modules/fsx_backup"}
# As python-hcl2 writes an object's type: an attribute with its type and default, the beginning of an object, its end.
LEAF = r"list\(string\)|set\(string\)|map\(string\)|string|number|bool"
ATTRIBUTE = re.compile(
    rf'(\w+) = (?:optional\(({LEAF})(?:, ("[^"]*"|[^)]+))?\)|({LEAF}))'
    r"|(\w+) = (?:optional\()?(?:map\()?object\(\{|(\}\))"
)
BEGIN, END = "<!-- inputs and outputs: made by `make docs` -->", "<!-- end of inputs and outputs -->"


def blocks(path: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Name -> body of the blocks of a kind in a Terraform file."""
    with path.open() as file:
        found = hcl2.load(file).get(kind, [])
    return {name.strip('"'): body for block in found for name, body in block.items() if not name.startswith("__")}


def text(value: Any) -> str:
    """A string or heredoc as it reads."""
    heredoc = re.fullmatch(r'"?<<-?(\w+)\n(.*?)\n\s*\1"?', value, re.DOTALL)
    return textwrap.dedent(heredoc[2]) if heredoc else value.strip('"').replace('\\"', '"')


def default(body: dict[str, Any]) -> str:
    if "default" not in body:
        return "required"
    value = body["default"]
    if value is None:
        return "`null`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def kind(body: dict[str, Any]) -> str:
    """The type, without the attributes of an object."""
    type_ = body["type"].removeprefix("${").removesuffix("}") if body["type"].startswith("${") else body["type"]
    return re.sub(r"object\(\{.*\}\)", "object", type_)


def attributes(body: dict[str, Any]) -> list[str]:
    """A table of an object's attributes, those of the objects in it included."""
    rows, inside = [], []
    for name, optional, value, required, inner, end in ATTRIBUTE.findall(body["type"]):
        if inner:
            inside.append(inner)
        elif end:
            inside = inside[:-1]
        else:
            shown = f"`{value}`" if value else "required" if required else ""
            rows.append(f"| `{'.'.join([*inside, name])}` | `{optional or required}` | {shown} |")
    return ["", "| attribute | type | default |", "|---|---|---|", *rows] if "object" in body["type"] else []


def tables(folder: Path) -> str:
    """The section of a README."""
    inputs, details = ["| input | type | default | |", "|---|---|---|---|"], []
    variables = [item for path in sorted(folder.glob("variables*.tf")) for item in blocks(path, "variable").items()]
    for name, body in variables:
        first, _, rest = text(body["description"]).partition("\n\n")
        inputs.append(f"| `{name}` | `{kind(body)}` | {default(body)} | {' '.join(first.split())} |")
        if rest:
            details += ["", f"**`{name}`**", "", rest]
            details += attributes(body)
    outputs = ["| output | |", "|---|---|"]
    for name, body in blocks(folder / "outputs.tf", "output").items():
        outputs.append(f"| `{name}` | {' '.join(text(body['description']).split())} |")
    return "\n".join([BEGIN, *inputs, *details, "", *outputs, END])


def main() -> None:
    stale = []
    for page, folder in PAGES.items():
        old = page.read_text()
        begin, end = old.index(BEGIN), old.index(END) + len(END)
        new = old[:begin] + tables(folder) + old[end:]
        if new != old:
            stale.append(str(page.relative_to(ROOT)))
            if "--check" not in sys.argv[1:]:
                page.write_text(new)
    if "--check" in sys.argv[1:] and stale:
        sys.exit(f"{', '.join(stale)} does not say what the code says: run `make docs` and commit it.")


if __name__ == "__main__":
    main()
