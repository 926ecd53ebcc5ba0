variable "additional_targets" {
  description = "Ids of file systems and volumes without a plan that may be backed up by direct invocation, for example by your own EventBridge rules."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "event_rules" {
  description = "ARNs of existing EventBridge rules that may invoke the function, by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "encryption" {
  description = <<-EOT
    The key for queues, topic, logs, schedules and the function's environment; by default the module creates its own.

    - `kms_key_arn`: an existing key instead. Its policy must admit what `modules/fsx_backup/encryption.tf` admits.
    - `create_key`: `false` when `kms_key_arn` is created in the same apply, so that the plan knows that none is needed.
  EOT
  type = object({
    kms_key_arn = optional(string)
    create_key  = optional(bool)
  })
  default  = {}
  nullable = false
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for the two roles."
  type        = string
  default     = null

  validation {
    condition = (
      var.permissions_boundary_arn == null ? true
      : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[0-9A-Za-z_+=,.@/-]+$", var.permissions_boundary_arn))
    )
    error_message = "permissions_boundary_arn must be the ARN of a managed policy, like arn:aws:iam::123456789012:policy/boundary, not ${try(issensitive(var.permissions_boundary_arn), true) ? "this one" : jsonencode(var.permissions_boundary_arn)}."
  }
}

variable "vpc" {
  description = "Subnets and security groups to run the function in. It needs a route to the endpoints of FSx, SNS, SQS, CloudWatch, EventBridge Scheduler, Service Quotas and, with tracing, X-Ray; copies and restore tests in other Regions need a NAT gateway, because an endpoint reaches its own Region only."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "package" {
  description = <<-EOT
    Another package than the module's own, for example a signed one.

    - `path`: a zip file; or `s3_bucket`, `s3_key`, `s3_object_version`: an object.
    - `code_signing_config_arn`: refuse packages that are not signed.
  EOT
  type = object({
    path                    = optional(string)
    s3_bucket               = optional(string)
    s3_key                  = optional(string)
    s3_object_version       = optional(string)
    code_signing_config_arn = optional(string)
  })
  default  = {}
  nullable = false
}

variable "log_retention_days" {
  description = "Retention of the function's log in days, one of CloudWatch Logs' values; 0 = indefinitely."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition = contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days,
    )
    error_message = "log_retention_days must be one of 0 (indefinitely), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, not ${var.log_retention_days}."
  }
}

variable "maximum_concurrency" {
  description = "How many occurrences are processed at the same time; it protects the FSx API when many plans fire together."
  type        = number
  default     = 5
  nullable    = false
}

variable "max_restore_tests" {
  description = "How many file systems and volumes the restore tests of all plans have at a time in a Region, because each is paid for; the others wait, for 24 hours at most. 1 to 100."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_restore_tests >= 1 && var.max_restore_tests <= 100 && floor(var.max_restore_tests) == var.max_restore_tests
    error_message = "max_restore_tests must be a whole number from 1 to 100, not ${var.max_restore_tests}."
  }
}

variable "reserved_concurrency" {
  description = "Concurrency to reserve for the function; null reserves none. Accounts whose whole quota is 10 cannot reserve any."
  type        = number
  default     = null
}

variable "tracing" {
  description = "Trace the function with X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource that the module creates (not of the backups: see `backup_tags`). Values have 1 to 256 characters."
  type        = map(string)
  default     = {}
  nullable    = false
}
