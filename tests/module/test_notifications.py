"""Topics, who is subscribed to which, and addresses to look at: read off plans."""

import json
from typing import Any

import pytest

from dev.terraform import Plan, Stack
from tests.module.inputs import ALARM_TOPIC, EVERYTHING, KEY, MAIN_TOPIC, TICKETS
from tests.support.planning import module_call


def subscriptions(planned: Plan, name: str) -> dict[str, dict[str, Any]]:
    """Endpoint -> the planned subscription of it, of one of the module's resources."""
    found = planned.resources("aws_sns_topic_subscription").items()
    return {values["endpoint"]: values for address, values in found if f".{name}[" in address}


def test_subscriptions_and_their_filters(watched: Plan) -> None:
    found = subscriptions(watched, "email") | subscriptions(watched, "other")
    assert {endpoint: values["protocol"] for endpoint, values in found.items()} == {
        "storage@example.com": "email",
        "night@example.com": "email",
        TICKETS: "sqs",
        EVERYTHING: "https",
    }
    assert not found["storage@example.com"]["filter_policy"]
    assert not found[EVERYTHING]["filter_policy"]
    assert json.loads(found["night@example.com"]["filter_policy"]) == {"plan": ["home"]}
    assert json.loads(found[TICKETS]["filter_policy"]) == {"severity": ["warning", "error"]}


def test_every_endpoint_gets_an_alarm_once(watched: Plan) -> None:
    """SNS matches no filter policy against an alarm, which has no attributes: not even `{"exists": false}`."""
    main = subscriptions(watched, "email") | subscriptions(watched, "other")
    of_alarms = subscriptions(watched, "alarms")
    assert {values["topic_arn"] for values in of_alarms.values()} == {ALARM_TOPIC}
    assert {endpoint: values["protocol"] for endpoint, values in of_alarms.items()} == {
        TICKETS: "sqs",
        "night@example.com": "email",
    }
    reached = [e for e, values in main.items() if not values["filter_policy"]]
    reached += [e for e, values in of_alarms.items() if not values["filter_policy"]]
    assert sorted(reached) == sorted(main)


def test_the_own_topics_are_alike(default: Plan) -> None:
    topics = {topic["name"]: topic for topic in default.resources("aws_sns_topic").values()}
    assert set(topics) == {"fsx-backup", "fsx-backup-alarms"}
    assert {topic["kms_master_key_id"] for topic in topics.values()} == {KEY}
    policies = [json.loads(values["policy"]) for values in default.resources("aws_sns_topic_policy").values()]
    admitted = {statement["Resource"]: statement for policy in policies for statement in policy["Statement"]}
    assert set(admitted) == {MAIN_TOPIC, f"{MAIN_TOPIC}-alarms"}
    for statement in admitted.values():
        # Not the function's role: its own permission is enough, and its ARN would not outlive it.
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_plan_knows_an_own_topics_policy_before_anything_is_made(own_key: Plan) -> None:
    policies = [values.get("policy") for values in own_key.resources("aws_sns_topic_policy").values()]
    assert len(policies) == 2
    assert all(policies)


def test_the_dashboards_address_is_in_its_partitions_console(
    tmp_path_factory: pytest.TempPathFactory, aws_environment: dict[str, str]
) -> None:
    consoles = {
        "eu-west-1": "eu-west-1.console.aws.amazon.com",
        "cn-north-1": "cn-north-1.console.amazonaws.cn",
        "us-gov-west-1": "us-gov-west-1.console.amazonaws-us-gov.com",
    }
    stack = Stack(tmp_path_factory.mktemp("partitions"), aws_environment)
    configuration = {
        "provider": {"aws": [{"alias": region, "region": region} for region in consoles]},
        "module": {region: module_call(stack.folder, providers={"aws": f"aws.{region}"}) for region in consoles},
        "output": {region: {"value": f"${{module.{region}.dashboard.url}}"} for region in consoles},
    }
    (stack.folder / "main.tf.json").write_text(json.dumps(configuration))
    stack.init()
    assert stack.plan().outputs == {
        region: f"https://{console}/cloudwatch/home?region={region}#dashboards/dashboard/fsx-backup"
        for region, console in consoles.items()
    }
