# A new Lustre file system from a backup, and a plan of its own for it in the same apply.
variable "backup_id" {
  description = "The backup to restore. See the README for the command that finds the newest available one."
  type        = string

  validation {
    condition     = can(regex("^backup-[0-9a-f]{8,17}$", var.backup_id))
    error_message = "backup_id must look like backup-0123456789abcdef0, not \"${var.backup_id}\". \"null\" means that the listing found no available backup."
  }
}

variable "region" {
  description = "The Region of the backup, for a copy; by default that of the environment."
  type        = string
  default     = null
}

provider "aws" {
  region = var.region
}

variable "subnet_id" {
  description = "Where the new file system goes."
  type        = string
  default     = "subnet-0123456789abcdef0"
}

# Deployment type and throughput of the file system that was backed up; FSx takes the capacity from the backup.
resource "aws_fsx_lustre_file_system" "restored" {
  #checkov:skip=CKV_AWS_190:FSx encrypts it with the account's key for FSx; give kms_key_id where the old one had a key of your own
  backup_id                   = var.backup_id
  subnet_ids                  = [var.subnet_id]
  deployment_type             = "PERSISTENT_2"
  per_unit_storage_throughput = 125
  tags                        = { Name = "scratch-restored" }

  lifecycle {
    # Neither a newer backup nor the capacity, which FSx takes from the backup and the provider would not find here, may
    # replace the restored file system.
    ignore_changes = [backup_id, storage_capacity]
  }
}

module "fsx_backup" {
  source = "../../modules/fsx_backup"

  name = "restored"

  file_systems = {
    # A new key: the old plan's backups stay apart, and stay.
    scratch-restored = { file_system_id = aws_fsx_lustre_file_system.restored.id }
  }

  notifications = { emails = ["storage@example.com"] }
}

output "mount" {
  description = "What clients mount."
  value       = "${aws_fsx_lustre_file_system.restored.dns_name}@tcp:/${aws_fsx_lustre_file_system.restored.mount_name}"
}
