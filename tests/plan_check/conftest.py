"""The plans that the check reads are made as those of the module's tests."""

from tests.module.conftest import aws_environment, plan, unknown

__all__ = ["aws_environment", "plan", "unknown"]
