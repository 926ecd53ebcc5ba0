locals {
  own_topic = local.notifications.create_topic != null ? local.notifications.create_topic : local.notifications.topic_arn == null
  topic_arn = local.own_topic ? aws_sns_topic.this[0].arn : local.notifications.topic_arn

  own_alarm_topic = (
    local.notifications.create_alarm_topic != null ? local.notifications.create_alarm_topic
    : local.notifications.alarm_topic_arn == null
  )
  alarm_topic_arn = local.own_alarm_topic ? aws_sns_topic.alarms[0].arn : local.notifications.alarm_topic_arn

  failures_only = jsonencode({ severity = ["warning", "error"] })

  # CloudWatch sends alarms without message attributes, and SNS never matches a filter policy against such a message.
  # So every alarm goes to both topics: endpoints with a filter receive it from the alarms topic, the others from the
  # main topic, each once.
  filtered = {
    for key, subscription in local.notifications.subscriptions :
    key => subscription if subscription.failures_only || subscription.filter_policy != null
  }

  own_topics = merge(
    local.own_topic ? { main = local.arn.topic } : {},
    local.own_alarm_topic ? { alarms = local.arn.alarm_topic } : {},
  )
}

resource "aws_sns_topic" "this" {
  count = local.own_topic ? 1 : 0

  name              = var.name
  display_name      = "FSx backups: ${var.name}"
  kms_master_key_id = local.key_arn
  tags              = local.tags

  depends_on = [aws_cloudwatch_log_group.this] # see lambda.tf: before it nothing that exists already is changed
}

resource "aws_sns_topic" "alarms" {
  count = local.own_alarm_topic ? 1 : 0

  name              = "${var.name}-alarms"
  display_name      = "FSx backup alarms: ${var.name}"
  kms_master_key_id = local.key_arn
  tags              = local.tags

  depends_on = [aws_cloudwatch_log_group.this]
}

# The function publishes by its role's permission. A policy that named the role would not survive the role being made
# anew: SNS replaces the ARN of a deleted role with an id.
data "aws_iam_policy_document" "topic" {
  for_each = local.own_topics

  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [each.value]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.of["cloudwatch"].name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  count = local.own_topic ? 1 : 0

  arn    = aws_sns_topic.this[0].arn
  policy = data.aws_iam_policy_document.topic["main"].json
}

resource "aws_sns_topic_policy" "alarms" {
  count = local.own_alarm_topic ? 1 : 0

  arn    = aws_sns_topic.alarms[0].arn
  policy = data.aws_iam_policy_document.topic["alarms"].json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.emails # notifications: emails name their subscriptions, so they must be known in the plan; others belong in subscriptions

  topic_arn = local.topic_arn
  protocol  = "email"
  endpoint  = each.value

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_sns_topic_subscription" "other" {
  for_each = local.notifications.subscriptions

  topic_arn     = local.topic_arn
  protocol      = each.value.protocol
  endpoint      = each.value.endpoint
  filter_policy = each.value.failures_only ? local.failures_only : each.value.filter_policy

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = local.filtered # notifications.subscriptions: whether there is a filter_policy must be known in the plan

  topic_arn = local.alarm_topic_arn
  protocol  = each.value.protocol
  endpoint  = each.value.endpoint

  depends_on = [aws_cloudwatch_log_group.this]
}
