"""The evaluator itself, on cases whose answer the IAM User Guide gives."""

import json
from typing import Any

import pytest

from tests.module.security.iam import Policies, Request

ARN = "arn:aws:fsx:eu-west-1:123456789012:backup/backup-1"


def allows(statement: dict[str, Any], request: Request, *more: dict[str, Any]) -> bool:
    statements = [{"Effect": "Allow", "Action": "fsx:*", "Resource": "*"} | statement, *more]
    return Policies([json.dumps({"Version": "2012-10-17", "Statement": statements})]).allow(request)


@pytest.mark.parametrize(
    ("statement", "context", "expected"),
    [
        ({}, {}, True),
        ({"Action": "FSX:deletebackup"}, {}, True),
        ({"Action": ["fsx:CreateBackup", "fsx:Delete*"]}, {}, True),
        ({"Action": "fsx:CreateBackup"}, {}, False),
        ({"Resource": "arn:aws:fsx:*:*:backup/*"}, {}, True),
        ({"Resource": "arn:aws:fsx:*:*:backup/backup-?"}, {}, True),
        ({"Resource": "arn:aws:fsx:*:*:backup"}, {}, False),
        ({"Resource": ARN.upper()}, {}, False),
        ({"Condition": {"StringEquals": {"k": "a"}}}, {"k": "a"}, True),
        ({"Condition": {"StringEquals": {"k": ["a", "b"]}}}, {"k": "b"}, True),
        ({"Condition": {"StringEquals": {"k": "a"}}}, {"k": "A"}, False),
        ({"Condition": {"StringEquals": {"k": "a*"}}}, {"k": "ab"}, False),
        ({"Condition": {"StringEquals": {"k": "a"}}}, {}, False),
        ({"Condition": {"StringLike": {"k": "a*"}}}, {"k": "ab"}, True),
        ({"Condition": {"StringEquals": {"k": "a", "l": "b"}}}, {"k": "a"}, False),
        ({"Condition": {"StringEquals": {"k": "a"}, "Null": {"l": "true"}}}, {"k": "a"}, True),
        ({"Condition": {"StringEquals": {"k": "a"}, "Null": {"l": "true"}}}, {"k": "a", "l": ""}, False),
        ({"Condition": {"Null": {"l": "false"}}}, {"l": "x"}, True),
        ({"Condition": {"ArnEquals": {"k": "arn:aws:sns:*:*:x"}}}, {"k": "arn:aws:sns:eu-west-1:1:x"}, True),
        ({"Condition": {"ForAllValues:StringEquals": {"k": ["a", "b"]}}}, {"k": ("a", "b")}, True),
        ({"Condition": {"ForAllValues:StringEquals": {"k": ["a", "b"]}}}, {"k": ("a", "c")}, False),
        ({"Condition": {"ForAllValues:StringEquals": {"k": ["a"]}}}, {}, True),
    ],
)
def test_one_statement(statement: dict[str, Any], context: dict[str, Any], expected: bool) -> None:
    assert allows(statement, Request("fsx:DeleteBackup", ARN, context)) is expected


def test_a_deny_wins() -> None:
    deny = {"Effect": "Deny", "Action": "fsx:DeleteBackup", "Resource": "*"}
    assert not allows({}, Request("fsx:DeleteBackup", ARN), deny)
    assert allows({}, Request("fsx:CreateBackup", ARN), deny)


@pytest.mark.parametrize("statement", [{"Condition": {"NumericEquals": {"k": "1"}}}, {"NotAction": "fsx:*"}])
def test_what_it_does_not_know_it_does_not_guess(statement: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not know"):
        allows(statement, Request("fsx:DeleteBackup", ARN))
