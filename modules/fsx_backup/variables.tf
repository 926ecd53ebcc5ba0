variable "name" {
  description = "Name of this deployment. It names the resources and marks every backup that the deployment owns: changing it gives up the old backups."
  type        = string
  default     = "fsx-backup"
  nullable    = false

  validation {
    condition     = var.name != "default"
    error_message = "name must not be \"default\": every Region already has a schedule group with that name. Choose another one."
  }

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
      keep_last    = optional(number, 3)
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
}
