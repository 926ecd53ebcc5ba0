"""Every HCL block in the documents plans: all of them together, as modules of one configuration."""

import json
import re
import shutil

import pytest

from dev.terraform import Plan, Stack
from tests.support.markdown import Block, blocks

BLOCKS = [block for block in blocks("hcl") if block.not_run is None]
MODULE = re.compile(r'source( *)= "[^"]*modules/fsx_backup[^"]*"')


def name(block: Block) -> str:
    return re.sub(r"\W+", "-", block.place)


def configuration(block: Block) -> str:
    """The block as a reader would use it: where the module is here, and with the module or stack that it belongs to."""
    text = MODULE.sub(r'source\1= "../../modules/fsx_backup"', block.text)
    if not re.search(r"^(module|resource|output|variable|provider|terraform|locals|data)\b", text, re.MULTILINE):
        return f'module "stack" {{\n  source = "../../stack"\n{text}}}\n'  # values for the root stack, or arguments
    if "module.fsx_backup" in text and 'module "fsx_backup"' not in text:
        text += 'module "fsx_backup" {\n  source = "../../modules/fsx_backup"\n}\n'
    return text


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, aws_environment: dict[str, str]) -> Plan:
    folder = tmp_path_factory.mktemp("documents")
    Stack.of_root(folder / "stack", aws_environment)
    shutil.copytree(folder / "stack" / "modules", folder / "modules")
    for block in BLOCKS:
        path = folder / "blocks" / name(block)
        path.mkdir(parents=True)
        (path / "main.tf").write_text(configuration(block))
    modules = {name(block): {"source": f"./blocks/{name(block)}"} for block in BLOCKS}
    (folder / "main.tf.json").write_text(json.dumps({"module": modules}))
    stack = Stack(folder, aws_environment)
    stack.init()
    return stack.plan()


@pytest.mark.parametrize("block", BLOCKS, ids=name)
def test_a_block_plans_the_plans_that_it_names(block: Block, planned: Plan) -> None:
    schedules = {
        values["name"]
        for address, values in planned.resources("aws_scheduler_schedule").items()
        if address.startswith(f"module.{name(block)}.") and ".aws_scheduler_schedule.backup[" in address
    }
    entries = re.search(r"file_systems *= \{\n(.*?)\n  \}|^file_systems = \{\n(.*?)\n\}", block.text, re.DOTALL | re.M)
    named = re.findall(r"^ {2,4}(\S+) += \{", entries[1] or entries[2], re.MULTILINE) if entries else []
    assert {key for key in named if key != "retention"} <= schedules
    assert bool(schedules) == ("file_systems" in block.text)
