# What AWS may take, and what a reader should know.
locals {
  # A time without its zone is certainly past twelve hours later.
  now      = plantimestamp()
  past_for = { UTC = "0s" }
  plan_expressions = concat(
    [for key, plan in local.plans : { entry = key, value = var.file_systems[key].schedule, text = plan.schedule, zone = plan.timezone }],
    [
      for key, test in local.restore_tests :
      { entry = "${key} (restore_test)", value = var.file_systems[key].restore_test.schedule, text = test.schedule, zone = test.timezone }
    ],
  )
  used_expressions = concat(
    local.plan_expressions,
    [{ entry = "report", value = var.arguments.report.schedule, text = local.report.schedule, zone = local.report.timezone }],
  )
  undocumented_crons = {
    for expression, fields in local.crons : expression => concat(
      [for text in values(fields) : "${text} is not in capitals" if upper(text) != text],
      flatten([for name, wraps in local.wrapping[expression] : "${fields[name]} wraps around" if anytrue(wraps)]),
    ) if local.expression_mistakes[expression] == ""
  }

  # The last month in which a cron expression can fire, counted from the year 0; 0 where no month has such a day.
  longest_months = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  last_months = {
    for expression, cron in local.cron_values : expression => max(0, [
      for month in cron.month : cron.year[length(cron.year) - 1] * 12 + month
      if length(cron["day-of-month"]) == 0 ? true : cron["day-of-month"][0] <= local.longest_months[month - 1]
    ]...)
  }
  this_month = tonumber(formatdate("YYYY", timeadd(local.now, "-12h"))) * 12 + tonumber(formatdate("M", timeadd(local.now, "-12h")))

  warned = {
    times_past = [
      for use in local.plan_expressions : { entry = use.entry, value = use.value }
      if startswith(use.text, "at(") && local.expression_mistakes[use.text] == "" && try(
        timecmp(timeadd("${substr(use.text, 3, 19)}Z", lookup(local.past_for, use.zone, "12h")), local.now) < 0, false,
      )
    ]
    never_firing = [
      for use in local.used_expressions : { entry = use.entry, value = use.value }
      if lookup(local.last_months, use.text, local.this_month) < local.this_month
    ]
    # Not refused: what FSx needs is known to it only, and is mostly far less than the window.
    tests_too_often = [
      for key, test in local.restore_tests : { entry = key, value = var.file_systems[key].restore_test.schedule }
      if try(local.rates[test.schedule] < test.completion_window_minutes + test.hold_minutes, false)
    ]
    undocumented = [
      for use in local.used_expressions : { entry = use.entry, value = "${use.value}: ${join(", ", local.undocumented_crons[use.text])}" }
      if length(lookup(local.undocumented_crons, use.text, [])) > 0
    ]
  }
}

check "schedules" {
  assert {
    condition     = length(local.warned.times_past) == 0
    error_message = "file_systems: these times are in the past: EventBridge Scheduler refuses such a schedule when it is created or changed. Remove the entry or restore_test, or give a later time: ${local.named.warnings.times_past}."
  }

  assert {
    condition     = length(local.warned.never_firing) == 0
    error_message = "These schedules never fire: the years are past, or the months have no such day. Correct: ${local.named.warnings.never_firing}."
  }

  assert {
    condition     = length(local.warned.tests_too_often) == 0
    error_message = "restore_test: these rates are shorter than completion_window_minutes and hold_minutes together, and a test that is due while the plan's earlier one is in progress is skipped. Test less often, or shorten both, to be sure: ${local.named.warnings.tests_too_often}."
  }

  assert {
    condition     = length(local.warned.undocumented) == 0
    error_message = "AWS does not document these forms, so EventBridge Scheduler may refuse them. Write names in capitals and ranges in ascending order to be sure: ${local.named.warnings.undocumented}."
  }
}
