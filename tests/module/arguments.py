"""What the module takes and refuses of its other arguments, as inputs.py has it for plans."""

from typing import Any

from tests.module.inputs import FILTERED, GROUP, HOME, KEY, RULE, SIGNING, SUBNETS, TICKETS, TOPIC, VOLUME, Refused

ACCEPTED_ARGUMENTS: list[dict[str, Any]] = [
    {"name": "a"},
    {"name": "Prod_backups-" + "x" * 37},
    {"additional_targets": ["fs-01234567", VOLUME]},
    {"event_rules": {"nightly": RULE, "on_a-bus": "arn:aws-us-gov:events:eu-west-1:123456789012:rule/bus/x.y_z"}},
    {"encryption": {"kms_key_arn": KEY}},
    {"encryption": {"kms_key_arn": KEY.replace("key/", "key/mrk-"), "create_key": False}},
    {"encryption": {"create_key": True}},
    {"permissions_boundary_arn": "arn:aws:iam::123456789012:policy/team/boundary"},
    {"permissions_boundary_arn": "arn:aws-cn:iam::aws:policy/PowerUserAccess"},
    {"vpc": {"subnet_ids": SUBNETS[:16], "security_group_ids": [GROUP] * 5}},
    {"vpc": {"subnet_ids": ["subnet-01234567"], "security_group_ids": ["sg-01234567"]}},
    {"package": {"s3_bucket": "b", "s3_key": "k", "s3_object_version": "v", "code_signing_config_arn": SIGNING}},
    {"health_check_interval_minutes": 5, "detailed_metrics": True},
    {"health_check_interval_minutes": 720, "report": {"schedule": "rate(7 days)", "notify": "never"}},
    {"report": {"timezone": "Europe/Paris", "notify": "always", "require_coverage": True}},
    {"log_retention_days": 0},
    {"log_retention_days": 3653},
    {"maximum_concurrency": 2, "max_restore_tests": 1},
    {"max_restore_tests": 100},
    {"maximum_concurrency": 1000, "reserved_concurrency": 1000},
    {"tags": {"Cost Centre": "42", **{f"t{n}": "x" for n in range(48)}}},
    {"notifications": {"emails": ["a.b+c@mail.example.com"], "runbook_url": "https://wiki.example.com/x?y=z"}},
    {"notifications": {"topic_arn": TOPIC, "create_topic": False, "alarm_topic_arn": TOPIC}},
    {"notifications": {"alarm_topic_arn": TOPIC, "create_alarm_topic": False, "subscriptions": {"some": FILTERED}}},
    {"notifications": {"topic_arn": "arn:aws-iso-b:sns:eu-west-1:123456789012:a_B-1"}},
    {
        "notifications": {
            "subscriptions": {
                "phone": {"protocol": "sms", "endpoint": "+33123456789"},
                "program": {"protocol": "lambda", "endpoint": "arn:aws:lambda:eu-west-1:123456789012:function:f:live"},
                "hook": {"protocol": "https", "endpoint": "https://hooks.example.com/x", "failures_only": True},
                "json": {"protocol": "email-json", "endpoint": "a@example.com", "filter_policy": '{"plan": ["home"]}'},
            }
        }
    },
]

SUBSCRIPTION = {"protocol": "sqs", "endpoint": TICKETS}
LONG = "x" * 51
# By Terraform's types, which take "7" for 7 and null for the default, and by the validation of a plain value.
REFUSED_VALUES: list[Refused] = [
    *(
        ({"file_systems": {"home": HOME | {"retention": {"days": days}}}}, "number", '"home": {')
        for days in ("seven", True, [7], {"days": 7})
    ),
    ({"name": ""}, "name must be 1 to 50 letters, digits, '_' or '-'", '""'),
    ({"name": LONG}, "name must be 1 to 50 letters, digits, '_' or '-'", f'"{LONG}"'),
    ({"name": "fsx.backup"}, "name must be 1 to 50 letters, digits, '_' or '-'", '"fsx.backup"'),
    ({"name": "default"}, 'name must not be "default": every Region already has a schedule group', "Choose another"),
    (
        {"permissions_boundary_arn": "boundary"},
        "permissions_boundary_arn must be the ARN of a managed policy, like arn:aws:iam::123456789012:policy/boundary",
        '"boundary"',
    ),
    *(
        ({"max_restore_tests": n}, "max_restore_tests must be a whole number from 1 to 100", f"not {n}")
        for n in (0, 101, 1.5)
    ),
    ({"log_retention_days": 31}, "log_retention_days must be one of 0 (indefinitely), 1, 3, 5, 7", "not 31"),
]

REFUSED_ARGUMENTS: list[Refused] = [
    ({"additional_targets": ["fs-1", VOLUME]}, "additional_targets must be ids like fs-0123", "one id (fs-1)."),
    ({"event_rules": {"a b": RULE}}, "event_rules: a key becomes part of the permission's id and must have", '"a b"'),
    ({"event_rules": {"n": KEY}}, "event_rules must be ARNs of EventBridge rules, like arn:aws:events", f"n ({KEY})"),
    ({"event_rules": {"n": None}}, "event_rules must be ARNs of EventBridge rules, like arn:aws:events", "n (null)"),
    (
        {"encryption": {"kms_key_arn": "alias/x"}},
        "encryption.kms_key_arn must be the ARN of a key",
        "kms_key_arn (alias/x)",
    ),
    (
        {"encryption": {"kms_key_arn": KEY, "create_key": True}},
        "encryption.create_key contradicts encryption.kms_key_arn: set one of them",
        "create_key = false with the kms_key_arn",
    ),
    (
        {"vpc": {"subnet_ids": [], "security_group_ids": [GROUP]}},
        "vpc: give 1 to 16 subnet_ids and 1 to 5",
        "vpc (0 and 1)",
    ),
    ({"vpc": {"subnet_ids": SUBNETS, "security_group_ids": [GROUP]}}, "vpc: give 1 to 16 subnet_ids", "vpc (17 and 1)"),
    ({"vpc": {"subnet_ids": None, "security_group_ids": [GROUP]}}, "vpc: give 1 to 16 subnet_ids", "vpc (0 and 1)"),
    ({"vpc": {"subnet_ids": ["sn-1"], "security_group_ids": [GROUP]}}, "vpc: ids must look like subnet-0123", '"sn-1"'),
    (
        {"package": {"s3_bucket": "b"}},
        "package: s3_bucket and s3_key belong together: give both or neither",
        "s3_bucket b, s3_key null",
    ),
    (
        {"package": {"path": "x.zip", "s3_bucket": "b", "s3_key": "k"}},
        "package: path and s3_bucket name two packages: give one of them",
        "package (path x.zip, s3_bucket b)",
    ),
    (
        {"package": {"s3_object_version": "7"}},
        "package: s3_object_version is the version of an object",
        "s3_object_version (7)",
    ),
    (
        {"package": {"code_signing_config_arn": "csc"}},
        "package.code_signing_config_arn must look like",
        "code_signing_config_arn (csc)",
    ),
    (
        {"package": {"code_signing_config_arn": SIGNING}},
        "package.code_signing_config_arn would refuse the module's own package, which is not signed: give a signed one",
        f"code_signing_config_arn ({SIGNING})",
    ),
    (
        {"maximum_concurrency": 1},
        "maximum_concurrency must be a whole number from 2 to 1000",
        "maximum_concurrency (1)",
    ),
    (
        {"maximum_concurrency": 2.5},
        "maximum_concurrency must be a whole number from 2 to 1000",
        "maximum_concurrency (2.5)",
    ),
    (
        {"reserved_concurrency": 1},
        "reserved_concurrency must be null or a whole number of at least",
        "(1, maximum_concurrency 5)",
    ),
    ({"tags": {"aws:x": "y"}}, "tags: a key must have 1 to 128, a value 1 to 256", '"aws:x" ("y")'),
    ({"tags": {"fsx-backup:deployment": "y"}}, "tags: a key must have 1 to 128", '"fsx-backup:deployment" ("y")'),
    ({"tags": {"AWS:team": "x"}}, "tags: a key must have 1 to 128", '"AWS:team" ("x")'),
    ({"tags": {"empty": ""}}, "tags: a key must have 1 to 128, a value 1 to 256", '"empty" ("")'),
    (
        {"tags": {"Owner": "a", "owner": "b"}},
        "tags: IAM does not distinguish keys that differ in letter case",
        '"Owner" and',
    ),
    *(
        (
            {"health_check_interval_minutes": minutes},
            "health_check_interval_minutes must be a whole number from 5 to 720",
            f"health_check_interval_minutes ({minutes})",
        )
        for minutes in (4, 721, 30.5)
    ),
    *(
        (
            {"report": report},
            "report: schedule must be cron(...) or rate(...) as in EventBridge Scheduler",
            f"Correct: {shown}",
        )
        for report, shown in (
            ({"schedule": "at(2035-12-31T23:00:00)"}, "schedule (at(2035-12-31T23:00:00): it fires once)."),
            ({"schedule": "rate(1 week)"}, "schedule (rate(1 week): rate takes a whole number"),
            ({"timezone": "Europe/PARIS"}, "timezone (Europe/PARIS)."),
            ({"notify": "Always"}, "notify (Always)."),
        )
    ),
    (
        {"additional_targets": [f"fs-{n:017x}" for n in range(12_000)]},
        "A schedule's input has 256 KB at most, and these name all plans and additional_targets.",
        "health-check, report.",
    ),
    ({"tags": {"a": "b|c"}}, "tags: a key must have 1 to 128", '"a" ("b|c")'),
    ({"tags": {f"t{n}": "x" for n in range(50)}}, "tags: a resource has 50 tags at most", "tags (50)"),
    (
        {"notifications": {"emails": ["a@example.com", "b"]}},
        "notifications.emails must be e-mail addresses",
        'Correct: emails[1] ("b").',
    ),
    (
        {"notifications": {"emails": [None]}},
        "notifications.emails must be e-mail addresses",
        "Correct: emails[0] (null).",
    ),
    (
        {"notifications": {"topic_arn": "alerts"}},
        "notifications.topic_arn and alarm_topic_arn must be ARNs",
        'topic_arn ("alerts")',
    ),
    (
        {"notifications": {"topic_arn": f"{TOPIC}.fifo"}},
        "notifications.topic_arn and alarm_topic_arn must",
        f'topic_arn ("{TOPIC}.fifo")',
    ),
    (
        {"notifications": {"alarm_topic_arn": KEY}},
        "notifications.topic_arn and alarm_topic_arn must",
        f'alarm_topic_arn ("{KEY}")',
    ),
    (
        {"notifications": {"create_topic": True, "topic_arn": TOPIC}},
        "notifications.create_topic contradicts notifications.topic_arn: set one of them",
        "create_topic = false with the topic_arn",
    ),
    (
        {"notifications": {"create_alarm_topic": True, "alarm_topic_arn": TOPIC}},
        "notifications.create_alarm_topic contradicts notifications.alarm_topic_arn: set one of them",
        "create_alarm_topic = false with the alarm_topic_arn",
    ),
    (
        {"notifications": {"topic_arn": TOPIC, "alarm_topic_arn": TOPIC, "subscriptions": {"some": FILTERED}}},
        "notifications.alarm_topic_arn is the same topic as topic_arn",
        "or remove the filters: some.",
    ),
    ({"notifications": {"runbook_url": "my wiki"}}, "notifications.runbook_url appears in every alarm's", '"my wiki"'),
    (
        {
            "notifications": {
                "subscriptions": {"bird": SUBSCRIPTION | {"protocol": "carrier pigeon"}, "good": SUBSCRIPTION}
            }
        },
        "notifications.subscriptions: protocol must be email, email-json, sms, sqs, lambda, http or https.",
        "Correct: bird (carrier pigeon).",
    ),
    (
        {"notifications": {"subscriptions": {"mail": SUBSCRIPTION | {"protocol": "email"}, "good": SUBSCRIPTION}}},
        "notifications.subscriptions: endpoint must be an e-mail address, a phone number like +33123456789, the ARN",
        f"Correct: mail (email: {SUBSCRIPTION['endpoint']}).",
    ),
    (
        {"notifications": {"subscriptions": {"none": {"protocol": "sms", "endpoint": None}}}},
        "notifications.subscriptions: endpoint must be",
        "none (sms: null)",
    ),
    (
        {"notifications": {"subscriptions": {"some": SUBSCRIPTION | {"filter_policy": "severity=error"}}}},
        "notifications.subscriptions: filter_policy must be a JSON object, and not together with failures_only.",
        "some (severity=error)",
    ),
]
