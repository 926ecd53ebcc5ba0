data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_service_principal" "of" {
  for_each = toset(["cloudwatch", "events", "lambda", "scheduler"])

  service_name = each.key
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_service_principal.of["lambda"].region # no version deprecates it, unlike those of aws_region
  tags      = merge({ "fsx-backup:deployment" = var.name }, var.tags)

  groups = { backups = var.name, checks = "${var.name}-checks" }

  # Names and ARNs are put together here, so that a plan shows every policy before anything exists.
  arn = {
    queue             = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"
    dead_letter_queue = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}-dead-letters"
    topic             = coalesce(var.notifications.topic_arn, "arn:${local.partition}:sns:${local.region}:${local.account}:${var.name}")
    alarm_topic       = coalesce(var.notifications.alarm_topic_arn, "arn:${local.partition}:sns:${local.region}:${local.account}:${var.name}-alarms")
    log_group         = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${var.name}"
    scheduler         = "arn:${local.partition}:iam::${local.account}:role/${var.name}-scheduler"
    schedule_groups   = [for group in local.groups : "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule-group/${group}"]
    function          = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"
  }

  # What the function reads of a plan; the rest of the entry belongs to the schedule.
  plans = {
    for key, plan in var.file_systems : key => jsonencode(merge(
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
      plan.file_system_id == null ? { volume_id = plan.volume_id } : { file_system_id = plan.file_system_id },
    ))
  }
  checked_plans = {
    for key, plan in var.file_systems : key => jsonencode(merge(
      { name = key, adopt_tags = plan.adopt_tags },
      plan.file_system_id == null ? { volume_id = plan.volume_id } : { file_system_id = plan.file_system_id },
    ))
  }

  # Names alone: 1,000 of them take some 20 KB of the 256 KB that a message may have.
  known_plans = jsonencode(concat(keys(var.file_systems), sort(var.additional_targets)))

  # Scheduler replaces its keyword only where the angle brackets stand as they are: jsonencode would escape them.
  scheduled = "\"scheduled_time\":\"<aws.scheduler.scheduled-time>\",\"version\":1"
  backup_messages = tomap({
    for key, plan in local.plans : key => "{\"action\":\"backup\",\"plan\":${plan},${local.scheduled}}"
  })
  check_messages = tomap(merge(
    {
      for name, check in local.checks :
      name => "{\"action\":\"check\",\"each\":[${join(",", [for key in check.plans : local.checked_plans[key]])}],${local.scheduled}}"
    },
    { _deployment = "{\"action\":\"check\",\"plans\":${local.known_plans},${local.scheduled}}" },
  ))

  elsewhere = [
    for name, arn in merge(
      {
        "notifications.topic_arn"         = var.notifications.topic_arn
        "notifications.alarm_topic_arn"   = var.notifications.alarm_topic_arn
        "encryption.kms_key_arn"          = var.encryption.kms_key_arn
        "package.code_signing_config_arn" = var.package.code_signing_config_arn
      },
      { for key, arn in var.event_rules : "event_rules.${key}" => arn },
    ) : "${name} (${arn})" if arn == null ? false : split(":", arn)[3] != local.region
  ]
}
