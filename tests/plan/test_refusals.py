"""Every row of the table of inputs: what is refused, and with which words, and that nothing else is.

Terraform tells all mistakes of a configuration together, so one plan serves many rows.
"""

import json
import re
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from sandbox.terraform import Stack, TerraformError
from tests.plan import expressions, inputs
from tests.plan.conftest import ModulePlanner, module_call


def messages(refusal: str) -> list[str]:
    """The messages of a refusal, one of Terraform's errors each."""
    return re.split(r"Error: ", refusal)[1:]


def message_with(refusal: str, rule: str) -> str:
    found = [message for message in messages(refusal) if rule in message]
    assert found, f"no message says {rule!r} in:\n{refusal}"
    return " ".join(found)


@pytest.fixture(scope="module")
def refused_plans(plan: ModulePlanner) -> str:
    refused = {key: attributes for key, (attributes, _, _) in inputs.REFUSED_PLANS.items()}
    with pytest.raises(TerraformError) as refusal:
        plan(file_systems=inputs.ACCEPTED_PLANS | refused)
    return str(refusal.value)


@pytest.mark.parametrize("key", inputs.REFUSED_PLANS)
def test_a_bad_plan_is_named_with_its_value_and_the_remedy(refused_plans: str, key: str) -> None:
    _, rule, shown = inputs.REFUSED_PLANS[key]
    assert shown in message_with(refused_plans, rule)


def test_no_good_plan_is_named_beside_the_bad_ones(refused_plans: str) -> None:
    for key in inputs.ACCEPTED_PLANS:
        assert not re.search(rf"[ ,:]{re.escape(key)} \(", refused_plans), key


@pytest.fixture(scope="module")
def refused_expressions(plan: ModulePlanner) -> str:
    good = {f"good-{n}": expression for n, expression in enumerate(expressions.ACCEPTED_EXPRESSIONS)}
    bad = {f"bad-{n}": expression for n, expression in enumerate(expressions.REFUSED_EXPRESSIONS)}
    checked = {key: expression for key, expression in good.items() if not expression.startswith("at(")}
    with pytest.raises(TerraformError) as refusal:
        plan(
            file_systems={key: inputs.HOME | {"schedule": expression} for key, expression in (good | bad).items()}
            | {f"check-{key}": inputs.HOME | {"check_schedule": text} for key, text in (checked | bad).items()}
            | {"once": inputs.HOME | {"check_schedule": "at(2030-12-31T23:00:00)"}},
            deployment_check_schedule="rate(1 days)",
            event_rules={"far": inputs.RULE.replace("eu-west-1", "us-east-1")},
            notifications={"topic_arn": inputs.TOPIC.replace("eu-west-1", "us-east-1")},
            encryption={"kms_key_arn": inputs.KEY},
            reserved_concurrency=3,
        )
    return str(refusal.value)


@pytest.mark.parametrize(("number", "expression"), list(enumerate(expressions.REFUSED_EXPRESSIONS)))
def test_a_bad_expression_is_named_with_its_mistake(refused_expressions: str, number: int, expression: str) -> None:
    told = message_with(refused_expressions, "EventBridge Scheduler would refuse these schedules")
    for key, name in ((f"bad-{number}", "schedule"), (f"check-bad-{number}", "check_schedule")):
        assert f" {key} ({name} = {expression}: {expressions.REFUSED_EXPRESSIONS[expression]})" in told


def test_no_good_expression_is_named(refused_expressions: str) -> None:
    assert "good-" not in " ".join(messages(refused_expressions))


def test_what_several_arguments_say_together_is_refused(refused_expressions: str) -> None:
    assert "reserved_concurrency (3) must be at least maximum_concurrency (5)" in refused_expressions
    assert f"deployment_check_schedule (rate(1 days): {expressions.RATE})" in refused_expressions
    once = message_with(refused_expressions, "give check_schedule and deployment_check_schedule as cron(...) or rate")
    assert " once (check_schedule = at(2030-12-31T23:00:00))" in once
    region = message_with(refused_expressions, "must be of the deployment's own Region, eu-west-1. Give ones of this")
    for name in ("notifications.topic_arn (arn:aws:sns:us-east-1:", "event_rules.far (arn:aws:events:us-east-1:"):
        assert name in region
    assert "encryption" not in region


def test_every_good_plan_and_expression_is_planned(plan: ModulePlanner) -> None:
    schedules = {
        f"expression-{n}": inputs.HOME | {"schedule": text} for n, text in enumerate(expressions.ACCEPTED_EXPRESSIONS)
    }
    planned = plan(file_systems=inputs.ACCEPTED_PLANS | schedules, encryption={"kms_key_arn": inputs.KEY})
    made = {values["name"] for values in planned.resources("aws_scheduler_schedule").values()}
    assert {name for name in made if not name.startswith("plans-")} == {
        *inputs.ACCEPTED_PLANS,
        *schedules,
        "_deployment",
    }


def test_every_time_zone_there_is_has_the_form_that_is_asked_for() -> None:
    variables = (Path(__file__).parents[2] / "modules" / "fsx_backup" / "variables.tf").read_text()
    form = re.search(r'can\(regex\("(\^\[A-Z\][^"]*)", zone\)\)', variables)
    assert form is not None
    zones = available_timezones() - {"localtime", "posixrules"}
    assert len(zones) > 400
    assert all(re.fullmatch(form[1], zone) and len(zone) <= 50 for zone in zones)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory, aws_environment: dict[str, str]) -> Stack:
    """A configuration that can call the module once for every row."""
    stack = Stack(tmp_path_factory.mktemp("calls"), aws_environment)
    rows = max(len(inputs.ACCEPTED_ARGUMENTS), len(inputs.REFUSED_ARGUMENTS))
    write_calls(stack, [{}] * rows)
    stack.init()
    return stack


def write_calls(stack: Stack, rows: list[dict[str, object]]) -> None:
    calls = {f"row{n}": module_call(stack.folder, **arguments) for n, arguments in enumerate(rows)}
    (stack.folder / "main.tf.json").write_text(json.dumps({"module": calls}, indent=1))


@pytest.fixture(scope="module")
def refused_arguments(calls: Stack) -> str:
    write_calls(calls, [arguments for arguments, _, _ in inputs.REFUSED_ARGUMENTS])
    with pytest.raises(TerraformError) as refusal:
        calls.validate()
    return str(refusal.value)


@pytest.mark.parametrize("number", range(len(inputs.REFUSED_ARGUMENTS)))
def test_a_bad_argument_is_told_with_its_value_and_the_remedy(refused_arguments: str, number: int) -> None:
    arguments, rule, shown = inputs.REFUSED_ARGUMENTS[number]
    told = [m for m in messages(refused_arguments) if f"in module.row{number}:" in m and rule in m]
    assert any(shown in message for message in told), f"{arguments}: {told}"


def test_every_good_argument_is_accepted(calls: Stack) -> None:
    write_calls(calls, inputs.ACCEPTED_ARGUMENTS)
    calls.validate()
