"""Events of other AWS services that reach the function by mistake: what each is, and what to set instead.

Sources: Lambda Developer Guide, the event formats of its triggers; EventBridge and SNS user guides.
"""

from collections.abc import Mapping

_RULE = "configure the rule's target with a constant JSON input"
_QUEUE = "the function's own queue takes messages of the module's schedules alone"


def foreign(event: object) -> str | None:
    """A sentence about an event of another service, None for any other event."""
    if not isinstance(event, Mapping):
        return None
    records = event.get("Records")
    if isinstance(records, list):
        record = records[0] if records and isinstance(records[0], Mapping) else {}
        source = record.get("eventSource") or record.get("EventSource") or "an unknown service"
        return f"This is an event of {source}, which the function does not process: {_advice(source)}."
    if "detail-type" in event and "source" in event:
        return (
            f"This is an EventBridge event ({event['detail-type']!a} of {event['source']!a}), not a request: {_RULE}."
        )
    if "alarmArn" in event:
        return "This is a CloudWatch alarm's action, not a request: remove the function from the alarm's actions."
    if event.get("Type") == "Notification" and "TopicArn" in event:
        return f"This is an SNS notification, not a request: {_QUEUE}; unsubscribe it from the topic."
    if "requestContext" in event:
        return (
            "This is an HTTP request of a function URL, API Gateway or a load balancer: invoke the function directly."
        )
    return None


def _advice(source: str) -> str:
    if source == "aws:sns":
        return "unsubscribe the function from the topic, and invoke it with a JSON object"
    if source == "aws:s3":
        return "remove the function from the bucket's event notifications"
    return "remove the function from that trigger, and invoke it with a JSON object"
