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

  # Each block lists the bad entries of its kind, in the condition and in the message: Terraform 1.5 to 1.8 let neither
  # look at a local. So that a thousand plans are read fast, values that many plans share are looked at once, and
  # patterns have no counts. Schedules are read in expressions.tf.
  validation {
    condition     = length([for key, plan in var.file_systems : key if length(key) > 64 || !can(regex("^[0-9A-Za-z][0-9A-Za-z_.-]*$", key))]) == 0
    error_message = "file_systems: a key becomes the schedule's name and must be 1 to 64 letters, digits, '_', '.' or '-', beginning with a letter or digit. Rename: ${join(", ", [for key, plan in var.file_systems : jsonencode(key) if length(key) > 64 || !can(regex("^[0-9A-Za-z][0-9A-Za-z_.-]*$", key))])}."
  }

  # The AWS sample's JSON makes backups of a plan that has its file system's id for a name, and keeps them seven days.
  validation {
    condition     = length([for key, plan in var.file_systems : key if can(regex("^(fs|fsvol)-[0-9a-f]+$", key))]) == 0
    error_message = "file_systems: a key must not look like an id, which is the name that the AWS sample's JSON gives to backups of its own. Rename: ${join(", ", [for key, plan in var.file_systems : jsonencode(key) if can(regex("^(fs|fsvol)-[0-9a-f]+$", key))])}."
  }

  validation {
    condition     = length([for key, plan in var.file_systems : key if plan == null ? true : (plan.file_system_id == null) == (plan.volume_id == null)]) == 0
    error_message = "file_systems: give exactly one of file_system_id and volume_id in: ${join(", ", [for key, plan in var.file_systems : "${key} (${try(plan.file_system_id, null) == null ? "neither" : "both"})" if plan == null ? true : (plan.file_system_id == null) == (plan.volume_id == null)])}."
  }

  validation {
    condition     = length([for key, plan in var.file_systems : key if try(plan.file_system_id, null) == null ? false : length(plan.file_system_id) < 11 || length(plan.file_system_id) > 21 || !can(regex("^fs-[0-9a-f]+$", plan.file_system_id))]) == 0
    error_message = "file_systems: file_system_id must look like fs-0123456789abcdef0. Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${plan.file_system_id})" if try(plan.file_system_id, null) == null ? false : length(plan.file_system_id) < 11 || length(plan.file_system_id) > 21 || !can(regex("^fs-[0-9a-f]+$", plan.file_system_id))])}."
  }

  validation {
    condition     = length([for key, plan in var.file_systems : key if try(plan.volume_id, null) == null ? false : length(plan.volume_id) != 23 || !can(regex("^fsvol-[0-9a-f]+$", plan.volume_id))]) == 0
    error_message = "file_systems: volume_id must look like fsvol-0123456789abcdef0. Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${plan.volume_id})" if try(plan.volume_id, null) == null ? false : length(plan.volume_id) != 23 || !can(regex("^fsvol-[0-9a-f]+$", plan.volume_id))])}."
  }

  validation {
    condition     = length([for zone, keys in { for key, plan in var.file_systems : plan.timezone => key... if plan != null } : zone if length(zone) > 50 || !can(regex("^[A-Z][0-9A-Za-z_+-]*(/[A-Z][0-9A-Za-z_+-]*)*$", zone))]) == 0
    error_message = format("file_systems: timezone must be an IANA name of at most 50 characters, like Europe/Paris. Correct: %s.", join("; ", [for zone, keys in { for key, plan in var.file_systems : plan.timezone => key... if plan != null } : format("%s (%s)", join(", ", keys), zone) if length(zone) > 50 || !can(regex("^[A-Z][0-9A-Za-z_+-]*(/[A-Z][0-9A-Za-z_+-]*)*$", zone))]))
  }

  validation {
    condition     = length([for key, plan in var.file_systems : key if try(plan.flexible_window_minutes < 0 || plan.flexible_window_minutes > 1440 || floor(plan.flexible_window_minutes) != plan.flexible_window_minutes, false)]) == 0
    error_message = "file_systems: flexible_window_minutes must be a whole number from 0 (off) to 1440. Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${plan.flexible_window_minutes})" if try(plan.flexible_window_minutes < 0 || plan.flexible_window_minutes > 1440 || floor(plan.flexible_window_minutes) != plan.flexible_window_minutes, false)])}."
  }

  validation {
    condition     = length(flatten([for text, keys in { for key, plan in var.file_systems : jsonencode(plan.retention) => key... if plan != null } : [for rule, value in jsondecode(text) : rule if value < (contains(["days", "keep_last", "max_deletes"], rule) ? 1 : -1) || value > 100000 || floor(value) != value]])) == 0
    error_message = format("file_systems: retention's days, keep_last and max_deletes must be whole numbers from 1 to 100000; keep_hourly to keep_yearly from 0 to 100000, or -1 for unlimited. Correct: %s.", join("; ", flatten([for text, keys in { for key, plan in var.file_systems : jsonencode(plan.retention) => key... if plan != null } : [for rule, value in jsondecode(text) : format("%s (%s = %s)", join(", ", keys), rule, value) if value < (contains(["days", "keep_last", "max_deletes"], rule) ? 1 : -1) || value > 100000 || floor(value) != value]])))
  }

  validation {
    condition     = length([for key, plan in var.file_systems : key if try(plan.start_window_minutes < 1 || plan.start_window_minutes > plan.completion_window_minutes || plan.completion_window_minutes > 18720 || floor(plan.start_window_minutes) != plan.start_window_minutes || floor(plan.completion_window_minutes) != plan.completion_window_minutes, false)]) == 0
    error_message = "file_systems: start_window_minutes and completion_window_minutes must be whole numbers of at least 1, the first not longer than the second, and that at most 18720 (13 days: a message lives 14). Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (start ${plan.start_window_minutes}, completion ${plan.completion_window_minutes})" if try(plan.start_window_minutes < 1 || plan.start_window_minutes > plan.completion_window_minutes || plan.completion_window_minutes > 18720 || floor(plan.start_window_minutes) != plan.start_window_minutes || floor(plan.completion_window_minutes) != plan.completion_window_minutes, false)])}."
  }

  validation {
    condition     = length([for key, plan in var.file_systems : key if try(plan.max_backup_age_hours, null) == null ? false : plan.max_backup_age_hours <= 0 || plan.max_backup_age_hours > 8760]) == 0
    error_message = "file_systems: max_backup_age_hours must be null (no alarm) or more than 0 and at most 8760 (a year). Correct: ${join(", ", [for key, plan in var.file_systems : "${key} (${plan.max_backup_age_hours})" if try(plan.max_backup_age_hours, null) == null ? false : plan.max_backup_age_hours <= 0 || plan.max_backup_age_hours > 8760])}."
  }

  validation {
    condition     = length([for name, keys in { for key, plan in var.file_systems : plan.backup_name => key... if plan != null } : name if name == "" || length(name) > 256 || can(regex("[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]", name))]) == 0
    error_message = format("file_systems: backup_name becomes a tag's value and must be 1 to 256 letters, digits, spaces or any of _.:/=+-@. Correct: %s.", join("; ", [for name, keys in { for key, plan in var.file_systems : plan.backup_name => key... if plan != null } : format("%s (%s)", join(", ", keys), jsonencode(name)) if name == "" || length(name) > 256 || can(regex("[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]", name))]))
  }

  validation {
    condition     = length(flatten([for text, keys in { for key, plan in var.file_systems : jsonencode({ backup_tags = plan.backup_tags, purge_tags = plan.purge_tags, adopt_tags = plan.adopt_tags }) => key... if plan != null } : [for name, tags in jsondecode(text) : [for tag, value in tags : tag if try(tag == "" || length(tag) > 128 || length(value) > 256 || can(regex("[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]", "${tag}${value}")), true)]]])) == 0
    error_message = format("file_systems: a tag's key has 1 to 128, its value at most 256 letters, digits, spaces or any of _.:/=+-@. Correct: %s.", join("; ", flatten([for text, keys in { for key, plan in var.file_systems : jsonencode({ backup_tags = plan.backup_tags, purge_tags = plan.purge_tags, adopt_tags = plan.adopt_tags }) => key... if plan != null } : [for name, tags in jsondecode(text) : [for tag, value in tags : format("%s (%s: %s = %s)", join(", ", keys), name, jsonencode(tag), jsonencode(value)) if try(tag == "" || length(tag) > 128 || length(value) > 256 || can(regex("[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]", "${tag}${value}")), true)]]])))
  }

  validation {
    condition     = length(flatten([for key, plan in var.file_systems : [for tag, value in try(plan.backup_tags, {}) : key if startswith(tag, "aws:") || startswith(tag, "fsx-backup:") || tag == "Name"]])) == 0
    error_message = format("file_systems: backup_tags must not use the keys aws:… and fsx-backup:… (reserved) or Name (that is backup_name). Remove: %s.", join(", ", flatten([for key, plan in var.file_systems : [for tag, value in try(plan.backup_tags, {}) : "${key} (${tag})" if startswith(tag, "aws:") || startswith(tag, "fsx-backup:") || tag == "Name"]])))
  }

  validation {
    condition     = length(flatten([for key, plan in var.file_systems : [for tag, value in try(plan.adopt_tags, {}) : key if startswith(tag, "fsx-backup:")]])) == 0
    error_message = format("file_systems: adopt_tags must not use the keys fsx-backup:…, because a backup of a deployment is never adopted. Remove: %s.", join(", ", flatten([for key, plan in var.file_systems : [for tag, value in try(plan.adopt_tags, {}) : "${key} (${tag})" if startswith(tag, "fsx-backup:")]])))
  }

  validation {
    condition     = length(flatten([for key, plan in var.file_systems : [for name, most in { backup_tags = 46, purge_tags = 50, adopt_tags = 50 } : key if try(length(plan[name]) > most, false)]])) == 0
    error_message = format("file_systems: a backup has 50 tags at most, 4 of them the deployment's: give at most 46 backup_tags, 50 purge_tags or adopt_tags in: %s.", join(", ", flatten([for key, plan in var.file_systems : [for name, most in { backup_tags = 46, purge_tags = 50, adopt_tags = 50 } : "${key} (${length(plan[name])} ${name})" if try(length(plan[name]) > most, false)]])))
  }
}
