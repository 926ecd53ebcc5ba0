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
    The backup plans, by a name of your choice. One entry is one target, or one selection of targets by their tags, with
    one schedule; name a target in several entries to give it several schedules, each with its own retention.

    - `file_system_id`, `volume_id`, `target_tags`: what is backed up, exactly one of the three; ONTAP is backed up per volume.
    - `target_tags`: a fleet: every file system and ONTAP volume that carries all of these tags (1 to 10, keys and values
      exact) when the schedule fires. An ONTAP file system that carries them stands for its read-write volumes. The tag
      `fsx-backup:exclude` leaves out a file system with its volumes, or a volume.
    - `target_types`: the types that a fleet may have: `LUSTRE`, `WINDOWS`, `OPENZFS`, `ONTAP`; all by default. With `ONTAP`
      the function may back up every volume of the account in the Region, because IAM cannot see the tags of a volume's
      file system; omit it from the list where no volume is meant. File systems are bound to the tags.
    - `schedule`: `cron(...)`, `rate(...)` or `at(...)` as in EventBridge Scheduler; every four hours by default.
    - `timezone`: IANA name, for the schedule and for the periods of the retention rules.
    - `flexible_window_minutes`: flexible time window in minutes (1 to 1440); 0 disables it.
    - `enabled`: `false` keeps the plan and disables its schedules.
    - `retention`: a backup of the plan is kept if any rule keeps it. `days`: not older than this; `keep_last`: number of
      most recent available backups to keep; `keep_hourly` … `keep_yearly`: number of periods whose newest backup is
      kept, -1 = no limit. `max_deletes`: most backups that a run deletes; above it, none that was created under
      another policy is deleted, and a notification is sent.
    - `purge_tags`: tags that a backup must carry, all of them, to be purged.
    - `adopt_tags`: user-initiated backups of the target that carry all of these, and that no deployment created, count
      as the plan's own, the purge included. Plans that adopt the same backups must have the same retention.
    - `backup_name`: the `Name` tag. `backup_tags`: further tags. `copy_tags`: copy the file system's tags too.
    - `notify_on_success`: notify of completed backups; failures always send a notification.
    - `start_window_minutes`, `completion_window_minutes`: from the end of the flexible window; a backup that could not
      be started, or is not AVAILABLE, by then is a failure.
    - `max_backup_age_hours`: an upper limit beside the schedule; a plan whose newest available backup is older counts as
      late, also when it is disabled; null = no limit. A missing due backup needs no limit: the schedule says when it was due.
    - `copies`: every available backup is copied to these Regions, up to five, by their names (`{ eu-central-1 = {} }`).
      `retention`: of the copies there, instead of the plan's; a rule that is left out has its default, not the plan's
      value. `kms_key_arn`: key of that Region; by default FSx's managed key there. `completion_window_minutes`: from the
      end of the plan's completion window; a copy that is not AVAILABLE by then is a failure. Removing a Region deletes
      nothing there.
    - `restore_test`: proves the newest available backup at a separate `schedule` (a rate of an hour at least) and `timezone`, by
      restoring it and deleting what was restored; of a fleet one target a run, in turn. **FSx charges the full storage capacity and throughput of
      the backup's file system until it is deleted.** `subnet_ids`: one, or two for Multi-AZ; needed unless volumes are
      restored. `storage_virtual_machine_id`: where an ONTAP volume is restored to, which takes nothing else of the
      following. `security_group_ids`; `kms_key_arn`; `throughput_capacity` and `deployment_type`: instead of the backup's,
      of Windows and OpenZFS. `completion_window_minutes`: from the moment when FSx is asked, which may be 24 hours after
      the scheduled time (`max_restore_tests`); what is not available by then is deleted, and the test has failed. `hold_minutes`: how long it is kept for your validation, at most a day, which the event RESTORED
      starts. `source`: `"newest"`, or a Region of `copies`, where the test then is made; subnets, security
      groups, SVM and key are of that Region. A Windows file system that joined a self-managed Active Directory cannot be tested.

    The keys name resources: they must be known in the plan, and the map as a whole cannot be sensitive; the values
    above may be unless it says otherwise.
  EOT
  type = map(object({
    file_system_id          = optional(string)
    volume_id               = optional(string)
    target_tags             = optional(map(string))
    target_types            = optional(set(string))
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
    copies = optional(map(object({
      retention = optional(object({
        days         = optional(number, 7)
        keep_last    = optional(number, 3)
        keep_hourly  = optional(number, 0)
        keep_daily   = optional(number, 0)
        keep_weekly  = optional(number, 0)
        keep_monthly = optional(number, 0)
        keep_yearly  = optional(number, 0)
        max_deletes  = optional(number, 50)
      }))
      kms_key_arn               = optional(string)
      completion_window_minutes = optional(number, 1440)
    })), {})
    restore_test = optional(object({
      schedule                   = string
      timezone                   = optional(string, "UTC")
      subnet_ids                 = optional(list(string), [])
      security_group_ids         = optional(list(string), [])
      storage_virtual_machine_id = optional(string)
      kms_key_arn                = optional(string)
      throughput_capacity        = optional(number)
      deployment_type            = optional(string)
      completion_window_minutes  = optional(number, 720)
      hold_minutes               = optional(number, 0)
      source                     = optional(string, "newest")
    }))
  }))
  default  = {}
  nullable = false
}
