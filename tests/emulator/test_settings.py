"""Settings of the instrument that cannot be meant."""

from typing import Any

import pytest

from dev.fsx_emulator import EmulatedFSx, SettingError

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("advance", {"seconds": -1}, "seconds"),
    ("advance", {"seconds": float("nan")}, "seconds"),
    ("advance", {"seconds": True}, "seconds"),
    ("set_time", {"at": "yesterday"}, "at"),
    ("set_time", {"at": "2026-01-01T00:00:00"}, "at"),
    ("set_time", {"at": -1}, "at"),
    ("freeze", {"at": []}, "at"),
    ("latency", {"seconds": "1"}, "seconds"),
    ("latency", {"seconds": 1, "operation": "MakeBackup"}, "operation"),
    ("rate_limit", {"per_second": -1}, "per_second"),
    ("rate_limit", {"per_second": 1, "burst": 0}, "burst"),
    ("rate_limit", {"per_second": 1, "burst": 1.5}, "burst"),
    ("listing", {"page_size": 0}, "page_size"),
    ("listing", {"page_size": 1001}, "page_size"),
    ("listing", {"page_size": 10, "short_pages": "no"}, "short_pages"),
    ("listing", {"page_size": 10, "shuffle_seed": -1}, "shuffle_seed"),
    ("durations", {"backup": 5, "copy": -1}, "copy"),
    ("quotas", {"lustre_backups": 5, "windows_backups": 1.5}, "windows_backups"),
    ("behaviour", {"token_seconds": "for ever"}, "token_seconds"),
    ("behaviour", {"token_seconds": 5, "volume_backups_by_file_system": 1}, "volume_backups_by_file_system"),
    ("behaviour", {"token_seconds": 5, "deleted_backups_by_token": "no"}, "deleted_backups_by_token"),
    ("behaviour", {"token_seconds": 5, "file_system_in_volume_backups": 0}, "file_system_in_volume_backups"),
    ("behaviour", {"token_seconds": 5, "newest_volume_backup_last": []}, "newest_volume_backup_last"),
    ("set_lifecycle", {"resource_id": "fs-00000000000000000", "lifecycle": "AVAILABLE"}, "resource_id"),
    ("fault", {"fault": "Unlucky"}, "fault"),
    ("fault", {"fault": 500}, "fault"),
    ("fault", {"fault": "reset", "operation": ["CreateBackup"]}, "operation"),
    ("fault", {"fault": "reset", "when": "during"}, "when"),
    ("fault", {"fault": "truncated_body", "when": "before"}, "when"),
    ("fault", {"fault": "unreachable", "when": "after"}, "when"),
    ("fault", {"fault": "reset", "at": 0}, "at"),
    ("fault", {"fault": "reset", "times": 0}, "times"),
    ("fault", {"fault": "reset", "match": ["BackupId"]}, "match"),
    ("fault", {"fault": "BackupNotFound", "members": {"Limit": "x"}}, "members"),
    ("fault", {"fault": "ServiceLimitExceeded", "members": {"Limit": "SKY"}}, "members.Limit"),
    ("fault", {"fault": "BackupNotFound", "message": ""}, "message"),
    ("fault", {"fault": "timeout", "seconds": 3601}, "seconds"),
    ("kill_after", {"calls": 0}, "calls"),
    ("kill_after", {"calls": 1, "when": "later"}, "when"),
    ("kill_after", {"calls": 1, "on_kill": "now"}, "on_kill"),
    ("calls", {"operation": "MakeBackup"}, "operation"),
]


@pytest.mark.parametrize(
    ("name", "arguments", "field"), REFUSED, ids=[f"{name}-{field}-{n}" for n, (name, _, field) in enumerate(REFUSED)]
)
def test_malformed_settings_are_refused_and_change_nothing(
    fsx: EmulatedFSx, name: str, arguments: dict[str, Any], field: str
) -> None:
    before = fsx.control.settings()
    with pytest.raises(SettingError) as caught:
        getattr(fsx.control, name)(**arguments)
    sentence = str(caught.value)
    assert sentence.startswith(field)
    assert sentence.endswith(".")
    assert fsx.control.settings() == before
