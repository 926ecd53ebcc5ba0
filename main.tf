module "fsx_backup" {
  source = "./modules/fsx_backup"

  name                          = var.name
  file_systems                  = var.file_systems
  additional_targets            = var.additional_targets
  event_rules                   = var.event_rules
  notifications                 = var.notifications
  health_check_interval_minutes = var.health_check_interval_minutes
  report                        = var.report
  detailed_metrics              = var.detailed_metrics
  encryption                    = var.encryption
  permissions_boundary_arn      = var.permissions_boundary_arn
  vpc                           = var.vpc
  package                       = var.package
  log_retention_days            = var.log_retention_days
  maximum_concurrency           = var.maximum_concurrency
  max_restore_tests             = var.max_restore_tests
  reserved_concurrency          = var.reserved_concurrency
  tracing                       = var.tracing
  tags                          = var.tags
}
