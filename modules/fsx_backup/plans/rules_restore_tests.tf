# What is refused of `restore_test`, like rules_plans.tf. The type of a file system is FSx's knowledge; that of a volume and
# of a fleet is the plan's.
locals {
  restorable = {
    for key in keys(local.restore_tests) : key => (
      local.plans[key].volume_id != null ? toset(["ONTAP"])
      : local.plans[key].file_system_id != null ? toset(["LUSTRE", "WINDOWS", "OPENZFS"])
      : local.plans[key].target_types == null ? toset(["LUSTRE", "WINDOWS", "OPENZFS", "ONTAP"])
      : toset([for type in local.plans[key].target_types : type == null ? "" : type])
    )
  }

  # What a test takes of each name, for one of these types at least.
  restore_arguments = merge(
    { storage_virtual_machine_id = ["ONTAP"] },
    { for name in ["subnet_ids", "security_group_ids", "kms_key_arn"] : name => ["LUSTRE", "WINDOWS", "OPENZFS"] },
    { for name in ["throughput_capacity", "deployment_type"] : name => ["WINDOWS", "OPENZFS"] },
  )
  restore_ids  = { subnet_ids = "subnet-[0-9a-f]{8,17}", security_group_ids = "sg-[0-9a-f]{8,17}", storage_virtual_machine_id = "svm-[0-9a-f]{17}" }
  restore_most = { subnet_ids = 2, security_group_ids = 50, storage_virtual_machine_id = 1 }

  restore_test_mistakes = {
    schedules = [
      for key, test in local.restore_tests :
      {
        entry = key
        value = test.schedule == "" ? "none: give one, like cron(0 12 1 * ? *)" : join(": ", [
          var.file_systems[key].restore_test.schedule,
          local.expression_mistakes[test.schedule] == "" ? "a test needs an hour at least" : local.expression_mistakes[test.schedule],
        ])
        } if anytrue([
          local.expression_mistakes[test.schedule] != "", try(local.rates[test.schedule] < 60, false),
          try(length(regexall("^[0-9]+(/60)?$", local.crons[test.schedule].minutes)) == 0, false),
      ])
    ]
    timezones = [
      for key, test in local.restore_tests : { entry = key, value = var.file_systems[key].restore_test.timezone }
      if !contains(local.time_zones, test.timezone)
    ]
    windows = flatten([
      for key, test in local.restore_tests : [
        for name, limits in { completion_window_minutes = [1, 14400], hold_minutes = [0, 1440] } :
        { entry = key, value = "${name} = ${var.file_systems[key].restore_test[name]}" }
        if test[name] < limits[0] || test[name] > limits[1] || test[name] % 1 != 0
      ]
    ])
    missing = flatten([
      for key, test in local.restore_tests : [
        for name, lacks in {
          # A fleet of all types need not have volumes.
          storage_virtual_machine_id = alltrue([
            test.storage_virtual_machine_id == null, contains(local.restorable[key], "ONTAP"),
            local.plans[key].volume_id != null || local.plans[key].target_types != null,
          ])
          subnet_ids                   = length(test.subnet_ids) == 0 && local.restorable[key] != toset(["ONTAP"])
          "a second one of subnet_ids" = length(test.subnet_ids) == 1 && try(startswith(test.deployment_type, "MULTI_AZ"), false)
        } : { entry = key, value = name } if lacks
      ]
    ])
    surplus = flatten([
      for key, test in local.restore_tests : [
        for name, types in local.restore_arguments : { entry = key, value = name }
        if length(setintersection(local.restorable[key], types)) == 0 && try(length(test[name]) > 0, test[name] != null)
      ]
    ])
    zones = [
      for key, test in local.restore_tests : { entry = key, value = var.file_systems[key].restore_test.deployment_type }
      if length(test.subnet_ids) > 1 && try(startswith(test.deployment_type, "SINGLE_AZ"), false)
    ]
    ids = flatten([
      for key, test in local.restore_tests : [
        for name, pattern in local.restore_ids : { entry = key, value = "${name} = ${jsonencode(var.file_systems[key].restore_test[name])}" }
        if test[name] == null ? false : length(flatten([test[name]])) > local.restore_most[name] || anytrue(concat(
          [for id in flatten([test[name]]) : !can(regex("^${pattern}$", id))],
          [length(distinct(flatten([test[name]]))) < length(flatten([test[name]]))],
        ))
      ]
    ])
    capacities = flatten([
      for key, test in local.restore_tests : [
        for name, wrong in {
          throughput_capacity = test.throughput_capacity == null ? false : anytrue([
            test.throughput_capacity < 8, test.throughput_capacity > 100000, test.throughput_capacity % 1 != 0,
          ])
          deployment_type = test.deployment_type == null ? false : !can(regex(
            "^(SINGLE_AZ_(1|2${contains(local.restorable[key], "OPENZFS") ? "|HA_1|HA_2" : ""})|MULTI_AZ_1)$", test.deployment_type,
          ))
        } : { entry = key, value = "${name} = ${var.file_systems[key].restore_test[name]}" } if wrong
      ]
    ])
    sources = [
      for key, test in local.restore_tests : { entry = key, value = var.file_systems[key].restore_test.source }
      if test.source != "newest" && !contains(keys(local.plans[key].copies), test.source)
    ]
    keys = [
      for key, test in local.restore_tests : { entry = key, value = var.file_systems[key].restore_test.kms_key_arn }
      if test.kms_key_arn == null ? false : !can(regex(
        "^arn:${var.arguments.partition}:kms:${test.source == "newest" ? var.arguments.region : test.source}:[0-9]{12}:key/.+$", test.kms_key_arn,
      ))
    ]
  }
}
