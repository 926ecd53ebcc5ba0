"""Draw the dashboard as an SVG: `python -m sandbox.dashboard_picture docs/dashboard.svg [PLANS]`.

The body is the one that Terraform plans; the data comes from the sandbox's CloudWatch, where three days of a deployment
were published through the function's own code. LocalStack has no search expressions, so the few forms that the body
uses are worked out here.
"""

import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.aws import ROOT, Sandbox
from sandbox.svg import Series, alarms, chart, document, text
from sandbox.terraform import Plan, Stack

sys.path.insert(0, str(ROOT / "lambda_src"))
from fsx_backup import metrics
from fsx_backup.health import Health, Survey

NAME = "hpc"
HOURS = 72
STALE = 2  # this plan's backups stopped 15 hours ago
WORDS = ("home", "scratch", "projects", "db", "genomics", "render", "archive", "ci", "mail", "web", "finance", "lab")


def main() -> None:
    target, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 12
    names = [WORDS[n % len(WORDS)] + (f"-{n // len(WORDS)}" if n >= len(WORDS) else "") for n in range(count)]
    plans = {
        name: {"file_system_id": f"fs-{n:017x}", "max_backup_age_hours": 30 if n % 4 == 3 else 6}
        for n, name in enumerate(names)
    }
    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        stack = Stack.of_root(Path(folder), sandbox.environment())
        stack.set_variables({"name": NAME, "file_systems": plans})
        stack.init()
        planned = stack.plan()
        publish(sandbox, plans)
        make_alarms(sandbox, planned, names[STALE])
        [dashboard] = planned.resources("aws_cloudwatch_dashboard").values()
        target.write_text(draw(json.loads(dashboard["dashboard_body"]), sandbox.client("cloudwatch")))


def publish(sandbox: Sandbox, plans: dict[str, dict[str, Any]]) -> None:
    """Three days: a check of every plan each hour, runs every 4 or 24 hours, and what goes wrong now and then."""
    chance = random.Random(5)
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    data: list[Any] = []
    for number, (name, plan) in enumerate(plans.items()):
        every = 24 if plan["max_backup_age_hours"] == 30 else 4
        dimensions = [{"Name": "Deployment", "Value": NAME}, {"Name": "Plan", "Value": name}]
        for hour in range(HOURS):
            now = end - timedelta(hours=HOURS - hour)
            since = (hour + number) % every
            stopped = number == STALE and hour >= HOURS - 15
            age = hour - (HOURS - 16) + 1.0 if stopped else since + 0.2
            good = 42 if every == 4 else 7
            health = Health(None, age, good, int(stopped) * 3, int(since == 0), (number + 1) * good * 2**33)
            data += metrics.of_health(health, NAME, name, now)
            if since == 0:
                failed = stopped or chance.random() < 0.03
                values = {"Created": 1, "Completed": 1 - failed, "Failed": int(failed), "Purged": 1 - failed}
                values["Duration"] = chance.randint(300, 2400) + 300 * number
                data += [
                    {"MetricName": key, "Dimensions": dimensions, "Timestamp": now, "Value": value}
                    for key, value in values.items()
                ]
    for day in range(3):
        now = end - timedelta(hours=2 + 24 * day)
        survey = Survey({"old": 9}, {"LUSTRE": 412 - 20 * day, "OPENZFS": 380, "WINDOWS": 84, "ONTAP": 42})
        data += metrics.of_survey(survey, metrics.DEFAULT_QUOTAS, NAME, now)
    client = sandbox.client("cloudwatch")
    metrics.publish(client, data)
    for namespace, name, dimension, value in (
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName", f"{NAME}-dead-letters"), lambda _: 0),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", ("QueueName", NAME), lambda hour: 60 + hour * 37 % 500),
        ("AWS/Lambda", "Errors", ("FunctionName", NAME), lambda hour: 2 * (hour == 19)),
        ("AWS/Lambda", "Throttles", ("FunctionName", NAME), lambda hour: hour == 30),
    ):
        points = [
            {
                "MetricName": name,
                "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
                "Timestamp": end - timedelta(hours=HOURS - hour),
                "Value": int(value(hour)),
            }
            for hour in range(HOURS)
        ]
        client.put_metric_data(Namespace=namespace, MetricData=points)


def make_alarms(sandbox: Sandbox, planned: Plan, stale: str) -> None:
    """Their states are set: nobody waits for an hour's period here."""
    client = sandbox.client("cloudwatch")
    for values in planned.resources("aws_cloudwatch_metric_alarm").values():
        name = values["alarm_name"]
        client.put_metric_alarm(
            AlarmName=name,
            Namespace=values["namespace"],
            MetricName=values["metric_name"],
            Statistic=values["statistic"],
            Period=86400,
            EvaluationPeriods=1,
            Threshold=values["threshold"],
            ComparisonOperator=values["comparison_operator"],
            TreatMissingData="ignore",
        )
        state = "ALARM" if name == f"{NAME}-freshness-{stale}" else "OK"
        client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="for the picture")


class Data:
    """A widget's metrics, worked out from CloudWatch."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.end = datetime.now(UTC)
        self.known = [metric for page in client.get_paginator("list_metrics").paginate() for metric in page["Metrics"]]

    def series(self, entries: list[list[Any]]) -> list[Series]:
        """The visible lines of a widget."""
        found: dict[str, Series] = {}
        shown: list[Series] = []
        for entry in sorted(entries, key=lambda entry: isinstance(entry[0], dict)):  # metrics before what uses them
            options = entry[-1] if isinstance(entry[-1], dict) else {}
            lines = (
                list(self.expression(options, found)) if isinstance(entry[0], dict) else [self.metric(entry, options)]
            )
            found.update({options["id"]: lines[0]} if "id" in options and lines else {})
            shown += lines if options.get("visible", True) else []
        return shown

    def metric(self, entry: list[Any], options: dict[str, Any]) -> Series:
        words = [word for word in entry if isinstance(word, str)]
        dimensions = [{"Name": key, "Value": value} for key, value in zip(words[2::2], words[3::2], strict=True)]
        metric = {"Namespace": words[0], "MetricName": words[1], "Dimensions": dimensions}
        points = self.points(metric, options.get("stat", "Average"), options.get("period", 3600))
        return Series(options.get("label", words[1]), points, options.get("color"), options.get("yAxis") == "right")

    def expression(self, options: dict[str, Any], found: dict[str, Series]) -> Iterator[Series]:
        expression, label, color = options["expression"], options["label"], options.get("color")
        if share := re.fullmatch(r"100 \* (\w+) / ([\d.]+)", expression):
            points = found[share[1]].points
            yield Series(label, [(at, 100 * value / float(share[2])) for at, value in points], color)
            return
        search = re.search(r"SEARCH\('\{([^}]*)\} ([^']*)', '(\w+)', (\d+)\)", expression)
        if search is None:
            raise ValueError(f"not an expression that this program knows: {expression}")
        namespace, *keys = search[1].split(",")
        wanted = dict(re.findall(r'(\w+)="([^"]*)"', search[2]))
        lines = []
        for metric in self.known:
            dimensions = {item["Name"]: item["Value"] for item in metric["Dimensions"]}
            has = {**dimensions, "MetricName": metric["MetricName"]}
            if metric["Namespace"] == namespace and set(dimensions) == set(keys) and has.items() >= wanted.items():
                named = re.search(r"PROP\('Dim\.(\w+)'\)", label)
                name = dimensions[named[1]] if named else label
                lines.append(Series(name, self.points(metric, search[3], int(search[4])), color))
        if expression.startswith("SUM("):
            sums: dict[float, float] = {}
            for line in lines:
                for at, value in line.points:
                    sums[at] = sums.get(at, 0) + value
            yield Series(label, sorted(sums.items()), color)
        elif expression.startswith("SORT("):
            limit = int(expression.rstrip(")").rpartition(" ")[2])
            yield from sorted(lines, key=lambda line: -max(value for _, value in line.points))[:limit]
        else:
            yield from lines

    def points(self, metric: dict[str, Any], statistic: str, period: int) -> list[tuple[float, float]]:
        answer = self.client.get_metric_statistics(
            Namespace=metric["Namespace"],
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=self.end - timedelta(hours=HOURS),
            EndTime=self.end,
            Period=period,
            Statistics=[statistic],
        )
        begin = self.end - timedelta(hours=HOURS)
        points = [
            ((point["Timestamp"] - begin).total_seconds() / 3600, point[statistic]) for point in answer["Datapoints"]
        ]
        return sorted(point for point in points if point[0] >= 0)


def draw(body: dict[str, Any], client: Any) -> str:
    data = Data(client)
    states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in client.describe_alarms()["MetricAlarms"]}
    parts = []
    for widget in body["widgets"]:
        properties = widget["properties"]
        if widget["type"] == "text":
            parts.append(text(widget, properties["markdown"]))
        elif widget["type"] == "alarm":
            names = [arn.rpartition(":")[2] for arn in properties["alarms"]]
            parts.append(alarms(widget, properties["title"], [(name, states[name]) for name in names]))
        else:
            parts.append(chart(widget, properties, data.series(properties["metrics"]), HOURS))
    return document(body["widgets"], parts)


if __name__ == "__main__":
    main()
