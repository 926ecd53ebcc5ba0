output "fsx_backup" {
  description = "All outputs of the module: `plans` and `settings` (the effective ones), `schedules`, `commands`, and the resources."
  value       = module.fsx_backup

  precondition {
    condition     = length(local.unknown_attributes) == 0
    error_message = "Terraform would silently drop these attributes, because the module does not know them. Correct: ${join("; ", local.unknown_attributes)}."
  }
}

# The names of the attributes of each object, as written and as the module's types let them through.
locals {
  inputs = {
    written = {
      file_systems  = var.file_systems
      notifications = var.notifications
      report        = var.report
      encryption    = var.encryption
      vpc           = var.vpc
      package       = var.package
    }
    arrived = merge(module.fsx_backup.settings, { file_systems = module.fsx_backup.plans })
  }
  attributes = {
    for side, input in local.inputs : side => merge(
      { for name in ["notifications", "report", "encryption", "vpc", "package"] : name => try(keys(input[name]), []) },
      { for key, subscription in try(input.notifications.subscriptions, {}) : "notifications.subscriptions.${key}" => keys(subscription) },
      { for key, plan in input.file_systems : "file_systems.${key}" => keys(plan) },
      merge([
        for name in ["retention", "restore_test"] :
        { for key, plan in input.file_systems : "file_systems.${key}.${name}" => try(keys(plan[name]), []) }
      ]...),
      merge({}, flatten([
        for key, plan in input.file_systems : try([
          for region, copy in plan.copies : {
            "file_systems.${key}.copies.${region}"           = try(keys(copy), [])
            "file_systems.${key}.copies.${region}.retention" = try(keys(copy.retention), [])
          }
        ], [])
      ])...),
    )
  }
  unknown_attributes = [
    for where, names in local.attributes.written :
    "${where} (${join(", ", setsubtract(names, local.attributes.arrived[where]))}; known are ${join(", ", local.attributes.arrived[where])})"
    if length(setsubtract(names, local.attributes.arrived[where])) > 0
  ]
}
