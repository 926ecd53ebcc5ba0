# Backups that are copied to other Regions, each with its own retention there.
variable "copies_key_arn" {
  description = "A KMS key in eu-central-1 for the copies there. Its policy must let this account's IAM policies grant its use."
  type        = string
  default     = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

module "fsx_backup" {
  source = "../../modules/fsx_backup"

  name = "storage"

  file_systems = {
    home = {
      file_system_id = "fs-0123456789abcdef0"
      schedule       = "cron(30 1 * * ? *)"
      retention      = { days = 14 }

      copies = {
        eu-central-1 = { retention = { days = 30, keep_monthly = 12 }, kms_key_arn = var.copies_key_arn }
        eu-north-1   = {} # the plan's retention, FSx's key of that Region
      }
    }
    database = { # by volume; the first copy of a large volume takes long
      volume_id = "fsvol-0123456789abcdef1"
      schedule  = "cron(0 2 * * ? *)"
      copies    = { eu-central-1 = { completion_window_minutes = 2880 } }
    }
  }

  notifications = { emails = ["storage@example.com"] }
}
