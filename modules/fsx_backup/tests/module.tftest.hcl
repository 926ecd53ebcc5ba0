# What the module creates from its inputs, and what it takes from the caller: with a mocked provider, so without an account.
# What it refuses is in plans/tests.
# Run in modules/fsx_backup: terraform init && terraform test. mock_provider needs Terraform 1.7 or OpenTofu 1.8; the
# module itself needs less.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}", minified_json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_service_principal" {
    defaults = { name = "service.amazonaws.com", region = "eu-west-1" }
  }
}

variables {
  file_systems = {
    home = { file_system_id = "fs-0123456789abcdef0", max_backup_age_hours = 6 }
    database = {
      volume_id               = "fsvol-0123456789abcdef0"
      schedule                = "cron(0 2 * * ? *)"
      timezone                = "Europe/Paris"
      enabled                 = false
      flexible_window_minutes = 15
      retention               = { days = 30, keep_weekly = 4 }
    }
  }
}

run "every_plan_has_its_schedule_and_is_checked" {
  command = plan

  assert {
    condition     = toset(keys(aws_scheduler_schedule.backup)) == toset(["home", "database"])
    error_message = "One schedule for each entry of file_systems."
  }

  assert {
    condition = [for schedule in [aws_scheduler_schedule.health_check, aws_scheduler_schedule.report] : jsondecode(schedule.target[0].input).plans] == [
      ["database", "home"], ["database", "home"],
    ]
    error_message = "Each entry is checked and reported on."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["late"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.this["late"].period == 3600
    error_message = "One alarm for all plans; it goes into ALARM without data too."
  }
}

run "an_entry_becomes_its_schedule" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.backup["home"].state == "ENABLED" && aws_scheduler_schedule.backup["database"].state == "DISABLED"
    error_message = "enabled = false stops the schedule."
  }

  assert {
    condition     = aws_scheduler_schedule.backup["database"].schedule_expression == "cron(0 2 * * ? *)" && aws_scheduler_schedule.backup["database"].schedule_expression_timezone == "Europe/Paris"
    error_message = "schedule and timezone reach the schedule."
  }

  assert {
    condition     = aws_scheduler_schedule.backup["database"].flexible_time_window[0].maximum_window_in_minutes == 15 && aws_scheduler_schedule.backup["home"].flexible_time_window[0].mode == "OFF"
    error_message = "flexible_window_minutes becomes the window, 0 switches it off."
  }

  assert {
    condition     = strcontains(aws_scheduler_schedule.backup["home"].target[0].input, "\"scheduled_time\":\"<aws.scheduler.scheduled-time>\"")
    error_message = "Scheduler's keyword must stand unescaped."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.backup["database"].target[0].input).plan.volume_id == "fsvol-0123456789abcdef0"
    error_message = "The message names the target."
  }
}

run "the_outputs_show_the_effective_settings" {
  command = plan

  assert {
    condition     = output.plans["home"].retention.days == 7 && output.plans["database"].retention.keep_weekly == 4 && output.plans["database"].retention.keep_last == 3
    error_message = "plans has what was written, and the defaults of the rest."
  }

  assert {
    condition     = strcontains(output.commands["home"].dry_run_purge, "'{\"action\":\"purge\",\"dry_run\":true,\"plan\":\"home\"}'")
    error_message = "The command to try a purge names the plan, and says that it is a dry run."
  }
}

run "its_own_key_and_topics" {
  command = plan

  assert {
    condition     = length(aws_kms_key.this) == 1 && length(aws_sns_topic.this) == 1 && length(aws_sns_topic.alarms) == 1
    error_message = "Without an existing key and topics the module makes them."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this["errors"].alarm_actions) == 2
    error_message = "Alarms go to both topics."
  }

  assert {
    condition     = aws_kms_key.this[0].enable_key_rotation
    error_message = "The key rotates."
  }
}

run "an_existing_key_and_topics" {
  command = plan

  variables {
    encryption = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    notifications = {
      topic_arn       = "arn:aws:sns:eu-west-1:123456789012:alerts"
      alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:alarms"
      emails          = ["storage@example.com"]
      subscriptions   = { pager = { protocol = "https", endpoint = "https://pager.example.com/in", failures_only = true } }
    }
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_sns_topic.this) == 0 && length(aws_sns_topic.alarms) == 0
    error_message = "An existing key and existing topics replace the module's own."
  }

  assert {
    condition     = aws_sns_topic_subscription.alarms["pager"].topic_arn == var.notifications.alarm_topic_arn && aws_sns_topic_subscription.alarms["pager"].filter_policy == null
    error_message = "An endpoint with a filter is subscribed to the alarms topic without it."
  }

  assert {
    condition = alltrue([for arn in [
      aws_sqs_queue.this.kms_master_key_id,
      aws_sqs_queue.dead_letters.kms_master_key_id,
      aws_cloudwatch_log_group.this.kms_key_id,
      aws_lambda_function.this.kms_key_arn,
      aws_scheduler_schedule.backup["home"].kms_key_arn,
      aws_scheduler_schedule.health_check.kms_key_arn,
      aws_scheduler_schedule.report.kms_key_arn,
    ] : arn == var.encryption.kms_key_arn])
    error_message = "Queues, log, function and schedules are encrypted with the given key."
  }

  assert {
    condition     = aws_sns_topic_subscription.email["storage@example.com"].topic_arn == var.notifications.topic_arn
    error_message = "People are subscribed to the given topic."
  }
}
