"""What the module takes and what it refuses: one row an input, with the words that tell the caller what to do.

A refused row is (value, rule and remedy as the message begins them, the entry as the message shows it).
Sources: FSx, Scheduler, Lambda, IAM, SNS and CloudWatch Logs API references.
"""

from typing import Any

HOME = {"file_system_id": "fs-0123456789abcdef0"}
VOLUME = "fsvol-0123456789abcdef0"
OTHER_VOLUME = "fsvol-0123456789abcdef1"
FLEET = {"target_tags": {"Backup": "daily"}}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"
MAIN_TOPIC = "arn:aws:sns:eu-west-1:123456789012:fsx-backup"
ALARM_TOPIC = "arn:aws:sns:eu-west-1:123456789012:pager"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
FAR_KEY = KEY.replace("eu-west-1", "eu-central-1")
RULE = "arn:aws:events:eu-west-1:123456789012:rule/nightly"
SIGNING = "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0"
SUBNETS = [f"subnet-{n:017x}" for n in range(17)]
GROUP = "sg-0123456789abcdef0"
TICKETS = "arn:aws:sqs:eu-west-1:123456789012:tickets"
EVERYTHING = "https://events.example.com/in"
FILTERED = {"protocol": "https", "endpoint": "https://pager.example.com/in", "failures_only": True}

Refused = tuple[Any, str, str]

ACCEPTED_PLANS: dict[str, dict[str, Any]] = {
    "a": HOME,
    "9_of-all.kinds": HOME,
    "x" * 64: HOME,
    "short-id": {"file_system_id": "fs-01234567"},
    "long-id": {"file_system_id": "fs-0123456789abcdef01"},
    "volume": {"volume_id": VOLUME},
    "nulls": dict.fromkeys(("volume_id", "schedule", "timezone", "enabled", "retention", "backup_tags", "backup_name"))
    | HOME,
    "windows": HOME
    | {"flexible_window_minutes": 1440, "start_window_minutes": 17280, "completion_window_minutes": 17280},
    "longest-window": HOME | {"start_window_minutes": 18720, "completion_window_minutes": 18720},
    "least-windows": HOME | {"flexible_window_minutes": 1, "start_window_minutes": 1, "completion_window_minutes": 1},
    "unlimited": HOME
    | {"retention": {"days": 100_000, "keep_last": 100_000, "keep_daily": -1, "keep_yearly": 100_000}},
    "least": HOME | {"retention": {"days": 1, "keep_last": 1, "max_deletes": 1, "keep_hourly": 0}},
    "null-rules": HOME | {"retention": {"days": None, "keep_weekly": None}},
    "tags": HOME | {"backup_tags": {"Team/Group": "données +-=._:/@ 東京", "empty": "", "k" * 128: "v" * 256}},
    "adopted": HOME | {"adopt_tags": {"Name": "old"}, "purge_tags": {"aws:cloudformation:stack-name": "old"}},
    # Two plans adopt on one target where they cannot meet one backup, or where both keep the same.
    "adopts-other": {"volume_id": OTHER_VOLUME, "adopt_tags": {"Name": "old"}, "retention": {"days": 1}},
    "adopts-else": {"volume_id": OTHER_VOLUME, "adopt_tags": {"Name": "new"}, "retention": {"days": 2}},
    "adopts-same": {
        "volume_id": OTHER_VOLUME,
        "adopt_tags": {"Name": "old"},
        "retention": {"days": 1, "max_deletes": 9},
    },
    "purged": HOME | {"purge_tags": {"Team": "a", "team": "b"}},
    "most-tags": HOME | {"backup_tags": {f"t{n}": "" for n in range(45)}},
    "most-tags-of-copies": HOME | {"backup_tags": {f"t{n}": "" for n in range(44)}, "copies": {"eu-central-1": {}}},
    "fleet": {"target_tags": {"aws:cloudformation:stack-name": "projects", "données": "", "k" * 128: "v" * 256}},
    "wide-characters": {"target_tags": {"é" * 128: "ü" * 256}},  # a schedule's description has 512 bytes at most
    "most-selectors": {"target_tags": {f"t{n}": "" for n in range(10)}, "target_types": ["LUSTRE", "LUSTRE"]},
    "all-types": FLEET | {"target_types": ["LUSTRE", "WINDOWS", "OPENZFS", "ONTAP"]},
    # As above: the one selects nothing that the other does for certain.
    "fleet-adopts": FLEET | {"adopt_tags": {"Name": "old"}, "target_types": ["LUSTRE"]},
    "fleet-adopts-other": FLEET | {"adopt_tags": {"Name": "old"}, "target_types": ["ONTAP"], "retention": {"days": 1}},
    "no-copies": HOME | {"copies": {}},
    "copied": HOME | {"copies": {"eu-central-1": {"retention": None, "kms_key_arn": FAR_KEY}, "ap-southeast-4": {}}},
    "most-copies": FLEET | {"copies": {f"us-east-{n}": {"retention": {"keep_yearly": -1}} for n in range(1, 6)}},
    "volume-copied": {"volume_id": VOLUME, "copies": {"mx-central-1": {"completion_window_minutes": 1}}},
    "longest-copies": HOME
    | {"flexible_window_minutes": 20, "copies": {"us-west-2": {"completion_window_minutes": 17260}}},
    "name": HOME | {"backup_name": "Nightly backup: site/unit 7 @home"},
    "age": HOME | {"max_backup_age_hours": 0.5},
    **{
        f"zone-{n}": HOME | {"timezone": zone}
        for n, zone in enumerate(
            [
                "UTC",
                "Europe/Paris",
                "America/Argentina/Buenos_Aires",
                "Etc/GMT+5",
                "America/Port-au-Prince",
                "GMT0",
                "EST5EDT",
            ]
        )
    },
}

LIKE_AN_ID = "a key must not look like an id"
KEYS = (
    "file_systems: a key becomes the schedule's name and must have 1 to 64 letters, digits, '_', '.' or '-', beginning "
)
TARGET = "file_systems: give exactly one of file_system_id, volume_id and target_tags in:"
TYPES = "file_systems: target_tags must be 1 to 10 tags; target_types one or more of LUSTRE, WINDOWS, OPENZFS and ONTAP"
RETENTION = (
    "file_systems: retention's days, keep_last and max_deletes must be whole numbers from 1 to 100000; keep_hourly"
)
WINDOWS = (
    "file_systems: start_window_minutes and completion_window_minutes must be whole numbers of at least 1, the first"
)
AGE = "file_systems: max_backup_age_hours must be null (no limit) or more than 0 and at most 8760"
FLEXIBLE = "file_systems: flexible_window_minutes must be a whole number from 0 (off) to 1440."
ZONE = "file_systems: timezone must be an IANA time zone name like Europe/Paris, written exactly as in the time zone"
NAME = (
    "file_systems: backup_name becomes a tag's value and must have 1 to 256 letters, digits, spaces or any of _.:/=+-@."
)
TAGS = "file_systems: a tag's key must have 1 to 128, its value at most 256 letters, digits, spaces or any of _.:/=+-@."
LATIN = "file_systems: adopt_tags and target_tags become conditions of an IAM policy, which has no characters beyond"
ALIKE = "file_systems: IAM does not distinguish tag keys that differ in letter case only. Keep one of each in:"
LIFE = "file_systems: completion_window_minutes counts from the end of the flexible window, so both together must be"
ADOPTING = "file_systems: two plans adopt the same backups of one target with different retention"
RESERVED = "file_systems: backup_tags must not use the keys aws:… and fsx-backup:… (reserved) or Name"
COUNT = "file_systems: a backup has 50 tags at most, 5 of them the deployment's, 6 on a copy: give at most 45"
FILE_SYSTEM = "file_systems: file_system_id must look like fs-0123456789abcdef0; a volume, fsvol-…, is given by"
VOLUME_ID = "file_systems: volume_id must look like fsvol-0123456789abcdef0."

COPIES = "file_systems: copies may name at most 5 Regions, other than the deployment's own and in the same partition"
COPY_KEY = "file_systems: kms_key_arn of copies must be the ARN of a key (not of an alias) in the copies' Region"
COPY_WINDOW = (
    "file_systems: completion_window_minutes of copies must be a whole number of at least 1, and at most 18720"
)


def copied(region: str, *, copies: Any = None, **copy: Any) -> dict[str, Any]:
    return HOME | {"copies": copies or {region: copy}}


REFUSED_PLANS: dict[str, Refused] = {
    **{
        key: (HOME, KEYS, f'"{key}"')
        for key in ("", "y" * 65, "has space", "slash/ed", "ünïcode", "_deployment", "-x", ".")
    },
    **{key: (HOME, LIKE_AN_ID, f'"{key}"') for key in (HOME["file_system_id"], VOLUME)},
    "nothing": (None, TARGET, "nothing (none)"),
    "neither": ({}, TARGET, "neither (none)"),
    "both": (HOME | {"volume_id": VOLUME}, TARGET, "both (file_system_id and volume_id)"),
    "id-and-fleet": (HOME | FLEET, TARGET, "id-and-fleet (file_system_id and target_tags)"),
    "volume-and-fleet": ({"volume_id": VOLUME} | FLEET, TARGET, "volume-and-fleet (volume_id and target_tags)"),
    "only-types": ({"target_types": ["LUSTRE"]}, TARGET, "only-types (none)"),
    "types-of-an-id": (HOME | {"target_types": ["LUSTRE"]}, TYPES, 'types-of-an-id (["LUSTRE"])'),
    "no-type": (FLEET | {"target_types": []}, TYPES, "no-type ([])"),
    "null-type": (FLEET | {"target_types": [None]}, TYPES, "null-type ([null])"),
    "odd-types": (FLEET | {"target_types": ["ONTAP", "zfs"]}, TYPES, 'odd-types (["ONTAP","zfs"])'),
    "no-selector": ({"target_tags": {}}, TYPES, "no-selector (0 target_tags)"),
    "many-selectors": ({"target_tags": {f"t{n}": "" for n in range(11)}}, TYPES, "many-selectors (11 target_tags)"),
    "empty-selector": ({"target_tags": {"": "a"}}, TAGS, 'empty-selector (target_tags: "" = "a")'),
    "null-selector": ({"target_tags": {"a": None}}, TAGS, 'null-selector (target_tags: "a" = null)'),
    "odd-selector": ({"target_tags": {"a": "b*"}}, TAGS, 'odd-selector (target_tags: "a" = "b*")'),
    "long-selector": ({"target_tags": {"k": "v" * 257}}, TAGS, f'long-selector (target_tags: "k" = "{"v" * 257}")'),
    "wide-selector": ({"target_tags": {"k" * 129: ""}}, TAGS, f'wide-selector (target_tags: "{"k" * 129}" = "")'),
    "far-selector": ({"target_tags": {"a": "東京"}}, LATIN, 'far-selector (target_tags: "a" = "東京")'),
    "far-adopted": (HOME | {"adopt_tags": {"東京": "a"}}, LATIN, 'far-adopted (adopt_tags: "東京" = "a")'),
    "alike-selectors": ({"target_tags": {"Team": "", "team": ""}}, ALIKE, "alike-selectors (target_tags: Team, team)"),
    "fleet-one": (FLEET | {"adopt_tags": {"Name": "a"}}, ADOPTING, "fleet-one and fleet-two"),
    "fleet-two": (
        FLEET | {"adopt_tags": {"Name": "a"}, "retention": {"days": 9}},
        ADOPTING,
        "fleet-one and fleet-two",
    ),
    "volume-as-fs": ({"file_system_id": VOLUME}, FILE_SYSTEM, f"volume-as-fs ({VOLUME})"),
    "short": ({"file_system_id": "fs-0123"}, FILE_SYSTEM, "short (fs-0123)"),
    "upper": ({"file_system_id": "fs-0123456789ABCDEF0"}, FILE_SYSTEM, "upper (fs-0123456789ABCDEF0)"),
    "short-volume": ({"volume_id": "fsvol-01234567"}, VOLUME_ID, "short-volume (fsvol-01234567)"),
    **{
        f"invented-{n}": (HOME | {"timezone": zone}, ZONE, f"invented-{n} ({zone})")
        for n, zone in enumerate(
            [
                "GMT+1",
                "UTC+2",
                "Europe/Pariss",
                "Europe/PARIS",
                "Utc",
                "CEST",
                "EDT",
                "Paris",
                "US/Eastern_Time",
                "America/New York",
            ]
        )
    },
    "no-zone": (HOME | {"timezone": "europe/paris"}, ZONE, "no-zone (europe/paris)"),
    "offset": (HOME | {"timezone": "+01:00"}, ZONE, "offset (+01:00)"),
    "half-zone": (HOME | {"timezone": "Europe/"}, ZONE, "half-zone (Europe/)"),
    "long-zone": (HOME | {"timezone": f"Europe/{'P' * 44}"}, ZONE, f"long-zone (Europe/{'P' * 44})"),
    "flex-over": (HOME | {"flexible_window_minutes": 1441}, FLEXIBLE, "flex-over (1441)"),
    "flex-half": (HOME | {"flexible_window_minutes": 1.5}, FLEXIBLE, "flex-half (1.5)"),
    "flex-under": (HOME | {"flexible_window_minutes": -1}, FLEXIBLE, "flex-under (-1)"),
    **{
        f"{rule}-{n}": (HOME | {"retention": {rule: value}}, RETENTION, f"{rule}-{n} ({rule} = {value})")
        for rule in ("days", "keep_last", "max_deletes")
        for n, value in enumerate([0, -1, 3.5, 1_000_000_000])
    },
    **{
        f"{rule}-{n}": (HOME | {"retention": {rule: value}}, RETENTION, f"{rule}-{n} ({rule} = {value})")
        for rule in ("keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly")
        for n, value in enumerate([-2, 0.5, 100_001])
    },
    "late": (
        HOME | {"start_window_minutes": 61, "completion_window_minutes": 60},
        WINDOWS,
        "late (start 61, completion 60)",
    ),
    "no-start": (HOME | {"start_window_minutes": 0}, WINDOWS, "no-start (start 0, completion 1440)"),
    "endless": (HOME | {"completion_window_minutes": 18721}, WINDOWS, "endless (start 240, completion 18721)"),
    "half": (HOME | {"start_window_minutes": 1.5}, WINDOWS, "half (start 1.5, completion 1440)"),
    "too-long": (
        HOME | {"flexible_window_minutes": 1, "completion_window_minutes": 18_720},
        LIFE,
        "too-long (flexible 1, completion 18720)",
    ),
    "copied-home": (copied("eu-west-1"), COPIES, "copied-home (eu-west-1: the deployment's own)"),
    **{
        f"copied-{n}": (copied(region), COPIES, f"copied-{n} ({region}: of another partition)")
        for n, region in enumerate(
            ["cn-north-1", "us-gov-west-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"]
        )
    },
    **{
        f"copied-odd-{n}": (copied(region), COPIES, f"copied-odd-{n} ({region}: not a Region name)")
        for n, region in enumerate(["", "Frankfurt", "EU-central-1", "eu-central-1a", "eu-central", "*", "eu-*-1"])
    },
    "copied-null": (copied("", copies={"us-east-1": None}), COPIES, "copied-null (us-east-1: null; give {}"),
    "copied-much": (
        copied("", copies={f"us-east-{n}": {} for n in range(6)}),
        COPIES,
        "copied-much (6 Regions)",
    ),
    **{
        f"copied-key-{n}": (copied("eu-central-1", kms_key_arn=key), COPY_KEY, f"copied-key-{n} (eu-central-1: {key})")
        for n, key in enumerate(
            [
                KEY,
                FAR_KEY.replace("arn:aws:", "arn:aws-cn:"),
                FAR_KEY.replace("key/", "alias/"),
                "alias/backup",
                "",
                FAR_KEY.replace("kms", "s3"),
            ]
        )
    },
    **{
        f"copied-window-{n}": (
            copied("us-east-1", completion_window_minutes=minutes),
            COPY_WINDOW,
            f"copied-window-{n} (us-east-1: {minutes})",
        )
        for n, minutes in enumerate([0, 1.5, -1, 17_281])
    },
    **{
        f"copied-{rule}": (
            copied("us-east-1", retention={rule: value}),
            RETENTION,
            f"copied-{rule} (copies.us-east-1: {rule} = {value})",
        )
        for rule, value in {"days": 0, "max_deletes": 100_001, "keep_daily": -2}.items()
    },
    "ageless": (HOME | {"max_backup_age_hours": 0}, AGE, "ageless (0)"),
    "aged": (HOME | {"max_backup_age_hours": 8761}, AGE, "aged (8761)"),
    "nameless": (HOME | {"backup_name": ""}, NAME, 'nameless ("")'),
    "quoted": (HOME | {"backup_name": "it's"}, NAME, 'quoted ("it\'s")'),
    "long-name": (HOME | {"backup_name": "n" * 257}, NAME, f'long-name ("{"n" * 257}")'),
    "odd-key": (HOME | {"backup_tags": {"a,b": "c"}}, TAGS, 'odd-key (backup_tags: "a,b" = "c")'),
    "odd-value": (HOME | {"purge_tags": {"a": "b;c"}}, TAGS, 'odd-value (purge_tags: "a" = "b;c")'),
    "null-value": (HOME | {"adopt_tags": {"a": None}}, TAGS, 'null-value (adopt_tags: "a" = null)'),
    "long-key": (HOME | {"backup_tags": {"k" * 129: ""}}, TAGS, f'long-key (backup_tags: "{"k" * 129}" = "")'),
    "long-value": (HOME | {"backup_tags": {"a": "v" * 257}}, TAGS, f'long-value (backup_tags: "a" = "{"v" * 257}")'),
    "aws-capitals": (HOME | {"backup_tags": {"AWS:owner": "x"}}, RESERVED, "aws-capitals (AWS:owner)"),
    "aws-mixed": (HOME | {"backup_tags": {"Aws:owner": "x"}}, RESERVED, "aws-mixed (Aws:owner)"),
    "own-capitals": (HOME | {"backup_tags": {"FSx-Backup:Plan": "x"}}, RESERVED, "own-capitals (FSx-Backup:Plan)"),
    "name-small": (HOME | {"backup_tags": {"name": "x"}}, RESERVED, "name-small (name)"),
    "alike": (HOME | {"backup_tags": {"Team": "a", "team": "b"}}, ALIKE, "alike (backup_tags: Team, team)"),
    "alike-adopted": (HOME | {"adopt_tags": {"K": "a", "k": "a"}}, ALIKE, "alike-adopted (adopt_tags: K, k)"),
    "aws-tag": (HOME | {"backup_tags": {"aws:x": ""}}, RESERVED, "aws-tag (aws:x)"),
    "own-tag": (HOME | {"backup_tags": {"fsx-backup:plan": ""}}, RESERVED, "own-tag (fsx-backup:plan)"),
    "name-tag": (HOME | {"backup_tags": {"Name": "x"}}, RESERVED, "name-tag (Name)"),
    "adopting": (
        HOME | {"adopt_tags": {"fsx-backup:deployment": "old"}},
        "file_systems: adopt_tags must not use the keys fsx-backup:…, because a backup of a deployment is never",
        "adopting (fsx-backup:deployment)",
    ),
    "adopts": (
        {"volume_id": VOLUME, "adopt_tags": {"Name": "old"}, "retention": {"days": 1}},
        ADOPTING,
        "adopts and adopts-more",
    ),
    "adopts-more": (
        {"volume_id": VOLUME, "adopt_tags": {"Name": "old", "Team": "hpc"}, "retention": {"days": 31}},
        ADOPTING,
        "adopts and adopts-more",
    ),
    "many-tags": (HOME | {"backup_tags": {f"t{n}": "" for n in range(46)}}, COUNT, "many-tags (46 backup_tags)"),
    "many-tags-of-copies": (
        copied("eu-central-1") | {"backup_tags": {f"t{n}": "" for n in range(45)}},
        COUNT,
        "(45 backup_tags)",
    ),
    "many-purge": (HOME | {"purge_tags": {f"t{n}": "" for n in range(51)}}, COUNT, "many-purge (51 purge_tags)"),
}
