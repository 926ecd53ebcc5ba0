"""Launch LocalStack with functions as processes: `.envs/localstack/bin/python -m dev.sandbox.localstack.start`."""

from localstack.aws import handlers
from localstack.runtime.main import main
from localstack.services.lambda_.invocation import runtime_executor
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from plux import PluginFinder, PluginManager, PluginSpec

from dev.sandbox.localstack import concurrency, filters
from dev.sandbox.localstack.repairs import repair

NAME = "process"  # the value of LAMBDA_RUNTIME_EXECUTOR


class ProcessExecutorPlugin(RuntimeExecutorPlugin):  # type: ignore[misc] # LocalStack lives in its own environment
    """Offers `ProcessExecutor` under its name."""

    name = NAME

    def load(self, *_: object, **__: object) -> type:
        """The executor class, imported as late as LocalStack imports its own."""
        from dev.sandbox.localstack.executor import ProcessExecutor  # noqa: PLC0415 - as said

        return ProcessExecutor


class _Finder(PluginFinder):  # type: ignore[misc] # as above
    def find_plugins(self) -> list[PluginSpec]:
        return [PluginSpec(RuntimeExecutorPlugin.namespace, NAME, ProcessExecutorPlugin)]


def _configured_log_group(self: ExecutionEnvironment) -> str:
    function = self.function_version
    group: str = function.config.logging_config.get("LogGroup") or f"/aws/lambda/{function.id.function_name}"
    return group


if __name__ == "__main__":
    # A finder handed to LocalStack's own plugin manager: an entry point would need installed metadata, and plux caches
    # those per user. Nothing else of LocalStack's lookup is touched.
    runtime_executor.EXECUTOR_PLUGIN_MANAGER = PluginManager(RuntimeExecutorPlugin.namespace, finder=_Finder())
    # LocalStack 4.14 stores LoggingConfig.LogGroup, but writes to /aws/lambda/<name> all the same.
    ExecutionEnvironment.get_log_group_name = _configured_log_group
    concurrency.install()
    filters.install()
    handlers.run_custom_response_handlers.append(repair)
    main()
