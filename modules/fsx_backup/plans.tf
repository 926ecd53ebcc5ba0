# Inputs are read once, in plans/: it completes them, and refuses what AWS or the function would refuse later.
module "plans" {
  source = "./plans"

  file_systems = var.file_systems
  arguments = {
    additional_targets            = var.additional_targets
    event_rules                   = var.event_rules
    encryption                    = var.encryption
    vpc                           = var.vpc
    package                       = var.package
    maximum_concurrency           = var.maximum_concurrency
    reserved_concurrency          = var.reserved_concurrency
    tags                          = var.tags
    notifications                 = var.notifications
    health_check_interval_minutes = var.health_check_interval_minutes
    report                        = var.report
    region                        = local.region
    partition                     = local.partition
  }
}

# The rest of the module reads these, so that nothing is planned before every rule holds.
locals {
  plans         = module.plans.checked.plans
  arguments     = module.plans.checked.arguments
  notifications = local.arguments.notifications

  messages = module.plans.checked.messages
  emails   = module.plans.checked.emails

  backup_messages       = tomap({ for key, plan in local.plans : key => plan.message })
  restore_test_messages = tomap(module.plans.restore_messages)
  restore_tests         = { for key in keys(local.restore_test_messages) : key => local.plans[key].restore_test }

  # From the scheduled time to the end of the last window: each counts from the end of the one before. A restore test
  # waits a day for its place first. What passed its window is a message of its own: its hold, and a day to delete it.
  longest_window_minutes = max(1440, concat(
    [
      for plan in local.plans : sum([
        plan.flexible_window_minutes,
        plan.completion_window_minutes,
        max(0, [for copy in plan.copies : copy.completion_window_minutes]...),
      ])
    ],
    [for test in local.restore_tests : 1440 + max(test.completion_window_minutes, test.hold_minutes)],
  )...)
}
