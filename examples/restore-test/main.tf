# Backups that are proved by restoring them, each type with what it needs.
module "fsx_backup" {
  source = "../../modules/fsx_backup"

  name = "storage"

  file_systems = {
    home = { # once a month, kept for an hour for a validation
      file_system_id = "fs-0123456789abcdef0"
      schedule       = "cron(30 1 * * ? *)"

      restore_test = {
        schedule           = "cron(0 12 1 * ? *)"
        timezone           = "Europe/Paris"
        subnet_ids         = ["subnet-0123456789abcdef0"]
        security_group_ids = ["sg-0123456789abcdef0"]
        hold_minutes       = 60
      }
    }
    database = { # an ONTAP volume, into an SVM that exists
      volume_id = "fsvol-0123456789abcdef1"

      restore_test = {
        schedule                   = "cron(0 14 1 * ? *)"
        storage_virtual_machine_id = "svm-0123456789abcdef0"
      }
    }
    projects = { # a fleet: one target a run, in turn; from the copy, in its Region
      target_tags  = { Backup = "daily" }
      target_types = ["WINDOWS", "OPENZFS"]
      copies       = { eu-central-1 = {} }

      restore_test = {
        schedule   = "cron(0 12 ? * SUN *)"
        source     = "eu-central-1"
        subnet_ids = ["subnet-0123456789abcdef1"]
      }
    }
  }

  max_restore_tests = 2

  notifications = { emails = ["storage@example.com"] }
}
