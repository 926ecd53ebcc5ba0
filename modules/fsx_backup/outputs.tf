output "name" {
  description = "Name of this deployment: it marks every backup that the deployment owns."
  value       = var.name
}

output "plans" {
  description = "The effective settings of every plan, keyed like `file_systems`. Terraform silently drops unknown attributes: check here that every attribute arrived. The root stack refuses them."
  value       = var.file_systems
}

output "settings" {
  description = "The effective settings of `notifications`, `report`, `encryption`, `vpc` and `package`, for the same reason."
  value       = { for name in ["notifications", "report", "encryption", "vpc", "package"] : name => local.arguments[name] }
}

output "schedules" {
  description = "The schedule of every plan, keyed like `file_systems`: `arn`, `name`, `group`."
  value = {
    for key, schedule in aws_scheduler_schedule.backup :
    key => { arn = schedule.arn, name = schedule.name, group = schedule.group_name }
  }
}

output "commands" {
  description = "Commands to paste, keyed like `file_systems`: `backup_now`, `dry_run_purge`, `check`, `list_backups`, and `restore_test_now` where the plan has a `restore_test`. They need the AWS CLI, version 2."
  value = {
    for key, plan in local.plans : key => merge({
      backup_now    = "${local.invoke} --payload '${jsonencode({ action = "backup", plan = key })}' /dev/stdout"
      dry_run_purge = "${local.invoke} --payload '${jsonencode({ action = "purge", plan = key, dry_run = true })}' /dev/stdout"
      check         = "${local.invoke} --payload '${jsonencode({ action = "check", plan = key })}' /dev/stdout"
      list_backups = join(" ", concat(
        ["aws fsx describe-backups --region ${local.region}"],
        plan.target_tags == null ? ["--filters Name=${plan.volume_id == null ? "file-system" : "volume"}-id,Values=${plan.target_id}"] : [],
        [
          "--query \"sort_by(Backups[?Tags[?Key=='fsx-backup:deployment' && Value=='${var.name}'] &&",
          "Tags[?Key=='fsx-backup:plan' && Value=='${key}']], &CreationTime)[].[CreationTime,BackupId,Lifecycle,Volume.VolumeId||FileSystem.FileSystemId]\"",
          "--output table",
        ],
      ))
      }, {
      for name in ["restore_test_now"] : name => "${local.invoke} --payload '${jsonencode({ action = "restore_test", plan = key })}' /dev/stdout"
      if contains(keys(local.restore_tests), key)
    })
  }
}

output "status_command" {
  description = "Command to paste: the state of all plans now, with everything that the report says."
  value       = local.status_command
}

locals {
  invoke         = "aws lambda invoke --region ${local.region} --function-name ${var.name} --cli-read-timeout 310 --cli-binary-format raw-in-base64-out"
  status_command = "${local.invoke} --payload '${jsonencode({ action = "status" })}' /dev/stdout"
}

output "alarms" {
  description = "Names of the alarms, by what they watch."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}

output "dashboard" {
  description = "The dashboard: `name`, `url`."
  value = {
    name = aws_cloudwatch_dashboard.this.dashboard_name
    url = join("", [
      "https://${local.region}.${local.console}/cloudwatch/home?region=${local.region}",
      "#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}",
    ])
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
