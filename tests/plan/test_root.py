"""The root stack passes its few variables on."""

from pathlib import Path

from sandbox.terraform import Plan, Stack


def test_the_root_stack_needs_file_systems_alone(tmp_path: Path, aws_environment: dict[str, str]) -> None:
    stack = Stack.of_root(tmp_path / "stack", aws_environment)
    stack.init()
    assert schedules(stack.plan()) == {"fsx-backup-checks": {"_deployment"}}
    # Entries of different shapes: the module's types and defaults do their work behind the root's `any`.
    stack.set_variables(
        {
            "file_systems": {
                "home": {"file_system_id": "fs-0123456789abcdef0"},
                "database": {"volume_id": "fsvol-0123456789abcdef0", "retention": {"keep_weekly": 4}},
            }
        }
    )
    assert schedules(stack.plan()) == {
        "fsx-backup": {"home", "database"},
        "fsx-backup-checks": {"home", "database", "_deployment"},
    }


def schedules(plan: Plan) -> dict[str, set[str]]:
    """The names of the planned schedules, by group."""
    found: dict[str, set[str]] = {}
    for schedule in plan.resources("aws_scheduler_schedule").values():
        found.setdefault(schedule["group_name"], set()).add(schedule["name"])
    return found
