variable "notifications" {
  description = <<-EOT
    Who is notified, of the backups and by the alarms.

    - `emails`: addresses to subscribe; each has to confirm its subscription before anything is delivered.
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
    - `runbook_url`: the address of the runbook in notifications and alarms, if you keep it elsewhere.
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
    condition     = var.notifications.create_alarm_topic == null ? true : var.notifications.create_alarm_topic == (var.notifications.alarm_topic_arn == null)
    error_message = "notifications.create_alarm_topic contradicts notifications.alarm_topic_arn: set one of them, or create_alarm_topic = false with the alarm_topic_arn."
  }

  # SNS takes an endpoint once a topic, with a filter or without.
  validation {
    condition     = var.notifications.topic_arn == null ? true : var.notifications.topic_arn != var.notifications.alarm_topic_arn ? true : length([for key, subscription in var.notifications.subscriptions : key if subscription.failures_only || subscription.filter_policy != null]) == 0
    error_message = "notifications.alarm_topic_arn is the same topic as topic_arn, where a filter keeps every alarm from: ${join(", ", [for key, subscription in var.notifications.subscriptions : key if subscription.failures_only || subscription.filter_policy != null])}. Leave alarm_topic_arn out, give another topic, or remove the filters."
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
