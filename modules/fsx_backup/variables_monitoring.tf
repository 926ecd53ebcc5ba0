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

  validation {
    condition     = length([for email in var.notifications.emails : email if !can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))]) == 0
    error_message = "notifications.emails must be e-mail addresses, like storage@example.com. Correct: ${join(", ", [for email in var.notifications.emails : jsonencode(email) if !can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])}."
  }

  validation {
    condition     = var.notifications.topic_arn == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[0-9A-Za-z_-]{1,256}$", var.notifications.topic_arn))
    error_message = "notifications.topic_arn must be the ARN of an SNS topic (not FIFO), like arn:aws:sns:eu-west-1:123456789012:alerts, not \"${coalesce(var.notifications.topic_arn, "null")}\"."
  }

  validation {
    condition     = var.notifications.alarm_topic_arn == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[0-9A-Za-z_-]{1,256}$", var.notifications.alarm_topic_arn))
    error_message = "notifications.alarm_topic_arn must be the ARN of an SNS topic (not FIFO), like arn:aws:sns:eu-west-1:123456789012:alarms, not \"${coalesce(var.notifications.alarm_topic_arn, "null")}\"."
  }

  validation {
    condition     = length([for key, subscription in var.notifications.subscriptions : key if !try(contains(["email", "email-json", "sms", "sqs", "lambda", "http", "https"], subscription.protocol), false)]) == 0
    error_message = "notifications.subscriptions: protocol must be email, email-json, sms, sqs, lambda, http or https. Correct: ${join(", ", [for key, subscription in var.notifications.subscriptions : format("%s (%s)", key, try(coalesce(subscription.protocol), "null")) if !try(contains(["email", "email-json", "sms", "sqs", "lambda", "http", "https"], subscription.protocol), false)])}."
  }

  validation {
    condition     = length([for key, subscription in var.notifications.subscriptions : key if !can(regex(lookup({ email = "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email-json = "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", sms = "^\\+[0-9]{5,15}$", sqs = "^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[0-9A-Za-z_-]+$", lambda = "^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:.+$", http = "^http://\\S+$", https = "^https://\\S+$" }, subscription.protocol, "."), subscription.endpoint))]) == 0
    error_message = format("notifications.subscriptions: endpoint must be an e-mail address, a phone number like +33123456789, the ARN of a queue or function, or a URL, as its protocol asks. Correct: %s.", join(", ", [for key, subscription in var.notifications.subscriptions : format("%s (%s: %s)", key, try(coalesce(subscription.protocol), "null"), try(coalesce(subscription.endpoint), "null")) if !can(regex(lookup({ email = "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email-json = "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", sms = "^\\+[0-9]{5,15}$", sqs = "^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[0-9A-Za-z_-]+$", lambda = "^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:.+$", http = "^http://\\S+$", https = "^https://\\S+$" }, subscription.protocol, "."), subscription.endpoint))]))
  }

  validation {
    condition     = length([for key, subscription in var.notifications.subscriptions : key if try(subscription.filter_policy, null) == null ? false : !can(keys(jsondecode(subscription.filter_policy))) || subscription.failures_only]) == 0
    error_message = "notifications.subscriptions: filter_policy must be a JSON object, and not together with failures_only. Correct: ${join(", ", [for key, subscription in var.notifications.subscriptions : "${key} (${subscription.filter_policy})" if try(subscription.filter_policy, null) == null ? false : !can(keys(jsondecode(subscription.filter_policy))) || subscription.failures_only])}."
  }

  validation {
    condition     = var.notifications.create_topic == null ? true : var.notifications.create_topic == (var.notifications.topic_arn == null)
    error_message = "notifications.create_topic contradicts notifications.topic_arn: set one of them, or create_topic = false with the topic_arn."
  }

  validation {
    condition     = can(regex("^\\S{1,300}$", var.notifications.runbook_url))
    error_message = "notifications.runbook_url stands in every alarm's description and must be 1 to 300 characters without spaces, not \"${var.notifications.runbook_url}\"."
  }
}

variable "deployment_check_schedule" {
  description = "How often the deployment as a whole is checked: for backups of removed plans, and for the account's quota of backups, of which it warns at every check from 80% on. `cron(...)` in UTC or `rate(...)`."
  type        = string
  default     = "rate(1 day)"
  nullable    = false
}
