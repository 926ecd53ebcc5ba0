"""Answers of LocalStack 4.14 that differ from AWS's in a way Terraform notices, put right on their way out.

Each is a difference in a second `terraform plan`, or a `terraform destroy` that waits for ever.
"""

from collections.abc import Callable
from typing import Any

from localstack.aws.connect import connect_to

Repair = Callable[[Any, Any], None]

_KEYS: dict[str, str] = {}  # function ARN -> KMSKeyArn


def keep_key(context: Any, response: Any) -> None:
    """Lambda: LocalStack forgets a function's KMSKeyArn."""
    body = response.get_json(force=True)  # LocalStack sends it without a content type
    configuration = body.get("Configuration", body)
    arn = ":".join(configuration["FunctionArn"].split(":")[:7])  # without version or alias
    if "KMSKeyArn" in context.service_request or context.operation.name == "CreateFunction":
        _KEYS[arn] = context.service_request.get("KMSKeyArn", "")
    if _KEYS.get(arn):
        configuration["KMSKeyArn"] = _KEYS[arn]
        response.set_json(body)


def tag_alarm(context: Any, _: Any) -> None:
    """CloudWatch: LocalStack drops the tags of a new alarm (AWS, too, leaves those of an existing one alone)."""
    tags = context.service_request.get("Tags")
    client = connect_to(region_name=context.region, aws_access_key_id=context.account_id).cloudwatch
    scope = f"{context.region}:{context.account_id}"
    arn = f"arn:{context.partition}:cloudwatch:{scope}:alarm:{context.service_request['AlarmName']}"
    if tags and not client.list_tags_for_resource(ResourceARN=arn)["Tags"]:
        client.tag_resource(ResourceARN=arn, Tags=tags)


def forget_redrive_allow_policy(context: Any, _: Any) -> None:
    """SQS: setting RedriveAllowPolicy to nothing removes it; LocalStack keeps it, empty."""
    from localstack.services.sqs.models import sqs_stores  # noqa: PLC0415 - loaded by now, expensive before

    if context.service_request["Attributes"].get("RedriveAllowPolicy") == "":
        name = context.service_request["QueueUrl"].rpartition("/")[2]
        sqs_stores[context.account_id][context.region].queues[name].attributes.pop("RedriveAllowPolicy", None)


REPAIRS: dict[tuple[str, str], Repair] = {
    ("lambda", "CreateFunction"): keep_key,
    ("lambda", "GetFunction"): keep_key,
    ("lambda", "GetFunctionConfiguration"): keep_key,
    ("lambda", "UpdateFunctionCode"): keep_key,
    ("lambda", "UpdateFunctionConfiguration"): keep_key,
    ("cloudwatch", "PutMetricAlarm"): tag_alarm,
    ("sqs", "SetQueueAttributes"): forget_redrive_allow_policy,
}


def repair(_: Any, context: Any, response: Any) -> None:
    """A response handler of LocalStack's gateway: repairs what succeeded."""
    if context.operation is None or response.status_code >= 300:
        return
    known = REPAIRS.get((context.service.service_name, context.operation.name))
    if known is not None:
        known(context, response)
