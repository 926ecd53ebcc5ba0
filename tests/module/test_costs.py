"""docs/costs.md counts what the module makes."""

from dev.terraform import Plan
from dev.tools import costs


def test_the_costs_count_what_the_module_makes(own_key: Plan) -> None:
    assert {type_: len(own_key.resources(type_)) for type_ in costs.MADE} == costs.MADE
    [function] = own_key.resources("aws_lambda_function").values()
    assert function["memory_size"] == costs.MEMORY_MB
    [mapping] = own_key.resources("aws_lambda_event_source_mapping").values()
    assert mapping["scaling_config"] == [{"maximum_concurrency": costs.CONCURRENCY}]
    [queue] = [queue for queue in own_key.resources("aws_sqs_queue").values() if queue["receive_wait_time_seconds"]]
    assert queue["receive_wait_time_seconds"] == 20
    schedules = own_key.resources("aws_scheduler_schedule")
    rhythms = {address.split(".")[-1]: schedule["schedule_expression"] for address, schedule in schedules.items()}
    assert rhythms == {
        'backup["home"]': f"cron(0 0/{24 // costs.RUNS} * * ? *)",
        "health_check": f"rate({costs.CHECK_MINUTES} minutes)",
        "report": "cron(0 6 * * ? *)",
    }


def test_what_exists_once_does_not_grow_with_the_plans(many: Plan) -> None:
    for type_ in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard"):
        assert len(many.resources(type_)) == costs.MADE[type_]
