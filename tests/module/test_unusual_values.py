"""Values that are sensitive, known after apply only, null, or of different shapes."""

import json
from typing import Any

import pytest

from dev.terraform import TerraformError
from tests.module.inputs import GROUP, HOME, KEY, RULE, SUBNETS, TOPIC, VOLUME
from tests.module.reader import Reader
from tests.module.restore_tests import SVM, TEST
from tests.support.planning import ModulePlanner

DARK = f'{{ schedule = "rate(7 days)", storage_virtual_machine_id = "{SVM}" }}'
LATER = "${terraform_data.later.id}"


def secret(value: str) -> str:
    return f'${{sensitive("{value}")}}'


def refusal(reader: Reader, **calls: dict[str, Any]) -> str:
    with pytest.raises(TerraformError) as refused:
        reader.plan(**calls)
    return str(refused.value)


def test_a_sensitive_value_hides_neither_the_other_mistakes_nor_its_entry(reader: Reader) -> None:
    told = refusal(
        reader,
        one={
            "file_systems": {
                "good": {"file_system_id": secret(HOME["file_system_id"])},
                "secret": {"file_system_id": secret("fs-XYZ")},
                "open": {"file_system_id": "vol-0123"},
                "neither": {},
                "fleet": {
                    "target_tags": {"Stack": secret("a|b"), "Team": "e|f"},
                    "target_types": '${sensitive(["abc"])}',
                },
                "other": HOME | {"schedule": "cron(0 25 * * ? *)", "backup_tags": {"Team": secret("a|b"), "b": "c|d"}},
                "copied": HOME | {"copies": {"eu-central-1": {"kms_key_arn": secret("abc")}, "eu-west-1": {}}},
                "far": HOME | {"copies": "${sensitive({ us-east-1 = { retention = { days = 0 } } })}"},
                "third": {"file_system_id": secret(HOME["file_system_id"]), "retention": {"days": 0}},
                "tested": HOME | {"restore_test": TEST | {"source": secret("abc"), "subnet_ids": [secret("abc")]}},
                "dark": HOME | {"restore_test": '${sensitive({ schedule = "rate(abc)", hold_minutes = 1441 })}'},
            },
            "additional_targets": [secret("fs-abc")],
            "event_rules": {"night": secret("arn:abc")},
            "encryption": {"kms_key_arn": secret("alias/abc")},
            "notifications": {"emails": ["nobody", secret("abc")], "topic_arn": secret("abc")},
            "vpc": {"subnet_ids": [secret("abc")], "security_group_ids": [GROUP]},
            "tags": {"Owner": secret("a|b")},
            "report": {"schedule": secret("rate(abc)"), "notify": secret("abc"), "timezone": "Paris"},
        },
    )
    for shown in (
        "a volume, fsvol-…, is given by volume_id. Correct: open (vol-0123), secret (a sensitive value).",
        "give exactly one of file_system_id, volume_id and target_tags in: neither (none).",
        'fleet (a sensitive value), fleet (target_tags: "Team" = "e|f"), ',
        "omit it for all types. Correct: fleet (a sensitive value).",
        "other (cron(0 25 * * ? *): its hours must be 0 to 23, not 25)",
        "third (days = 0)",
        "far (a sensitive value)",
        "Correct it, or add the Region to copies: tested (a sensitive value).",
        "svm-0123456789abcdef0, each once. Correct: tested (a sensitive value).",
        "more than once an hour. Correct: dark (a sensitive value).",
        "hold_minutes one from 0 to 1440. Correct: dark (a sensitive value).",
        "to a storage_virtual_machine_id. Give: dark (subnet_ids).",
        "partition, like eu-central-1. Replace or remove: copied (eu-west-1: the deployment's own).",
        "copied (a sensitive value).",
        'other (a sensitive value), other (backup_tags: "b" = "c|d").',
        "additional_targets must be ids like fs-0123456789abcdef0 or fsvol-0123456789abcdef0. Correct: one id (a sens",
        "nightly. Correct: night (a sensitive value).",
        "kms_key_arn (a sensitive value).",
        'emails[0] ("nobody"), emails[1] (a sensitive value).',
        "topic_arn (a sensitive value).",
        "subnet_ids[0] (a sensitive value).",
        '"Owner" (a sensitive value).',
        "or never. Correct: schedule (a sensitive value), timezone (Paris), notify (a sensitive value).",
    ):
        assert shown in told
    assert "abc" not in told.replace("fs-0123456789abcdef0", "").replace("0123456789abcdef0", "")
    assert "XYZ" not in told
    assert "a|b" not in told
    assert "refers to sensitive values" not in told


def test_a_map_that_is_sensitive_as_a_whole_is_refused_with_the_remedy(reader: Reader) -> None:
    whole = f'${{sensitive({{ home = {{ file_system_id = "{HOME["file_system_id"]}" }} }})}}'
    told = refusal(reader, one={"file_systems": whole})
    assert "the map as a whole cannot be sensitive. Mark single values in it, or unmark it with" in told
    assert "nonsensitive(): file_systems." in told


def test_sensitive_values_are_planned(plan: ModulePlanner) -> None:
    planned = plan(
        file_systems={
            "home": {key: secret(value) for key, value in HOME.items()},
            "timed": HOME | {"schedule": secret("rate(2 hours)"), "max_backup_age_hours": "${sensitive(30)}"},
            "whole": f'${{sensitive({{ volume_id = "{VOLUME}" }})}}',
            "fleet": '${sensitive({ target_tags = { Backup = "daily" }, target_types = ["ONTAP"] })}',
            "tagged": {"target_tags": {"Backup": secret("daily")}},
            "copied": HOME | {"copies": {"us-east-1": {"completion_window_minutes": "${sensitive(60)}"}}},
            "far": HOME | {"copies": "${sensitive({ us-east-2 = { retention = { days = 1 } } })}"},
            "tested": HOME | {"restore_test": TEST | {"subnet_ids": [secret(SUBNETS[0])], "timezone": secret("UTC")}},
            "dark": {"volume_id": VOLUME, "restore_test": f"${{sensitive({DARK})}}"},
            "policy": HOME | {"copies": {"us-west-2": {"retention": "${sensitive({ days = 1 })}"}}},
        },
        notifications={"emails": [secret("storage@example.com"), "open@example.com", "open@example.com"]},
        additional_targets=[secret("fs-0123456789abcdef1")],
        health_check_interval_minutes="${sensitive(60)}",
        report={"timezone": secret("Europe/Paris")},
    )
    made = [values["name"] for values in planned.resources("aws_scheduler_schedule").values()]
    assert {"home", "timed", "whole", "fleet", "tagged", "copied", "far", "policy"} <= {*made}
    assert [made.count("tested"), made.count("dark")] == [2, 2]
    subscribed = planned.resources("aws_sns_topic_subscription")
    assert sorted(values["endpoint"] for values in subscribed.values()) == ["open@example.com", "storage@example.com"]
    assert 'module.fsx_backup.aws_sns_topic_subscription.email["open@example.com"]' in subscribed
    assert not any("storage" in address for address in subscribed)


def test_an_unknown_value_defers_its_own_rules_alone(reader: Reader) -> None:
    told = refusal(
        reader,
        one={
            "file_systems": {
                "made": {"file_system_id": LATER, "backup_tags": {"Vpc": LATER}, "retention": {"days": 0}},
                "odd-zone": HOME | {"timezone": "Paris", "backup_tags": {"Name": "x"}},
                "odd-volume": {"volume_id": "fsvol-1"},
                "stack": {"target_tags": {"Vpc": LATER, "vpc": "x"}},
                "copied": HOME
                | {"copies": {"us-east-1": {"kms_key_arn": LATER, "retention": {"days": 0}}, "eu-1": {}}},
                "tested": HOME | {"restore_test": TEST | {"subnet_ids": [LATER], "hold_minutes": -1}},
                "soon": HOME | {"schedule": f"cron({LATER} 2 * * ? *)", "start_window_minutes": 0},
            },
            "encryption": {"kms_key_arn": LATER, "create_key": False},
            "vpc": {"subnet_ids": [LATER, *SUBNETS], "security_group_ids": [GROUP]},
            "notifications": {"topic_arn": LATER, "create_topic": False, "emails": ["nobody"]},
            "event_rules": {"made": LATER, "b d": RULE},
            "additional_targets": [LATER],
            "tags": {"Vpc": LATER, "vpc": "x"},
            "maximum_concurrency": 1,
        },
    )
    for shown in (
        "made (days = 0)",
        "odd-zone (Paris)",
        "odd-zone (Name)",
        "odd-volume (fsvol-1)",
        "stack (target_tags: Vpc, vpc)",
        "copied (copies.us-east-1: days = 0)",
        "copied (eu-1: not a Region name)",
        "soon (start 0, completion 1440)",
        "tested (hold_minutes = -1)",
        "vpc (18 and 1)",
        'emails[0] ("nobody")',
        'Rename: "b d".',
        '"Vpc" and "vpc"',
        "maximum_concurrency (1)",
    ):
        assert shown in told


def test_what_must_be_known_in_the_plan_is_said(plan: ModulePlanner) -> None:
    with pytest.raises(TerraformError) as refused:
        plan(notifications={"emails": [LATER]})
    assert "notifications: emails name their subscriptions, so they must be known in the plan" in str(refused.value)


def test_nulls_everywhere_are_defaults(reader: Reader) -> None:
    optional = [
        "additional_targets", "event_rules", "encryption", "vpc", "package", "maximum_concurrency", "notifications",
        "reserved_concurrency", "tags", "health_check_interval_minutes", "report", "detailed_metrics", "name",
        "tracing", "log_retention_days", "max_restore_tests",
    ]  # fmt: skip
    reader.plan(one=dict.fromkeys([*optional, "file_systems"]))


def test_entries_of_different_shapes_come_from_yaml(reader: Reader) -> None:
    entries = json.dumps({"home": HOME, "database": {"volume_id": VOLUME, "retention": {"days": 3}, "enabled": False}})
    reader.plan(one={"file_systems": f"${{yamldecode({json.dumps(entries)})}}"})


def test_the_module_takes_for_each_and_count(reader: Reader) -> None:
    reader.plan(
        places={
            "for_each": '${toset(["a", "b"])}',
            "name": "${each.key}",
            "file_systems": {"home": HOME},
            "notifications": {"topic_arn": TOPIC},
            "encryption": {"kms_key_arn": KEY},
        },
        perhaps={"count": 0, "file_systems": {"home": HOME}},
    )
