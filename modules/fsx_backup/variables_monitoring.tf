variable "notifications" {
  description = <<-EOT
    Who is told.

    - `emails`: addresses to subscribe; each has to confirm by hand before it gets anything.
    - `subscriptions`: further subscriptions, by a name of your choice. `protocol` is `email`, `email-json`, `sms`,
      `sqs`, `lambda`, `http` or `https` (programs get JSON from the last four), `endpoint` what SNS takes for it.
      `failures_only` leaves out what went well; or give a `filter_policy` (JSON) on the attributes `outcome`,
      `severity`, `deployment`, `plan`, `target`. An alarm's message has no attributes: `{"exists": false}` lets it through.
    - `topic_arn`: an existing topic instead of one of the module's own. It must admit this account's CloudWatch alarms, and so must its key.
    - `create_topic`: say `false` when `topic_arn` is made in the same apply, so that it is known in the plan whether one is needed.
    - `alarm_topic_arn`: an existing topic for the alarms alone. With it, people hear even of the loss of the other one.
    - `ok_actions`: tell also when an alarm heals.
    - `runbook_url`: where the messages send people, if you keep the runbook elsewhere.
  EOT
  type = object({
    emails = optional(list(string), [])
    subscriptions = optional(map(object({
      protocol      = string
      endpoint      = string
      failures_only = optional(bool, false)
      filter_policy = optional(string)
    })), {})
    topic_arn       = optional(string)
    create_topic    = optional(bool)
    alarm_topic_arn = optional(string)
    ok_actions      = optional(bool, false)
    runbook_url     = optional(string, "docs/runbook.md")
  })
  default  = {}
  nullable = false
}

variable "deployment_check_schedule" {
  description = "How often the deployment as a whole is checked: for backups of removed plans, and for the account's quota of backups, of which it warns at every check from 80% on. `cron(...)` in UTC or `rate(...)`."
  type        = string
  default     = "rate(1 day)"
  nullable    = false
}
