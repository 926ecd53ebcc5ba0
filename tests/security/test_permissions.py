"""Every AWS call of the function is allowed by the planned policies; what must be refused is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.security.conftest import KEY
from tests.security.iam import Policies, Request
from tests.security.recorder import ACCOUNT, NEW_BACKUP, QUEUE, REGION, TOPIC, request_tags, resource_tags
from tests.security.scenarios import ADOPT, LUSTRE, ONTAP, VOLUME

FSX = f"arn:aws:fsx:{REGION}:{ACCOUNT}"
FILE_SYSTEM = f"{FSX}:file-system/{LUSTRE}"
OWN = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "lustre", "Name": "nightly"}
OTHERS = OWN | {"fsx-backup:deployment": "test"}
DEAD_LETTERS = f"{QUEUE}-dead-letters"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/prod:log-stream:2026/03/01/[$LATEST]0123"

# Made by AWS with the function's role; no code of ours makes them. Action and resource -> who says so.
ON_BEHALF = {
    ("sqs:ReceiveMessage", QUEUE): "Lambda Developer Guide, event source mapping for SQS, permissions",
    ("sqs:DeleteMessage", QUEUE): "Lambda Developer Guide, event source mapping for SQS, permissions",
    ("sqs:GetQueueAttributes", QUEUE): "Lambda Developer Guide, event source mapping for SQS, permissions",
    ("sqs:SendMessage", DEAD_LETTERS): "Lambda Developer Guide, dead-letter queue of asynchronous invocations",
    ("logs:CreateLogStream", LOGS): "Lambda Developer Guide, sending function logs to CloudWatch Logs",
    ("logs:PutLogEvents", LOGS): "Lambda Developer Guide, sending function logs to CloudWatch Logs",
    ("xray:PutTraceSegments", "*"): "Lambda Developer Guide, tracing with AWS X-Ray",
    ("xray:PutTelemetryRecords", "*"): "Lambda Developer Guide, tracing with AWS X-Ray",
    ("kms:Decrypt", KEY): "SQS Developer Guide, key management: consumers, and producers on key reuse",
    ("kms:GenerateDataKey", KEY): "SQS and SNS Developer Guides, key management: producers and publishers",
}


def create(resource: str, tags: dict[str, str]) -> Request:
    return Request("fsx:CreateBackup", resource, request_tags(tags))


def tag(tags: dict[str, str], resource: str = NEW_BACKUP) -> Request:
    return Request("fsx:TagResource", resource, request_tags(tags))


def delete(tags: dict[str, str]) -> Request:
    return Request("fsx:DeleteBackup", NEW_BACKUP, resource_tags(tags))


# What must be refused, each beside the nearest request that must not: so it is the difference that is refused.
REFUSED: dict[str, tuple[Request, Request | None]] = {
    "delete a foreign backup": (delete({"Name": "nightly"}), delete(OWN)),
    "delete a backup without tags": (delete({}), delete(OWN)),
    "delete another deployment's": (delete(OTHERS), delete(OWN)),
    "delete one whose deployment is spelt otherwise": (delete(OWN | {"fsx-backup:deployment": "Prod"}), delete(OWN)),
    "delete an automatic backup": (delete({"Name": "automatic", "aws:fsx": "x"}), delete(OWN)),
    "delete one that carries half of adopt_tags": (delete({"Team": ADOPT["Team"]}), delete(ADOPT)),
    "delete another deployment's that looks adopted": (
        delete(ADOPT | {"fsx-backup:deployment": "test"}),
        delete(ADOPT),
    ),
    "back up another file system": (create(f"{FSX}:file-system/fs-00000000000000099", OWN), create(FILE_SYSTEM, OWN)),
    "back up another account's": (
        create(f"arn:aws:fsx:{REGION}:444455556666:file-system/{LUSTRE}", OWN),
        create(FILE_SYSTEM, OWN),
    ),
    "back up another volume": (
        create(f"{FSX}:volume/{ONTAP}/fsvol-00000000000000099", OWN),
        create(f"{FSX}:volume/{ONTAP}/{VOLUME}", OWN),
    ),
    "back up without the tag": (create(FILE_SYSTEM, {"Name": "nightly"}), create(FILE_SYSTEM, OWN)),
    "back up for another deployment": (create(FILE_SYSTEM, OTHERS), create(FILE_SYSTEM, OWN)),
    "make a backup without the tag": (create(NEW_BACKUP, {}), create(NEW_BACKUP, OWN)),
    "tag without the deployment": (tag({"Name": "nightly"}), tag(OWN)),
    "tag as another deployment": (tag(OTHERS), tag(OWN)),
    "tag a file system": (tag(OWN, FILE_SYSTEM), tag(OWN)),
    "take tags away": (Request("fsx:UntagResource", NEW_BACKUP, {"aws:TagKeys": ("fsx-backup:hold",)}), None),
    "delete a file system": (Request("fsx:DeleteFileSystem", FILE_SYSTEM), None),
    "delete a volume": (Request("fsx:DeleteVolume", f"{FSX}:volume/{ONTAP}/{VOLUME}"), None),
    "copy a backup": (Request("fsx:CopyBackup", NEW_BACKUP, request_tags(OWN)), None),
    "publish elsewhere": (Request("sns:Publish", f"{TOPIC}-other"), Request("sns:Publish", TOPIC)),
    "subscribe": (Request("sns:Subscribe", TOPIC), None),
    "send elsewhere": (Request("sqs:SendMessage", f"{QUEUE}-other"), Request("sqs:SendMessage", QUEUE)),
    "read the dead letters": (Request("sqs:ReceiveMessage", DEAD_LETTERS), Request("sqs:ReceiveMessage", QUEUE)),
    "empty the queue": (Request("sqs:PurgeQueue", QUEUE), None),
    "write other logs": (
        Request("logs:PutLogEvents", LOGS.replace("prod", "other")),
        Request("logs:PutLogEvents", LOGS),
    ),
    "use another key": (Request("kms:Decrypt", KEY[:-1] + "6"), Request("kms:Decrypt", KEY)),
    "write metrics of another namespace": (
        Request("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/Lambda"}),
        Request("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "FSxBackup"}),
    ),
    "pass a role": (Request("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin"), None),
}


def test_every_recorded_call_is_allowed(policies: Policies, recorded: list[Request]) -> None:
    refused = {str(request) for request in recorded if not policies.allow(request)}
    assert not refused


def test_every_call_on_behalf_of_the_function_is_allowed(policies: Policies) -> None:
    assert all(policies.allow(Request(action, resource)) for action, resource in ON_BEHALF)


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_be_refused_is(policies: Policies, case: str) -> None:
    refused, allowed = REFUSED[case]
    assert not policies.allow(refused)
    assert allowed is None or policies.allow(allowed)


def test_nothing_is_allowed_that_nobody_uses(policies: Policies, recorded: list[Request]) -> None:
    used = {request.action for request in recorded} | {action for action, _ in ON_BEHALF}
    assert policies.actions == used


def test_the_scenarios_make_every_kind_of_call(recorded: list[Request]) -> None:
    assert {request.action for request in recorded} >= {
        "fsx:CreateBackup",
        "fsx:DeleteBackup",
        "fsx:DescribeBackups",
        "fsx:DescribeFileSystems",
        "fsx:DescribeVolumes",
        "fsx:TagResource",
        "sns:Publish",
        "sqs:ChangeMessageVisibility",
        "sqs:SendMessage",
        "cloudwatch:PutMetricData",
        "servicequotas:ListServiceQuotas",
    }
    deleted = [dict(request.context) for request in recorded if request.action == "fsx:DeleteBackup"]
    assert any("aws:ResourceTag/fsx-backup:deployment" not in context for context in deleted)  # adopted ones
    assert any(f":volume/{ONTAP}/{VOLUME}" in request.resource for request in recorded)


def test_a_call_for_another_deployment_would_be_noticed(policies: Policies, recorded: list[Request]) -> None:
    """Each write of the recorded calls, made under another deployment's name, is refused."""
    key = "fsx-backup:deployment"
    writes = [r for r in recorded if any(k.endswith(key) and v == "prod" for k, v in r.context.items())]
    assert writes
    for request in writes:
        context: dict[str, Any] = {k: "test" if k.endswith(key) else v for k, v in request.context.items()}
        assert not policies.allow(replace(request, context=context))


def test_many_plans_keep_the_conditions(policies_of_many: Policies, recorded: list[Request]) -> None:
    """Targets are not listed any more; the tags still bind every write, and everything else is as before."""
    assert all(policies_of_many.allow(request) for request in recorded)
    listed_only = {"back up another file system", "back up another volume"}
    for case, (refused, allowed) in REFUSED.items():
        assert policies_of_many.allow(refused) == (case in listed_only), case
        assert allowed is None or policies_of_many.allow(allowed), case
