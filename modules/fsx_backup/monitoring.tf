# The out-of-band alarms: they report failures when the function itself cannot.
locals {
  namespace    = "FSxBackup"                                        # the function's metrics; see metrics.py
  alarm_topics = distinct([local.arn.topic, local.arn.alarm_topic]) # both: see notifications.tf
  runbook_hint = "Runbook: ${local.notifications.runbook_url}#"

  alarms = merge(
    {
      late = {
        description = "A due backup is missing, or no health check has measured: the function, its schedule health-check or a permission may be the cause. Which plans, and since when: ${local.status_command}"
        namespace   = local.namespace
        metric      = "LatePlans"
        statistic   = "Maximum"
        dimensions  = { Deployment = var.name }
        period      = 120 * local.arguments.health_check_interval_minutes # two checks: one that is late does not raise it
        missing     = "breaching"
      }
      errors = {
        description = "The backup function fails: it crashes, times out, or lacks a permission. Due backups may not be made. Its log: aws logs tail /aws/lambda/${var.name} --region ${local.region} --since 1h"
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        statistic   = "Sum"
        dimensions  = { FunctionName = var.name }
        # A message is tried again when it is visible again, 30 minutes later: one outage is one alarm.
        periods    = 35
        datapoints = 1
      }
      throttles = {
        description = "The backup function is throttled: the account's or its own reserved concurrency is exhausted. Due backups wait in the queue."
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        statistic   = "Sum"
        dimensions  = { FunctionName = var.name }
        period      = 300
        periods     = 3 # Lambda retries, so a single throttle is no failure
      }
      dead-letters = {
        description = "Messages are in the dead-letter queue: due backups were not made, or not tracked until they completed, or what a restore test made was not deleted and is paid for. To read them: aws sqs receive-message --region ${local.region} --queue-url ${local.dead_letter_url} --max-number-of-messages 10 --attribute-names All --message-attribute-names All"
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        dimensions  = { QueueName = "${var.name}-dead-letters" }
      }
      queue-age = {
        description = "A message has waited in the queue for 90 minutes and was received less than three times: the function receives no messages, or fewer than arrive."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        dimensions  = { QueueName = var.name }
        period      = 300
        threshold   = 5400 # the metric leaves out messages received three times, which takes two visibility timeouts at most
      }
      lost-dead-letters = {
        description = "EventBridge Scheduler could deliver neither a backup's message nor its dead letter: that backup was not made, and its message is lost. The role ${var.name}-scheduler or the key denies both. Restore it, then start the backup with the plan's backup_now command."
        namespace   = "AWS/Scheduler"
        metric      = "InvocationsFailedToBeSentToDeadLetterCount"
        statistic   = "Sum"
        dimensions  = { ScheduleGroup = local.groups.backups }
        section     = "dropped"
      }
    },
    {
      for kind, group in local.groups : "dropped-${kind}" => {
        description = "EventBridge Scheduler gave up delivering ${local.undelivered[kind]}. Check the role ${var.name}-scheduler, the queue and the key's policy."
        namespace   = "AWS/Scheduler"
        metric      = "InvocationDroppedCount"
        statistic   = "Sum"
        dimensions  = { ScheduleGroup = group }
        section     = "dropped"
      }
    },
    length(local.restore_tests) == 0 ? {} : {
      restore-test-leftovers = {
        description = "A file system or volume that a restore test made is still there after its window, and is paid for. Which, and the command that deletes it: ${local.status_command}"
        namespace   = local.namespace
        metric      = "RestoreTestLeftovers"
        statistic   = "Maximum"
        dimensions  = { Deployment = var.name }
        period      = 120 * local.arguments.health_check_interval_minutes # two checks
        missing     = "ignore"                                            # a Region is not known; that none measures is the alarm `late`
      }
    },
  )

  undelivered = {
    backups       = "a backup's message: that backup was not made. Its message is in the dead-letter queue, unless the role or the key is the cause"
    checks        = "a health check's or report's message: nothing was measured, or not reported"
    restore-tests = "a restore test's message: that test was not made. Its message is in the dead-letter queue, unless the role or the key is the cause"
  }
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
  datapoints_to_alarm = lookup(each.value, "datapoints", null)
  threshold           = lookup(each.value, "threshold", 0)
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = lookup(each.value, "missing", "notBreaching")
  alarm_actions       = local.alarm_topics
  ok_actions          = local.notifications.ok_actions ? local.alarm_topics : []
  tags                = local.tags

  # See lambda.tf: CloudWatch overwrites an alarm of the same name. And after the health check, whose data `late` expects.
  depends_on = [aws_cloudwatch_log_group.this, aws_scheduler_schedule.health_check]
}
