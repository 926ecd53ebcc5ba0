# Reads the schedule expressions, each different one once. Sources: EventBridge Scheduler user guide, "Schedule types";
# EventBridge Scheduler API reference, CreateSchedule.
locals {
  expressions = keys({
    for expression in concat(
      [for plan in local.plans : plan.schedule],
      [for test in local.restore_tests : test.schedule],
      [local.report.schedule],
    ) : expression => true...
  })

  # A field is a list of values, ranges and steps, or what `alone` matches; `says` is that in words. Steps go up to the
  # number of values.
  cron_fields = {
    minutes = { value = "[0-5]?[0-9]", step = "[1-9]|[1-5][0-9]|60", alone = "[*]", lowest = 0, values = 60, says = "0 to 59" }
    hours   = { value = "[01]?[0-9]|2[0-3]", step = "[1-9]|1[0-9]|2[0-4]", alone = "[*]", lowest = 0, values = 24, says = "0 to 23" }
    day-of-month = {
      value  = "0?[1-9]|[12][0-9]|3[01]", step = "[1-9]|[12][0-9]|3[01]", alone = "[?]|L|LW|([1-9]|[12][0-9]|3[01])W"
      lowest = 1, values = 31, says = "1 to 31, or alone one like L, LW and 15W"
    }
    month = {
      value  = "0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC", step = "[1-9]|1[0-2]", alone = "[*]"
      lowest = 1, values = 12, says = "1 to 12 or JAN to DEC"
    }
    day-of-week = {
      value  = "0?[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT", step = "[1-7]", alone = "[?]|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"
      lowest = 1, values = 7, says = "1 to 7 or SUN to SAT, or alone one like L, 6L and MON#1"
    }
    year = {
      value  = "19[7-9][0-9]|2[01][0-9][0-9]", step = "[1-9][0-9]?|1[0-9][0-9]|2[0-2][0-9]|230", alone = "[*]"
      lowest = 1970, values = 230, says = "1970 to 2199, the earlier one first"
    }
  }
  cron_items    = { for name, field in local.cron_fields : name => "([*]|(${field.value})(-(${field.value}))?)(/(${field.step}))?" }
  cron_patterns = { for name, field in local.cron_fields : name => "^(${local.cron_items[name]}(,${local.cron_items[name]})*|${field.alone})$" }

  # The six fields of each cron expression. Names are read in any case, though AWS documents capitals only.
  crons = {
    for expression in local.expressions : expression => zipmap(
      ["minutes", "hours", "day-of-month", "month", "day-of-week", "year"],
      regexall("[^ ]+", regex("^cron\\((.*)\\)$", expression)[0]),
    ) if try(length(regexall("[^ ]+", regex("^cron\\((.*)\\)$", expression)[0])) == 6, false)
  }

  # The interval of each rate, in minutes.
  rates = {
    for expression, parts in { for text in local.expressions : text => regexall("^rate\\(([1-9][0-9]*) +(minute|hour|day)s?\\)$", text) } :
    expression => parts[0][0] * { minute = 1, hour = 60, day = 1440 }[parts[0][1]] if length(parts) > 0
  }

  # Empty where the expression is right.
  expression_mistakes = {
    for expression in local.expressions : expression => (
      startswith(expression, "rate(") ? (
        can(local.rates[expression]) ? ""
        : "rate takes a whole number and its unit, like rate(1 hour) or rate(12 hours)"
      )
      : startswith(expression, "at(") ? (
        can(timeadd("${regex("^at\\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\\)$", expression)[0]}Z", "0s")) ? ""
        : "at takes a date and time of the calendar, like at(2035-12-31T23:00:00)"
      )
      : !startswith(expression, "cron(") ? "it must be one of cron(...), rate(...) and at(...), like cron(0 5 * * ? *) for every day at 05:00"
      : !can(local.crons[expression]) ? "cron takes six fields, minutes hours day-of-month month day-of-week year, like cron(0 5 * * ? *)"
      : join("; ", concat(
        [
          for name, text in local.crons[expression] : "its ${name} must be ${local.cron_fields[name].says}, not ${text}"
          if !can(regex(local.cron_patterns[name], upper(text))) || name == "year" && try(anytrue(local.wrapping[expression].year), false)
        ],
        [
          for fields in [local.crons[expression]] : "exactly one of day-of-month and day-of-week must be ?, like cron(0 5 * * ? *)"
          if(fields["day-of-month"] == "?") == (fields["day-of-week"] == "?")
        ],
      ))
    )
  }
}

# What a right expression means, as far as warnings need it: the values of each field in order, none where the field
# stands alone. A range that ends before it begins goes round; `value/step` goes to the field's end.
locals {
  cron_names = {
    JAN = 1, FEB = 2, MAR = 3, APR = 4, MAY = 5, JUN = 6, JUL = 7, AUG = 8, SEP = 9, OCT = 10, NOV = 11, DEC = 12
    SUN = 1, MON = 2, TUE = 3, WED = 4, THU = 5, FRI = 6, SAT = 7
  }

  cron_ranges = {
    for expression, fields in local.crons : expression => {
      for name, text in fields : name => [
        for item in [for item in split(",", upper(text)) : regex("^([*]|[0-9A-Z]+)(?:-([0-9A-Z]+))?(?:/([0-9]+))?$", item)] : {
          first = item[0] == "*" ? local.cron_fields[name].lowest : try(tonumber(item[0]), local.cron_names[item[0]])
          last = (
            item[1] != null ? try(tonumber(item[1]), local.cron_names[item[1]])
            : item[0] == "*" || item[2] != null ? local.cron_fields[name].lowest + local.cron_fields[name].values - 1
            : try(tonumber(item[0]), local.cron_names[item[0]])
          )
          step = tonumber(coalesce(item[2], 1))
        }
      ] if can(regex("^${local.cron_items[name]}(,${local.cron_items[name]})*$", upper(text)))
    }
  }

  wrapping = {
    for expression, fields in local.cron_ranges : expression => {
      for name, ranges in fields : name => [for range in ranges : range.last < range.first]
    }
  }

  cron_values = {
    for expression, fields in local.cron_ranges : expression => {
      for name in ["day-of-month", "month", "year"] : name => [
        for padded in keys({ # sorted, each once
          for value in flatten([
            for item in lookup(fields, name, []) : [
              for n in range(item.first, item.last + (item.last < item.first ? local.cron_fields[name].values : 0) + 1, item.step) :
              (n - local.cron_fields[name].lowest) % local.cron_fields[name].values + local.cron_fields[name].lowest
            ]
          ]) : format("%04d", value) => true...
        }) : tonumber(padded)
      ]
    } if local.expression_mistakes[expression] == ""
  }
}
