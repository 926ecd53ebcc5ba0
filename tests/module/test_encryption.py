"""Everything is encrypted, with the module's own key or with the caller's: checkov takes an unset key for one."""

import pytest

from dev.terraform import Plan
from tests.module.inputs import KEY
from tests.module.reading import allowed, as_list, only, statements


def test_the_own_key_admits_the_log_group_and_the_alarms(own_key: Plan) -> None:
    by_sid = {statement["Sid"]: statement for statement in statements(only(own_key, "aws_kms_key")["policy"])}
    assert by_sid["Logs"]["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert by_sid["Logs"]["Condition"] == {
        "ArnEquals": {
            "kms:EncryptionContext:aws:logs:arn": (
                "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/fsx-backup"
            )
        }
    }
    assert by_sid["Alarms"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= set(by_sid["Alarms"]["Action"])


@pytest.mark.parametrize("role", ["function", "scheduler"])
def test_the_roles_may_use_the_key(default: Plan, role: str) -> None:
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= allowed(default, role)
    policy = only(default, "aws_iam_role_policy", f"{role}_encryption")["policy"]
    assert [as_list(s["Resource"]) for s in statements(policy)] == [[KEY]]


def test_everything_that_can_be_encrypted_is(default: Plan, own_key: Plan) -> None:
    attributes = {
        "aws_sqs_queue": "kms_master_key_id",
        "aws_sns_topic": "kms_master_key_id",
        "aws_cloudwatch_log_group": "kms_key_id",
        "aws_lambda_function": "kms_key_arn",
        "aws_scheduler_schedule": "kms_key_arn",
    }
    for type_, attribute in attributes.items():
        for values in default.resources(type_).values():
            assert values[attribute] == KEY
        for change in own_key.json["resource_changes"]:
            if change["type"] == type_:
                assert change["change"]["after_unknown"][attribute] is True  # the key made in the same apply
    assert not default.resources("aws_kms_key")
    assert only(own_key, "aws_kms_key")["enable_key_rotation"] is True
