# Lists of plans are searches, because lists grow and CloudWatch draws at most 500 metrics in a widget; of those that
# could be long, the 20 worst are shown. Only the widget that needs every plan's own maximum names them, up to 100.
locals {
  ranked      = slice(sort(keys(local.watched)), 0, min(100, length(local.watched)))
  age_limits  = distinct([for plan in values(local.watched) : plan.max_backup_age_hours])
  alarm_arn   = "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.name}"
  every_alarm = concat([for key in sort(keys(local.alarms)) : "${local.alarm_arn}-${key}"], [for key in local.ranked : "${local.alarm_arn}-freshness-${key}"])
  alarm_list  = slice(local.every_alarm, 0, min(100, length(local.every_alarm))) # as many as a widget may have
  below       = 3 + ceil(length(local.alarm_list) / 6)

  summary    = "${length(local.plans)} plans, ${length(local.watched)} with a maximum age."
  plan_label = "$${PROP('Dim.Plan')}" # CloudWatch puts in each plan's name
  of_plans   = "{${local.namespace},Deployment,Plan} Deployment=\"${var.name}\""
  worst = {
    for name in ["NewestBackupAgeHours", "OwnedBytes", "Duration"] :
    name => "SORT(SEARCH('${local.of_plans} MetricName=\"${name}\"', 'Maximum', 3600), MAX, DESC, 20)"
  }
  totals = {
    for name, statistic in {
      GoodBackups = "Maximum", FailedBackups = "Maximum", BackupsInProgress = "Maximum",
      Created     = "Sum", Completed = "Sum", Failed = "Sum", Purged = "Sum",
    } : name => "SUM(SEARCH('${local.of_plans} MetricName=\"${name}\"', '${statistic}', ${statistic == "Sum" ? 86400 : 3600}))"
  }
  colors = { good = "#2ca02c", bad = "#d62728", busy = "#1f77b4", other = "#9467bd" }

  charts = [
    {
      title = "Age of the newest available backup, in % of the plan's maximum"
      place = [0, 0, 12, 8]
      unit  = "%"
      metrics = concat(
        [for i, key in local.ranked : [{ expression = "100 * a${i} / ${local.watched[key].max_backup_age_hours}", label = key, id = "p${i}" }]],
        [for i, key in local.ranked : [
          local.namespace, "NewestBackupAgeHours", "Deployment", var.name, "Plan", key,
          { id = "a${i}", visible = false, stat = "Maximum", period = 3600 },
        ]],
      )
      lines = [{ label = "maximum", value = 100, fill = "above", color = local.colors.bad }]
    },
    {
      title   = "Age of the newest available backup, in hours: the 20 oldest"
      place   = [12, 0, 12, 8]
      unit    = "hours"
      metrics = [[{ expression = local.worst.NewestBackupAgeHours, label = local.plan_label, id = "age" }]]
      lines = [
        for hours in slice(local.age_limits, 0, min(8, length(local.age_limits))) :
        { label = "maximum of ${hours} h", value = hours, color = local.colors.bad }
      ]
    },
    {
      title = "Backups of all plans"
      place = [0, 8, 8, 6]
      unit  = "backups"
      metrics = [
        [{ expression = local.totals.GoodBackups, label = "good", id = "good", color = local.colors.good }],
        [{ expression = local.totals.FailedBackups, label = "failed", id = "failed", color = local.colors.bad }],
        [{ expression = local.totals.BackupsInProgress, label = "in progress", id = "busy", color = local.colors.busy }],
      ]
      lines = []
    },
    {
      title = "Outcomes, per day"
      place = [8, 8, 8, 6]
      unit  = "runs"
      metrics = [
        [{ expression = local.totals.Created, label = "created", id = "created", color = local.colors.busy }],
        [{ expression = local.totals.Completed, label = "completed", id = "completed", color = local.colors.good }],
        [{ expression = local.totals.Failed, label = "failed", id = "failed", color = local.colors.bad }],
        [{ expression = local.totals.Purged, label = "purged", id = "purged", color = local.colors.other }],
      ]
      lines = []
    },
    {
      title   = "Seconds to completion: the 20 longest"
      place   = [16, 8, 8, 6]
      unit    = "seconds"
      metrics = [[{ expression = local.worst.Duration, label = local.plan_label, id = "duration" }]]
      lines   = []
    },
    {
      title = "The account's backups, in % of the quota"
      place = [0, 14, 8, 6]
      unit  = "%"
      metrics = [[{
        expression = "SEARCH('{${local.namespace},Deployment,FileSystemType} Deployment=\"${var.name}\" MetricName=\"BackupQuotaUsed\"', 'Maximum', 86400)"
        label      = "$${PROP('Dim.FileSystemType')}"
        id         = "quota"
      }]]
      lines = [{ label = "warning", value = 80, fill = "above", color = local.colors.bad }]
    },
    {
      title = "Owned bytes (20 largest); orphaned backups"
      place = [8, 14, 8, 6]
      unit  = "bytes"
      metrics = [
        [{ expression = local.worst.OwnedBytes, label = local.plan_label, id = "bytes" }],
        [local.namespace, "OrphanedBackups", "Deployment", var.name, { label = "orphaned", id = "orphans", stat = "Maximum", period = 86400, yAxis = "right" }],
      ]
      lines = []
    },
    {
      title = "Dead letters, errors, throttles, dropped schedules"
      place = [16, 14, 8, 6]
      unit  = "count"
      metrics = concat(
        [for key in ["dead-letters", "errors", "throttles", "dropped-backups", "dropped-checks", "lost-dead-letters"] : concat(
          [local.alarms[key].namespace, local.alarms[key].metric],
          flatten([for name, value in local.alarms[key].dimensions : [name, value]]),
          [{ label = replace(key, "-", " "), stat = local.alarms[key].statistic, period = 300 }],
        )],
        [[
          "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", var.name,
          { label = "oldest before its third receive, seconds", stat = "Maximum", period = 300, yAxis = "right" },
        ]],
      )
      lines = []
    },
  ]
}

locals {
  # No data source knows the domain name of a partition's console.
  console = lookup({
    aws-cn     = "console.amazonaws.cn"
    aws-us-gov = "console.amazonaws-us-gov.com"
    aws-eusc   = "console.amazonaws-eusc.eu"
  }, local.partition, "console.aws.amazon.com")
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  depends_on = [aws_cloudwatch_log_group.this] # see lambda.tf: CloudWatch overwrites a dashboard of the same name

  dashboard_body = jsonencode({
    start          = "-P7D"
    periodOverride = "inherit" # a day's sums stay a day's, however far one looks back
    widgets = concat(
      [
        {
          type       = "text", x = 0, y = 0, width = 24, height = 2
          properties = { markdown = "# FSx backups: ${var.name}\n${local.summary} When something is wrong: ${local.notifications.runbook_url}" }
        },
        {
          type       = "alarm", x = 0, y = 2, width = 24, height = local.below - 2
          properties = { title = "Alarms", alarms = local.alarm_list }
        },
      ],
      [for chart in local.charts : {
        type   = "metric"
        x      = chart.place[0]
        y      = chart.place[1] + local.below
        width  = chart.place[2]
        height = chart.place[3]
        properties = {
          title       = chart.title
          region      = local.region
          view        = "timeSeries"
          stacked     = false
          period      = 3600
          metrics     = chart.metrics
          yAxis       = { left = { label = chart.unit, min = 0, showUnits = false }, right = { min = 0, showUnits = false } }
          legend      = { position = "right" }
          annotations = { horizontal = chart.lines }
        }
      }],
    )
  })
}
