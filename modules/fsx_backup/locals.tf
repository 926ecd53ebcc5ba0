data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_service_principal" "of" {
  for_each = toset(["cloudwatch", "events", "lambda", "scheduler"])

  service_name = each.key
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id
  tags      = merge({ "fsx-backup:deployment" = var.name }, var.tags)

  # Backups and checks apart: a plan's two schedules have its key for their name.
  groups = { backups = var.name, checks = "${var.name}-checks" }

  # Names and ARNs are put together here, so that a plan shows every policy before anything exists.
  arn = {
    queue             = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"
    dead_letter_queue = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}-dead-letters"
    topic             = coalesce(var.notifications.topic_arn, "arn:${local.partition}:sns:${local.region}:${local.account}:${var.name}")
    log_group         = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${var.name}"
    schedule_groups   = [for group in local.groups : "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule-group/${group}"]
    function          = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"
  }

  # What the function reads of a plan; the rest of the entry belongs to the schedule.
  messages = {
    for key, plan in var.file_systems : key => {
      version = 1
      action  = "backup"
      plan = merge(
        {
          name                      = key
          retention                 = plan.retention
          timezone                  = plan.timezone
          backup_name               = plan.backup_name
          backup_tags               = plan.backup_tags
          copy_tags                 = plan.copy_tags
          purge_tags                = plan.purge_tags
          adopt_tags                = plan.adopt_tags
          notify_on_success         = plan.notify_on_success
          start_window_minutes      = plan.start_window_minutes
          completion_window_minutes = plan.completion_window_minutes
        },
        { for name in ["file_system_id", "volume_id"] : name => plan[name] if plan[name] != null },
      )
    }
  }

  longest_window_minutes = max(1440, [for plan in values(var.file_systems) : plan.completion_window_minutes]...)
}
