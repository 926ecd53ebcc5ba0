resource "aws_scheduler_schedule_group" "this" {
  name = local.groups.backups
  tags = local.tags

  # Made last, because a rate(...) fires as soon as its schedule is there. Said here and not for every schedule: a
  # thousand of them would each carry all these edges through the graph.
  depends_on = [
    aws_iam_role_policy.scheduler,
    aws_iam_role_policy.scheduler_encryption,
    aws_lambda_event_source_mapping.this,
    aws_sqs_queue.dead_letters,
  ]
}

# Terraform evaluates the whole `for_each` map once per instance, so the map holds only strings, and the rest of a plan is
# looked up. With the plans themselves a thousand of them would take minutes.
resource "aws_scheduler_schedule" "backup" {
  for_each = local.backup_messages

  name        = each.key
  group_name  = aws_scheduler_schedule_group.this.name
  description = "Backs up ${substr(local.plans[each.key].target, 0, 200)} (fsx-backup, deployment ${var.name})" # 512 bytes at most
  state       = local.plans[each.key].enabled ? "ENABLED" : "DISABLED"
  kms_key_arn = local.key_arn

  schedule_expression          = local.plans[each.key].schedule
  schedule_expression_timezone = local.plans[each.key].timezone

  flexible_time_window {
    mode                      = local.plans[each.key].flexible_window_minutes == 0 ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = local.plans[each.key].flexible_window_minutes == 0 ? null : local.plans[each.key].flexible_window_minutes
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = each.value

    # An occurrence delivered after its start window would only be a failure. The window begins after the flexible one.
    retry_policy {
      maximum_event_age_in_seconds = min(86400, max(60, (local.plans[each.key].flexible_window_minutes + local.plans[each.key].start_window_minutes) * 60))
      maximum_retry_attempts       = 185
    }

    dead_letter_config {
      arn = local.arn.dead_letter_queue
    }
  }
}
