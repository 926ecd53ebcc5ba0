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

  # What takes more than one input to see, all in one place so that it is told together.
  lifecycle {
    precondition {
      condition     = length(local.bad_expressions) == 0
      error_message = "EventBridge Scheduler would refuse these schedules. Correct: ${join("; ", local.bad_expressions)}."
    }

    precondition {
      condition     = length(local.single_checks) == 0
      error_message = "A check comes again and again: give check_schedule and deployment_check_schedule as cron(...) or rate(...). Correct: ${join(", ", local.single_checks)}."
    }

    precondition {
      condition     = length(local.elsewhere) == 0
      error_message = "Topics, keys and rules must be of the deployment's own Region, ${local.region}. Give ones of this Region for: ${join(", ", local.elsewhere)}."
    }

    precondition {
      condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= var.maximum_concurrency
      error_message = "reserved_concurrency (${coalesce(var.reserved_concurrency, 0)}) must be at least maximum_concurrency (${var.maximum_concurrency}): raise the one or lower the other."
    }
  }
}

# Terraform goes through the whole of `for_each` for every single instance: it is a map of texts, and the rest of a plan
# is looked up. With the plans themselves a thousand of them would take minutes.
resource "aws_scheduler_schedule" "backup" {
  for_each = local.backup_messages

  name        = each.key
  group_name  = aws_scheduler_schedule_group.this.name
  description = "Backs up ${coalesce(var.file_systems[each.key].file_system_id, var.file_systems[each.key].volume_id)} (fsx-backup, deployment ${var.name})"
  state       = var.file_systems[each.key].enabled ? "ENABLED" : "DISABLED"
  kms_key_arn = local.key_arn

  schedule_expression          = var.file_systems[each.key].schedule
  schedule_expression_timezone = var.file_systems[each.key].timezone

  flexible_time_window {
    mode                      = var.file_systems[each.key].flexible_window_minutes == 0 ? "OFF" : "FLEXIBLE"
    maximum_window_in_minutes = var.file_systems[each.key].flexible_window_minutes == 0 ? null : var.file_systems[each.key].flexible_window_minutes
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = each.value

    # An occurrence delivered after its start window would only be a failure.
    retry_policy {
      maximum_event_age_in_seconds = min(86400, max(60, var.file_systems[each.key].start_window_minutes * 60))
      maximum_retry_attempts       = 185
    }

    dead_letter_config {
      arn = local.arn.dead_letter_queue
    }
  }
}
