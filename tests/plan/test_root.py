"""The root stack passes its few variables on."""

from pathlib import Path

from sandbox.terraform import Stack


def test_the_root_stack_needs_file_systems_alone(tmp_path: Path, aws_environment: dict[str, str]) -> None:
    stack = Stack.of_root(tmp_path / "stack", aws_environment)
    stack.init()
    assert len(stack.plan().resources("aws_scheduler_schedule")) == 0
    # Entries of different shapes: the module's types and defaults do their work behind the root's `any`.
    stack.set_variables(
        {
            "file_systems": {
                "home": {"file_system_id": "fs-0123456789abcdef0"},
                "database": {"volume_id": "fsvol-0123456789abcdef0", "retention": {"keep_weekly": 4}},
            }
        }
    )
    plan = stack.plan()
    assert {schedule["name"] for schedule in plan.resources("aws_scheduler_schedule").values()} == {"home", "database"}
    assert {schedule["group_name"] for schedule in plan.resources("aws_scheduler_schedule").values()} == {"fsx-backup"}
