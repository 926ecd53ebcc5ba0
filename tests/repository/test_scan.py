"""What `make lint` makes of checkov's report."""

from typing import Any

import pytest

from dev.tools import scan

CHECK = {"check_id": "CKV_AWS_26", "check_name": "encrypted", "resource": "aws_sns_topic.x", "file_path": "/main.tf"}


def report(**results: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"failed_checks": [], "skipped_checks": [], "parsing_errors": []}
    return {"summary": {"passed": 1}, "results": empty | results}


def skipped(result: dict[str, str]) -> dict[str, Any]:
    return report(skipped_checks=[CHECK | {"check_result": {"result": "SKIPPED"} | result}])


def test_a_clean_report_with_an_explained_skip_passes() -> None:
    assert not scan.mistakes(report())
    assert not scan.mistakes(skipped({"suppress_comment": "the caller's own"}))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (report(failed_checks=[CHECK]), "CKV_AWS_26 fails for aws_sns_topic.x (/main.tf): encrypted"),
        (report(parsing_errors=["/x.tf"]), "/x.tf cannot be read by checkov"),
        (skipped({"suppress_comment": "No comment provided"}), "is skipped for aws_sns_topic.x (/main.tf) without a"),
        (skipped({}), "without a reason"),
        ({"passed": 0, "failed": 0}, "nothing was checked"),
    ],
)
def test_what_checkovs_own_status_passes_over_is_told(made: dict[str, Any], words: str) -> None:
    [mistake] = scan.mistakes(made)
    assert words in mistake
