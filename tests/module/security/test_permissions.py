"""Every AWS call of the function is allowed by the planned policies; what must be refused is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.module.inputs import KEY
from tests.module.security.iam import Call, Policies, Request
from tests.module.security.planned import planned_policies
from tests.module.security.recorder import (
    ACCOUNT,
    NEW_BACKUP,
    QUEUE,
    REGION,
    SCHEDULE,
    TOPIC,
    copy_backup,
    create_backup,
    request_tags,
    resource_tags,
)
from tests.module.security.scenarios import ADOPT, FAR, FAR_KEY, LUSTRE, ONTAP, OTHER_VOLUME, SELECTED, TAGGED, VOLUME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.planning import ModulePlanner

FSX = f"arn:aws:fsx:{REGION}:{ACCOUNT}"
FILE_SYSTEM = f"{FSX}:file-system/{LUSTRE}"
OTHER_FILE_SYSTEM = f"{FSX}:file-system/fs-00000000000000099"
LISTED_VOLUME = f"{FSX}:volume/{ONTAP}/{VOLUME}"
UNLISTED_VOLUME = f"{FSX}:volume/{ONTAP}/{OTHER_VOLUME}"
OWN = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "lustre", "Name": "nightly"}
OTHERS = OWN | {"fsx-backup:deployment": "test"}
COPY = OWN | {"fsx-backup:copy": REGION}
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


def one(action: str, resource: str = "*", context: Mapping[str, str | tuple[str, ...]] | None = None) -> list[Call]:
    """A call that is evaluated for a single resource."""
    return [(Request(action, resource, context or {}),)]


def back_up(target: str, own: dict[str, str], tagged: dict[str, str] | None = None) -> list[Call]:
    return create_backup(target, tagged or {}, own=own)


def tag(tags: dict[str, str], resource: str = NEW_BACKUP) -> list[Call]:
    return one("fsx:TagResource", resource, request_tags(tags))


def delete(tags: dict[str, str], region: str = REGION) -> list[Call]:
    return one("fsx:DeleteBackup", NEW_BACKUP.replace(REGION, region), resource_tags(tags))


def copy(region: str = FAR, own: dict[str, str] | None = None, **more: str) -> list[Call]:
    return copy_backup(region, own=own or COPY, **more)


def use_far_key(action: str = "CreateGrant", via: str = "fsx") -> list[Call]:
    return one(f"kms:{action}", FAR_KEY, {"kms:ViaService": f"{via}.{FAR}.amazonaws.com"})


def list_tags(resource: str) -> list[Call]:
    return one("fsx:ListTagsForResource", resource)


def get(schedule: str) -> list[Call]:
    return one("scheduler:GetSchedule", f"{SCHEDULE}/{schedule}")


def measure(namespace: str) -> list[Call]:
    return one("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": namespace})


# What must be refused, each beside the nearest call that must not: so it is the difference that is refused.
REFUSED: dict[str, tuple[list[Call], list[Call]]] = {
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
    "back up another file system": (back_up(OTHER_FILE_SYSTEM, OWN), back_up(FILE_SYSTEM, OWN)),
    "back up another account's": (
        back_up(FILE_SYSTEM.replace(ACCOUNT, "444455556666"), OWN),
        back_up(FILE_SYSTEM, OWN),
    ),
    "back up another volume": (back_up(UNLISTED_VOLUME, OWN), back_up(LISTED_VOLUME, OWN)),
    "back up without the tag": (back_up(FILE_SYSTEM, {"Name": "nightly"}), back_up(FILE_SYSTEM, OWN)),
    "back up without any tag": (back_up(FILE_SYSTEM, {}), back_up(FILE_SYSTEM, OWN)),
    "back up for another deployment": (back_up(FILE_SYSTEM, OTHERS), back_up(FILE_SYSTEM, OWN)),
    "back up a volume for another deployment": (
        back_up(LISTED_VOLUME, OTHERS),
        back_up(LISTED_VOLUME, OWN),
    ),
    "back up what lacks a tag of the fleet": (
        back_up(OTHER_FILE_SYSTEM, OWN, {"Backup": "daily"}),
        back_up(OTHER_FILE_SYSTEM, OWN, SELECTED),
    ),
    "back up what carries another value": (
        back_up(OTHER_FILE_SYSTEM, OWN, SELECTED | {"Env": "test"}),
        back_up(OTHER_FILE_SYSTEM, OWN, SELECTED | {"Owner": "hpc"}),
    ),
    "back up a volume for a fleet without ONTAP": (
        back_up(UNLISTED_VOLUME, OWN, SELECTED),
        back_up(OTHER_FILE_SYSTEM, OWN, SELECTED),
    ),
    "back up a fleet's for another deployment": (
        back_up(OTHER_FILE_SYSTEM, OTHERS, SELECTED),
        back_up(OTHER_FILE_SYSTEM, OWN, SELECTED),
    ),
    "tag without the deployment": (tag({"Name": "nightly"}), tag(OWN)),
    "tag as another deployment": (tag(OTHERS), tag(OWN)),
    "tag a file system": (tag(OWN, FILE_SYSTEM), tag(OWN)),
    "take tags away": (one("fsx:UntagResource", NEW_BACKUP, {"aws:TagKeys": ("fsx-backup:hold",)}), []),
    "list a file system's tags": (list_tags(FILE_SYSTEM), list_tags(UNLISTED_VOLUME)),
    "list a backup's tags": (list_tags(NEW_BACKUP), list_tags(LISTED_VOLUME)),
    "read another deployment's plan": (get("test/lustre"), get("prod/lustre")),
    "read a plan of a deployment whose name begins alike": (get("prod-2/lustre"), get("prod/lustre")),
    "read the report's schedule": (get("prod-checks/report"), get("prod-checks/health-check")),
    "list all schedules": (one("scheduler:ListSchedules"), get("prod/lustre")),
    "enable a schedule": (one("scheduler:UpdateSchedule", f"{SCHEDULE}/prod/lustre"), get("prod/lustre")),
    "copy to a Region that no plan names": (copy("us-east-1"), copy("us-west-2")),
    "copy from a Region that no plan names": (
        copy(source=NEW_BACKUP.replace(REGION, "us-east-1")),
        copy(source=NEW_BACKUP.replace(REGION, "us-west-2")),
    ),
    "copy for another deployment": (copy(own=COPY | {"fsx-backup:deployment": "test"}), copy()),
    "copy as if it were a backup": (copy(own=OWN), copy()),
    "copy as the deployment of another Region": (copy(own=OWN | {"fsx-backup:copy": FAR}), copy()),
    "copy with a key that no plan names": (copy(key=f"{FAR_KEY[:-1]}6"), copy(key=FAR_KEY)),
    "use a copy's key without FSx": (use_far_key(via="s3"), use_far_key()),
    "decrypt with a copy's key": (use_far_key("Decrypt"), use_far_key()),
    "create a backup elsewhere": (one("fsx:CreateBackup", NEW_BACKUP.replace(REGION, FAR), request_tags(OWN)), copy()),
    "delete another deployment's copy": (delete(COPY | {"fsx-backup:deployment": "test"}, FAR), delete(COPY, FAR)),
    "delete a backup of the deployment's name there": (delete(OWN, FAR), delete(COPY, FAR)),
    "delete what that deployment copied here": (delete(OWN | {"fsx-backup:copy": FAR}), delete(OWN)),
    "delete a copy where no plan has any": (delete(COPY, "us-east-1"), delete(COPY, "us-west-2")),
    "publish elsewhere": (one("sns:Publish", f"{TOPIC}-other"), one("sns:Publish", TOPIC)),
    "publish as if it were an alarm": (one("sns:Publish", f"{TOPIC}-alarms"), one("sns:Publish", TOPIC)),
    "subscribe": (one("sns:Subscribe", TOPIC), []),
    "send elsewhere": (one("sqs:SendMessage", f"{QUEUE}-other"), one("sqs:SendMessage", QUEUE)),
    "read the dead letters": (one("sqs:ReceiveMessage", DEAD_LETTERS), one("sqs:ReceiveMessage", QUEUE)),
    "empty the queue": (one("sqs:PurgeQueue", QUEUE), []),
    "write other logs": (one("logs:PutLogEvents", LOGS.replace("prod", "other")), one("logs:PutLogEvents", LOGS)),
    "use another key": (one("kms:Decrypt", KEY[:-1] + "6"), one("kms:Decrypt", KEY)),
    "write metrics of another namespace": (measure("AWS/Lambda"), measure("FSxBackup")),
    "pass a role": (one("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin"), []),
}


@pytest.mark.fault("permissions")
def test_every_recorded_call_is_allowed(policies: Policies, recorded: list[Call]) -> None:
    refused = {str(request) for call in recorded for request in call if not policies.allow(request)}
    assert not refused


def test_every_call_on_behalf_of_the_function_is_allowed(policies: Policies) -> None:
    assert all(policies.allow(Request(action, resource)) for action, resource in ON_BEHALF)


@pytest.mark.fault("hostile", "permissions")
@pytest.mark.parametrize("case", REFUSED)
def test_what_must_be_refused_is(policies: Policies, case: str) -> None:
    refused, allowed = REFUSED[case]
    assert refused
    assert not any(map(policies.permit, refused))
    assert all(map(policies.permit, allowed))


def test_a_target_is_granted_whether_or_not_its_context_has_the_requests_tags(policies: Policies) -> None:
    """aws:RequestTag is documented for backups alone, so a condition on it could refuse every backup of a target."""
    for target in (FILE_SYSTEM, LISTED_VOLUME):
        for context in ({}, request_tags(OWN), request_tags(OTHERS)):
            assert policies.allow(Request("fsx:CreateBackup", target, context))


@pytest.mark.parametrize("missing", [{}, {"Name": "nightly"}, OTHERS])
def test_a_backup_is_made_with_the_deployments_tag_only(policies: Policies, missing: dict[str, str]) -> None:
    """The target's statement must not reach the backup, which is evaluated for itself."""
    assert policies.allow(Request("fsx:CreateBackup", NEW_BACKUP, request_tags(OWN)))
    assert not policies.allow(Request("fsx:CreateBackup", NEW_BACKUP, request_tags(missing)))


def test_without_targets_there_is_no_statement_about_them(plan: ModulePlanner) -> None:
    none = planned_policies(plan, file_systems={})
    assert not any(map(none.permit, back_up(FILE_SYSTEM, OWN)))
    one_more = planned_policies(plan, file_systems={}, additional_targets=[LUSTRE])
    assert all(map(one_more.permit, back_up(FILE_SYSTEM, OWN)))


def test_without_copies_there_is_no_statement_about_them(plan: ModulePlanner) -> None:
    none = planned_policies(plan, file_systems={"home": {"file_system_id": LUSTRE, "copies": {}}})
    assert "fsx:CopyBackup" not in none.actions
    assert not any(map(none.permit, [*delete(COPY, FAR), *delete(COPY)]))
    bare = planned_policies(plan, file_systems={"home": {"file_system_id": LUSTRE, "copies": {FAR: {}}}})
    assert all(map(bare.permit, copy()))
    assert "kms:CreateGrant" not in bare.actions


def test_a_fleet_with_ontap_opens_every_volume_and_no_file_system(plan: ModulePlanner) -> None:
    """However many volumes are listed beside it: they are among the others."""
    listed = {f"plan-{n}": {"volume_id": f"fsvol-{n:017x}"} for n in range(100, 250)}
    fleets = {"all": {"target_tags": SELECTED}, "volumes": {"target_tags": {"A": "b"}, "target_types": ["ONTAP"]}}
    given = planned_policies(plan, file_systems=listed | fleets)
    for tagged in ({}, SELECTED):
        assert all(map(given.permit, back_up(UNLISTED_VOLUME, OWN, tagged)))
    assert not any(map(given.permit, back_up(UNLISTED_VOLUME, OTHERS)))
    assert all(map(given.permit, back_up(OTHER_FILE_SYSTEM, OWN, SELECTED)))
    for tagged in ({}, {"A": "b"}):
        assert not any(map(given.permit, back_up(OTHER_FILE_SYSTEM, OWN, tagged)))


@pytest.mark.fault("permissions")
def test_nothing_is_allowed_that_nobody_uses(policies: Policies, recorded: list[Call]) -> None:
    used = {request.action for call in recorded for request in call} | {action for action, _ in ON_BEHALF}
    assert policies.actions == used


def test_the_scenarios_make_every_kind_of_call(recorded: list[Call]) -> None:
    requests = [request for call in recorded for request in call]
    assert {request.action for request in requests} >= {
        "fsx:CopyBackup",
        "fsx:CreateBackup",
        "fsx:CreateFileSystemFromBackup",
        "fsx:CreateVolumeFromBackup",
        "fsx:DeleteBackup",
        "fsx:DeleteVolume",
        "fsx:DescribeBackups",
        "fsx:DescribeFileSystems",
        "fsx:DescribeVolumes",
        "fsx:TagResource",
        "sns:Publish",
        "sqs:ChangeMessageVisibility",
        "sqs:SendMessage",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:PutMetricData",
        "servicequotas:ListServiceQuotas",
        "scheduler:GetSchedule",
    }
    deleted = [dict(request.context) for request in requests if request.action == "fsx:DeleteBackup"]
    assert any("aws:ResourceTag/fsx-backup:deployment" not in context for context in deleted)  # adopted ones
    assert any(":eu-central-1:" in request.resource for request in requests if request.action == "fsx:DeleteBackup")
    assert any(request.resource == FAR_KEY for request in requests)
    listed = {request.resource for request in requests if request.action == "fsx:ListTagsForResource"}
    assert {LISTED_VOLUME, UNLISTED_VOLUME} <= listed
    assert {r.resource.split(":")[3] for r in requests if r.action == "fsx:DeleteFileSystem"} == {REGION, FAR}
    assert f"{FSX}:file-system/{TAGGED}" in {r.resource for r in requests if r.action == "fsx:CreateBackup"}


def test_a_call_for_another_deployment_would_be_noticed(policies: Policies, recorded: list[Call]) -> None:
    """Each write of the recorded calls, made under another deployment's name, is refused."""
    key = "fsx-backup:deployment"

    def elsewhere(request: Request) -> Request:
        context: dict[str, Any] = {k: "test" if k.endswith(key) else v for k, v in request.context.items()}
        return replace(request, context=context)

    writes = [call for call in recorded if any(elsewhere(request) != request for request in call)]
    assert writes
    assert not any(policies.permit(tuple(map(elsewhere, call))) for call in writes)


def test_many_plans_keep_the_conditions(policies_of_many: Policies, recorded: list[Call]) -> None:
    """Targets are not listed any more; the tags still bind every write, and everything else is as before."""
    assert all(map(policies_of_many.permit, recorded))
    listed_only = {
        "back up another file system",
        "back up another volume",
        "back up what lacks a tag of the fleet",
        "back up what carries another value",
        "back up a volume for a fleet without ONTAP",
    }
    for case, (refused, allowed) in REFUSED.items():
        assert {policies_of_many.permit(call) for call in refused} == {case in listed_only}, case
        assert all(map(policies_of_many.permit, allowed)), case
