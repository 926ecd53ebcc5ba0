# What is completed and what is refused, without a provider: some cases a second. The table of all rules and their sentences
# is the project's (tests/module/inputs.py).
# Run in modules/fsx_backup/plans: terraform init && terraform test.
variables {
  # As the module's own variables complete them.
  plan = {
    file_system_id            = "fs-0123456789abcdef0"
    volume_id                 = null
    target_tags               = null
    target_types              = null
    schedule                  = "cron(0 0/4 * * ? *)"
    timezone                  = "UTC"
    flexible_window_minutes   = 0
    enabled                   = true
    retention                 = { days = 7, keep_last = 3, keep_hourly = 0, keep_daily = 0, keep_weekly = 0, keep_monthly = 0, keep_yearly = 0, max_deletes = 50 }
    purge_tags                = {}
    adopt_tags                = {}
    backup_name               = "user-scheduled backup"
    backup_tags               = {}
    copy_tags                 = true
    notify_on_success         = true
    start_window_minutes      = 240
    completion_window_minutes = 1440
    max_backup_age_hours      = null
    copies                    = {}
    restore_test              = null
  }
  file_systems = {}
  arguments = {
    additional_targets            = []
    event_rules                   = {}
    encryption                    = { kms_key_arn = null, create_key = null }
    vpc                           = null
    package                       = { path = null, s3_bucket = null, s3_key = null, s3_object_version = null, code_signing_config_arn = null }
    maximum_concurrency           = 5
    reserved_concurrency          = null
    tags                          = {}
    report                        = { schedule = "cron(0 6 * * ? *)", timezone = "UTC", notify = "problems", require_coverage = false }
    health_check_interval_minutes = 30
    region                        = "eu-west-1"
    notifications = {
      emails             = []
      subscriptions      = {}
      topic_arn          = null
      create_topic       = null
      alarm_topic_arn    = null
      create_alarm_topic = null
      runbook_url        = "docs/runbook.md"
    }
  }
}

run "a_plan_is_completed" {
  command = plan

  variables {
    file_systems = {
      home     = merge(var.plan, { flexible_window_minutes = 15, backup_tags = { Team = "hpc" } })
      database = merge(var.plan, { file_system_id = null, volume_id = "fsvol-0123456789abcdef0" })
      projects = merge(var.plan, { file_system_id = null, target_tags = { Backup = "daily", Team = "hpc" }, target_types = toset(["LUSTRE"]) })
    }
    arguments = merge(var.arguments, { additional_targets = ["fs-0123456789abcdef1"] })
  }

  assert {
    condition     = output.checked.plans["home"].target_id == "fs-0123456789abcdef0" && output.checked.plans["home"].target == "fs-0123456789abcdef0"
    error_message = "A file system is a target."
  }

  assert {
    condition     = output.checked.plans["database"].target_id == "fsvol-0123456789abcdef0"
    error_message = "A volume is a target."
  }

  assert {
    condition     = output.checked.plans["projects"].target_id == null && output.checked.plans["projects"].target == "targets with Backup=daily, Team=hpc"
    error_message = "A fleet has no id: its targets are those with its tags."
  }

  assert {
    condition = alltrue([
      for name, value in { file_system_id = null, volume_id = null, target_tags = { Backup = "daily", Team = "hpc" }, target_types = ["LUSTRE"] } :
      lookup(jsondecode(output.checked.plans["projects"].message).plan, name, null) == value
    ])
    error_message = "The message of a fleet carries its tags and types: ${output.checked.plans["projects"].message}"
  }

  assert {
    condition = jsondecode(output.checked.plans["home"].message) == {
      action         = "backup"
      schedule_arn   = "<aws.scheduler.schedule-arn>"
      scheduled_time = "<aws.scheduler.scheduled-time>"
      version        = 1
      plan = {
        name                      = "home"
        file_system_id            = "fs-0123456789abcdef0"
        retention                 = var.plan.retention
        timezone                  = "UTC"
        backup_name               = "user-scheduled backup"
        backup_tags               = { Team = "hpc" }
        copy_tags                 = true
        purge_tags                = {}
        adopt_tags                = {}
        notify_on_success         = true
        flexible_window_minutes   = 15
        start_window_minutes      = 240
        completion_window_minutes = 1440
        max_backup_age_hours      = null
        enabled                   = true
      }
    }
    error_message = "The message carries all that the function reads: ${output.checked.plans["home"].message}"
  }

  assert {
    condition     = strcontains(output.checked.plans["home"].message, "\"scheduled_time\":\"<aws.scheduler.scheduled-time>\"")
    error_message = "Scheduler's keyword must stand unescaped."
  }

  assert {
    condition = jsondecode(output.checked.messages.health-check) == {
      action             = "check"
      plans              = ["database", "home", "projects"]
      additional_targets = ["fs-0123456789abcdef1"]
      interval_minutes   = 30
      scheduled_time     = "<aws.scheduler.scheduled-time>"
      version            = 1
    }
    error_message = "The health check knows every plan's name: ${output.checked.messages.health-check}"
  }

  assert {
    condition = jsondecode(output.checked.messages.report) == {
      action             = "report"
      plans              = ["database", "home", "projects"]
      additional_targets = ["fs-0123456789abcdef1"]
      notify             = "problems"
      require_coverage   = false
      schedule           = "cron(0 6 * * ? *)"
      timezone           = "UTC"
      scheduled_time     = "<aws.scheduler.scheduled-time>"
      version            = 1
    }
    error_message = "The report knows how often it is made: ${output.checked.messages.report}"
  }
}

run "bad_plans_are_refused" {
  command = plan

  variables {
    file_systems = { both = merge(var.plan, { volume_id = "fsvol-0123456789abcdef0" }) }
  }

  expect_failures = [output.checked]
}

run "bad_schedules_are_refused" {
  command = plan

  variables {
    file_systems = { home = merge(var.plan, { schedule = "cron(0 25 * * ? *)" }) }
  }

  expect_failures = [output.checked]
}

run "a_topic_of_another_region_is_refused" {
  command = plan

  variables {
    arguments = merge(var.arguments, {
      notifications = merge(var.arguments.notifications, { topic_arn = "arn:aws:sns:us-east-1:123456789012:alerts" })
    })
  }

  expect_failures = [output.checked]
}

run "a_schedule_that_never_fires_is_warned_of" {
  command = plan

  variables {
    file_systems = { home = merge(var.plan, { schedule = "cron(0 8 30 2 ? *)" }) }
  }

  expect_failures = [check.schedules]
}
