"""The code of the function that the tests run: it does what its event says."""

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import boto3

logger = logging.getLogger()
logger.setLevel("INFO")


def handler(event: dict[str, Any], context: Any) -> Any:
    if "Records" in event:
        [record] = event["Records"]
        return _meet(record) if "here" in record["body"] else _again_until(record)
    print("printed", event.get("say"))
    logger.info("logged %s", event.get("say"))
    match event.get("do"):
        case "raise":
            raise ValueError(event["say"])
        case "sleep":
            Path(event["mark"]).write_text(str(os.getpid()))
            time.sleep(event["seconds"])
        case "exit":
            os._exit(event["status"])
        case "meet":  # returns only when `count` processes are here at the same time
            folder = Path(event["folder"])
            (folder / str(os.getpid())).touch()
            while len(list(folder.iterdir())) < event["count"]:
                time.sleep(0.01)
    return {
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "milliseconds_left": context.get_remaining_time_in_millis(),
        "request_id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "log_group": context.log_group_name,
    }


def _again_until(record: dict[str, Any]) -> dict[str, Any]:
    """Keep the message, invisible for the time its body says, until it was received as often as its body says."""
    body = json.loads(record["body"])
    count = int(record["attributes"]["ApproximateReceiveCount"])
    with Path(body["times"]).open("a") as times:
        times.write(f"{time.time()}\n")
    if count == body["receives"]:
        return {"batchItemFailures": []}
    boto3.client("sqs").change_message_visibility(
        QueueUrl=body["queue"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=body["seconds"]
    )
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}


def _meet(record: dict[str, Any]) -> dict[str, Any]:
    """Stay until `count` are here at the same time, or long enough; write down the most that were seen."""
    body = json.loads(record["body"])
    folder, begin, most = Path(body["here"]), time.monotonic(), 0
    mine = folder / f"{record['messageId']}.here"
    mine.touch()
    while most < body["count"] and time.monotonic() - begin < body["seconds"]:
        time.sleep(0.02)
        most = max(most, len(list(folder.glob("*.here"))))
    (folder / f"{record['messageId']}.seen").write_text(str(most))
    mine.unlink()
    return {"batchItemFailures": []}
