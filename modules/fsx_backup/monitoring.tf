# The second path: these speak up when the function itself cannot.
locals {
  namespace    = "FSxBackup" # the function's metrics; see metrics.py
  alarm_topic  = coalesce(var.notifications.alarm_topic_arn, local.arn.topic)
  runbook_hint = "Runbook: ${var.notifications.runbook_url}#"

  alarms = merge(
    {
      errors = {
        description = "The backup function ends in errors: it crashes, runs out of time, or lacks a permission. Backups that are due may not be made. Read its log: aws logs tail /aws/lambda/${var.name} --region ${local.region} --since 1h"
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        statistic   = "Sum"
        dimensions  = { FunctionName = var.name }
      }
      throttles = {
        description = "The backup function is not let run: the account's or its own concurrency is used up. Backups that are due wait in the queue."
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        statistic   = "Sum"
        dimensions  = { FunctionName = var.name }
        period      = 300
        periods     = 3 # one throttle heals itself: Lambda tries again
      }
      dead-letters = {
        description = "Messages ended in the dead-letter queue: backups that were due were not made, or not followed to their end. What is in it: aws sqs receive-message --region ${local.region} --queue-url ${local.dead_letter_url}"
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        dimensions  = { QueueName = "${var.name}-dead-letters" }
      }
      queue-age = {
        description = "A message waits in the queue longer than the longest completion window (${local.longest_window_minutes} minutes): the function does not take messages, or does not finish them."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        dimensions  = { QueueName = var.name }
        period      = 300
        threshold   = (local.longest_window_minutes + 60) * 60
      }
    },
    {
      for kind, group in local.groups : "dropped-${kind}" => {
        description = "EventBridge Scheduler gave up delivering ${kind == "backups" ? "a backup's message: that backup was not made, and its message is in the dead-letter queue" : "a check's message"}. The scheduler's role, the queue or the key refuse it."
        namespace   = "AWS/Scheduler"
        metric      = "InvocationDroppedCount"
        statistic   = "Sum"
        dimensions  = { ScheduleGroup = group }
        section     = "dropped"
      }
    },
  )
}

locals {
  # Put together, so that the plan shows it; where the URL is needed exactly, the output has it.
  dead_letter_url = "https://sqs.${local.region}.${data.aws_partition.current.dns_suffix}/${local.account}/${var.name}-dead-letters"
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description} ${local.runbook_hint}alarm-${lookup(each.value, "section", each.key)}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = lookup(each.value, "period", 60)
  evaluation_periods  = lookup(each.value, "periods", 1)
  threshold           = lookup(each.value, "threshold", 0)
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.alarm_topic]
  ok_actions          = var.notifications.ok_actions ? [local.alarm_topic] : []
  tags                = local.tags
}

# The dead man's switch. A check publishes the age; no age for a period is as bad as one that is too old. One data point
# decides, so a stale backup is told by the first check after the maximum age. When checks themselves stop, CloudWatch
# waits some periods before it takes a point for missing: check three times as often as the maximum age, or more.
resource "aws_cloudwatch_metric_alarm" "freshness" {
  for_each = local.check_periods # file_systems: max_backup_age_hours decides whether there is an alarm, so it must be known in the plan

  alarm_name          = "${var.name}-freshness-${each.key}"
  alarm_description   = "The newest good backup of ${each.key} (${local.plans[each.key].target_id}) is older than ${local.plans[each.key].max_backup_age_hours} hours, or its age is not known any more: no backup succeeds, the schedule is off, or the function does not run. ${local.runbook_hint}alarm-freshness"
  namespace           = local.namespace
  metric_name         = "NewestBackupAgeHours"
  dimensions          = { Deployment = var.name, Plan = each.key }
  statistic           = "Maximum"
  period              = each.value
  evaluation_periods  = 1
  threshold           = local.plans[each.key].max_backup_age_hours
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [local.alarm_topic]
  ok_actions          = var.notifications.ok_actions ? [local.alarm_topic] : []
  tags                = local.tags
}

locals {
  # From one check to the next, as whole minutes up to a day, as CloudWatch asks.
  check_periods = tomap({
    for key, plan in local.watched :
    key => min(86400, max(60, ceil(try(coalesce(local.longest_gap_hours[plan.check_schedule]), 1) * 60) * 60))
  })
}
