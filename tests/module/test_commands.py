"""The module's command that lists a plan's backups, read as a shell and the AWS CLI read it."""

import json
import shlex

import jmespath  # type: ignore[import-untyped] # botocore brings it
import pytest

from dev.terraform import Plan
from tests.module.inputs import FLEET, HOME, KEY, VOLUME
from tests.module.restore_tests import TEST
from tests.support.planning import ModulePlanner

FILTERS = {
    "home": ["--filters", f"Name=file-system-id,Values={HOME['file_system_id']}"],
    "database": ["--filters", f"Name=volume-id,Values={VOLUME}"],
    "projects": [],
}


@pytest.fixture(scope="module")
def planned(plan: ModulePlanner) -> Plan:
    plans = {"home": HOME | {"restore_test": TEST}, "database": {"volume_id": VOLUME}, "projects": FLEET}
    return plan(name="prod", file_systems=plans, encryption={"kms_key_arn": KEY})


@pytest.mark.parametrize("name", FILTERS)
def test_list_backups_has_the_plans_own_with_their_targets(planned: Plan, name: str) -> None:
    words = shlex.split(planned.json["planned_values"]["outputs"]["commands"]["value"][name]["list_backups"])
    assert [word for word in words if word.startswith(("--filters", "Name="))] == FILTERS[name]

    def backup(id_: str, deployment: str, plan: str, **of: object) -> dict[str, object]:
        tags = {"fsx-backup:deployment": deployment, "fsx-backup:plan": plan}
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        return {"BackupId": id_, "Lifecycle": "AVAILABLE", "Tags": listed, "CreationTime": 1} | of

    system = {"FileSystem": {"FileSystemId": "fs-1"}}
    backups = [
        backup("own", "prod", name, **system, CreationTime=2),
        backup("volume", "prod", name, **system, Volume={"VolumeId": "fsvol-1"}),
        backup("another plan", "prod", "other", **system),
        backup("another deployment", "test", name, **system),
    ]
    found = jmespath.search(words[words.index("--query") + 1], {"Backups": backups})
    assert found == [[1, "volume", "AVAILABLE", "fsvol-1"], [2, "own", "AVAILABLE", "fs-1"]]


def test_the_cli_waits_for_the_function_and_does_not_invoke_it_again(planned: Plan) -> None:
    outputs = planned.json["planned_values"]["outputs"]
    [function] = planned.resources("aws_lambda_function").values()
    invoked = [text for some in outputs["commands"]["value"].values() for text in some.values() if "invoke" in text]
    assert len(invoked) == 10  # three of each plan, and a restore test
    for words in map(shlex.split, invoked):
        assert int(words[words.index("--cli-read-timeout") + 1]) > function["timeout"]


def test_a_restore_test_is_started_where_the_plan_has_one(planned: Plan) -> None:
    commands = planned.json["planned_values"]["outputs"]["commands"]["value"]
    assert "restore_test_now" not in commands["database"]
    words = shlex.split(commands["home"]["restore_test_now"])
    assert json.loads(words[words.index("--payload") + 1]) == {"action": "restore_test", "plan": "home"}
