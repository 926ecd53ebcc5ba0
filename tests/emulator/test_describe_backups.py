"""DescribeBackups: what is listed, in which pages, in what order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx
from tests.emulator.calls import Refused, arn, described, listed


def _history(fsx: EmulatedFSx, count: int) -> list[str]:
    return fsx.seed_backups([{"target_id": fsx.seed_file_system()}] * count)


def _by(name: str, *values: str) -> dict[str, Any]:
    return {"Name": name, "Values": list(values)}


FILTERS: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "file system": ([_by("file-system-id", "fs-00000000000000001")], {"own", "automatic"}),
    "several values": (
        [_by("file-system-id", "fs-00000000000000001", "fs-00000000000000002")],
        {"own", "automatic", "aws"},
    ),
    "own": ([_by("backup-type", "USER_INITIATED")], {"own", "volume", "other volume"}),
    "automatic": ([_by("backup-type", "AUTOMATIC")], {"automatic"}),
    "aws backup": ([_by("backup-type", "AWS_BACKUP")], {"aws"}),
    "file system type": ([_by("file-system-type", "ONTAP")], {"volume", "other volume"}),
    "volume": ([_by("volume-id", "fsvol-00000000000000001")], {"volume"}),
    "volumes are not found by file system": ([_by("file-system-id", "fs-00000000000000003")], set()),
    "all must hold": (
        [_by("file-system-id", "fs-00000000000000001"), _by("backup-type", "USER_INITIATED")],
        {"own"},
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters(fsx: EmulatedFSx, client: Any, name: str) -> None:
    kinds = ("LUSTRE", "WINDOWS", "ONTAP")
    lustre, windows, ontap = (
        fsx.seed_file_system(kind, file_system_id=f"fs-{number:017}") for number, kind in enumerate(kinds, 1)
    )
    first, second = (fsx.seed_volume(ontap, volume_id=f"fsvol-{number:017}") for number in (1, 2))
    made = {
        "own": fsx.seed_backup(lustre),
        "automatic": fsx.seed_backup(lustre, backup_type="AUTOMATIC"),
        "aws": fsx.seed_backup(windows, backup_type="AWS_BACKUP"),
        "volume": fsx.seed_backup(first),
        "other volume": fsx.seed_backup(second),
    }
    filters, expected = FILTERS[name]
    assert set(listed(client, Filters=filters)) == {made[backup] for backup in expected}


REFUSED: dict[str, dict[str, Any]] = {
    **{f"filter {name}": {"Filters": [_by(name, "x")]} for name in ("tag:Name", "lifecycle", "creation-time")},
    "a filter of the model that is not documented": {"Filters": [_by("file-cache-id", "x")]},
    "11 filters": {"Filters": [_by("volume-id", "x")] * 11},
    "21 values": {"Filters": [_by("backup-type", *["AUTOMATIC"] * 21)]},
    "no values": {"Filters": [_by("backup-type")]},
    "a value's alphabet": {"Filters": [_by("volume-id", "a b")]},
    "51 ids": {"BackupIds": [f"backup-{number:017}" for number in range(51)]},
    "a page of none": {"MaxResults": 0},
    "a foreign token": {"NextToken": "AAAA"},
    "a token that is no base64": {"NextToken": "not base64!"},
    "a token that is too long": {"NextToken": "A" * 256},
}


@pytest.mark.parametrize("name", REFUSED)
def test_requests_that_are_refused(fsx: EmulatedFSx, unchecked: Any, refused: Refused, name: str) -> None:
    assert refused(unchecked.describe_backups, **REFUSED[name])["Code"] == "BadRequest"


def test_ids_override_filters_and_are_listed_whole(fsx: EmulatedFSx, client: Any) -> None:
    known = _history(fsx, 51)
    for backup_id in known[:20]:
        page = client.describe_backups(BackupIds=[backup_id], Filters=[_by("backup-type", "AUTOMATIC")])
        assert [backup["BackupId"] for backup in page["Backups"]] == [backup_id]
    assert len(client.describe_backups(BackupIds=known[:50])["Backups"]) == 50


def test_one_unknown_id_fails_the_listing(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    error = refused(client.describe_backups, BackupIds=[*_history(fsx, 1), "backup-00000000000000000"])
    assert (error["Code"], "backup-00000000000000000" in error["Error"]["Message"]) == ("BackupNotFound", True)


def test_order_is_not_that_of_creation_and_differs_between_listings(fsx: EmulatedFSx, client: Any) -> None:
    known = _history(fsx, 40)
    orders = [listed(client) for _ in range(3)]
    assert all(sorted(order) == sorted(known) for order in orders)
    assert len({tuple(order) for order in [known, known[::-1], *orders]}) == 5


def test_order_is_repeatable(fsx: EmulatedFSx, client: Any) -> None:
    def order(seed: int) -> list[str]:
        fsx.control.reset()
        fsx.control.listing(shuffle_seed=seed)
        _history(fsx, 20)
        return listed(client)

    assert order(1) == order(1) != order(2)


def _sizes(client: Any, **parameters: Any) -> list[tuple[int, bool]]:
    """How many backups each page of a listing has, and whether a token follows."""
    pages = client.get_paginator("describe_backups").paginate(**parameters)
    return [(len(page["Backups"]), "NextToken" in page) for page in pages]


def test_short_and_empty_pages_carry_tokens(fsx: EmulatedFSx, client: Any) -> None:
    _history(fsx, 60)
    sizes = [size for _ in range(20) for size in _sizes(client, PaginationConfig={"PageSize": 5})]
    assert {(0, True), (5, True), (0, False)} <= set(sizes), "a last page may be empty too"
    assert any(0 < size < 5 and more for size, more in sizes)


def test_the_size_of_full_pages_is_the_lesser_of_request_and_service(fsx: EmulatedFSx, client: Any) -> None:
    _history(fsx, 60)
    fsx.control.listing(short_pages=False)
    assert _sizes(client) == _sizes(client, MaxResults=2000) == [(50, True), (10, False)]
    assert _sizes(client, MaxResults=7)[0] == (7, True)
    fsx.control.listing(page_size=100)
    assert _sizes(client) == [(60, False)]


def test_tokens_stay_valid_while_backups_come_and_go(fsx: EmulatedFSx, client: Any) -> None:
    known = _history(fsx, 60)
    fsx.control.listing(short_pages=False)
    first = client.describe_backups(MaxResults=10)
    seen = [backup["BackupId"] for backup in first["Backups"]]
    deleted = [backup_id for backup_id in known if backup_id not in seen][:20] + seen[-3:]
    for backup_id in deleted:
        client.delete_backup(BackupId=backup_id)
    _history(fsx, 20)
    rest = listed(client, PaginationConfig={"StartingToken": first["NextToken"], "PageSize": 10})
    assert len(set(seen + rest)) == len(seen + rest), "nothing is listed twice"
    assert set(known) - set(deleted) <= set(seen + rest), "nothing that was there all the time is left out"
    assert not set(deleted) & set(rest), "nothing that is deleted is listed"


def test_a_token_belongs_to_its_filters(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    _history(fsx, 5)
    fsx.control.listing(short_pages=False)
    token = client.describe_backups(MaxResults=1)["NextToken"]
    error = refused(client.describe_backups, NextToken=token, Filters=[_by("backup-type", "AUTOMATIC")])
    assert error["Code"] == "BadRequest"
    client.describe_backups(MaxResults=3, NextToken=token)


def test_a_backup_has_what_the_service_gives(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system(tags={"Team": "hpc"})
    backup_id = fsx.seed_backup(file_system_id, tags={"Name": "x"}, creation_time="2026-02-01T00:00:00Z")
    backup = described(client, backup_id)
    assert backup["CreationTime"] == datetime(2026, 2, 1, tzinfo=UTC)
    assert (backup["FileSystem"]["FileSystemId"], backup["FileSystem"]["FileSystemType"]) == (file_system_id, "LUSTRE")
    assert backup["Tags"] == [{"Key": "Name", "Value": "x"}]
    assert (backup["ProgressPercent"], backup["OwnerId"]) == (100, "123456789012")
    assert backup["KmsKeyId"].startswith("arn:aws:kms:us-east-1:123456789012:key/")
    assert backup["ResourceARN"] == arn(f"backup/{backup_id}")
    assert backup["SizeInBytes"] > 0
    assert not {"FileSystemId", "SourceBackupId"} & set(backup)


def test_backups_keep_the_description_of_their_target(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP", tags={"Team": "hpc"})
    volume_id = fsx.seed_volume(file_system_id)
    of_volume, of_file_system = fsx.seed_backup(volume_id), fsx.seed_backup(file_system_id)
    client.tag_resource(ResourceARN=arn(f"file-system/{file_system_id}"), Tags=[{"Key": "Team", "Value": "cfd"}])
    fsx.control.remove(file_system_id)
    assert described(client, of_volume)["Volume"]["VolumeId"] == volume_id
    assert described(client, of_file_system)["FileSystem"]["Tags"] == [{"Key": "Team", "Value": "hpc"}]
    assert listed(client, Filters=[_by("file-system-id", file_system_id)]) == [of_file_system]
