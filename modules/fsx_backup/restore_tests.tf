resource "aws_scheduler_schedule_group" "restore_tests" {
  count = length(local.restore_tests) == 0 ? 0 : 1

  name = local.groups.restore-tests
  tags = local.tags

  depends_on = [
    aws_iam_role_policy.scheduler,
    aws_iam_role_policy.scheduler_encryption,
    aws_lambda_event_source_mapping.this,
    aws_sqs_queue.dead_letters,
  ]
}

# As in schedules.tf. Also after the plans' own schedules: the function reads the plan there.
resource "aws_scheduler_schedule" "restore_test" {
  for_each = local.restore_test_messages

  name        = each.key
  group_name  = aws_scheduler_schedule_group.restore_tests[0].name
  description = "Tests a restore of ${substr(local.plans[each.key].target, 0, 200)} (fsx-backup, deployment ${var.name})"
  state       = local.plans[each.key].enabled ? "ENABLED" : "DISABLED"
  kms_key_arn = local.key_arn

  schedule_expression          = local.restore_tests[each.key].schedule
  schedule_expression_timezone = local.restore_tests[each.key].timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = each.value

    # A test that is delivered after a day would only be a failure.
    retry_policy {
      maximum_event_age_in_seconds = 86400
      maximum_retry_attempts       = 185
    }

    dead_letter_config {
      arn = local.arn.dead_letter_queue
    }
  }

  depends_on = [aws_scheduler_schedule.backup]
}
