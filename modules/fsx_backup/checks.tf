# The two schedules of a deployment, however many plans it has. Their messages have the plans' names; the rest is read off
# the plans' own schedules. No dead letters: a message that is missing is seen by the alarms `late` and `dropped-checks`.
resource "aws_scheduler_schedule_group" "checks" {
  name = local.groups.checks
  tags = local.tags

  depends_on = [
    aws_iam_role_policy.scheduler,
    aws_iam_role_policy.scheduler_encryption,
    aws_lambda_event_source_mapping.this,
  ]
}

# A rate fires as soon as its schedule is there: first the plans' schedules, then their check.
resource "aws_scheduler_schedule" "health_check" {
  name        = "health-check"
  group_name  = aws_scheduler_schedule_group.checks.name
  description = "Finds late plans (fsx-backup, deployment ${var.name})"
  kms_key_arn = local.key_arn

  schedule_expression = "rate(${local.arguments.health_check_interval_minutes} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = local.messages.health-check

    # A check is about now: the next one is worth more than a late one.
    retry_policy {
      maximum_event_age_in_seconds = local.arguments.health_check_interval_minutes * 60
      maximum_retry_attempts       = 10
    }
  }

  depends_on = [aws_scheduler_schedule.backup]
}

resource "aws_scheduler_schedule" "report" {
  name        = "report"
  group_name  = aws_scheduler_schedule_group.checks.name
  description = "Reports on all plans (fsx-backup, deployment ${var.name})"
  kms_key_arn = local.key_arn

  schedule_expression          = local.arguments.report.schedule
  schedule_expression_timezone = local.arguments.report.timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = local.messages.report
  }
}
