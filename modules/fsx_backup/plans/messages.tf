# What the schedules send. A plan's message holds all that the function reads of the plan, because it keeps no state.
locals {
  # Entries that are null are refused; here they are left out, so that the refusal is all that one reads.
  given = { for key in keys(local.plans) : key => var.file_systems[key] }

  # A fleet has no id: its targets are found by their tags when the schedule fires.
  target_ids = { for key, plan in local.given : key => try(coalesce(plan.file_system_id, plan.volume_id), null) }

  # Names only: of a plan, its schedule has everything else, and the function reads it there.
  everything_checked = {
    plans              = keys(local.plans)
    additional_targets = sort(tolist(var.arguments.additional_targets))
  }

  sent = {
    for key, plan in local.given : key => merge(
      {
        for name, value in plan : name => value
        if !contains(["schedule", "copies", "restore_test"], name) && !(
          contains(["file_system_id", "volume_id", "target_tags", "target_types"], name) && local.plans[key][name] == null
        )
      },
      { name = key },
      {
        for name in ["copies"] : name => {
          for region in keys(local.plans[key].copies) : region => merge(plan.copies[region], {
            retention = coalesce(plan.copies[region].retention, plan.retention)
          })
        } if length(local.plans[key].copies) > 0
      },
      {
        for name in ["restore_test"] : name => {
          for field, value in plan.restore_test : field => value if local.restore_tests[key][field] != null
        } if contains(keys(local.restore_tests), key)
      },
    )
  }

  events = {
    backup = { for key, plan in local.sent : key => { action = "backup", schedule_arn = "<aws.scheduler.schedule-arn>", plan = plan } }
    restore_test = {
      for key in keys(local.restore_tests) : key => { action = "restore_test", schedule_arn = "<aws.scheduler.schedule-arn>", plan = local.sent[key] }
    }
    deployment = {
      health-check = merge(local.everything_checked, { action = "check", interval_minutes = var.arguments.health_check_interval_minutes })
      report       = merge(local.everything_checked, var.arguments.report, { action = "report" })
    }
  }

  # Scheduler fills in its keywords only where it finds the angle brackets themselves, which jsonencode escapes.
  messages = {
    for kind, events in local.events : kind => {
      for name, event in events : name => replace(replace(
        jsonencode(merge(event, { scheduled_time = "<aws.scheduler.scheduled-time>", version = 1 })),
      "\\u003c", "<"), "\\u003e", ">")
    }
  }
}
