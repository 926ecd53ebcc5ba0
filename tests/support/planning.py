"""Plans of the module, made by Terraform itself. Only the account's identity is asked of an (emulated) AWS."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from dev.terraform import ROOT, Plan, Stack

MANY = 200
MODULE = ROOT / "modules" / "fsx_backup"


@pytest.fixture(scope="session")
def aws_environment() -> Iterator[dict[str, str]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    server.stop()


def module_call(folder: Path, **arguments: Any) -> dict[str, Any]:
    """A call of the module from a configuration in `folder`."""
    return {"source": os.path.relpath(MODULE, folder), **arguments}


class ModulePlanner:
    """Plans the module with the arguments given, as a platform repository would call it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.stack = Stack(folder, environment)
        self._write({})
        self.stack.init()

    def __call__(self, **arguments: Any) -> Plan:
        """Raises TerraformError with Terraform's words when the plan is refused."""
        self._write(arguments)
        return self.stack.plan()

    def _write(self, arguments: dict[str, Any]) -> None:
        configuration = {
            # Its output is known after apply only, like the id of a file system made in the same apply.
            "resource": {"terraform_data": {"later": {"input": "anything"}, "hours": {"input": 30}}},
            "module": {"fsx_backup": module_call(self.stack.folder, **arguments)},
            "output": {
                name: {"value": f"${{module.fsx_backup.{name}}}", "sensitive": True}
                for name in ("name", "plans", "commands", "settings", "dashboard")
            },
        }
        (self.stack.folder / "main.tf.json").write_text(json.dumps(configuration, indent=1))


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory, aws_environment: dict[str, str]) -> ModulePlanner:
    return ModulePlanner(tmp_path_factory.mktemp("module"), aws_environment)


@pytest.fixture(scope="session")
def unknown(plan: ModulePlanner) -> Plan:
    """The first plan of a deployment whose targets, topics and key are made in the same apply."""
    later = "${terraform_data.later.id}"
    return plan(
        file_systems={
            "home": {"file_system_id": later},
            "database": {"volume_id": later},
            "projects": {"target_tags": {"Stack": later}},
        },
        additional_targets=[later],
        notifications={
            "topic_arn": later,
            "create_topic": False,
            "alarm_topic_arn": later,
            "create_alarm_topic": False,
            "subscriptions": {"some": {"protocol": "email", "endpoint": later, "failures_only": True}},
        },
        encryption={"kms_key_arn": later, "create_key": False},
        permissions_boundary_arn=later,
        vpc={"subnet_ids": [later], "security_group_ids": [later]},
        event_rules={"nightly": later},
    )
