"""What the deployment tells the function through its environment, read once."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """`deployment` marks every backup that this deployment owns, and is the function's name.

    It speaks to the topic and waits in the queue; `runbook` is where its messages send people; `detailed_metrics` are
    those of each plan; `max_restore_tests`: how much restore tests may have made at a time, in a Region.
    """

    deployment: str
    topic_arn: str
    queue_url: str
    runbook: str = "docs/runbook.md"
    detailed_metrics: bool = False
    max_restore_tests: int = 10

    @property
    def region(self) -> str:
        """The topic's, which is the function's."""
        return self.topic_arn.split(":")[3]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises KeyError naming the variable that is missing: the module sets all of them."""
        return cls(
            deployment=environment["FSX_BACKUP_DEPLOYMENT"],
            topic_arn=environment["FSX_BACKUP_TOPIC_ARN"],
            queue_url=environment["FSX_BACKUP_QUEUE_URL"],
            runbook=environment["FSX_BACKUP_RUNBOOK"],
            detailed_metrics=environment.get("FSX_BACKUP_DETAILED_METRICS") == "true",
            max_restore_tests=int(environment.get("FSX_BACKUP_MAX_RESTORE_TESTS", "10")),
        )
