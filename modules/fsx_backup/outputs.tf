output "name" {
  description = "Name of this deployment: it marks every backup that the deployment owns."
  value       = var.name
}

output "plans" {
  description = "The effective settings of every plan, keyed like `file_systems`. Terraform drops attributes it does not know: look here whether what you wrote arrived; the root stack refuses them."
  value       = var.file_systems
}

output "attributes" {
  description = "Names of the attributes that `notifications`, its subscriptions and `encryption` have: callers that pass on untyped values can refuse the others, as the root stack does."
  value = {
    notifications                 = keys(var.notifications)
    "notifications.subscriptions" = distinct(flatten([for subscription in values(var.notifications.subscriptions) : keys(subscription)]))
    encryption                    = keys(var.encryption)
  }
}

output "schedules" {
  description = "The schedule of every plan, keyed like `file_systems`: `arn`, `name`, `group`."
  value = {
    for key, schedule in aws_scheduler_schedule.backup :
    key => { arn = schedule.arn, name = schedule.name, group = schedule.group_name }
  }
}

output "commands" {
  description = "Commands to paste, keyed like `file_systems`: `backup_now`, `dry_run_purge`, `check`, `list_backups`. They need the AWS CLI, version 2."
  value = {
    for key, plan in local.plans : key => {
      backup_now    = "${local.invoke} --payload '{\"action\":\"backup\",\"plan\":${plan},\"version\":1}' /dev/stdout"
      dry_run_purge = "${local.invoke} --payload '{\"action\":\"purge\",\"dry_run\":true,\"plan\":${plan},\"version\":1}' /dev/stdout"
      check         = "${local.invoke} --payload '{\"action\":\"check\",\"plan\":${local.checked_plans[key]},\"version\":1}' /dev/stdout"
      list_backups = join(" ", [
        "aws fsx describe-backups --region ${local.region} --filters",
        var.file_systems[key].volume_id == null ? "Name=file-system-id,Values=${var.file_systems[key].file_system_id}" : "Name=volume-id,Values=${var.file_systems[key].volume_id}",
        "--query \"Backups[?Tags[?Key=='fsx-backup:deployment' && Value=='${var.name}'] && Tags[?Key=='fsx-backup:plan' && Value=='${key}']].[CreationTime,BackupId,Lifecycle]\"",
        "--output table",
      ])
    }
  }
}

locals {
  invoke = "aws lambda invoke --region ${local.region} --function-name ${var.name} --cli-binary-format raw-in-base64-out"
}

output "check_command" {
  description = "Command to paste: checks the deployment now, and names the removed plans whose backups are still there."
  value       = "${local.invoke} --payload '{\"action\":\"check\",\"plans\":${local.known_plans},\"version\":1}' /dev/stdout"
}

output "alarms" {
  description = "Names of the alarms: `freshness`, keyed like `file_systems`, of the plans with `max_backup_age_hours`; `deployment`, by what they watch."
  value = {
    freshness  = { for key, alarm in aws_cloudwatch_metric_alarm.freshness : key => alarm.alarm_name }
    deployment = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
  }
}

output "dashboard" {
  description = "The dashboard: `name`, `url`."
  value = {
    name = aws_cloudwatch_dashboard.this.dashboard_name
    url  = "https://${local.region}.${local.console}/cloudwatch/home?region=${local.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
  }
}

output "function" {
  description = "The function: `arn`, `name`, `role_arn`, `log_group`."
  value = {
    arn       = aws_lambda_function.this.arn
    name      = aws_lambda_function.this.function_name
    role_arn  = aws_iam_role.function.arn
    log_group = aws_cloudwatch_log_group.this.name
  }
}

output "queue" {
  description = "The queue of occurrences under way: `arn`, `url`."
  value       = { arn = aws_sqs_queue.this.arn, url = aws_sqs_queue.this.url }
}

output "dead_letter_queue" {
  description = "Where messages end that could not be handled: `arn`, `url`."
  value       = { arn = aws_sqs_queue.dead_letters.arn, url = aws_sqs_queue.dead_letters.url }
}

output "topic_arn" {
  description = "The topic of the function's notifications and, for subscriptions without a filter, of the alarms: the module's own, or the one given."
  value       = local.topic_arn
}

output "alarm_topic_arn" {
  description = "The topic of the alarms alone: the module's own, or the one given. Subscribe endpoints to it that filter the main topic, or that must learn of its loss."
  value       = local.alarm_topic_arn
}

output "kms_key_arn" {
  description = "The key that encrypts queues, topic, logs, schedules and the function's environment."
  value       = local.key_arn
}
