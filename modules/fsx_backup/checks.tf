# Checks measure instead of backing up; without their metrics the freshness alarms sound.
resource "aws_scheduler_schedule_group" "checks" {
  name = local.groups.checks
  tags = local.tags
}

locals {
  checks = merge(
    {
      for key, plan in var.file_systems : key => {
        schedule = plan.check_schedule
        timezone = plan.timezone
        message = {
          version = 1
          action  = "check"
          plan    = { for name in ["name", "file_system_id", "volume_id", "adopt_tags"] : name => local.messages[key].plan[name] if can(local.messages[key].plan[name]) }
        }
      }
    },
    {
      # Names alone: 1,000 of them take some 20 KB of the 256 KB that a message may have.
      _deployment = {
        schedule = var.deployment_check_schedule
        timezone = "UTC"
        message  = { version = 1, action = "check", plans = concat(sort(keys(var.file_systems)), sort(tolist(var.additional_targets))) }
      }
    },
  )
}

resource "aws_scheduler_schedule" "check" {
  for_each = local.checks

  name        = each.key
  group_name  = aws_scheduler_schedule_group.checks.name
  description = each.key == "_deployment" ? "Looks for backups of removed plans and compares with the quota (fsx-backup, deployment ${var.name})" : "Measures the backups of ${each.key} (fsx-backup, deployment ${var.name})"
  kms_key_arn = local.key_arn

  schedule_expression          = each.value.schedule
  schedule_expression_timezone = each.value.timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sqs_queue.this.arn
    role_arn = aws_iam_role.scheduler.arn
    input = replace(
      jsonencode(merge(each.value.message, { scheduled_time = local.scheduled_time_keyword })),
      local.escaped_keyword,
      local.scheduled_time_keyword,
    )

    # A check is about now: the next one is worth more than a late one. No dead letters either: what is missing tells.
    retry_policy {
      maximum_event_age_in_seconds = 1800
      maximum_retry_attempts       = 10
    }
  }

  lifecycle {
    precondition {
      condition     = length(jsonencode(each.value.message)) < 250000
      error_message = "The names of all plans together are too long for one message of 256 KB: divide file_systems among several deployments."
    }
  }

  depends_on = [
    aws_iam_role_policy.scheduler,
    aws_iam_role_policy.scheduler_encryption,
    aws_lambda_event_source_mapping.this,
  ]
}

# How long a schedule pauses at most, in hours; null where that cannot be told from its expression. Daylight saving is
# left out. Fields of a cron expression that are lists, ranges or steps become their numbers.
locals {
  expressions = distinct(concat([for plan in values(var.file_systems) : plan.schedule], [for plan in values(var.file_systems) : plan.check_schedule]))

  rates = {
    for expression in local.expressions : expression => try(
      tonumber(regex("^rate\\(([0-9]+) +(?:minute|hour|day)s?\\)$", expression)[0]) *
      { minute = 1, hour = 60, day = 1440 }[regex("(minute|hour|day)", expression)[0]] / 60,
      null,
    )
  }

  crons = {
    for expression in local.expressions : expression => zipmap(
      ["minute", "hour", "day", "month", "weekday", "year"],
      regex("^cron\\( *(\\S+) +(\\S+) +(\\S+) +(\\S+) +(\\S+) +(\\S+) *\\)$", expression),
    ) if can(regex("^cron\\( *(\\S+) +(\\S+) +(\\S+) +(\\S+) +(\\S+) +(\\S+) *\\)$", expression))
  }

  hours = {
    for expression, cron in local.crons : expression => try(
      cron.hour == "*" ? range(24)
      : can(regex("/", cron.hour)) ? range(tonumber(replace(split("/", cron.hour)[0], "*", "0")), 24, tonumber(split("/", cron.hour)[1]))
      : [for text in sort([for hour in flatten([for part in split(",", cron.hour) : range(tonumber(split("-", part)[0]), tonumber(reverse(split("-", part))[0]) + 1)]) : format("%02d", hour)]) : tonumber(text)],
      [],
    )
  }

  weekdays = {
    for expression, cron in local.crons : expression => try(
      contains(["*", "?"], cron.weekday) ? range(1, 8)
      : [for text in sort([for day in flatten([for part in split(",", cron.weekday) : range(local.weekday_numbers[split("-", part)[0]], local.weekday_numbers[reverse(split("-", part))[0]] + 1)]) : tostring(day)]) : tonumber(text)],
      [],
    )
  }
  weekday_numbers = merge(
    { SUN = 1, MON = 2, TUE = 3, WED = 4, THU = 5, FRI = 6, SAT = 7 },
    { for day in range(1, 8) : tostring(day) => day },
  )

  # From one day with a backup to the next.
  days_between = {
    for expression, cron in local.crons : expression => try(
      !contains(["*", "?"], cron.day) ? (can(regex("^[0-9]+$", cron.day)) && cron.weekday == "?" ? 31 : null)
      : max([for i, day in local.weekdays[expression] : (i + 1 < length(local.weekdays[expression]) ? local.weekdays[expression][i + 1] : local.weekdays[expression][0] + 7) - day]...),
      null,
    )
  }

  longest_gap_hours = {
    for expression in local.expressions : expression => try(
      local.rates[expression] != null ? local.rates[expression]
      : local.crons[expression].month != "*" || local.crons[expression].year != "*" ? null
      : max(concat(
        [(local.days_between[expression] - 1) * 24 + local.hours[expression][0] + 24 - reverse(local.hours[expression])[0]],
        [for i, hour in slice(local.hours[expression], 1, length(local.hours[expression])) : hour - local.hours[expression][i]],
      )...) - (can(regex("^[0-9]+$", local.crons[expression].minute)) ? 0 : 1), # several times an hour: at least this long
      null,
    )
  }

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
