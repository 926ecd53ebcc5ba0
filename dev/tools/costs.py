"""Write the tables of docs/costs.md: what a deployment costs per month, from unit prices and quantities.

Prices: AWS's list prices in US East (N. Virginia), without free tiers, as of June 2026.
"""

from pathlib import Path

from dev import region

PAGE = Path(__file__).resolve().parents[2] / "docs" / "costs.md"
# Per unit, in USD.
PRICE = {
    "custom metric, month": 0.30,  # the first 10,000; charged for the hours in which data arrives
    "alarm, month": 0.10,
    "dashboard, month": 3.00,
    "PutMetricData call": 0.01 / 1000,
    "key version, month": 1.00,  # the key's first, and each of its first two rotations
    "key request": 0.03 / 10_000,
    "Scheduler invocation": 1.00 / 1_000_000,
    "Lambda request": 0.20 / 1_000_000,
    "Lambda GB-second, Arm": 0.0000133334,
    "SQS request": 0.40 / 1_000_000,
    "SNS request": 0.50 / 1_000_000,
    "SNS mail": 2.00 / 100_000,
    "log GB": 0.50,
    "X-Ray trace": 5.00 / 1_000_000,
}
FLEETS = (1, 50, 500)
DAYS = 730 / 24
# What the module makes, by resource, and how its function is set: held against its plan by the tests.
MADE = {
    "aws_cloudwatch_metric_alarm": 8,
    "aws_cloudwatch_dashboard": 1,
    "aws_kms_key": 1,
    "aws_sqs_queue": 2,
    "aws_scheduler_schedule": 3,
}
MEMORY_MB, CONCURRENCY, CHECK_MINUTES = 512, 5, 30
# Metrics with data, of each kind of message: held against the function by the tests.
METRICS = {"check": 6, "report": 5, "run": 4}
DETAILED = {"check": 2, "run": 1}  # more, of each plan
RUNS = 6  # a day: every four hours
CHECKS = 24 * 60 / CHECK_MINUTES
POLLS = 13  # of a backup of ten minutes, the one that makes it included
STEP_SECONDS = 0.5
SECONDS_OF_A_PLAN = 0.06  # of a check or a report, as measured at most

Items = dict[str, tuple[float, str]]


def traced(invocations: int) -> float:
    """Of those at the same moment. Lambda traces one a second, and 5% of the others."""
    rate = min(invocations, CONCURRENCY / STEP_SECONDS)
    return invocations * (1 + 0.05 * (rate - 1)) / rate


def items(plans: int, *, detailed: bool = False) -> Items:
    """Quantity a month and unit of everything that a deployment costs."""
    runs, checks, reports = RUNS * plans * DAYS, CHECKS * DAYS, DAYS
    steps = runs * POLLS
    invocations = steps + checks + reports
    seconds = STEP_SECONDS * invocations + SECONDS_OF_A_PLAN * plans * (checks + reports)
    more = {kind: count * plans * detailed for kind, count in DETAILED.items()}
    return {
        "alarms": (MADE["aws_cloudwatch_metric_alarm"], "alarm, month"),
        "dashboard": (MADE["aws_cloudwatch_dashboard"], "dashboard, month"),
        "key, rotated twice": (3 * MADE["aws_kms_key"], "key version, month"),
        "metrics of checks": (METRICS["check"] + more["check"], "custom metric, month"),
        f"metrics of runs, in {RUNS} hours of 24": ((METRICS["run"] + more["run"]) * RUNS / 24, "custom metric, month"),
        "metrics of reports, in 1 hour of 24": (METRICS["report"] / 24, "custom metric, month"),
        "PutMetricData": (runs + checks + reports, "PutMetricData call"),
        "schedules firing": (runs + checks + reports, "Scheduler invocation"),
        "key: messages and mails of runs": (3 * runs, "key request"),
        "key: the plans' schedules, read by checks and reports": (
            (plans + 1) * (checks + reports),
            "key request",
        ),
        "key: data keys of the queues, every hour": (2 * MADE["aws_sqs_queue"] * 24 * DAYS, "key request"),
        "function invocations": (invocations, "Lambda request"),
        f"function, {MEMORY_MB} MB": (seconds * MEMORY_MB / 1024, "Lambda GB-second, Arm"),
        "send, receive, keep or delete": (3 * invocations, "SQS request"),
        f"polling the empty queue, {CONCURRENCY} pollers every 20 s": (CONCURRENCY * 3 * 60 * 24 * DAYS, "SQS request"),
        "notifications": (runs + reports, "SNS request"),
        "mails to one address": (runs + reports, "SNS mail"),
        "log, 1 KB per invocation and line of a report": ((invocations + plans * reports) / 1e6, "log GB"),
        "traces": (RUNS * POLLS * DAYS * traced(plans) + checks + reports, "X-Ray trace"),
    }


def cost(plans: int, *, detailed: bool = False) -> float:
    return sum(quantity * PRICE[unit] for quantity, unit in items(plans, detailed=detailed).values())


def tables() -> str:
    lines = ["| plans | a month | with `detailed_metrics` |", "|---:|---:|---:|"]
    lines += [f"| {plans} | ${cost(plans):,.2f} | ${cost(plans, detailed=True):,.2f} |" for plans in FLEETS]
    lines += [
        "",
        f"| quantity and cost a month | price | {' | '.join(f'{n} plans' for n in FLEETS)} |".replace(
            " 1 plans", " 1 plan"
        ),
    ]
    lines.append("|---|---:|" + "---:|" * len(FLEETS))
    for name, (_, unit) in items(1).items():
        quantities = [items(plans)[name][0] for plans in FLEETS]
        cells = [f"{quantity:,.4g}" if quantity < 1000 else f"{quantity:,.0f}" for quantity in quantities]
        priced = [f"{cell}: ${quantity * PRICE[unit]:.3f}" for cell, quantity in zip(cells, quantities, strict=True)]
        price = f"${PRICE[unit]:.10f}".rstrip("0").rstrip(".")
        lines.append(f"| {name} | {price} per {unit.replace(', month', '')} | {' | '.join(priced)} |")
    return "\n".join(lines) + "\n"


def total() -> str:
    return "costs: " + " ".join(f"{plans}=${cost(plans):.2f}" for plans in FLEETS)


if __name__ == "__main__":
    region.write(PAGE, "costs", tables())
    print(tables())
    print(total())
