"""Tags of resources, and where they are read."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused, arn, described


def test_tags_of_backups_file_systems_and_volumes(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(file_system_id)
    backup_id = fsx.seed_backup(volume_id, tags={"Old": "o"})
    fsx.control.listing(short_pages=False)
    for resource, before in (
        (f"backup/{backup_id}", {"Old": "o"}),
        (f"file-system/{file_system_id}", {}),
        (f"volume/{file_system_id}/{volume_id}", {}),
    ):
        name = {"ResourceARN": arn(resource)}
        client.tag_resource(**name, Tags=[{"Key": "New", "Value": "n"}, {"Key": "Temporary", "Value": "t"}])
        client.untag_resource(**name, TagKeys=["Temporary", "Never"])
        found = client.list_tags_for_resource(**name)["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in found} == {**before, "New": "n"}


def test_resources_that_are_not_there(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    known = arn(f"backup/{fsx.seed_backup(fsx.seed_file_system())}")
    for name, code in (
        ("arn:aws:s3:::a-bucket", "BadRequest"),
        (arn("backup/backup-00000000000000000"), "ResourceNotFound"),
        (known.replace("123456789012", "111122223333"), "ResourceNotFound"),
        (known.replace("us-east-1", "eu-west-1"), "ResourceNotFound"),
    ):
        for method, further in (
            (client.tag_resource, {"Tags": [{"Key": "k", "Value": "v"}]}),
            (client.untag_resource, {"TagKeys": ["k"]}),
            (client.list_tags_for_resource, {}),
        ):
            error = refused(method, ResourceARN=name, **further)
            assert (error["Code"], error.get("ResourceARN", name)) == (code, name)


def test_fifty_tags_at_most_and_none_reserved(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    backup_id = fsx.seed_backup(fsx.seed_file_system(), tags={f"key-{number}": "" for number in range(50)})
    name = {"ResourceARN": arn(f"backup/{backup_id}")}
    client.tag_resource(**name, Tags=[{"Key": "key-1", "Value": "changed"}])
    for key in ("one-more", "aws:reserved"):
        assert refused(client.tag_resource, **name, Tags=[{"Key": key, "Value": ""}])["Code"] == "BadRequest"


def test_volumes_are_described_without_their_tags(fsx: EmulatedFSx, client: Any) -> None:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP", tags={"Of": "file system"}), tags={"Of": "volume"})
    fsx.control.listing(short_pages=False)
    volume = described(client, volume_id)
    backup = client.create_backup(VolumeId=volume_id)["Backup"]
    assert not {"Tags"} & {*volume, *backup["Volume"]}
    assert backup["FileSystem"]["Tags"] == [{"Key": "Of", "Value": "file system"}]
    response = client.list_tags_for_resource(ResourceARN=volume["ResourceARN"])
    assert response["Tags"] == [{"Key": "Of", "Value": "volume"}]


def test_tags_come_in_pages_of_which_some_are_short_or_empty(fsx: EmulatedFSx, client: Any) -> None:
    tags = {f"key-{number}": str(number) for number in range(50)}
    name = arn(f"file-system/{fsx.seed_file_system(tags=tags)}")
    sizes = set()
    for _ in range(20):
        pages = list(client.get_paginator("list_tags_for_resource").paginate(ResourceARN=name, MaxResults=20))
        found = [tag for page in pages for tag in page.get("Tags", [])]
        assert len(found) == 50
        assert {tag["Key"]: tag["Value"] for tag in found} == tags
        sizes |= {len(page.get("Tags", [])) for page in pages}
    assert (max(sizes), min(sizes)) == (20, 0)


def test_a_token_belongs_to_its_resource(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    first, second = (arn(f"file-system/{fsx.seed_file_system(tags={'a': '1', 'b': '2'})}") for _ in range(2))
    fsx.control.listing(short_pages=False)
    token = client.list_tags_for_resource(ResourceARN=first, MaxResults=1)["NextToken"]
    assert refused(client.list_tags_for_resource, ResourceARN=second, NextToken=token)["Code"] == "BadRequest"


@pytest.mark.parametrize("wrong", [{"MaxResults": 0}, {"NextToken": ""}, {"NextToken": "none of ours"}])
def test_pages_of_tags_that_cannot_be(
    fsx: EmulatedFSx, unchecked: Any, refused: Refused, wrong: dict[str, Any]
) -> None:
    name = arn(f"file-system/{fsx.seed_file_system()}")
    assert refused(unchecked.list_tags_for_resource, ResourceARN=name, **wrong)["Code"] == "BadRequest"
