"""What the module takes and refuses of `restore_test`, as inputs.py has it for the rest of a plan."""

from collections.abc import Mapping
from typing import Any

from tests.module.inputs import FAR_KEY, FLEET, GROUP, HOME, KEY, SUBNETS, VOLUME, Refused, copied

SVM = "svm-0123456789abcdef0"
MONTHLY = {"schedule": "cron(0 12 1 * ? *)"}
TEST = MONTHLY | {"subnet_ids": SUBNETS[:1]}

ACCEPTED: dict[str, dict[str, Any]] = {
    "no-test": HOME | {"restore_test": None},
    "test": HOME | {"restore_test": TEST},
    "volume": {"volume_id": VOLUME, "restore_test": MONTHLY | {"storage_virtual_machine_id": SVM}},
    "volumes": FLEET
    | {"target_types": ["ONTAP"], "restore_test": MONTHLY | {"storage_virtual_machine_id": SVM, "hold_minutes": 0}},
    "fleet": FLEET | {"restore_test": TEST},
    "fully": FLEET
    | {
        "target_types": ["LUSTRE", "WINDOWS", "ONTAP"],
        "copies": {"eu-central-1": {}},
        "restore_test": {
            "schedule": "rate(7 days)",
            "timezone": "Europe/Paris",
            "subnet_ids": SUBNETS[:2],
            "security_group_ids": [GROUP],
            "storage_virtual_machine_id": SVM,
            "kms_key_arn": FAR_KEY,
            "throughput_capacity": 8,
            "deployment_type": "MULTI_AZ_1",
            "completion_window_minutes": 14_400,
            "hold_minutes": 1440,
            "source": "eu-central-1",
        },
    },
    "often": FLEET
    | {
        "target_types": ["WINDOWS", "OPENZFS"],
        "restore_test": TEST | {"schedule": "rate(60 minutes)", "deployment_type": "SINGLE_AZ_HA_2"},
    },
    "undecided": HOME | {"restore_test": TEST | {"subnet_ids": SUBNETS[:2]}},
    "bare": HOME
    | {"restore_test": TEST | {"security_group_ids": None, "source": None, "throughput_capacity": 100_000}},
}

SCHEDULE = "restore_test: EventBridge Scheduler would refuse these schedules, or they fire more than once an"
ZONE = "restore_test: timezone must be an IANA time zone name like Europe/Paris"
WINDOW = "restore_test: completion_window_minutes must be a whole number from 1 to 14400 (10 days"
LACKS = "restore_test: FSx restores a file system into subnet_ids, two of them for Multi-AZ, and a volume to a storage"
TOO_MUCH = "restore_test: only volumes have a storage_virtual_machine_id, and nothing else; only Windows and OpenZFS"
ZONES = "restore_test: a Single-AZ file system takes exactly one of subnet_ids. Remove the other, or give a Multi-AZ"
IDS = "restore_test: ids must look like subnet-0123456789abcdef0 (two at most), sg-0123456789abcdef0 (50 at most) and"
CAPACITY = "restore_test: throughput_capacity must be a whole number of MB/s from 8 to 100000, deployment_type SINGLE_"
SOURCE = 'restore_test: source must be "newest" or one of the Regions of the plan\'s copies. Correct it, or add the'
OF_KEY = "restore_test: kms_key_arn must be the ARN of a key (not of an alias) in the Region where the test is made"


def restored(*, of: Mapping[str, Any] = HOME, **test: Any) -> dict[str, Any]:
    return {**of, "restore_test": TEST | test}


_REFUSED: dict[str, Refused] = {
    "cron": (restored(schedule="cron(0 12 1 * *)"), SCHEDULE, "cron(0 12 1 * *): cron takes six fields"),
    "null-schedule": (restored(schedule=None), SCHEDULE, "none: give one, like cron(0 12 1 * ? *)"),
    "often": (restored(schedule="rate(59 minutes)"), SCHEDULE, "rate(59 minutes): a test needs an hour at least"),
    **{
        f"often-{n}": (
            restored(schedule=f"cron({minutes} 12 1 * ? *)"),
            SCHEDULE,
            f"cron({minutes} 12 1 * ? *): a test needs an hour at least",
        )
        for n, minutes in enumerate(["0,30", "*", "0/15", "5-6"])
    },
    "zone": (restored(timezone="Europe/PARIS"), ZONE, "Europe/PARIS"),
    **{
        f"{name}-{n}": (restored(of=HOME, **{name: minutes}), WINDOW, f"{name} = {minutes}")
        for name, wrong in {"completion_window_minutes": [0, 14_401, 1.5], "hold_minutes": [-1, 1441, 0.5]}.items()
        for n, minutes in enumerate(wrong)
    },
    "no-subnet": (restored(subnet_ids=[]), LACKS, "subnet_ids"),
    "no-subnet-given": (HOME | {"restore_test": MONTHLY}, LACKS, "subnet_ids"),
    "fleet-without": (FLEET | {"restore_test": MONTHLY}, LACKS, "subnet_ids"),
    "fleet-of-some": (
        FLEET | {"target_types": ["LUSTRE", "ONTAP"], "restore_test": MONTHLY | {"storage_virtual_machine_id": SVM}},
        LACKS,
        "subnet_ids",
    ),
    "no-svm": ({"volume_id": VOLUME, "restore_test": MONTHLY}, LACKS, "storage_virtual_machine_id"),
    "fleet-no-svm": (restored(of=FLEET | {"target_types": ["WINDOWS", "ONTAP"]}), LACKS, "storage_virtual_machine_id"),
    "one-subnet": (
        restored(deployment_type="MULTI_AZ_1", throughput_capacity=160),
        LACKS,
        "a second one of subnet_ids",
    ),
    "system-svm": (restored(storage_virtual_machine_id=SVM), TOO_MUCH, "storage_virtual_machine_id"),
    "lustre-svm": (
        restored(of=FLEET | {"target_types": ["LUSTRE"]}, storage_virtual_machine_id=SVM),
        TOO_MUCH,
        "storage_virtual_machine_id",
    ),
    "lustre-speed": (
        restored(of=FLEET | {"target_types": ["LUSTRE"]}, throughput_capacity=64),
        TOO_MUCH,
        "throughput_capacity",
    ),
    **{
        f"volume-{name}": (
            {"volume_id": VOLUME, "restore_test": MONTHLY | {"storage_virtual_machine_id": SVM, name: value}},
            TOO_MUCH,
            name,
        )
        for name, value in {"subnet_ids": SUBNETS[:1], "security_group_ids": [GROUP], "kms_key_arn": KEY}.items()
    },
    "three-subnets": (restored(subnet_ids=SUBNETS[:3]), IDS, f'subnet_ids = ["{SUBNETS[0]}"'),
    "same-subnet": (restored(subnet_ids=SUBNETS[:1] * 2), IDS, f'subnet_ids = ["{SUBNETS[0]}","{SUBNETS[0]}"]'),
    "one-zone": (
        restored(subnet_ids=SUBNETS[:2], throughput_capacity=160, deployment_type="SINGLE_AZ_2"),
        ZONES,
        "SINGLE_AZ_2",
    ),
    "odd-subnet": (restored(subnet_ids=["sn-1"]), IDS, 'subnet_ids = ["sn-1"]'),
    "null-subnet": (restored(subnet_ids=[None]), IDS, "subnet_ids = [null]"),
    "odd-group": (
        restored(security_group_ids=[GROUP, "default"]),
        IDS,
        f'security_group_ids = ["{GROUP}","default"]',
    ),
    "odd-svm": (
        {"volume_id": VOLUME, "restore_test": MONTHLY | {"storage_virtual_machine_id": "svm-1"}},
        IDS,
        'storage_virtual_machine_id = "svm-1"',
    ),
    **{
        f"speed-{n}": (restored(throughput_capacity=speed), CAPACITY, f"throughput_capacity = {speed}")
        for n, speed in enumerate([7, 100_001, 8.5])
    },
    "odd-type": (
        restored(throughput_capacity=64, deployment_type="PERSISTENT_2"),
        CAPACITY,
        "deployment_type = PERSISTENT_2",
    ),
    "windows-ha": (
        restored(of=FLEET | {"target_types": ["WINDOWS"]}, deployment_type="SINGLE_AZ_HA_1"),
        CAPACITY,
        "deployment_type = SINGLE_AZ_HA_1",
    ),
    "no-copies": (restored(source="eu-central-1"), SOURCE, "eu-central-1"),
    "home": (restored(of=copied("us-east-1"), source="eu-west-1"), SOURCE, "eu-west-1"),
    "far-key": (restored(kms_key_arn=FAR_KEY), OF_KEY, FAR_KEY),
    "near-key": (restored(of=copied("us-east-1"), source="us-east-1", kms_key_arn=KEY), OF_KEY, KEY),
    "alias": (restored(kms_key_arn="alias/backup"), OF_KEY, "alias/backup"),
}

# By the names of their plans.
REFUSED = {f"test-{key}": (plan, rule, f"test-{key} ({shown}") for key, (plan, rule, shown) in _REFUSED.items()}
