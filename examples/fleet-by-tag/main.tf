# Targets that are found by their tags when a schedule fires: a new file system needs a tag, not a change of this map.
module "fsx_backup" {
  source = "../../modules/fsx_backup"

  name = "storage"

  file_systems = {
    daily = {
      target_tags = { Backup = "daily" } # of every type; a tagged ONTAP file system stands for its volumes
      schedule    = "cron(30 1 * * ? *)"
      timezone    = "Europe/Paris"
      retention   = { days = 14 }
    }
    weekly = { # of the same targets, with its own retention
      target_tags       = { Backup = "daily" }
      schedule          = "cron(0 4 ? * SUN *)"
      timezone          = "Europe/Paris"
      retention         = { keep_weekly = 8, keep_monthly = 12 }
      notify_on_success = false
    }
    scratch = {
      target_tags       = { Backup = "hourly", Service = "hpc" } # both tags
      target_types      = ["LUSTRE"]
      schedule          = "rate(1 hour)"
      retention         = { days = 1, keep_last = 6 }
      notify_on_success = false
    }
    payroll = { volume_id = "fsvol-0123456789abcdef4" } # one target, as ever
  }

  notifications = {
    emails = ["storage@example.com"]
    subscriptions = {
      pager = { protocol = "https", endpoint = "https://pager.example.com/fsx", failures_only = true }
    }
  }

  report = { require_coverage = true } # a file system that nobody tagged is a problem in the daily report
}
