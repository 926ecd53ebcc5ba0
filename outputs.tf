output "fsx_backup" {
  description = "Everything the module tells: `plans` (the effective settings), `schedules`, `commands`, and the resources."
  value       = module.fsx_backup

  precondition {
    condition     = length(local.unknown_attributes) == 0
    error_message = "Terraform would drop these attributes, because the module does not know them. Correct: ${join("; ", local.unknown_attributes)}."
  }
}

# The stack's variables have no types, so what was written is still to be seen here, and what arrived in the module.
locals {
  arrived = merge(
    { for key, plan in module.fsx_backup.plans : "file_systems.${key}" => keys(plan) },
    { for key, plan in module.fsx_backup.plans : "file_systems.${key}.retention" => keys(plan.retention) },
    { for name, attributes in module.fsx_backup.attributes : name => attributes },
    { for key in keys(try(var.notifications.subscriptions, {})) : "notifications.subscriptions.${key}" => module.fsx_backup.attributes["notifications.subscriptions"] },
  )
  written = merge(
    { for key, plan in var.file_systems : "file_systems.${key}" => keys(plan) },
    { for key, plan in var.file_systems : "file_systems.${key}.retention" => try(keys(plan.retention), []) },
    { notifications = keys(var.notifications), encryption = keys(var.encryption) },
    { for key, subscription in try(var.notifications.subscriptions, {}) : "notifications.subscriptions.${key}" => keys(subscription) },
  )
  unknown_attributes = [
    for where, names in local.written : "${where} (${join(", ", setsubtract(names, local.arrived[where]))}; known are ${join(", ", local.arrived[where])})"
    if length(setsubtract(names, local.arrived[where])) > 0
  ]
}
