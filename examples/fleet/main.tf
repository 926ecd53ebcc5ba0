# File systems of every type; one of them has three schedules, each with a retention of its own.
module "fsx_backup" {
  source = "../../modules/fsx_backup"

  name = "storage"

  file_systems = {
    scratch-hourly = {
      file_system_id       = "fs-0123456789abcdef1" # Lustre
      schedule             = "rate(1 hour)"
      retention            = { days = 1, keep_last = 6 }
      notify_on_success    = false
      max_backup_age_hours = 3
    }
    scratch-weekly = {
      file_system_id = "fs-0123456789abcdef1"
      schedule       = "cron(0 3 ? * SUN *)"
      timezone       = "Europe/Paris"
      retention      = { days = 30, keep_weekly = 8, keep_monthly = 12 }
      backup_name    = "scratch weekly"
    }
    scratch-before-migration = {
      file_system_id = "fs-0123456789abcdef1"
      schedule       = "at(2035-01-15T20:00:00)" # once; its backup is the plan's newest, so no purge takes it
      timezone       = "Europe/Paris"
    }
    home = {
      file_system_id       = "fs-0123456789abcdef2" # OpenZFS
      schedule             = "cron(30 1 * * ? *)"
      retention            = { keep_daily = 14, keep_monthly = -1 }
      backup_tags          = { CostCenter = "4711" }
      max_backup_age_hours = 30
    }
    profiles = {
      file_system_id          = "fs-0123456789abcdef3" # Windows File Server
      schedule                = "cron(0 22 ? * MON-FRI *)"
      timezone                = "America/New_York"
      flexible_window_minutes = 60
    }
    database = {
      volume_id                 = "fsvol-0123456789abcdef4" # ONTAP is backed up per volume
      schedule                  = "rate(12 hours)"
      completion_window_minutes = 2880
    }
  }

  notifications = {
    emails = ["storage@example.com"]
    subscriptions = {
      pager = { protocol = "https", endpoint = "https://pager.example.com/fsx", failures_only = true }
    }
  }

  tags = { Service = "storage" }
}
