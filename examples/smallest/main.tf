# One file system, every four hours, kept for seven days: the AWS sample's settings.
module "fsx_backup" {
  source = "../../modules/fsx_backup"

  file_systems = {
    home = { file_system_id = "fs-0123456789abcdef0" }
  }

  notifications = { emails = ["storage@example.com"] }
}
