"""Changes of a plan, reduced to what the check reads of them."""

import json
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 9, 20, 10, 7, 3, tzinfo=UTC)
RETENTION = {"days": 7, "keep_last": 1, "keep_weekly": 4, "keep_yearly": -1, "max_deletes": 50}
PLAN = {
    "name": "home",
    "file_system_id": "fs-0123456789abcdef0",
    "retention": RETENTION,
    "purge_tags": {"Team": "hpc"},
    "adopt_tags": {"Name": "old"},
    "flexible_window_minutes": 10,
    "start_window_minutes": 240,
    "completion_window_minutes": 1440,
    "max_backup_age_hours": 26,
}
COPY = {"retention": RETENTION, "kms_key_arn": "arn:aws:kms:…", "completion_window_minutes": 1440}
EVERY_FOUR_HOURS = "cron(0 0/4 * * ? *)"


def sending(
    message: dict[str, Any], expression: str = EVERY_FOUR_HOURS, timezone: str = "UTC", state: str = "ENABLED"
) -> dict[str, Any]:
    message = {"scheduled_time": "<aws.scheduler.scheduled-time>", "version": 1} | message
    return {
        "schedule_expression": expression,
        "schedule_expression_timezone": timezone,
        "state": state,
        "target": [{"input": json.dumps(message)}],
    }


def schedule(state: str = "ENABLED", **plan: Any) -> dict[str, Any]:
    return sending({"action": "backup", "plan": PLAN | plan}, state=state)


def change(
    actions: str, before: Any, after: Any, *, index: str | None = "home", type_: str = "aws_scheduler_schedule",
    name: str = "backup", module: str = "module.fsx_backup",
) -> dict[str, Any]:  # fmt: skip
    local = f"{type_}.{name}" + (f'["{index}"]' if index else "")
    return {
        "address": f"{module}.{local}" if module else local,
        **({"module_address": module} if module else {}),
        **({"index": index} if index else {}),
        "mode": "managed", "type": type_, "name": name,
        "change": {"actions": actions.split("+"), "before": before, "after": after},
    }  # fmt: skip


KEPT = change("no-op", schedule(), schedule(), index="kept")


def updated(**plan: Any) -> dict[str, Any]:
    return change("update", schedule(), schedule(**plan))


def copied(*regions: str, **copy: Any) -> dict[str, Any]:
    return schedule(copies=dict.fromkeys(regions, COPY | copy))


def fleet(tags: dict[str, str], *types: str, **other: Any) -> dict[str, Any]:
    plan = {name: value for name, value in PLAN.items() if name != "file_system_id"} | {"target_tags": tags} | other
    return sending({"action": "backup", "plan": plan | ({"target_types": [*types]} if types else {})})


def fires(before: str, after: str, state: str = "ENABLED") -> dict[str, Any]:
    """Expressions of a plan, each with its zone where that is not UTC."""
    message = {"action": "backup", "plan": PLAN}
    old, new = (sending(message, *text.split(" in ")) | {"state": state} for text in (before, after))
    return change("update", old, new)


def check(minutes: int, *targets: str) -> dict[str, Any]:
    message = {"action": "check", "interval_minutes": minutes, "plans": ["home"], "additional_targets": [*targets]}
    return sending(message, f"rate({minutes} minutes)")


def report(notify: str = "problems", *, covered: bool = False, **values: str) -> dict[str, Any]:
    message = {"action": "report", "plans": ["home"], "notify": notify, "require_coverage": covered}
    return sending(message, **({"expression": "cron(0 6 * * ? *)"} | values))


def checks(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return change("update", before, after, index=None, name="health_check")


def reports(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return change("update", before, after, index=None, name="report")


ALARM = {
    "alarm_actions": ["storage"], "actions_enabled": True, "threshold": 0, "period": 3600, "evaluation_periods": 1,
    "treat_missing_data": "breaching", "metric_name": "LatePlans", "ok_actions": ["storage"],
}  # fmt: skip


def alarm(**values: Any) -> dict[str, Any]:
    return change("update", ALARM, ALARM | values, index="late", type_="aws_cloudwatch_metric_alarm", name="this")


def filtering(before: str | None, after: str | None) -> dict[str, Any]:
    sides = [{"filter_policy": policy} for policy in (before, after)]
    return change("update", *sides, index="pager", type_="aws_sns_topic_subscription", name="other")
