variable "name" {
  description = "Name of this deployment. It names the resources and marks every backup that the deployment owns: changing it gives up the old backups."
  type        = string
  default     = "fsx-backup"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,49}$", var.name))
    error_message = "name must be 1 to 50 letters, digits, '_' or '-', beginning with a letter or digit: \"${var.name}\" would not fit the names of the resources made from it."
  }
}

variable "file_systems" {
  description = <<-EOT
    The backup plans, by a name of your choice. One entry is one target with one schedule; name a target in several
    entries to give it several schedules, each with a retention of its own.

    - `file_system_id`, `volume_id`: the target, exactly one of the two; ONTAP goes by volume.
    - `schedule`: `cron(...)`, `rate(...)` or `at(...)` as EventBridge Scheduler has them. Every four hours.
    - `timezone`: IANA name, for the schedule and for the keep-rules' periods.
    - `flexible_window_minutes`: deliver within so many minutes after the scheduled time, 1 to 1440; 0 = at once.
    - `enabled`: false keeps the plan and stops its schedule.
    - `retention`: a backup of the plan is kept if any rule keeps it. `days`: not older than that; `keep_last`: the
      newest so many good ones; `keep_hourly` … `keep_yearly`: the newest of each of so many periods, -1 = of all.
      A run that would delete more than `max_deletes` deletes nothing and tells people.
    - `purge_tags`: further tags that a backup must carry to be purged, all of them.
    - `adopt_tags`: user-initiated backups of the target that carry all of these, and were made by no deployment,
      count as the plan's own, the purge included.
    - `backup_name`: the `Name` tag. `backup_tags`: further tags. `copy_tags`: copy the file system's tags too.
    - `notify_on_success`: tell of completed backups; failures are always told.
    - `start_window_minutes`, `completion_window_minutes`: from the scheduled time; a backup that could not be
      started, or is not AVAILABLE, by then is a failure.
    - `max_backup_age_hours`: an alarm sounds when the newest good backup is older, or when nobody can tell its age
      any more; null = no alarm. Longer than the schedule's longest gap and a backup's duration together. It
      sounds for a disabled plan too, and for a new one until its first backup is AVAILABLE.
    - `check_schedule`: how often the plan is measured, `cron(...)` or `rate(...)`.
  EOT
  type = map(object({
    file_system_id          = optional(string)
    volume_id               = optional(string)
    schedule                = optional(string, "cron(0 0/4 * * ? *)")
    timezone                = optional(string, "UTC")
    flexible_window_minutes = optional(number, 0)
    enabled                 = optional(bool, true)
    retention = optional(object({
      days         = optional(number, 7)
      keep_last    = optional(number, 1)
      keep_hourly  = optional(number, 0)
      keep_daily   = optional(number, 0)
      keep_weekly  = optional(number, 0)
      keep_monthly = optional(number, 0)
      keep_yearly  = optional(number, 0)
      max_deletes  = optional(number, 50)
    }), {})
    purge_tags                = optional(map(string), {})
    adopt_tags                = optional(map(string), {})
    backup_name               = optional(string, "user-scheduled backup")
    backup_tags               = optional(map(string), {})
    copy_tags                 = optional(bool, true)
    notify_on_success         = optional(bool, true)
    start_window_minutes      = optional(number, 240)
    completion_window_minutes = optional(number, 1440)
    max_backup_age_hours      = optional(number)
    check_schedule            = optional(string, "rate(1 hour)")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for key in keys(var.file_systems) : can(regex("^[0-9A-Za-z_.-]{1,64}$", key))])
    error_message = "file_systems: a key becomes the schedule's name and must be 1 to 64 letters, digits, '_', '.' or '-'. Rename: ${join(", ", [for key in keys(var.file_systems) : jsonencode(key) if !can(regex("^[0-9A-Za-z_.-]{1,64}$", key))])}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : plan == null ? false : (plan.file_system_id == null) != (plan.volume_id == null)])
    error_message = "file_systems: give exactly one of file_system_id and volume_id in: ${join(", ", [for key, plan in var.file_systems : key if plan == null ? true : (plan.file_system_id == null) == (plan.volume_id == null)])}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : can(regex("^fs-[0-9a-f]{8,18}$", plan.file_system_id)) if try(plan.file_system_id, null) != null])
    error_message = "file_systems: file_system_id must look like fs-0123456789abcdef0. Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${plan.file_system_id})" if try(plan.file_system_id, null) == null ? false : !can(regex("^fs-[0-9a-f]{8,18}$", plan.file_system_id))])}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : can(regex("^fsvol-[0-9a-f]{17}$", plan.volume_id)) if try(plan.volume_id, null) != null])
    error_message = "file_systems: volume_id must look like fsvol-0123456789abcdef0. Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${plan.volume_id})" if try(plan.volume_id, null) == null ? false : !can(regex("^fsvol-[0-9a-f]{17}$", plan.volume_id))])}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : can(regex("^(cron|rate|at)\\([^()]+\\)$", plan.schedule))])
    error_message = "file_systems: schedule must be cron(minutes hours day-of-month month day-of-week year), rate(n units) or at(yyyy-mm-ddThh:mm:ss). Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${try(plan.schedule, "null")})" if !can(regex("^(cron|rate|at)\\([^()]+\\)$", plan.schedule))])}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : can(regex("^[A-Za-z][A-Za-z0-9_+/-]{0,49}$", plan.timezone))])
    error_message = "file_systems: timezone must be an IANA name like Europe/Paris. Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${try(plan.timezone, "null")})" if !can(regex("^[A-Za-z][A-Za-z0-9_+/-]{0,49}$", plan.timezone))])}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : try(plan.flexible_window_minutes >= 0 && plan.flexible_window_minutes <= 1440 && floor(plan.flexible_window_minutes) == plan.flexible_window_minutes, false)])
    error_message = "file_systems: flexible_window_minutes must be a whole number from 0 (off) to 1440. Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${try(plan.flexible_window_minutes, "null")})" if !try(plan.flexible_window_minutes >= 0 && plan.flexible_window_minutes <= 1440 && floor(plan.flexible_window_minutes) == plan.flexible_window_minutes, false)])}."
  }

  validation {
    condition     = alltrue(flatten([for plan in values(var.file_systems) : [for rule in ["days", "keep_last", "max_deletes"] : try(plan.retention[rule] >= 1 && plan.retention[rule] <= 100000 && floor(plan.retention[rule]) == plan.retention[rule], false)]]))
    error_message = "file_systems: retention's days, keep_last and max_deletes must be whole numbers from 1 to 100000. Correct: ${join(", ", flatten([for key, plan in var.file_systems : [for rule in ["days", "keep_last", "max_deletes"] : "${key} (${rule} = ${try(plan.retention[rule], "null")})" if !try(plan.retention[rule] >= 1 && plan.retention[rule] <= 100000 && floor(plan.retention[rule]) == plan.retention[rule], false)]]))}."
  }

  validation {
    condition     = alltrue(flatten([for plan in values(var.file_systems) : [for rule in ["keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly"] : try(plan.retention[rule] >= -1 && plan.retention[rule] <= 100000 && floor(plan.retention[rule]) == plan.retention[rule], false)]]))
    error_message = "file_systems: retention's keep_hourly to keep_yearly must be whole numbers from 0 to 100000, or -1 for unlimited. Correct: ${join(", ", flatten([for key, plan in var.file_systems : [for rule in ["keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly"] : "${key} (${rule} = ${try(plan.retention[rule], "null")})" if !try(plan.retention[rule] >= -1 && plan.retention[rule] <= 100000 && floor(plan.retention[rule]) == plan.retention[rule], false)]]))}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : try(plan.start_window_minutes >= 1 && plan.start_window_minutes <= plan.completion_window_minutes && plan.completion_window_minutes <= 18720 && floor(plan.start_window_minutes) == plan.start_window_minutes && floor(plan.completion_window_minutes) == plan.completion_window_minutes, false)])
    error_message = "file_systems: start_window_minutes must be a whole number of at least 1 and not longer than completion_window_minutes, and that at most 18720 (13 days: a message lives 14). Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (start ${try(plan.start_window_minutes, "null")}, completion ${try(plan.completion_window_minutes, "null")})" if !try(plan.start_window_minutes >= 1 && plan.start_window_minutes <= plan.completion_window_minutes && plan.completion_window_minutes <= 18720 && floor(plan.start_window_minutes) == plan.start_window_minutes && floor(plan.completion_window_minutes) == plan.completion_window_minutes, false)])}."
  }

  validation {
    condition     = !contains(keys(var.file_systems), "_deployment")
    error_message = "file_systems: _deployment is the name of the deployment's own check. Rename: \"_deployment\"."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : try(plan.max_backup_age_hours, null) == null ? true : plan.max_backup_age_hours > 0 && plan.max_backup_age_hours <= 8760])
    error_message = "file_systems: max_backup_age_hours must be null (no alarm) or more than 0 and at most 8760 (a year). Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${plan.max_backup_age_hours})" if try(plan.max_backup_age_hours, null) == null ? false : plan.max_backup_age_hours <= 0 || plan.max_backup_age_hours > 8760])}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : can(regex("^(cron|rate)\\([^()]+\\)$", plan.check_schedule))])
    error_message = "file_systems: check_schedule must be cron(minutes hours day-of-month month day-of-week year) or rate(n units). Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${try(plan.check_schedule, "null")})" if !can(regex("^(cron|rate)\\([^()]+\\)$", plan.check_schedule))])}."
  }

  validation {
    condition     = alltrue(flatten([for plan in values(var.file_systems) : [for tag in keys(try(plan.backup_tags, {})) : !startswith(tag, "aws:") && !startswith(tag, "fsx-backup:") && tag != "Name"]]))
    error_message = "file_systems: backup_tags must not use the keys aws:… and fsx-backup:… (reserved) or Name (that is backup_name). Remove: ${join(", ", flatten([for key, plan in var.file_systems : [for tag in keys(try(plan.backup_tags, {})) : "${key} (${tag})" if startswith(tag, "aws:") || startswith(tag, "fsx-backup:") || tag == "Name"]]))}."
  }

  validation {
    condition     = alltrue([for plan in values(var.file_systems) : length(try(plan.backup_tags, {})) <= 46])
    error_message = "file_systems: a backup has 50 tags at most, 4 of them the deployment's: give at most 46 backup_tags in: ${join(", ", [for key, plan in var.file_systems : key if length(try(plan.backup_tags, {})) > 46])}."
  }
}

variable "additional_targets" {
  description = "Ids of file systems and volumes without a plan that may be backed up by direct invocation, for example by EventBridge rules made by hand."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.additional_targets : can(regex("^(fs-[0-9a-f]{8,18}|fsvol-[0-9a-f]{17})$", id))])
    error_message = "additional_targets must be ids like fs-0123456789abcdef0 or fsvol-0123456789abcdef0. Correct: ${join(", ", [for id in var.additional_targets : id if !can(regex("^(fs-[0-9a-f]{8,18}|fsvol-[0-9a-f]{17})$", id))])}."
  }
}

variable "event_rules" {
  description = "ARNs of EventBridge rules made elsewhere that may invoke the function, by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.event_rules) : can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/.+$", arn))])
    error_message = "event_rules must be ARNs of EventBridge rules, like arn:aws:events:eu-west-1:123456789012:rule/nightly. Correct: ${join(", ", [for key, arn in var.event_rules : "${key} (${coalesce(arn, "null")})" if !can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/.+$", arn))])}."
  }
}

variable "encryption" {
  description = <<-EOT
    The key for queues, topic, logs, schedules and the function's environment; by default one of the module's own.

    - `kms_key_arn`: an existing key instead. Its policy must admit what `modules/fsx_backup/encryption.tf` admits.
    - `create_key`: say `false` when `kms_key_arn` is made in the same apply, so that it is known in the plan whether one is needed.
  EOT
  type = object({
    kms_key_arn = optional(string)
    create_key  = optional(bool)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.encryption.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.encryption.kms_key_arn))
    error_message = "encryption.kms_key_arn must be the ARN of a key (not of an alias), like arn:aws:kms:eu-west-1:123456789012:key/…, not \"${coalesce(var.encryption.kms_key_arn, "null")}\"."
  }

  validation {
    condition     = var.encryption.create_key == null ? true : var.encryption.create_key == (var.encryption.kms_key_arn == null)
    error_message = "encryption.create_key contradicts encryption.kms_key_arn: set one of them, or create_key = false with the kms_key_arn."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for the two roles."
  type        = string
  default     = null
}

variable "vpc" {
  description = "Subnets and security groups to run the function in. It needs a way to the endpoints of FSx, SNS, SQS and, with tracing, X-Ray."
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

  validation {
    condition     = (var.package.s3_bucket == null) == (var.package.s3_key == null)
    error_message = "package: s3_bucket and s3_key go together."
  }
}

variable "log_retention_days" {
  description = "How long the function's log is kept, in days, as CloudWatch Logs has them."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, not ${var.log_retention_days}."
  }
}

variable "maximum_concurrency" {
  description = "How many occurrences are worked on at the same moment: what protects the FSx API when many plans fire together."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000 && floor(var.maximum_concurrency) == var.maximum_concurrency
    error_message = "maximum_concurrency must be a whole number from 2 to 1000 (Lambda's limits), not ${var.maximum_concurrency}."
  }
}

variable "reserved_concurrency" {
  description = "Concurrency to reserve for the function; null reserves none. Accounts whose whole quota is 10 cannot reserve any."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 2 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be null or a whole number of at least maximum_concurrency."
  }
}

variable "tracing" {
  description = "Trace the function with X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource that the module makes (not of the backups: see `backup_tags`)."
  type        = map(string)
  default     = {}
  nullable    = false
}
