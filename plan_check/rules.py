"""What weakens protection: a setting that allows more or reports less, a schedule that fires less often. Pure."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from fsx_backup.model import zone
from fsx_backup.schedule_expression import Unreadable, parse

HORIZON = timedelta(days=400)  # a year and more
FAILURES_ONLY = '{"severity":["warning","error"]}'  # as the module writes failures_only
DAY = timedelta(days=1)
MOST_FIRINGS = 1500  # looked at one by one; after them only pauses of more than a day are


def _raised(before: float | None, after: float | None) -> bool:
    """Of a limit; null is none."""
    return before is not None and (after is None or after > before)


def _lowered(before: int, after: int | None) -> bool:
    """Of a retention rule; -1 keeps all."""
    return after != -1 and (before == -1 or (after or 0) < before)


def _loses(before: Any, after: Any) -> bool:
    return not set(before or []) <= set(after or [])


def _differs(before: Any, after: Any) -> bool:
    return bool(before != after)


def _quieter(before: Any, after: Any) -> bool:
    order = {"problems": 1, "always": 2}
    return order.get(after, 0) < order.get(before, 0)


def _filters(before: Any, after: Any) -> bool:
    return after not in (None, "", before, FAILURES_ONLY)


# (setting, whether a change weakens it, what follows). A setting that was not there before has no rule to break.
Rules = tuple[tuple[str, Callable[[Any, Any], bool], str], ...]
RETENTION: Rules = tuple(
    (rule, _lowered, "its retention is shortened, and the next run deletes what no rule keeps")
    for rule in ("days", "keep_last", "keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly")
)
RULES: dict[str, Rules] = {
    "backup": (
        *RETENTION,
        ("purge_tags", lambda old, new: not old.items() <= new.items(), "its purge reaches more backups"),
        ("adopt_tags", lambda old, new: new and new != old, "it adopts and purges other backups"),
        (
            "target_types",
            lambda old, new: new and _loses(old, new),
            "targets of other types are not backed up any more, and their backups become orphaned",
        ),
        ("flexible_window_minutes", _raised, "backups start later, and a late one is reported later"),
        ("start_window_minutes", _raised, "a backup that cannot start is reported later"),
        ("completion_window_minutes", _raised, "a backup that does not complete is reported later"),
        ("max_backup_age_hours", _raised, "a backup that is too old is reported later or never"),
    ),
    "copies": (*RETENTION, ("completion_window_minutes", _raised, "a copy that does not complete is reported later")),
    "health_check": (("additional_targets", _loses, "backups of these by direct invocation are denied"),),
    "report": (
        ("notify", _quieter, "fewer reports are sent"),
        ("require_coverage", lambda old, new: old and not new, "a target without a plan is no problem any more"),
    ),
    "aws_cloudwatch_metric_alarm": (
        ("alarm_actions", _loses, "who is notified by these is no longer notified"),
        ("actions_enabled", lambda old, new: old and not new, "nobody is notified"),
        ("treat_missing_data", lambda old, new: old == "breaching" != new, "it overlooks that the data stops"),
        *((name, _raised, "it goes into ALARM later") for name in ("threshold", "period", "evaluation_periods")),
        *(
            (name, _differs, "it watches something else")
            for name in ("namespace", "metric_name", "dimensions", "statistic", "comparison_operator")
        ),
    ),
    "aws_sns_topic_subscription": (("filter_policy", _filters, "the subscriber may be notified of less"),),
}


def weakened(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What a change of settings takes away, each with its remedy."""
    for setting, weaker, consequence in RULES.get(kind, ()):
        if setting in before and weaker(before[setting], after.get(setting)):
            old, new = json.dumps(before[setting]), json.dumps(after.get(setting))
            yield f"{setting} from {old} to {new}: {consequence}. Keep {setting} = {old}"


def fires_less(before: dict[str, Any], after: dict[str, Any], now: datetime) -> Iterator[str]:
    """Whether a schedule ends, or its longest pause grows."""
    old, new = ((side["schedule_expression"], side["schedule_expression_timezone"]) for side in (before, after))
    if old == new:
        return
    change, remedy = f"{' '.join(new)} instead of {' '.join(old)}", f"Keep {old[0]}"
    try:
        was, will = _rhythm(*old, now), _rhythm(*new, now)
    except (Unreadable, LookupError) as error:
        yield f"whether it would fire less often is unknown ({change}): {error}. {remedy}"
        return
    if will.end is not None and (was.end is None or will.end < was.end):
        yield f"would not fire again after {will.end:%Y-%m-%d %H:%M} UTC ({change}). {remedy}"
    elif will.pause > was.pause and was.end in (None, will.end):
        yield f"would fire less often, up to {_span(will.pause)} apart, not {_span(was.pause)} ({change}). {remedy}"


class Rhythm(NamedTuple):
    """The longest pause between firings in the coming 400 days, and the last firing if none follows them."""

    pause: timedelta
    end: datetime | None


@cache
def _rhythm(expression: str, timezone: str, now: datetime) -> Rhythm:
    schedule, tz = parse(expression, timezone, now), zone(timezone)
    fired, pause = schedule.until(now) or now, timedelta(0)
    for number in count():
        # Where there is a firing within the longest pause, none longer begins: those between need not be seen.
        reach = schedule.until(fired + (pause if number < MOST_FIRINGS else max(pause, DAY)))
        if reach and reach > fired:
            fired = reach
        else:
            following = schedule.after(fired)
            if following is None:
                return Rhythm(pause, fired)
            # By the clock where that is less: a day is no longer for having 25 hours in autumn.
            local = following.astimezone(tz).replace(tzinfo=None) - fired.astimezone(tz).replace(tzinfo=None)
            pause, fired = max(pause, min(local, following - fired)), following
        if fired - now > HORIZON:
            break
    return Rhythm(pause, None)


def _span(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    sizes = ((1440, "day"), (60, "hour"), (1, "minute"))
    size, unit = next((size, unit) for size, unit in sizes if minutes % size == 0 or minutes > 100 * size)
    return f"{minutes // size} {unit}{'' if minutes == size else 's'}"
