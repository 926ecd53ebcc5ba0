locals {
  own_topic = var.notifications.create_topic != null ? var.notifications.create_topic : var.notifications.topic_arn == null
  topic_arn = local.own_topic ? aws_sns_topic.this[0].arn : var.notifications.topic_arn

  # An alarm's message carries no attributes, and it is a failure.
  failures_only = jsonencode({ severity = ["warning", "error", { exists = false }] })
}

resource "aws_sns_topic" "this" {
  count = local.own_topic ? 1 : 0

  name              = var.name
  display_name      = "FSx backups: ${var.name}"
  kms_master_key_id = local.key_arn
  tags              = local.tags
}

data "aws_iam_policy_document" "topic" {
  count = local.own_topic ? 1 : 0

  statement {
    sid       = "Function"
    actions   = ["sns:Publish"]
    resources = [local.arn.topic]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.function.arn]
    }
  }

  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [local.arn.topic]

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
  policy = data.aws_iam_policy_document.topic[0].json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.emails # notifications: emails name their subscriptions, so they must be known in the plan; others belong in subscriptions

  topic_arn = local.topic_arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_sns_topic_subscription" "other" {
  for_each = var.notifications.subscriptions

  topic_arn     = local.topic_arn
  protocol      = each.value.protocol
  endpoint      = each.value.endpoint
  filter_policy = each.value.failures_only ? local.failures_only : each.value.filter_policy
}
