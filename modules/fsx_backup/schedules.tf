resource "aws_scheduler_schedule_group" "this" {
  name = local.groups.backups
  tags = local.tags
}

locals {
  # Scheduler looks for its keyword literally, but jsonencode escapes the angle brackets.
  scheduled_time_keyword = "<aws.scheduler.scheduled-time>"
  escaped_keyword        = trimsuffix(trimprefix(jsonencode(local.scheduled_time_keyword), "\""), "\"")
}

resource "aws_scheduler_schedule" "backup" {
  for_each = var.file_systems

  name        = each.key
  group_name  = aws_scheduler_schedule_group.this.name
  description = "Backs up ${coalesce(each.value.file_system_id, each.value.volume_id)} (fsx-backup, deployment ${var.name})"
  state       = each.value.enabled ? "ENABLED" : "DISABLED"
  kms_key_arn = local.key_arn

  schedule_expression          = each.value.schedule
  schedule_expression_timezone = each.value.timezone

  flexible_time_window {
    mode                      = each.value.flexible_window_minutes == 0 ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = each.value.flexible_window_minutes == 0 ? null : each.value.flexible_window_minutes
  }

  target {
    arn      = aws_sqs_queue.this.arn
    role_arn = aws_iam_role.scheduler.arn
    input = replace(
      jsonencode(merge(local.messages[each.key], { scheduled_time = local.scheduled_time_keyword })),
      local.escaped_keyword,
      local.scheduled_time_keyword,
    )

    # An occurrence delivered after its start window would only be a failure.
    retry_policy {
      maximum_event_age_in_seconds = min(86400, max(60, each.value.start_window_minutes * 60))
      maximum_retry_attempts       = 185
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }

  # A rate(...) fires at once: everything it needs has to be there.
  depends_on = [
    aws_iam_role_policy.scheduler,
    aws_iam_role_policy.scheduler_encryption,
    aws_lambda_event_source_mapping.this,
  ]
}
