"""DescribeBackups: what is listed, in which pages, in what order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx, emulated_fsx
from tests.emulator.calls import START, Refused, listed, pages


def _history(fsx: EmulatedFSx, count: int, **further: Any) -> list[str]:
    file_system_id = fsx.seed_file_system()
    return fsx.seed_backups([{"target_id": file_system_id, **further} for _ in range(count)])


def _by(name: str, *values: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": list(values)}]


def test_filter_by_file_system(fsx: EmulatedFSx, client: Any) -> None:
    first, second, third = (fsx.seed_file_system() for _ in range(3))
    of_first, of_second, _ = (fsx.seed_backup(target) for target in (first, second, third))
    assert listed(client, Filters=_by("file-system-id", first)) == [of_first]
    assert set(listed(client, Filters=_by("file-system-id", first, second))) == {of_first, of_second}


def test_filter_by_backup_type(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    by_type = {
        kind: fsx.seed_backup(file_system_id, backup_type=kind)
        for kind in ("AUTOMATIC", "USER_INITIATED", "AWS_BACKUP")
    }
    for kind, backup_id in by_type.items():
        assert listed(client, Filters=_by("backup-type", kind)) == [backup_id]


def test_filter_by_file_system_type(fsx: EmulatedFSx, client: Any) -> None:
    lustre = fsx.seed_backup(fsx.seed_file_system("LUSTRE"))
    windows = fsx.seed_backup(fsx.seed_file_system("WINDOWS"))
    assert listed(client, Filters=_by("file-system-type", "LUSTRE")) == [lustre]
    assert listed(client, Filters=_by("file-system-type", "WINDOWS")) == [windows]


def test_filter_by_volume(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    volumes = [fsx.seed_volume(file_system_id, name=name) for name in ("one", "two")]
    backups = [fsx.seed_backup(volume) for volume in volumes]
    assert listed(client, Filters=_by("volume-id", volumes[1])) == [backups[1]]


def test_filters_must_all_hold(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    fsx.seed_backup(file_system_id, backup_type="AUTOMATIC")
    wanted = fsx.seed_backup(file_system_id)
    fsx.seed_backup(fsx.seed_file_system())
    both = _by("file-system-id", file_system_id) + _by("backup-type", "USER_INITIATED")
    assert listed(client, Filters=both) == [wanted]


@pytest.mark.parametrize("name", ["tag:Name", "lifecycle", "creation-time", "file-cache-id"])
def test_there_are_no_other_filters(fsx: EmulatedFSx, client: Any, refused: Refused, name: str) -> None:
    assert refused(client.describe_backups, Filters=_by(name, "x"))["Code"] == "BadRequest"


@pytest.mark.parametrize(
    "filters",
    [_by("volume-id", "x") * 11, _by("backup-type", *["AUTOMATIC"] * 21), _by("backup-type"), _by("volume-id", "a b")],
    ids=["11-filters", "21-values", "no-values", "value-alphabet"],
)
def test_limits_of_filters(fsx: EmulatedFSx, unchecked: Any, refused: Refused, filters: list[dict[str, Any]]) -> None:
    assert refused(unchecked.describe_backups, Filters=filters)["Code"] == "BadRequest"


def test_volume_backups_are_not_found_by_file_system(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system("ONTAP")
    volume_id = fsx.seed_volume(file_system_id)
    backup_id = fsx.seed_backup(volume_id)
    assert listed(client, Filters=_by("file-system-id", file_system_id)) == []
    assert listed(client, Filters=_by("volume-id", volume_id)) == [backup_id]
    fsx.control.behaviour(volume_backups_by_file_system=True)
    assert listed(client, Filters=_by("file-system-id", file_system_id)) == [backup_id]


def test_backups_of_volumes_may_lack_their_file_system(fsx: EmulatedFSx, client: Any) -> None:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    fsx.control.behaviour(file_system_in_volume_backups=False)
    made = client.create_backup(VolumeId=volume_id)["Backup"]
    of_file_system = client.create_backup(FileSystemId=fsx.seed_file_system("LUSTRE"))["Backup"]
    shown = {backup["BackupId"]: backup for page in pages(client) for backup in page["Backups"]}
    for backup in (made, shown[made["BackupId"]]):
        assert "FileSystem" not in backup
        assert backup["Volume"]["VolumeType"] == "ONTAP"
    assert shown[of_file_system["BackupId"]]["FileSystem"]["FileSystemType"] == "LUSTRE"
    fsx.control.behaviour(file_system_in_volume_backups=True)
    (again,) = client.describe_backups(BackupIds=[made["BackupId"]])["Backups"]
    assert again["FileSystem"]["FileSystemType"] == "ONTAP"


def test_ids_override_filters(fsx: EmulatedFSx, client: Any) -> None:
    wanted, _ = _history(fsx, 2)
    answer = client.describe_backups(BackupIds=[wanted], Filters=_by("backup-type", "AUTOMATIC"))
    assert [backup["BackupId"] for backup in answer["Backups"]] == [wanted]


def test_one_unknown_id_fails_the_listing(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    (known,) = _history(fsx, 1)
    error = refused(client.describe_backups, BackupIds=[known, "backup-00000000000000000"])
    assert error["Code"] == "BackupNotFound"
    assert "backup-00000000000000000" in error["Error"]["Message"]


def test_fifty_ids_at_most(fsx: EmulatedFSx, unchecked: Any, refused: Refused) -> None:
    known = _history(fsx, 51)
    assert len(unchecked.describe_backups(BackupIds=known[:50])["Backups"]) == 50
    assert refused(unchecked.describe_backups, BackupIds=known)["Code"] == "BadRequest"


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


def test_short_and_empty_pages_carry_tokens(fsx: EmulatedFSx, client: Any) -> None:
    _history(fsx, 60)
    sizes = [
        (len(page["Backups"]), "NextToken" in page)
        for _ in range(20)
        for page in pages(client, PaginationConfig={"PageSize": 5})
    ]
    assert (0, True) in sizes
    assert any(0 < size < 5 and more for size, more in sizes)
    assert (5, True) in sizes
    assert (0, False) in sizes, "a last page may be empty too"


def test_full_pages_can_be_had(fsx: EmulatedFSx, client: Any) -> None:
    _history(fsx, 25)
    fsx.control.listing(page_size=10, short_pages=False)
    assert [len(page["Backups"]) for page in pages(client)] == [10, 10, 5]


def test_page_size_is_the_lesser_of_request_and_service(fsx: EmulatedFSx, client: Any) -> None:
    _history(fsx, 60)
    fsx.control.listing(short_pages=False)
    assert len(client.describe_backups()["Backups"]) == 50
    assert len(client.describe_backups(MaxResults=7)["Backups"]) == 7
    assert len(client.describe_backups(MaxResults=2000)["Backups"]) == 50


def test_page_size_must_be_positive(fsx: EmulatedFSx, unchecked: Any, refused: Refused) -> None:
    assert refused(unchecked.describe_backups, MaxResults=0)["Code"] == "BadRequest"


def test_listing_by_ids_is_whole(fsx: EmulatedFSx, client: Any) -> None:
    known = _history(fsx, 30)
    for backup_id in known:
        assert len(client.describe_backups(BackupIds=[backup_id])["Backups"]) == 1


def test_tokens_stay_valid_while_backups_come_and_go(fsx: EmulatedFSx, client: Any) -> None:
    known = _history(fsx, 60)
    fsx.control.listing(short_pages=False)
    first = client.describe_backups(MaxResults=10)
    seen = [backup["BackupId"] for backup in first["Backups"]]
    gone = [backup_id for backup_id in known if backup_id not in seen][:20] + seen[-3:]
    for backup_id in gone:
        client.delete_backup(BackupId=backup_id)
    _history(fsx, 20)
    token = first["NextToken"]
    rest: list[str] = []
    while token:
        page = client.describe_backups(MaxResults=10, NextToken=token)
        rest += [backup["BackupId"] for backup in page["Backups"]]
        token = page.get("NextToken")
    assert len(set(seen + rest)) == len(seen + rest), "nothing is listed twice"
    assert set(known) - set(gone) <= set(seen + rest), "nothing that was there all the time is left out"
    assert not set(gone) & set(rest), "nothing that is gone is listed"


@pytest.mark.parametrize("token", ["AAAA", "not base64!", "A" * 256], ids=["foreign", "no-base64", "too-long"])
def test_a_bad_token_is_refused(fsx: EmulatedFSx, client: Any, refused: Refused, token: str) -> None:
    assert refused(client.describe_backups, NextToken=token)["Code"] == "BadRequest"


def test_a_token_belongs_to_its_filters(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    _history(fsx, 5)
    fsx.control.listing(short_pages=False)
    token = client.describe_backups(MaxResults=1)["NextToken"]
    error = refused(client.describe_backups, NextToken=token, Filters=_by("backup-type", "AUTOMATIC"))
    assert error["Code"] == "BadRequest"
    client.describe_backups(MaxResults=3, NextToken=token)


def test_the_paginator_exists_and_there_is_no_waiter(fsx: EmulatedFSx, client: Any) -> None:
    assert client.can_paginate("describe_backups")
    assert client.waiter_names == []
    known = _history(fsx, 120)
    assert sorted(listed(client)) == sorted(known)


def test_a_backup_has_what_the_service_gives(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system(tags={"Team": "hpc"})
    fsx.seed_backup(file_system_id, tags={"Name": "x"}, creation_time="2026-02-01T00:00:00Z")
    (backup,) = [backup for page in pages(client) for backup in page["Backups"]]
    assert backup["CreationTime"] == datetime(2026, 2, 1, tzinfo=UTC)
    assert backup["FileSystem"]["FileSystemId"] == file_system_id
    assert backup["FileSystem"]["FileSystemType"] == "LUSTRE"
    assert backup["FileSystem"]["Tags"] == [{"Key": "Team", "Value": "hpc"}]
    assert backup["Tags"] == [{"Key": "Name", "Value": "x"}]
    assert (backup["ProgressPercent"], backup["OwnerId"]) == (100, "123456789012")
    assert backup["KmsKeyId"].startswith("arn:aws:kms:us-east-1:123456789012:key/")
    assert backup["SizeInBytes"] > 0
    assert "FileSystemId" not in backup
    assert "SourceBackupId" not in backup


def test_backups_outlive_their_file_system(fsx: EmulatedFSx, client: Any, refused: Refused) -> None:
    file_system_id = fsx.seed_file_system(tags={"Team": "hpc"})
    backup_id = fsx.seed_backup(file_system_id)
    client.delete_file_system(FileSystemId=file_system_id)
    fsx.control.advance(10)
    assert refused(client.describe_file_systems, FileSystemIds=[file_system_id])["Code"] == "FileSystemNotFound"
    (backup,) = client.describe_backups(BackupIds=[backup_id])["Backups"]
    assert backup["FileSystem"]["Tags"] == [{"Key": "Team", "Value": "hpc"}]
    assert listed(client, Filters=_by("file-system-id", file_system_id)) == [backup_id]


def test_backups_outlive_their_volume(fsx: EmulatedFSx, client: Any) -> None:
    volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"))
    backup_id = fsx.seed_backup(volume_id)
    fsx.control.remove(volume_id)
    (backup,) = client.describe_backups(BackupIds=[backup_id])["Backups"]
    assert backup["Volume"]["VolumeId"] == volume_id


def test_metadata_is_that_of_the_time_of_the_backup(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system(tags={"Team": "hpc"})
    backup_id = fsx.seed_backup(file_system_id)
    arn = f"arn:aws:fsx:us-east-1:123456789012:file-system/{file_system_id}"
    client.tag_resource(ResourceARN=arn, Tags=[{"Key": "Team", "Value": "cfd"}])
    (backup,) = client.describe_backups(BackupIds=[backup_id])["Backups"]
    assert backup["FileSystem"]["Tags"] == [{"Key": "Team", "Value": "hpc"}]


def test_words_that_nobody_knows_yet_are_shown(fsx: EmulatedFSx, client: Any) -> None:
    file_system_id = fsx.seed_file_system()
    backup_id = fsx.seed_backup(file_system_id, lifecycle="ARCHIVED", backup_type="MANAGED")
    (backup,) = client.describe_backups(BackupIds=[backup_id])["Backups"]
    assert (backup["Lifecycle"], backup["Type"]) == ("ARCHIVED", "MANAGED")


def test_regions_are_apart() -> None:
    with emulated_fsx(now=START) as fsx:
        here = fsx.seed_backup(fsx.seed_file_system())
        there = fsx.seed_backup(fsx.seed_file_system(region="eu-west-1"))
        assert listed(fsx.client()) == [here]
        assert listed(fsx.client("eu-west-1")) == [there]
