"""What restore tests may make and delete, each refusal beside the nearest call that must not be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.module.security.iam import Call, Request
from tests.module.security.planned import planned_policies
from tests.module.security.recorder import ACCOUNT, REGION, request_tags, resource_tags, restore
from tests.module.security.scenarios import FAR, FAR_KEY, FILE_SYSTEMS, ONTAP, VOLUME, WINDOWS

if TYPE_CHECKING:
    from tests.module.security.iam import Policies
    from tests.support.planning import ModulePlanner

FSX = f"arn:aws:fsx:{REGION}:{ACCOUNT}"
FILE_SYSTEM, VOLUME_ARN = f"{FSX}:file-system/{WINDOWS}", f"{FSX}:volume/{ONTAP}/{VOLUME}"
OWN = {"fsx-backup:deployment": "prod", "fsx-backup:plan": "windows", "fsx-backup:restore-test": "2026-03-01T12:00:00Z"}
UNTESTED = {key: value for key, value in OWN.items() if not key.endswith("restore-test")}
OTHERS = OWN | {"fsx-backup:deployment": "test"}
UNTESTED_PLANS = {
    name: {key: value for key, value in plan.items() if key != "restore_test"} for name, plan in FILE_SYSTEMS.items()
}
SYSTEM, OF_ONTAP = "CreateFileSystemFromBackup", "CreateVolumeFromBackup"


def delete(arn: str, tags: dict[str, str]) -> list[Call]:
    operation = "DeleteVolume" if ":volume/" in arn else "DeleteFileSystem"
    return [(Request(f"fsx:{operation}", arn, resource_tags(tags)),)]


def tag(arn: str, tags: dict[str, str]) -> list[Call]:
    return [(Request("fsx:TagResource", arn, request_tags(tags)),)]


def list_tags(region: str) -> list[Call]:
    return [(Request("fsx:ListTagsForResource", elsewhere(VOLUME_ARN, region)),)]


def elsewhere(arn: str, region: str = "us-west-2") -> str:
    return arn.replace(REGION, region)


def use(action: str = "CreateGrant", via: str = "fsx", key: str = FAR_KEY) -> list[Call]:
    return [(Request(f"kms:{action}", key, {"kms:ViaService": f"{via}.{FAR}.amazonaws.com"}),)]


def mark(**context: str) -> list[Call]:
    given = {"aws:RequestTag/AmazonFSx": "ManagedByAmazonFSx", "aws:CalledVia": "fsx.amazonaws.com"} | context
    return [(Request("ec2:CreateTags", f"arn:aws:ec2:{REGION}:{ACCOUNT}:route-table/rtb-1", given),)]


REFUSED: dict[str, tuple[list[Call], list[Call]]] = {
    **{
        f"{kind} {what}": (delete(arn, tags), delete(arn, OWN))
        for kind, arn in {"file system": FILE_SYSTEM, "volume": VOLUME_ARN}.items()
        for what, tags in {
            "without a tag": {},
            "with a name": {"Name": "restore test of windows"},
            "of the deployment without the test's tag": UNTESTED,
            "with the test's tag alone": {"fsx-backup:restore-test": OWN["fsx-backup:restore-test"]},
            "of another deployment's test": OTHERS,
            "of a deployment spelt otherwise": OWN | {"fsx-backup:deployment": "Prod"},
        }.items()
    },
    "delete in a Region without tests": (delete(elsewhere(FILE_SYSTEM), OWN), delete(elsewhere(FILE_SYSTEM, FAR), OWN)),
    "delete another account's": (
        delete(FILE_SYSTEM.replace(ACCOUNT, "444455556666"), OWN),
        delete(FILE_SYSTEM, OWN),
    ),
    **{
        f"{operation} {what}": (restore(operation, own=tags), restore(operation, own=OWN))
        for operation in (SYSTEM, OF_ONTAP)
        for what, tags in {"untagged": {"Name": "x"}, "as a lasting one": UNTESTED, "for another": OTHERS}.items()
    },
    "read tags in a Region without copies": (list_tags("ap-south-1"), list_tags(FAR)),
    "restore in a Region without tests": (restore(SYSTEM, "us-west-2", own=OWN), restore(SYSTEM, FAR, own=OWN)),
    "restore with a key that no plan names": (
        restore(SYSTEM, FAR, own=OWN, key=f"{FAR_KEY[:-1]}6"),
        restore(SYSTEM, FAR, own=OWN, key=FAR_KEY),
    ),
    "tag a file system as the deployment's": (tag(FILE_SYSTEM, UNTESTED), tag(FILE_SYSTEM, OWN)),
    "tag a volume as another's test": (tag(VOLUME_ARN, OTHERS), tag(VOLUME_ARN, OWN)),
    "use the key without FSx": (use(via="s3"), use()),
    "decrypt with the key": (use("Decrypt"), use()),
    "mark a route table by itself": (mark(**{"aws:CalledVia": "ec2.amazonaws.com"}), mark()),
    "mark a route table otherwise": (mark(**{"aws:RequestTag/AmazonFSx": "x"}), mark()),
    "make a file system": ([(Request("fsx:CreateFileSystem", FILE_SYSTEM, request_tags(OWN)),)], []),
    "change a file system": ([(Request("fsx:UpdateFileSystem", FILE_SYSTEM, resource_tags(OWN)),)], []),
}


@pytest.mark.fault("hostile", "permissions")
@pytest.mark.parametrize("case", REFUSED)
def test_what_must_be_refused_is(policies: Policies, case: str) -> None:
    refused, allowed = REFUSED[case]
    assert refused
    assert not any(map(policies.permit, refused))
    assert all(map(policies.permit, allowed))


def test_without_restore_tests_nothing_is_restored_or_deleted(plan: ModulePlanner) -> None:
    none = planned_policies(plan, file_systems=UNTESTED_PLANS)
    assert all(map(none.permit, list_tags(FAR)))  # of what earlier tests left there
    for calls in (restore(SYSTEM, own=OWN), delete(FILE_SYSTEM, OWN), tag(FILE_SYSTEM, OWN), mark()):
        assert not any(map(none.permit, calls))
    bare = planned_policies(plan, file_systems={"openzfs": FILE_SYSTEMS["openzfs"]})
    assert all(map(bare.permit, restore(SYSTEM, own=OWN)))
    assert "kms:CreateGrant" not in bare.actions
