# Checks measure instead of backing up; without their metrics the freshness alarms sound. Plans with the same check
# schedule are measured together: FSx lists twenty targets in one call, and no storm of messages meets the backups. A
# hundred in a message are done well within the function's time.
locals {
  checked_together = {
    for key, plan in var.file_systems :
    jsonencode([plan.check_schedule, startswith(plan.check_schedule, "rate(") ? "UTC" : plan.timezone]) => key...
  }
  checks = merge([
    for rhythm, keys in local.checked_together : {
      for number, some in chunklist(keys, 100) :
      "plans-${substr(md5(rhythm), 0, 8)}-${number + 1}" => { rhythm = jsondecode(rhythm), plans = some }
    }
  ]...)
}

resource "aws_scheduler_schedule_group" "checks" {
  name = local.groups.checks
  tags = local.tags

  depends_on = [
    aws_iam_role_policy.scheduler,
    aws_iam_role_policy.scheduler_encryption,
    aws_lambda_event_source_mapping.this,
  ]

  lifecycle {
    precondition {
      condition     = length(local.known_plans) < 250000
      error_message = "The names of all plans together are too long for one message of 256 KB: divide file_systems among several deployments."
    }

    precondition {
      condition     = alltrue([for message in values(local.check_messages) : length(message) < 250000])
      error_message = "The adopt_tags of a hundred plans together are too long for one message of 256 KB: shorten them, or divide file_systems among several deployments."
    }
  }
}

resource "aws_scheduler_schedule" "check" {
  for_each = local.check_messages

  name        = each.key
  group_name  = aws_scheduler_schedule_group.checks.name
  description = each.key == "_deployment" ? "Looks for backups of removed plans and compares with the quota (fsx-backup, deployment ${var.name})" : substr("Deployment ${var.name} of fsx-backup: measures the backups of ${join(", ", local.checks[each.key].plans)}", 0, 512)
  kms_key_arn = local.key_arn

  schedule_expression          = each.key == "_deployment" ? var.deployment_check_schedule : local.checks[each.key].rhythm[0]
  schedule_expression_timezone = each.key == "_deployment" ? "UTC" : local.checks[each.key].rhythm[1]

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.arn.queue
    role_arn = local.arn.scheduler
    input    = each.value

    # A check is about now: the next one is worth more than a late one. No dead letters either: what is missing tells.
    retry_policy {
      maximum_event_age_in_seconds = 1800
      maximum_retry_attempts       = 10
    }
  }
}

locals {
  watched = { for key, plan in var.file_systems : key => plan if plan.max_backup_age_hours != null }

  impatient = [
    for key, plan in local.watched : "${key} (${plan.max_backup_age_hours} hours, but ${local.longest_gap_hours[plan.schedule]} from one backup to the next)"
    if try(plan.max_backup_age_hours < local.longest_gap_hours[plan.schedule], false)
  ]
  rarely_checked = [
    for key, plan in local.watched : "${key} (${plan.max_backup_age_hours} hours, but ${local.longest_gap_hours[plan.check_schedule]} from one check to the next)"
    if try(plan.max_backup_age_hours < local.longest_gap_hours[plan.check_schedule], false)
  ]
}

check "maximum_backup_age" {
  assert {
    condition     = length(local.impatient) == 0
    error_message = "file_systems: max_backup_age_hours is shorter than the schedule's longest gap, so the freshness alarm will sound without a failure. Raise it, or back up more often: ${join(", ", local.impatient)}."
  }

  assert {
    condition     = length(local.rarely_checked) == 0
    error_message = "file_systems: check_schedule is rarer than max_backup_age_hours, so the freshness alarm will come late. Check more often: ${join(", ", local.rarely_checked)}."
  }
}
