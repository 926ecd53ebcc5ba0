"""Tags of resources, and where they are to be read."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused


def _arn(kind: str, identifier: str) -> str:
    return f"arn:aws:fsx:us-east-1:123456789012:{kind}/{identifier}"


def test_tags_of_backups_file_systems_and_volumes(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(file_system_id)
    backup_id = fsx.seed_backup(volume_id, tags={"Old": "o"})
    fsx.control.listing(short_pages=False)
    for arn, before in (
        (_arn("backup", backup_id), {"Old": "o"}),
        (_arn("file-system", file_system_id), {}),
        (_arn("volume", f"{file_system_id}/{volume_id}"), {}),
    ):
        client.tag_resource(ResourceARN=arn, Tags=[{"Key": "New", "Value": "n"}, {"Key": "Gone", "Value": "g"}])
        client.untag_resource(ResourceARN=arn, TagKeys=["Gone", "Never"])
        found = client.list_tags_for_resource(ResourceARN=arn)["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in found} == {**before, "New": "n"}


def test_tags_of_nothing(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    arn = _arn("backup", "backup-00000000000000000")
    for method, further in (
        (client.tag_resource, {"Tags": [{"Key": "k", "Value": "v"}]}),
        (client.untag_resource, {"TagKeys": ["k"]}),
        (client.list_tags_for_resource, {}),
    ):
        error = refused(method, ResourceARN=arn, **further)
        assert (error["Code"], error["ResourceARN"]) == ("ResourceNotFound", arn)


def test_arns_of_other_services_accounts_and_regions(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system())
    for arn, code in (
        ("arn:aws:s3:::a-bucket", "BadRequest"),
        (_arn("backup", backup_id).replace("123456789012", "111122223333"), "ResourceNotFound"),
        (_arn("backup", backup_id).replace("us-east-1", "eu-west-1"), "ResourceNotFound"),
    ):
        assert refused(client.list_tags_for_resource, ResourceARN=arn)["Code"] == code


def test_fifty_tags_at_most_and_none_reserved(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), tags={f"key-{number}": "" for number in range(50)})
    arn = _arn("backup", backup_id)
    client.tag_resource(ResourceARN=arn, Tags=[{"Key": "key-1", "Value": "changed"}])
    for key in ("one-more", "aws:reserved"):
        error = refused(client.tag_resource, ResourceARN=arn, Tags=[{"Key": key, "Value": ""}])
        assert error["Code"] == "BadRequest"


def test_volumes_are_described_without_their_tags(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP", tags={"Of": "file system"})
    volume_id = fsx.seed_volume(file_system_id, tags={"Of": "volume"})
    fsx.control.listing(short_pages=False)
    (described,) = client.describe_volumes()["Volumes"]
    backup = client.create_backup(VolumeId=volume_id)["Backup"]
    assert "Tags" not in described
    assert "Tags" not in backup["Volume"]
    assert backup["FileSystem"]["Tags"] == [{"Key": "Of", "Value": "file system"}]
    answer = client.list_tags_for_resource(ResourceARN=described["ResourceARN"])
    assert answer["Tags"] == [{"Key": "Of", "Value": "volume"}]


def test_tags_come_in_pages_of_which_some_are_short_or_empty(fsx: EmulatedFSx, client: Any) -> None:
    tags = {f"key-{number}": str(number) for number in range(50)}
    arn = _arn("file-system", fsx.seed_file_system(tags=tags))
    sizes = set()
    for _ in range(20):
        pages = list(client.get_paginator("list_tags_for_resource").paginate(ResourceARN=arn, MaxResults=20))
        found = [tag for page in pages for tag in page.get("Tags", [])]
        assert len(found) == 50
        assert {tag["Key"]: tag["Value"] for tag in found} == tags
        sizes |= {len(page.get("Tags", [])) for page in pages}
    assert max(sizes) == 20
    assert 0 in sizes


def test_a_page_of_tags_keeps_to_what_was_asked_for(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    arns = [_arn("file-system", fsx.seed_file_system(tags={"a": "1", "b": "2"})) for _ in range(2)]
    fsx.control.listing(short_pages=False)
    first = client.list_tags_for_resource(ResourceARN=arns[0], MaxResults=1)
    second = client.list_tags_for_resource(ResourceARN=arns[0], NextToken=first["NextToken"])
    assert sorted(tag["Key"] for page in (first, second) for tag in page["Tags"]) == ["a", "b"]
    assert "NextToken" not in second
    error = refused(client.list_tags_for_resource, ResourceARN=arns[1], NextToken=first["NextToken"])
    assert error["Code"] == "BadRequest"


@pytest.mark.parametrize("wrong", [{"MaxResults": 0}, {"NextToken": ""}, {"NextToken": "none of ours"}])
def test_pages_of_tags_that_cannot_be(
    fsx: EmulatedFSx, unchecked: Any, refused: Refused, wrong: dict[str, Any]
) -> None:
    arn = _arn("file-system", fsx.seed_file_system())
    assert refused(unchecked.list_tags_for_resource, ResourceARN=arn, **wrong)["Code"] == "BadRequest"
