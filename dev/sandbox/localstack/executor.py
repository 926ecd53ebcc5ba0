"""LocalStack's runtime executor that runs functions as processes of this machine."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from dev.sandbox.localstack.environment import function_environment
from dev.sandbox.localstack.function_process import FunctionProcess, Request, Result


class ProcessExecutor(RuntimeExecutor):  # type: ignore[misc] # LocalStack lives in an environment of its own
    """One execution environment; LocalStack creates as many as there are invocations at the same time.

    Settings, from the environment of the launcher: SANDBOX_FUNCTION_PYTHON (interpreter of the function processes),
    SANDBOX_FUNCTIONS (folder of their output and pid files), SANDBOX_FSX_ENDPOINT.
    """

    def __init__(self, id: str, function_version: FunctionVersion) -> None:  # noqa: A002 - LocalStack's name
        super().__init__(id=id, function_version=function_version)
        self._process: FunctionProcess | None = None

    def start(self, env_vars: dict[str, Any]) -> None:
        """Get ready. The process itself starts with the first invocation, whose result then tells of a failed import;
        LocalStack would drop the output of an environment that fails here.
        """
        config = self.function_version.config
        folder = Path(os.environ["SANDBOX_FUNCTIONS"])
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        code = config.code.get_unzipped_code_location()
        self._process = FunctionProcess(
            python=os.environ["SANDBOX_FUNCTION_PYTHON"],
            handler=config.handler,
            environment=function_environment(
                env_vars, runtime=config.runtime, code=code, home=home, fsx_endpoint=os.environ["SANDBOX_FSX_ENDPOINT"]
            ),
            code=code,
            timeout_seconds=config.timeout,
            folder=folder,
            name=f"{self.function_version.id.function_name}-{self.id}",
        )

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.stop()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Run one invocation; a failure of the function is a result, too."""
        assert self._process is not None  # noqa: S101 - LocalStack starts an executor before it invokes
        request = Request(
            request_id=payload["invoke-id"],
            function_arn=payload["invoked-function-arn"],
            trace_id=payload["trace-id"],
            payload=payload["payload"].encode(),
        )
        result = self._process.invoke(request)
        return InvocationResult(
            request_id=request.request_id,
            payload=result.payload,
            is_error=result.is_error,
            logs=self._with_platform_lines(request.request_id, result),
        )

    def get_address(self) -> str:
        """Where the environment runs: here."""
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        """Where the function finds LocalStack."""
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        """Only for LocalStack's container runtime."""
        return ""

    def get_logs(self) -> str:
        """Everything the function has written."""
        return "" if self._process is None else self._process.output()

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unzip the code."""
        if function_version.config.code is None:
            raise NotImplementedError("The sandbox runs functions from zip packages only.")
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """LocalStack removes the code itself."""

    def _with_platform_lines(self, request_id: str, result: Result) -> str:
        """The function's output between the lines Lambda itself writes, in the function's log format."""
        config = self.function_version.config
        milliseconds = round(result.seconds * 1000, 2)
        end = datetime.now(UTC)
        begin, end_text = _iso(end - timedelta(seconds=result.seconds)), _iso(end)
        error = json.loads(result.payload) if result.is_error else {}
        # Errors of the handler are in the output already; these come from outside the process.
        outside = error.get("errorType") in {"Sandbox.Timedout", "Runtime.ExitError"}
        output = result.output if not result.output or result.output.endswith("\n") else result.output + "\n"
        if config.logging_config.get("LogFormat") == "JSON":
            status = {"Sandbox.Timedout": "timeout"}.get(error.get("errorType", ""), "error" if error else "success")
            start = {"requestId": request_id, "version": self.function_version.id.qualifier}
            report = {"requestId": request_id, "metrics": {"durationMs": milliseconds}, "status": status}
            if outside:
                report["errorType"] = error["errorType"]
            first = json.dumps({"time": begin, "type": "platform.start", "record": start}) + "\n"
            last = json.dumps({"time": end_text, "type": "platform.report", "record": report}) + "\n"
            verbose = config.logging_config.get("SystemLogLevel") in {"DEBUG", "INFO"}  # success is no warning
            return (first if verbose else "") + output + (last if verbose or error else "")
        failure = f"{end_text} {request_id} {error['errorMessage'].partition('Error: ')[2]}\n" if outside else ""
        return (
            f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n{output}{failure}"
            f"END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds} ms\tMemory Size: {config.memory_size} MB\n"
        )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
