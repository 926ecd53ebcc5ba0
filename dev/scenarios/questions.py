"""What AWS's documents leave open, asked of the account."""

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from dev.sandbox.scheduler import Scheduler
from dev.scenarios.account import NAME, client

WAIT_SECONDS = 300
LOG_SECONDS = 60


def looks(log_group: str, backup_id: str) -> int:
    """How often the function's log says that it looked at a backup; a log takes a while to show its last lines."""
    found = 0
    for _ in range(LOG_SECONDS):
        pages = (
            client("logs")
            .get_paginator("filter_log_events")
            .paginate(logGroupName=log_group, filterPattern=f'"{backup_id}"')
        )
        found = sum('"step"' in event["message"] for page in pages for event in page["events"])
        if found > 1:
            break
        time.sleep(1)
    return found


def token_again(request: dict[str, Any], deleted: str) -> str:
    """CreateBackup once more with the token of a backup that was deleted."""
    try:
        backup = client("fsx").create_backup(**request)["Backup"]
    except ClientError as error:
        return f"is refused: {error.response['Error']['Code']}"
    if backup["BackupId"] == deleted:
        return f"is answered with the deleted backup, {backup['Lifecycle']}"
    return "makes a new backup"


def tags_of_volumes(target: str) -> str:
    """Whether DescribeVolumes has the tags that ListTagsForResource has."""
    fsx = client("fsx")
    by_id = {"VolumeIds": [target]}
    by_file_system = {"Filters": [{"Name": "file-system-id", "Values": [target]}]}
    pages = fsx.get_paginator("describe_volumes").paginate(**(by_id if target.startswith("fsvol-") else by_file_system))
    for volume in (volume for page in pages for volume in page["Volumes"]):
        listed = fsx.get_paginator("list_tags_for_resource").paginate(ResourceARN=volume["ResourceARN"])
        tags = [tag for page in listed for tag in page.get("Tags", [])]
        if tags:
            return f"of a volume with {len(tags)} tags shows {len(volume.get('Tags', []))}"
    return "has no volume with tags to show"


def dead_letter(schedule: dict[str, str], dead_letters: str, *, fires: bool) -> str:
    """Whether a message that Scheduler cannot deliver has its time: in its text, and in its attributes."""
    schedules, sqs = client("scheduler"), client("sqs")
    target = schedules.get_schedule(Name=schedule["name"], GroupName=schedule["group"])["Target"]
    name = f"{NAME}-undeliverable"
    schedules.create_schedule(
        Name=name,
        GroupName=schedule["group"],
        ScheduleExpression="rate(12 hours)",  # fires as soon as it is there
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"{target['Arn']}-that-is-not-there",
            "RoleArn": target["RoleArn"],
            "Input": json.dumps({"acceptance": "<aws.scheduler.scheduled-time>"}),
            "DeadLetterConfig": target["DeadLetterConfig"],
            "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
        },
    )
    try:
        if not fires:
            Scheduler(client).fire(name, group=schedule["group"])
        for _ in range(WAIT_SECONDS // 20):
            answer = sqs.receive_message(
                QueueUrl=dead_letters, MaxNumberOfMessages=10, WaitTimeSeconds=20, MessageAttributeNames=["All"]
            )
            for message in answer.get("Messages", []):
                if "acceptance" not in message["Body"]:
                    continue
                sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
                filled = "does not have its time" if "aws.scheduler" in message["Body"] else "has its time"
                attributes = {key: found["StringValue"] for key, found in message.get("MessageAttributes", {}).items()}
                return f"{filled} in its text; its attributes are {attributes}"
        return f"did not come within {WAIT_SECONDS} s"
    finally:
        schedules.delete_schedule(Name=name, GroupName=schedule["group"])
