# Health checks only publish metrics; without their metrics the freshness alarms go into ALARM. Plans with the same check
# schedule are checked together, see plans/messages.tf.
resource "aws_scheduler_schedule_group" "checks" {
  name = local.groups.checks
  tags = local.tags

  depends_on = [
    aws_iam_role_policy.scheduler,
    aws_iam_role_policy.scheduler_encryption,
    aws_lambda_event_source_mapping.this,
  ]
}

resource "aws_scheduler_schedule" "check" {
  for_each = local.check_messages # file_systems: check_schedule groups the checks, so it must be known in the plan

  name        = each.key
  group_name  = aws_scheduler_schedule_group.checks.name
  description = substr("Deployment ${var.name} of fsx-backup: checks the backups of ${join(", ", local.checks[each.key].plans)}", 0, 512)
  kms_key_arn = local.key_arn

  schedule_expression          = local.checks[each.key].schedule
  schedule_expression_timezone = local.checks[each.key].timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = each.value

    retry_policy {
      maximum_event_age_in_seconds = local.check_retry.seconds
      maximum_retry_attempts       = local.check_retry.attempts
    }
  }
}

resource "aws_scheduler_schedule" "deployment_check" {
  name        = "_deployment"
  group_name  = aws_scheduler_schedule_group.checks.name
  description = "Finds backups without a plan and compares with the quota (fsx-backup, deployment ${var.name})"
  kms_key_arn = local.key_arn

  schedule_expression          = local.arguments.deployment_check_schedule
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = local.deployment_check.message

    retry_policy {
      maximum_event_age_in_seconds = local.check_retry.seconds
      maximum_retry_attempts       = local.check_retry.attempts
    }
  }
}

moved {
  from = aws_scheduler_schedule.check["_deployment"]
  to   = aws_scheduler_schedule.deployment_check
}

locals {
  check_messages = tomap({ for name, check in local.checks : name => check.message })

  # A check is about now: the next one is worth more than a late one. No dead letters either: the missing metric alerts.
  check_retry = { seconds = 1800, attempts = 10 }
}
