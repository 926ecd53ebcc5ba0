# Reads the schedule expressions: what EventBridge Scheduler would refuse, and how long a schedule pauses at most.
# Here and not in `validation` blocks, which cannot share a computation: each different expression is read once, however
# many plans use it. Source: EventBridge Scheduler user guide, "Schedule types"; EventBridge user guide, rate expressions.
locals {
  expressions = keys({
    for expression in flatten([[for plan in var.file_systems : [plan.schedule, plan.check_schedule]], var.deployment_check_schedule]) :
    expression => true...
  })

  # What matches `alone` fills its field by itself.
  cron_fields = {
    minutes        = { numbers = range(60), names = {}, alone = "^$" }
    hours          = { numbers = range(24), names = {}, alone = "^$" }
    "day-of-month" = { numbers = range(1, 32), names = {}, alone = "^([?]|L|LW|([1-9]|[12][0-9]|3[01])W)$" }
    month          = { numbers = range(1, 13), names = { JAN = 1, FEB = 2, MAR = 3, APR = 4, MAY = 5, JUN = 6, JUL = 7, AUG = 8, SEP = 9, OCT = 10, NOV = 11, DEC = 12 }, alone = "^$" }
    "day-of-week"  = { numbers = range(1, 8), names = { SUN = 1, MON = 2, TUE = 3, WED = 4, THU = 5, FRI = 6, SAT = 7 }, alone = "^([?]|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$" }
    year           = { numbers = range(1970, 2200), names = {}, alone = "^$" }
  }
  cron_values = {
    for name, field in local.cron_fields :
    name => merge(field.names, { for n in field.numbers : tostring(n) => n }, { for n in field.numbers : format("%02d", n) => n })
  }

  cron_texts = {
    for expression in local.expressions : expression => zipmap(
      ["minutes", "hours", "day-of-month", "month", "day-of-week", "year"],
      regexall("[^ ]+", regex("^cron\\((.*)\\)$", expression)[0]),
    ) if try(length(regexall("[^ ]+", regex("^cron\\((.*)\\)$", expression)[0])) == 6, false)
  }

  # Each field's numbers in order; none where it stands alone, null where it is wrong. `field/step` goes to the end.
  crons = {
    for expression, texts in local.cron_texts : expression => {
      for name, text in texts : name => can(regex(local.cron_fields[name].alone, text)) ? tolist([]) : try(tolist([
        for padded in keys({ # sorted, each once
          for n in flatten([
            for part in [for text in split(",", text) : regex("^([*]|[0-9A-Z]+)(?:-([0-9A-Z]+))?(?:/([1-9][0-9]*))?$", text)] : range(
              part[0] == "*" && part[1] == null ? local.cron_fields[name].numbers[0] : local.cron_values[name][part[0]],
              (
                part[1] != null ? local.cron_values[name][part[1]]
                : part[0] == "*" || part[2] != null ? reverse(local.cron_fields[name].numbers)[0]
                : local.cron_values[name][part[0]]
              ) + 1,
              tonumber(coalesce(part[2], 1)) > length(local.cron_fields[name].numbers) ? 0 : tonumber(coalesce(part[2], 1)),
            )
          ]) : format("%04d", n) => n...
        }) : tonumber(padded)
      ]), null)
    }
  }

  rate_minutes = {
    for expression in local.expressions : expression => try(
      tonumber(regex("^rate\\((1|[1-9][0-9]*) +(?:minute|hour|day)s?\\)$", expression)[0]) *
      { minute = 1, hour = 60, day = 1440 }[regex("minute|hour|day", expression)],
      null,
    ) if can(regex("^rate\\((1 +(minute|hour|day)|([2-9]|[1-9][0-9]+) +(minute|hour|day)s)\\)$", expression))
  }

  # Empty where the expression is right.
  expression_mistakes = {
    for expression in local.expressions : expression => (
      startswith(expression, "rate(") ? (can(local.rate_minutes[expression]) ? "" : "rate takes a whole number and its unit, like rate(1 hour) or rate(12 hours)")
      : startswith(expression, "at(") ? (can(timeadd("${regex("^at\\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\\)$", expression)[0]}Z", "0s")) ? "" : "at takes a date and time of the calendar, like at(2030-12-31T23:00:00)")
      : !startswith(expression, "cron(") ? "it is none of cron(...), rate(...) and at(...)"
      : !can(local.crons[expression]) ? "cron takes six fields: minutes hours day-of-month month day-of-week year"
      : join(", ", concat(
        [for name, numbers in local.crons[expression] : "its ${name} cannot be ${local.cron_texts[expression][name]}" if numbers == null],
        length([for name in ["day-of-month", "day-of-week"] : name if local.cron_texts[expression][name] == "?"]) == 1 ? [] : ["exactly one of day-of-month and day-of-week must be ?"],
      ))
    )
  }

  bad_expressions = concat(
    flatten([for key, plan in var.file_systems : [
      for name in ["schedule", "check_schedule"] : "${key} (${name} = ${plan[name]}: ${local.expression_mistakes[plan[name]]})" if local.expression_mistakes[plan[name]] != ""
    ]]),
    local.expression_mistakes[var.deployment_check_schedule] == "" ? [] : ["deployment_check_schedule (${var.deployment_check_schedule}: ${local.expression_mistakes[var.deployment_check_schedule]})"],
  )

  single_checks = concat(
    [for key, plan in var.file_systems : "${key} (check_schedule = ${plan.check_schedule})" if startswith(plan.check_schedule, "at(")],
    startswith(var.deployment_check_schedule, "at(") ? ["deployment_check_schedule (${var.deployment_check_schedule})"] : [],
  )
}

# The longest time from one firing to the next, in hours; null where that cannot be told from the expression. Daylight
# saving is left out.
locals {
  days_between = {
    for expression, cron in local.crons : expression => try(
      length(cron["day-of-month"]) == 31 ? 1
      : length(cron["day-of-month"]) == 1 ? (cron["day-of-month"][0] == 31 ? 61 : cron["day-of-month"][0] > 28 ? 59 : 31)
      : local.cron_texts[expression]["day-of-month"] != "?" ? null
      : max([for i, day in cron["day-of-week"] : (i + 1 < length(cron["day-of-week"]) ? cron["day-of-week"][i + 1] : cron["day-of-week"][0] + 7) - day]...),
      null,
    )
  }

  longest_gap_hours = {
    for expression in local.expressions : expression => try(
      can(local.rate_minutes[expression]) ? local.rate_minutes[expression] / 60
      : length(local.crons[expression].month) < 12 || length(local.crons[expression].year) < 230 ? null
      : max(concat(
        [(local.days_between[expression] - 1) * 24 + local.crons[expression].hours[0] + 24 - reverse(local.crons[expression].hours)[0]],
        [for i, hour in slice(local.crons[expression].hours, 1, length(local.crons[expression].hours)) : hour - local.crons[expression].hours[i]],
      )...) - (length(local.crons[expression].minutes) == 1 ? 0 : 1), # several times an hour: at least this long
      null,
    )
  }
}
