output "fsx_backup" {
  description = "Everything the module tells: `plans` (the effective settings), `schedules`, `commands`, and the resources."
  value       = module.fsx_backup
}
