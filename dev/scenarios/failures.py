"""`make failures`: every failure that must be notified, played in the sandbox one after the other, to be read.

The failure, what notified it, and the message as it was received. The exit status is 0 if all were notified.
"""

import shutil
import sys
import time

from dev.fsx_emulator.client import FsxControl
from dev.sandbox.aws import REGION, ROOT, Sandbox
from dev.scenarios.failure_cases import STALE_HOURS, STALE_PLAN, Stage
from dev.scenarios.playing import program
from dev.scenarios.steps import progress, say, show
from dev.terraform import Stack

NAME = "failures"
FOLDER = ROOT / ".sandbox" / "failures"


def main() -> int:
    return program("failures", failures)


def failures() -> int:
    with Sandbox(progress=say) as sandbox:
        cases, notified = every(sandbox)
    print(f"failures: cases={cases} notified={notified}")
    return 0 if notified == cases else 1


def every(sandbox: Sandbox) -> tuple[int, int]:
    """How many cases there were, and how many were notified."""
    target = FsxControl(sandbox.fsx_endpoint)("seed_file_system", file_system_type="OPENZFS", region=REGION)
    alarm_topic = sandbox.client("sns").create_topic(Name=f"{NAME}-alarms")["TopicArn"]
    shutil.rmtree(FOLDER, ignore_errors=True)  # the state of a sandbox that is gone
    stack = Stack.of_root(FOLDER, sandbox.environment())
    stack.set_variables(
        {
            "name": NAME,
            "file_systems": {
                STALE_PLAN: {"file_system_id": target, "enabled": False, "max_backup_age_hours": STALE_HOURS}
            },
            "notifications": {"alarm_topic_arn": alarm_topic, "ok_actions": True},
        }
    )
    with progress("terraform apply of the root stack, with a separate alarms topic"):
        stack.init()
        stack.plan()
        stack.apply()
    cases = notified = 0
    with Stage(sandbox, NAME, stack.outputs()["fsx_backup"], alarm_topic, target) as stage:
        stage.hurry()
        for cases, case in enumerate(stage.cases(), start=1):
            say(f"{cases}. The failure: {case.name}")
            begin = time.monotonic()
            [mail] = stage.run(case)
            if mail is None:
                show("NOT NOTIFIED")
                continue
            notified += 1
            show(f"Notified by {case.path}, after {time.monotonic() - begin:.0f} s:")
            show(f"\nSubject: {mail.subject}\n\n{mail.text}")
    return cases, notified


if __name__ == "__main__":
    sys.exit(main())
