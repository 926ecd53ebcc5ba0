"""Every row of the table of inputs: what is refused, and with which words, and that nothing else is.

Terraform reports all mistakes of a configuration together, so one plan serves many rows.
"""

import re

import pytest

from dev.terraform import TerraformError
from dev.tools import time_zones
from tests.module import arguments, expressions, inputs, restore_tests
from tests.module.reader import Reader
from tests.support.planning import ModulePlanner

TABLES = {"values": arguments.REFUSED_VALUES, "arguments": arguments.REFUSED_ARGUMENTS}
ACCEPTED_PLANS = inputs.ACCEPTED_PLANS | restore_tests.ACCEPTED
REFUSED_PLANS = inputs.REFUSED_PLANS | restore_tests.REFUSED


def messages(refusal: str) -> list[str]:
    """The messages of a refusal, one of Terraform's errors each."""
    return re.split(r"Error: ", refusal)[1:]


def message_with(refusal: str, rule: str) -> str:
    found = [message for message in messages(refusal) if rule in message]
    assert found, f"no message says {rule!r} in:\n{refusal}"
    return " ".join(found)


@pytest.fixture(scope="module")
def refused_plans(reader: Reader) -> str:
    refused = {key: attributes for key, (attributes, _, _) in REFUSED_PLANS.items()}
    with pytest.raises(TerraformError) as refusal:
        reader.plan(one={"file_systems": ACCEPTED_PLANS | refused})
    return str(refusal.value)


@pytest.mark.fault("bad-retention", "hostile")
@pytest.mark.parametrize("key", REFUSED_PLANS)
def test_a_bad_plan_is_named_with_its_value_and_the_remedy(refused_plans: str, key: str) -> None:
    _, rule, shown = REFUSED_PLANS[key]
    assert shown in message_with(refused_plans, rule)


def test_no_good_plan_is_named_beside_the_bad_ones(refused_plans: str) -> None:
    for key in ACCEPTED_PLANS:
        assert not re.search(rf"[ ,:]{re.escape(key)} \(", refused_plans), key
    assert "adopts and adopts-more." in message_with(refused_plans, inputs.ADOPTING)


@pytest.fixture(scope="module")
def refused_expressions(reader: Reader) -> str:
    texts = [*expressions.ACCEPTED_EXPRESSIONS, *expressions.UNDOCUMENTED_EXPRESSIONS]
    good = {f"good-{n}": expression for n, expression in enumerate(texts)}
    bad = {f"bad-{n}": expression for n, expression in enumerate(expressions.REFUSED_EXPRESSIONS)}
    with pytest.raises(TerraformError) as refusal:
        reader.plan(
            one={
                "file_systems": {key: inputs.HOME | {"schedule": text} for key, text in (good | bad).items()},
                "event_rules": {"far": inputs.RULE.replace("eu-west-1", "us-east-1")},
                "notifications": {"topic_arn": inputs.TOPIC.replace("eu-west-1", "us-east-1")},
                "encryption": {"kms_key_arn": inputs.KEY},
                "reserved_concurrency": 3,
            }
        )
    return str(refusal.value)


@pytest.mark.parametrize(("number", "expression"), list(enumerate(expressions.REFUSED_EXPRESSIONS)))
def test_a_bad_expression_is_named_with_its_mistake(refused_expressions: str, number: int, expression: str) -> None:
    told = message_with(refused_expressions, "EventBridge Scheduler would refuse these schedules")
    shown = " ".join(expression.split())  # Terraform's frame has been taken off the refusal
    assert f" bad-{number} ({shown}: {expressions.REFUSED_EXPRESSIONS[expression]})" in told.replace("( ", "(")


def test_no_good_expression_is_named(refused_expressions: str) -> None:
    assert "good-" not in " ".join(messages(refused_expressions))


def test_what_several_arguments_say_together_is_refused_at_once(refused_expressions: str) -> None:
    assert "reserved_concurrency (3, maximum_concurrency 5)" in refused_expressions
    region = message_with(refused_expressions, "must be in the deployment's Region, eu-west-1. Replace:")
    for name in ("notifications.topic_arn (arn:aws:sns:us-east-1:", "event_rules.far (arn:aws:events:us-east-1:"):
        assert name in region
    assert "encryption" not in region


def test_every_good_plan_and_expression_is_planned(plan: ModulePlanner) -> None:
    schedules = {
        f"expression-{n}": inputs.HOME | {"schedule": text}
        for n, text in enumerate([*expressions.ACCEPTED_EXPRESSIONS, *expressions.UNDOCUMENTED_EXPRESSIONS])
    }
    planned = plan(file_systems=ACCEPTED_PLANS | schedules, encryption={"kms_key_arn": inputs.KEY})
    made = {values["name"] for values in planned.resources("aws_scheduler_schedule").values()}
    assert made == {*ACCEPTED_PLANS, *schedules, "health-check", "report"}
    addresses = planned.resources("aws_scheduler_schedule").items()
    tests = {values["name"] for address, values in addresses if ".restore_test[" in address}
    assert tests == {name for name, given in restore_tests.ACCEPTED.items() if given["restore_test"]}


def test_the_time_zones_are_those_of_the_pinned_tzdata() -> None:
    zones = time_zones.LIST.read_text()
    assert zones == time_zones.text()
    assert len(zones.split()) > 500


@pytest.fixture(scope="module")
def refusals(reader: Reader) -> dict[str, str]:
    """By table: values are refused by `terraform validate` already."""
    found = {}
    for table, read in (("values", reader.validate), ("arguments", reader.plan)):
        with pytest.raises(TerraformError) as refusal:
            read(**{f"row{n}": row for n, (row, _, _) in enumerate(TABLES[table])})
        found[table] = str(refusal.value)
    return found


@pytest.mark.fault("bad-retention")
@pytest.mark.parametrize(("table", "number"), [(table, n) for table, rows in TABLES.items() for n in range(len(rows))])
def test_a_bad_argument_is_named_with_its_value_and_the_remedy(
    refusals: dict[str, str], table: str, number: int
) -> None:
    given, rule, shown = TABLES[table][number]
    told = [message for message in messages(refusals[table]) if rule in message]
    assert any(shown in message for message in told), f"{given}: {told}"


def test_every_good_argument_is_accepted(reader: Reader) -> None:
    reader.plan(**{f"row{n}": given for n, given in enumerate(arguments.ACCEPTED_ARGUMENTS)})
