# In the place of the AWS sample's stack for one file system, and of a rule created manually for a second one.
module "fsx_backup" {
  source = "../../modules/fsx_backup"

  name = "fsx-backup"

  file_systems = {
    # What the stack's parameters said. Its backups carry nothing but their Name: by that they become this plan's.
    scratch = {
      file_system_id    = "fs-0123456789abcdef0"
      schedule          = "cron(0 0/4 * * ? *)"
      retention         = { days = 7 }
      backup_name       = "user-scheduled backup"
      notify_on_success = true
      adopt_tags        = { Name = "user-scheduled backup" }
    }
  }

  # The second file system stays with the rule that somebody made in the console.
  additional_targets = ["fs-0123456789abcdef1"]
  event_rules        = { backup-home = "arn:aws:events:eu-west-1:123456789012:rule/backup-home" }

  notifications = { emails = ["storage@example.com"] }
}

# The rule's target, with the id that it has already: the apply points it to the new function, input unchanged.
resource "aws_cloudwatch_event_target" "backup_home" {
  rule      = "backup-home"
  target_id = "Id1"
  arn       = module.fsx_backup.function.arn

  input = jsonencode({
    "start-backup"      = "true"
    "purge-backups"     = "true"
    "filesystem-id"     = "fs-0123456789abcdef1"
    "notify_on_success" = "Yes"
  })
}

output "commands" {
  description = "Commands to paste: `backup_now`, `dry_run_purge`, `check`, `list_backups`."
  value       = module.fsx_backup.commands
}

output "function" {
  description = "Where further rules created manually point to."
  value       = module.fsx_backup.function
}
