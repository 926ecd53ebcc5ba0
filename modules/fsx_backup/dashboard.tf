# The same for one plan and for a thousand: totals, and with `detailed_metrics` searches, of which the 20 worst are shown.
locals {
  hourly = { stat = "Maximum", period = 3600 }
  daily  = { stat = "Sum", period = 86400 }
  colors = { good = "#2ca02c", bad = "#d62728", busy = "#1f77b4", other = "#9467bd" }

  charts = concat(
    [
      {
        title   = "Late plans, of ${length(local.plans)}"
        unit    = "plans"
        metrics = [[local.namespace, "LatePlans", "Deployment", var.name, merge(local.hourly, { label = "late", color = local.colors.bad })]]
      },
      {
        title = "Backups of all plans"
        unit  = "backups"
        metrics = [for name, look in {
          BackupsAvailable   = { label = "available", color = local.colors.good }
          BackupsFailed      = { label = "failed", color = local.colors.bad }
          BackupsInProgress  = { label = "in progress", color = local.colors.busy }
          OverdueForDeletion = { label = "overdue for deletion", color = local.colors.other }
        } : [local.namespace, name, "Deployment", var.name, merge(local.hourly, look)]]
      },
      {
        title = "Runs and purged backups, per day"
        unit  = "count"
        metrics = [for name, look in {
          RunsCompleted = { label = "completed", color = local.colors.good }
          RunsFailed    = { label = "failed", color = local.colors.bad }
          RunsSkipped   = { label = "skipped", color = local.colors.busy }
          Purged        = { label = "purged", color = local.colors.other }
        } : [local.namespace, name, "Deployment", var.name, merge(local.daily, look)]]
      },
      {
        title   = "Seconds to completion, the longest"
        unit    = "seconds"
        metrics = [[local.namespace, "LongestDuration", "Deployment", var.name, merge(local.hourly, { label = "longest" })]]
      },
      {
        title = "Owned bytes; orphaned backups"
        unit  = "bytes"
        metrics = [
          [local.namespace, "OwnedBytes", "Deployment", var.name, merge(local.hourly, { label = "bytes" })],
          [local.namespace, "OrphanedBackups", "Deployment", var.name, { label = "orphaned", stat = "Maximum", period = 86400, yAxis = "right" }],
        ]
      },
      {
        title = "The account's backups, in % of the quota"
        unit  = "%"
        metrics = [
          for place in length(local.copy_regions) == 0 ? [""] : ["", ",Region"] : [{
            expression = join(" ", [
              "SEARCH('{${local.namespace},Deployment${place},FileSystemType}",
              "Deployment=\"${var.name}\" MetricName=\"BackupQuotaUsed\"', 'Maximum', 86400)",
            ])
            label = "${place == "" ? "" : "$${PROP('Dim.Region')} "}$${PROP('Dim.FileSystemType')}"
            id    = place == "" ? "quota" : "copies"
          }]
        ]
        lines = [{ label = "warning", value = 80, fill = "above", color = local.colors.bad }]
      },
      {
        title = "Dead letters, errors, throttles, dropped schedules"
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
      },
    ],
    [
      for title in ["Seconds to restore, by plan"] : {
        title = title
        unit  = "seconds"
        metrics = [[{
          expression = "SEARCH('{${local.namespace},Deployment,Plan} Deployment=\"${var.name}\" MetricName=\"RestoreSeconds\"', 'Maximum', 86400)"
          label      = "$${PROP('Dim.Plan')}"
          id         = "restores"
        }]]
      } if length(local.restore_tests) > 0
    ],
    [
      for name, chart in {
        BackupAgeHours = { title = "Age of the newest available backup: the 20 oldest", unit = "hours" }
        Duration       = { title = "Seconds to completion: the 20 longest", unit = "seconds" }
        OwnedBytes     = { title = "Owned bytes: the 20 largest", unit = "bytes" }
        } : merge(chart, {
          metrics = [[{
            expression = join(" ", [
              "SORT(SEARCH('{${local.namespace},Deployment,Plan} Deployment=\"${var.name}\" MetricName=\"${name}\"',",
              "'Maximum', 3600), MAX, DESC, 20)",
            ])
            label = "$${PROP('Dim.Plan')}" # CloudWatch puts in each plan's name
            id    = lower(name)
          }]]
      }) if var.detailed_metrics
    ],
  )
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
          properties = { markdown = "# FSx backups: ${var.name}\n${length(local.plans)} plans. When something is wrong: ${local.notifications.runbook_url}" }
        },
        {
          type = "alarm", x = 0, y = 2, width = 24, height = 3
          properties = {
            title  = "Alarms"
            alarms = [for key in keys(local.alarms) : "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.name}-${key}"]
          }
        },
      ],
      [for number, chart in local.charts : {
        type   = "metric"
        x      = number % 3 * 8
        y      = floor(number / 3) * 6 + 5
        width  = 8
        height = 6
        properties = {
          title       = chart.title
          region      = local.region
          view        = "timeSeries"
          stacked     = false
          period      = 3600
          metrics     = chart.metrics
          yAxis       = { left = { label = chart.unit, min = 0, showUnits = false }, right = { min = 0, showUnits = false } }
          legend      = { position = "right" }
          annotations = { horizontal = lookup(chart, "lines", []) }
        }
      }],
    )
  })
}
