"""Every failure is notified: played on the applied stack, read as a subscriber would.

The function is broken and the topic deleted here: whoever uses `notified` comes after those who need the stack whole.
LocalStack evaluates the alarms itself, with periods of ten seconds.
"""

from collections.abc import Iterator

import pytest

from dev.scenarios.failure_cases import OWN_MESSAGE, Case
from dev.scenarios.failure_cases import Stage as FailureStage
from dev.scenarios.observer import Mail
from tests.deployed.stage import NAME, Stage

Notified = dict[str, tuple[Case, Mail | None]]

# Case -> what a person must find in the message.
WORDS = {
    "the function crashes at import": ("errors", "aws logs tail", "#alarm-errors"),
    "FSx reports that the backup FAILED": ("ran out of space", "Nothing was purged", "#failed"),
    "the file system is deleted": ("FileSystemNotFound", "remove its plan", "30 h ago", "#failed"),
    "the quota of backups is used up": ("ServiceLimitExceeded", "Request a higher quota", "#failed"),
    "another backup was in progress until the start window ended": ("BackupInProgress", "(AUTOMATIC)", "#not-started"),
    "the file system is misconfigured until the start window ended": ("is MISCONFIGURED_UNAVAILABLE", "#not-started"),
    "FSx does not respond until the start window ended": (
        "FSx did not respond",
        "It is unknown whether a backup exists",
        "#not-started",
    ),
    "the backup never completed": ("still CREATING after the completion window of 1 minutes", "#not-completed"),
    "a shortened policy would delete too much": (
        "would delete 7 backups",
        "None of them was deleted",
        "#purge-blocked",
    ),
    "the function has no data for the time zone": ("no data for the time zone Mars/Olympus", "#purge-blocked"),
    "a delete is denied": ("1 delete failed: ", "AccessDenied", "restore the role's fsx:DeleteBackup", "#partial"),
    "access is denied on CreateBackup": ("AccessDenied", "restore the permission", "#error"),
    "a malformed message": ("plan.file_system_id must be an id like", "'fs-oops'", "#invalid"),
    "an event of another service reaches the queue": ("aws:s3", "bucket's event notifications", "#invalid"),
    "the schedule is disabled, and no backup is made any more": ("older than 6 hours", "#late"),
    "a schedule is deleted": ("A due backup is missing", "#alarm-late"),
    "no health check arrives: the scheduler's role is removed": ("no health check has measured", "#alarm-late"),
    "a message is given up and ends in the dead-letter queue": ("dead-letter queue", "#alarm-dead-letters"),
    "the function times out": ("times out", "#alarm-errors"),
    "the topic is deleted": ("errors", "#alarm-errors"),
}


@pytest.fixture(scope="module")
def failures(stage: Stage) -> Iterator[FailureStage]:
    with FailureStage(stage.sandbox, NAME, stage.outputs, stage.alarm_topic, stage.paused) as failures:
        failures.hurry()
        yield failures


@pytest.fixture(scope="module")
def notified(failures: FailureStage) -> Notified:
    """All cases played: those that leave the function whole at the same time, the others one by one."""
    cases = list(failures.cases())
    first, *others = [case for case in cases if case.alone]
    together = [case for case in cases if not case.alone]
    mails = [*failures.run(first), *failures.run(*together)]
    for case in others:
        mails += failures.run(case)
    return {case.name: (case, mail) for case, mail in zip([first, *together, *others], mails, strict=True)}


@pytest.mark.fault("backup-failed", cases="FSx reports that the backup FAILED")
@pytest.mark.fault("backup-in-progress", cases="another backup was in progress*")
@pytest.mark.fault("refused", cases="the file system is deleted")
@pytest.mark.fault("denied", cases="access is denied on CreateBackup")
@pytest.mark.fault("publish", cases="the topic is deleted")
@pytest.mark.fault("stuck", cases="the backup never completed")
@pytest.mark.fault("shortened", cases="a shortened policy would delete too much")
@pytest.mark.fault("malformed", cases="a malformed message")
@pytest.mark.fault("silent-deployment", cases="the schedule is disabled*")
@pytest.mark.fault("silent-deployment", cases="the function *")
@pytest.mark.fault("silent-deployment", cases="a schedule is deleted")
@pytest.mark.fault("silent-deployment", cases="no health check arrives*")
@pytest.mark.parametrize("name", WORDS)
def test_a_failure_is_notified(notified: Notified, name: str) -> None:
    case, mail = notified[name]
    assert mail is not None, f"no notification: {name}"
    assert mail.subject.isascii()
    assert len(mail.subject) <= 100
    for words in WORDS[name]:
        assert words in mail.text
    if case.path == OWN_MESSAGE:
        assert mail.attributes["severity"] in {"warning", "error"}
        assert "What to do: " in mail.text
    else:
        assert mail.subject.startswith("ALARM: ")


def test_no_case_is_left_out(notified: Notified) -> None:
    assert set(notified) == set(WORDS)


def test_an_alarm_that_heals_says_so(notified: Notified, failures: FailureStage) -> None:
    assert any((mail.alarm, mail.state) == (f"{NAME}-errors", "ALARM -> OK") for mail in failures.mails)
