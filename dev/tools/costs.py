"""Print the cost tables of docs/costs.md: what a deployment costs per month, from unit prices and counts.

Prices: AWS's list prices in US East (N. Virginia), without free tiers, as of June 2026.
"""

import sys
from math import ceil

# Per unit, in USD.
PRICE = {
    "custom metric, month": 0.30,  # the first 10,000; charged for the hours in which data arrives
    "alarm, month": 0.10,
    "dashboard, month": 3.00,
    "PutMetricData call": 0.01 / 1000,
    "key, month": 1.00,
    "key request": 0.03 / 10_000,
    "Scheduler invocation": 1.00 / 1_000_000,
    "Lambda request": 0.20 / 1_000_000,
    "Lambda GB-second, Arm": 0.0000133334,
    "SQS request": 0.40 / 1_000_000,
    "SNS mail": 2.00 / 100_000,
    "log GB": 0.50,
    "X-Ray trace": 5.00 / 1_000_000,
}
HOURS = 730
CHECKED_TOGETHER = 100  # modules/fsx_backup/checks.tf
RUNS = 6 * HOURS / 24  # every four hours
POLLS = 13  # of a backup of ten minutes, the one that makes it included


def of_a_plan(checks_a_day: float, polls: float = POLLS) -> "dict[str, tuple[float, str]]":
    """Quantity and price of each item that a plan adds, its checks without the message they share."""
    checks = checks_a_day * HOURS / 24
    invocations = RUNS * polls
    return {
        "5 metrics of checks": (5 * min(24, checks_a_day) / 24, "custom metric, month"),
        "5 metrics of runs, in 6 hours of 24": (5 * 6 / 24, "custom metric, month"),
        "freshness alarm": (1, "alarm, month"),
        "PutMetricData": (RUNS, "PutMetricData call"),
        "schedule invocations": (RUNS, "Scheduler invocation"),
        "function invocations": (invocations, "Lambda request"),
        "for 0.5 s with 256 MB": (invocations * 0.5 * 0.25, "Lambda GB-second, Arm"),
        "for 0.1 s of each check": (checks * 0.1 * 0.25, "Lambda GB-second, Arm"),
        "send, receive, keep or delete": (3 * invocations, "SQS request"),
        "mails to one address, successes included": (RUNS, "SNS mail"),
        "key: schedules and topic": (3 * RUNS, "key request"),
        "log, 1 KB per invocation and check": ((checks + invocations) / 1e6, "log GB"),
        "traces": (invocations, "X-Ray trace"),
    }


def of_checks(checks_a_day: float) -> "dict[str, tuple[float, str]]":
    """What up to a hundred plans add that are checked together."""
    checks = checks_a_day * HOURS / 24
    return {
        "PutMetricData": (checks, "PutMetricData call"),
        "schedule invocations": (checks, "Scheduler invocation"),
        "function invocations": (checks, "Lambda request"),
        "for 0.5 s with 256 MB": (checks * 0.5 * 0.25, "Lambda GB-second, Arm"),
        "send, receive, delete": (3 * checks, "SQS request"),
        "key: schedule": (checks, "key request"),
        "traces": (checks, "X-Ray trace"),
    }


def of_a_deployment() -> "dict[str, tuple[float, str]]":
    """What exists once, whatever the number of plans."""
    return {
        "7 alarms": (7, "alarm, month"),
        "dashboard": (1, "dashboard, month"),
        "key": (1, "key, month"),
        "key: two queues, new data keys every hour": (4 * HOURS, "key request"),
        "5 metrics of the deployment, in 1 hour of 24": (5 / 24, "custom metric, month"),
        "polling the empty queue, 5 pollers every 20 s": (5 * 3 * 60 * HOURS, "SQS request"),
    }


def cost(items: "dict[str, tuple[float, str]]") -> float:
    return sum(quantity * PRICE[price] for quantity, price in items.values())


def total(plans: int, checks_a_day: float) -> float:
    shared = ceil(plans / CHECKED_TOGETHER) * cost(of_checks(checks_a_day))
    return cost(of_a_deployment()) + shared + plans * cost(of_a_plan(checks_a_day))


def tables() -> str:
    lines = ["| plans | checked every hour | checked every 4 hours |", "|---:|---:|---:|"]
    lines += [f"| {plans} | ${total(plans, 24):,.2f} | ${total(plans, 6):,.2f} |" for plans in (1, 50, 500)]
    for title, items in (
        ("each plan, checked every hour", of_a_plan(24)),
        (f"each {CHECKED_TOGETHER} plans checked together", of_checks(24)),
        ("once per deployment", of_a_deployment()),
    ):
        lines += ["", f"| {title} | quantity per month | unit | price | cost |", "|---|---:|---|---:|---:|"]
        lines += [
            f"| {name} | {quantity:,.6g} | {price} | ${PRICE[price]:.10f}".rstrip("0").rstrip(".")
            + f" | ${quantity * PRICE[price]:.4f} |"
            for name, (quantity, price) in items.items()
        ]
        lines.append(f"| **together** | | | | **${cost(items):.4f}** |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(tables() + "\n")
