module "fsx_backup" {
  source = "./modules/fsx_backup"

  name          = var.name
  file_systems  = var.file_systems
  notifications = var.notifications
  encryption    = var.encryption
  tags          = var.tags
}
