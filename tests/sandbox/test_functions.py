"""Functions run as processes, and fail the way they fail in Lambda."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import Sandbox
from tests.sandbox.deploy import Function, deploy
from tests.support.sandbox_fixtures import wait_for


def test_the_handler_gets_its_event_and_context(probe: Function) -> None:
    answer = probe.invoke(say="hello")

    assert answer.error is None
    assert answer.payload["arn"] == "arn:aws:lambda:eu-west-1:123456789012:function:probe"
    assert 19_000 < answer.payload["milliseconds_left"] <= 20_000
    assert f"START RequestId: {answer.payload['request_id']} Version: $LATEST" in answer.log


def test_the_environment_is_lambdas_and_nothing_of_this_machine(probe: Function, sandbox: Sandbox) -> None:
    environment = probe.invoke().payload["environment"]

    expected = {
        "SETTING": "value",
        "AWS_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_NAME": "probe",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_ENDPOINT_URL": sandbox.aws_endpoint,
        "AWS_ENDPOINT_URL_FSX": sandbox.fsx_endpoint,
        "_X_AMZN_TRACE_ID": environment["_X_AMZN_TRACE_ID"],
    }
    assert expected.items() <= environment.items()
    assert environment["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert not [name for name in environment if name.startswith(("LOCALSTACK", "SANDBOX", "VIRTUAL_ENV", "PYTEST"))]
    assert environment["HOME"] != os.environ.get("HOME")


def test_a_function_reaches_aws_and_fsx(sandbox: Sandbox) -> None:
    made = FsxControl(sandbox.fsx_endpoint)("seed_file_system", file_system_type="LUSTRE", region="eu-west-1")

    answer = deploy(sandbox, "caller", source=_CALLER).invoke(file_system=made)

    assert answer.error is None
    assert answer.payload == {"account": "123456789012", "file_systems": [made]}


def test_output_reaches_the_log_result_and_the_log_group(probe: Function, sandbox: Sandbox) -> None:
    answer = probe.invoke(say="from here to there")

    assert "printed from here to there\n" in answer.log
    assert f"{answer.payload['request_id']}\tlogged from here to there\n" in answer.log
    logs = sandbox.client("logs")
    wait_for(lambda: "/aws/lambda/probe" in str(logs.describe_log_groups()))
    wait_for(lambda: "from here to there" in str(logs.filter_log_events(logGroupName="/aws/lambda/probe")))


def test_json_logs_go_to_the_configured_group(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="/chosen/group")
    function = deploy(sandbox, "json-logs", LoggingConfig={"LogFormat": "JSON", "LogGroup": "/chosen/group"})

    answer = function.invoke(say="structured")

    assert answer.payload["log_group"] == "/chosen/group"
    assert '"message": "logged structured"' in answer.log
    wait_for(lambda: "platform.report" in str(logs.filter_log_events(logGroupName="/chosen/group")))
    groups = {group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]}
    assert "/aws/lambda/json-logs" not in groups


def test_an_exception_is_a_function_error_and_keeps_the_process(probe: Function) -> None:
    before = probe.invoke().payload["pid"]

    answer = probe.invoke(do="raise", say="not today")

    assert answer.error == "Unhandled"
    assert (answer.payload["errorType"], answer.payload["errorMessage"]) == ("ValueError", "not today")
    assert "[ERROR] ValueError: not today" in answer.log
    assert probe.invoke().payload["pid"] == before, "a warm environment is used again"


def test_the_timeout_kills_the_process(sandbox: Sandbox, tmp_path: Path) -> None:
    function = deploy(sandbox, "slow", timeout=1)

    answer = function.invoke(do="sleep", seconds=60, mark=str(tmp_path / "pid"))

    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "Sandbox.Timedout"
    assert answer.payload["errorMessage"].endswith(" Error: Task timed out after 1.00 seconds")
    assert "Task timed out after 1.00 seconds\n" in answer.log
    killed = int((tmp_path / "pid").read_text())
    assert killed not in sandbox.function_pids()
    assert function.invoke().payload["pid"] != killed


def test_a_failed_import_is_reported_with_its_output(sandbox: Sandbox) -> None:
    function = deploy(sandbox, "unimportable", source="print('before')\nimport no_such_module\n")

    for _ in range(2):  # every invocation tries again, as in Lambda
        answer = function.invoke()

        assert answer.error == "Unhandled"
        assert answer.payload["errorType"] == "Runtime.ImportModuleError"
        assert "No module named 'no_such_module'" in answer.payload["errorMessage"]
        assert "before\n" in answer.log


def test_a_process_that_ends_at_import(sandbox: Sandbox) -> None:
    answer = deploy(sandbox, "stillborn", source="import os\nos._exit(0)\n").invoke()

    assert answer.payload["errorMessage"].endswith("Error: Runtime exited without providing a reason")


def test_failed_invocations_are_reported_and_counted(sandbox: Sandbox) -> None:
    function = deploy(sandbox, "counted")

    function.invoke(do="raise", say="no")
    answer = function.invoke(do="exit", status=3)

    assert (answer.error, answer.payload["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert answer.payload["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    metrics = sandbox.client("cloudwatch")
    now = datetime.now(UTC)
    wait_for(
        lambda: (
            sum(
                point["Sum"]
                for point in metrics.get_metric_statistics(
                    Namespace="AWS/Lambda",
                    MetricName="Errors",
                    Dimensions=[{"Name": "FunctionName", "Value": function.name}],
                    StartTime=now - timedelta(minutes=5),
                    EndTime=now + timedelta(minutes=5),
                    Period=60,
                    Statistics=["Sum"],
                )["Datapoints"]
            )
            == 2
        )
    )


def test_a_killed_process_is_replaced(sandbox: Sandbox, tmp_path: Path) -> None:
    function = deploy(sandbox, "victim")
    mark = tmp_path / "pid"
    with ThreadPoolExecutor() as pool:
        running = pool.submit(function.invoke, do="sleep", seconds=60, mark=str(mark))
        victim = int(wait_for(lambda: mark.exists() and mark.read_text()))
        assert victim in sandbox.function_pids()

        os.kill(victim, signal.SIGKILL)
        answer = running.result()

    assert answer.error == "Unhandled"
    assert answer.payload["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert function.invoke().error is None
    assert victim not in sandbox.function_pids()


def test_invocations_at_the_same_time_have_a_process_each(sandbox: Sandbox, tmp_path: Path) -> None:
    function = deploy(sandbox, "meeting")
    with ThreadPoolExecutor(max_workers=3) as pool:
        calls = [pool.submit(function.invoke, do="meet", folder=str(tmp_path), count=3) for _ in range(3)]
        pids = {call.result().payload["pid"] for call in calls}

    assert len(pids) == 3
    assert pids <= set(sandbox.function_pids())


def test_payloads_arrive_as_they_were_sent(sandbox: Sandbox) -> None:
    function = deploy(sandbox, "echo", source="def handler(event, context):\n    return event['value']\n")

    for payload in ("text", 7, None, ["ü", {"nested": [1.5]}]):
        assert function.invoke(value=payload).payload == payload


_CALLER = """
import boto3


def handler(event, context):
    account = boto3.client("sts").get_caller_identity()["Account"]
    ids = [event["file_system"]]
    file_systems = boto3.client("fsx").describe_file_systems(FileSystemIds=ids)["FileSystems"]
    return {"account": account, "file_systems": [found["FileSystemId"] for found in file_systems]}
"""
