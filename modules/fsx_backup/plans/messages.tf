# What the schedules send. Each plan's message holds all that the function reads of it, because the function keeps no state.
locals {
  # Entries that are null are refused; here they are left out, so that the refusal is all that one reads.
  given = { for key in keys(local.plans) : key => var.file_systems[key] }

  target_ids = { for key, plan in local.given : key => plan.file_system_id == null ? plan.volume_id : plan.file_system_id }
  targets = {
    for key, plan in local.given :
    key => plan.file_system_id == null ? { volume_id = plan.volume_id } : { file_system_id = plan.file_system_id }
  }

  # Plans with the same check schedule are checked together, at most a hundred in a message: FSx lists twenty targets in
  # one call, and a hundred fit comfortably into one invocation.
  checked_together = {
    for key, plan in local.plans :
    jsonencode([plan.check_schedule, startswith(plan.check_schedule, "rate(") ? "UTC" : plan.timezone]) => key...
  }
  checked_plans = merge([
    for rhythm, keys in local.checked_together : {
      for number, chunk in chunklist(keys, 100) : "plans-${substr(md5(rhythm), 0, 8)}-${number + 1}" => chunk
    }
  ]...)

  events = {
    backup = {
      for key, plan in local.given : key => {
        action = "backup"
        plan = merge(local.targets[key], {
          name                      = key
          retention                 = plan.retention
          timezone                  = plan.timezone
          backup_name               = plan.backup_name
          backup_tags               = plan.backup_tags
          copy_tags                 = plan.copy_tags
          purge_tags                = plan.purge_tags
          adopt_tags                = plan.adopt_tags
          notify_on_success         = plan.notify_on_success
          flexible_window_minutes   = plan.flexible_window_minutes
          start_window_minutes      = plan.start_window_minutes
          completion_window_minutes = plan.completion_window_minutes
        })
      }
    }
    check = {
      for name, keys in local.checked_plans : name => {
        action = "check"
        each   = [for key in keys : merge(local.targets[key], { name = key, adopt_tags = local.given[key].adopt_tags })]
      }
    }
    deployment_check = {
      all = { action = "check", plans = merge({ for id in var.arguments.additional_targets : id => id }, local.target_ids) }
    }
  }

  # Scheduler fills in its keyword only where it finds the angle brackets themselves, which jsonencode escapes.
  messages = {
    for kind, events in local.events : kind => {
      for name, event in events : name => replace(replace(
        jsonencode(merge(event, { scheduled_time = "<aws.scheduler.scheduled-time>", version = 1 })),
      "\\u003c", "<"), "\\u003e", ">")
    }
  }
}
