"""What LocalStack would get wrong in a way that Terraform notices."""

import json

from dev.sandbox.aws import Sandbox
from tests.sandbox.deploy import deploy

KEY = "arn:aws:kms:eu-west-1:123456789012:key/{}"


def test_a_function_keeps_its_key(sandbox: Sandbox) -> None:
    client = sandbox.client("lambda")
    function = deploy(sandbox, "encrypted", KMSKeyArn=KEY.format("one"))

    assert client.get_function(FunctionName=function.name)["Configuration"]["KMSKeyArn"] == KEY.format("one")
    client.update_function_configuration(FunctionName=function.name, KMSKeyArn=KEY.format("two"))
    assert client.get_function_configuration(FunctionName=function.name)["KMSKeyArn"] == KEY.format("two")
    client.update_function_configuration(FunctionName=function.name, KMSKeyArn="")
    assert "KMSKeyArn" not in client.get_function_configuration(FunctionName=function.name)


def test_a_new_function_does_not_inherit_the_key_of_an_old_one(sandbox: Sandbox) -> None:
    client = sandbox.client("lambda")
    deploy(sandbox, "reborn", KMSKeyArn=KEY.format("one"))
    client.delete_function(FunctionName="reborn")

    deploy(sandbox, "reborn")

    assert "KMSKeyArn" not in client.get_function_configuration(FunctionName="reborn")


def test_an_alarm_keeps_the_tags_it_was_created_with(sandbox: Sandbox) -> None:
    client = sandbox.client("cloudwatch")
    alarm = {
        "AlarmName": "tagged",
        "Namespace": "any",
        "MetricName": "any",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    client.put_metric_alarm(**alarm, Tags=[{"Key": "Team", "Value": "hpc"}])
    client.put_metric_alarm(**alarm, Tags=[{"Key": "Team", "Value": "other"}])

    arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:tagged"
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "Team", "Value": "hpc"}]


def test_a_redrive_allow_policy_can_be_removed(sandbox: Sandbox) -> None:
    client = sandbox.client("sqs")
    queue = client.create_queue(
        QueueName="redriven", Attributes={"RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"})}
    )["QueueUrl"]

    client.set_queue_attributes(QueueUrl=queue, Attributes={"RedriveAllowPolicy": ""})

    attributes = client.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert "RedriveAllowPolicy" not in attributes
