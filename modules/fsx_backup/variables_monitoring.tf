variable "notifications" {
  description = <<-EOT
    Who is notified, of the backups and by the alarms.

    - `emails`: addresses to subscribe; each has to confirm its subscription before anything is delivered. They must be
      known in the plan; subscribe others in `subscriptions`.
    - `subscriptions`: further subscriptions, by a name of your choice. `protocol` is `email`, `email-json`, `sms`,
      `sqs`, `lambda`, `http` or `https` (programs get JSON from the last four), `endpoint` what SNS takes for it.
      `failures_only` delivers warnings and errors only; or give a `filter_policy` (JSON) on the attributes `outcome`,
      `severity`, `deployment`, `plan`, `target`. Alarms carry no attributes and pass no filter, so a subscription with
      a filter is also subscribed, without it, to the alarms topic. Whether there is a filter must be known in the plan.
    - `topic_arn`: an existing main topic instead of the module's. It must admit this account's CloudWatch alarms, and so must its key.
    - `create_topic`: `false` when `topic_arn` is created in the same apply, so that the plan knows that none is needed.
    - `alarm_topic_arn`: an existing alarms topic instead of the module's, under the same conditions. Alarms go to both topics.
    - `create_alarm_topic`: `false` when `alarm_topic_arn` is created in the same apply.
    - `ok_actions`: notify also when an alarm returns to OK.
    - `runbook_url`: the address of the runbook, which ends every notification and alarm. The default is a path in this
      repository, not a link: give the address where your on-call can open it.
  EOT
  type = object({
    emails = optional(list(string), [])
    subscriptions = optional(map(object({
      protocol      = string
      endpoint      = string
      failures_only = optional(bool, false)
      filter_policy = optional(string)
    })), {})
    topic_arn          = optional(string)
    create_topic       = optional(bool)
    alarm_topic_arn    = optional(string)
    create_alarm_topic = optional(bool)
    ok_actions         = optional(bool, false)
    runbook_url        = optional(string, "docs/runbook.md")
  })
  default  = {}
  nullable = false
}

variable "health_check_interval_minutes" {
  description = "How often all plans are checked for a due backup that is missing, in minutes (5 to 720). One check is one message, whatever the number of plans."
  type        = number
  default     = 30
  nullable    = false
}

variable "report" {
  description = <<-EOT
    The report on all plans, with what needs attention: late plans, orphaned backups, quota, coverage.

    - `schedule`: `cron(...)` or `rate(...)`; `timezone`: IANA name.
    - `notify`: `"problems"` sends it when something needs attention, `"always"` every time, `"never"` leaves it in the log.
    - `require_coverage`: a file system or ONTAP volume of the Region without a plan is a problem; the tag `fsx-backup:exclude` leaves it out.
  EOT
  type = object({
    schedule         = optional(string, "cron(0 6 * * ? *)")
    timezone         = optional(string, "UTC")
    notify           = optional(string, "problems")
    require_coverage = optional(bool, false)
  })
  default  = {}
  nullable = false
}

variable "detailed_metrics" {
  description = "Publish age, bytes and duration of every plan as metrics too: three more per plan, each at CloudWatch's price for custom metrics."
  type        = bool
  default     = false
  nullable    = false
}
