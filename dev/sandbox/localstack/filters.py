"""SNS filter policies that match what AWS's match.

By AWS, `{"exists": false}` "only matches if at least one attribute is present in the message attributes": a message
without any, as CloudWatch's alarms are, matches no filter policy. LocalStack 4.14 lets it through.
"""

from typing import Any

from localstack.services.sns.filter import SubscriptionFilter


def install() -> None:
    """Let no message without attributes through a filter policy on attributes."""
    check = SubscriptionFilter.check_filter_policy_on_message_attributes

    def check_attributes(self: Any, filter_policy: dict[str, Any], message_attributes: dict[str, Any]) -> bool:
        if filter_policy and not message_attributes:
            return False
        return bool(check(self, filter_policy, message_attributes))

    SubscriptionFilter.check_filter_policy_on_message_attributes = check_attributes
