# What is refused of `file_systems`: for each rule the entries that break it, each with the value to show. The sentences
# are in outputs.tf. Each rule is a list alone: one that looks at a value known after apply only waits for the apply, and
# the others do not.
locals {
  not_in_a_tag  = "[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]"
  reserved_tags = "^(?i:aws:|fsx-backup:)"

  time_zones = regexall("[^ \\n]+", replace(file("${path.module}/time_zones.txt"), "/#.*/", ""))

  # What many plans share is looked at once, and patterns have no counts: both would be slow for a thousand plans.
  plans_by_timezone = { for key, plan in local.plans : plan.timezone => key... }
  plans_by_retention = {
    for each in concat(
      [for key, plan in local.plans : { plan = key, region = "", retention = plan.retention }],
      [for copy in local.copies : copy if copy.retention != null],
    ) : jsonencode(each.retention) => { plan = each.plan, region = each.region }...
  }

  # Backups are copied inside a partition only; a Region's name tells it.
  other_partitions = "^(cn|us-gov|us-iso[a-z]?|eu-iso[a-z]|eusc)-"

  keys = keys(nonsensitive(sensitive(var.file_systems)))
  targets_named = merge(
    { for key in local.keys : key => [] },
    { for key, plan in local.plans : key => [for name in ["file_system_id", "volume_id", "target_tags"] : name if plan[name] != null] },
  )

  # Tags that differ in letter case only; a tag of the deployment's own counts.
  tags_in_small_letters = {
    for each in local.plan_tags : jsonencode([each.plan, each.list, lower(each.tag)]) => each... if each.list != "purge_tags"
  }

  # Of each target, or selection of targets, the plans that adopt, with the tags they adopt by and what they keep. Two of them meet the same backups
  # for certain where the tags of one are among the other's.
  adopting = {
    for key, plan in local.plans : coalesce(plan.file_system_id, plan.volume_id, jsonencode([plan.target_tags, plan.target_types])) => {
      plan = key, tags = plan.adopt_tags, keeps = { for rule, count in plan.retention : rule => count if rule != "max_deletes" }
    }... if length(plan.adopt_tags) > 0
  }

  plan_mistakes = {
    sensitive_as_a_whole = [
      for name, map in {
        file_systems                  = var.file_systems
        event_rules                   = var.arguments.event_rules
        notifications                 = var.arguments.notifications
        "notifications.subscriptions" = nonsensitive(sensitive(var.arguments.notifications)).subscriptions
      } : { entry = name, value = null } if try(issensitive(map), false)
    ]
    keys = [
      for key in local.keys : { entry = jsonencode(key), value = null }
      if length(key) > 64 || !can(regex("^[0-9A-Za-z][0-9A-Za-z_.-]*$", key))
    ]
    keys_like_ids = [for key in local.keys : { entry = jsonencode(key), value = null } if can(regex("^(fs|fsvol)-[0-9a-f]+$", key))]
    targets = [
      for key, named in local.targets_named : { entry = key, value = length(named) == 0 ? "none" : join(" and ", named) } if length(named) != 1
    ]
    selections = concat(
      [
        for key, plan in local.plans : { entry = key, value = "${length(plan.target_tags)} target_tags" }
        if plan.target_tags == null ? false : length(plan.target_tags) < 1 || length(plan.target_tags) > 10
      ],
      [
        for key, plan in local.plans : { entry = key, value = jsonencode(var.file_systems[key].target_types) }
        if plan.target_types == null ? false : (
          plan.target_tags == null || length(plan.target_types) == 0
          || length(setsubtract(plan.target_types, ["LUSTRE", "WINDOWS", "OPENZFS", "ONTAP"])) > 0
        )
      ],
    )
    file_system_id = [
      for key, plan in local.plans : { entry = key, value = var.file_systems[key].file_system_id }
      if plan.file_system_id == null ? false : (
        !can(regex("^fs-[0-9a-f]+$", plan.file_system_id)) || length(plan.file_system_id) < 11 || length(plan.file_system_id) > 21
      )
    ]
    volume_id = [
      for key, plan in local.plans : { entry = key, value = var.file_systems[key].volume_id }
      if plan.volume_id == null ? false : length(plan.volume_id) != 23 || !can(regex("^fsvol-[0-9a-f]+$", plan.volume_id))
    ]
    schedules = [
      for key, plan in local.plans : { entry = key, value = "${var.file_systems[key].schedule}: ${local.expression_mistakes[plan.schedule]}" }
      if local.expression_mistakes[plan.schedule] != ""
    ]
    timezones = flatten([
      for zone in setsubtract(keys(local.plans_by_timezone), local.time_zones) : [
        for key in local.plans_by_timezone[zone] : { entry = key, value = var.file_systems[key].timezone }
      ]
    ])
    flexible_windows = [
      for key, plan in local.plans : { entry = key, value = var.file_systems[key].flexible_window_minutes }
      if plan.flexible_window_minutes < 0 || plan.flexible_window_minutes > 1440 || plan.flexible_window_minutes % 1 != 0
    ]
    windows = [
      for key, plan in local.plans :
      { entry = key, value = "start ${var.file_systems[key].start_window_minutes}, completion ${var.file_systems[key].completion_window_minutes}" }
      if(
        plan.start_window_minutes < 1 || plan.start_window_minutes > plan.completion_window_minutes || plan.completion_window_minutes > 18720
        || plan.start_window_minutes % 1 != 0 || plan.completion_window_minutes % 1 != 0
      )
    ]
    windows_together = [
      for key, plan in local.plans :
      { entry = key, value = "flexible ${var.file_systems[key].flexible_window_minutes}, completion ${var.file_systems[key].completion_window_minutes}" }
      if plan.flexible_window_minutes + plan.completion_window_minutes > 18720 && plan.completion_window_minutes <= 18720
    ]
    retention = flatten([
      for text, places in local.plans_by_retention : [
        for rule, count in jsondecode(text) : [
          for place in places : place.region == "" ? {
            entry = place.plan, value = "${rule} = ${var.file_systems[place.plan].retention[rule]}"
            } : {
            entry = place.plan, value = "copies.${place.region}: ${rule} = ${var.file_systems[place.plan].copies[place.region].retention[rule]}"
          }
        ]
        if count < (contains(["days", "keep_last", "max_deletes"], rule) ? 1 : -1) || count > 100000 || floor(count) != count
      ]
    ])
    copy_regions = flatten([for key, plan in local.plans : concat(
      [for count in [length(plan.copies)] : { entry = key, value = "${count} Regions" } if count > 5],
      [
        for region, mistake in {
          for region, copy in nonsensitive(sensitive(nonsensitive(sensitive(var.file_systems[key])).copies)) : region => (
            nonsensitive(sensitive(copy == null)) ? "null; give {} for the plan's retention and FSx's key"
            : !can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", region)) ? "not a Region name"
            : region == var.arguments.region ? "the deployment's own"
            : try(regex(local.other_partitions, region), []) != try(regex(local.other_partitions, var.arguments.region), []) ? "of another partition"
            : ""
          )
        } : { entry = key, value = "${region}: ${mistake}" } if mistake != ""
      ],
    )])
    copy_keys = [
      for copy in local.copies : { entry = copy.plan, value = "${copy.region}: ${var.file_systems[copy.plan].copies[copy.region].kms_key_arn}" }
      if copy.kms_key_arn == null ? false : !can(regex("^arn:${var.arguments.partition}:kms:${copy.region}:[0-9]{12}:key/.+$", copy.kms_key_arn))
    ]
    copy_windows = [
      for copy in local.copies :
      { entry = copy.plan, value = "${copy.region}: ${var.file_systems[copy.plan].copies[copy.region].completion_window_minutes}" }
      if anytrue([
        copy.completion_window_minutes < 1,
        copy.completion_window_minutes % 1 != 0,
        alltrue([
          local.plans[copy.plan].completion_window_minutes <= 18720,
          sum([for plan in [local.plans[copy.plan]] : plan.flexible_window_minutes + plan.completion_window_minutes]) + copy.completion_window_minutes > 18720,
        ]),
      ])
    ]
    ages = [
      for key, plan in local.plans : { entry = key, value = var.file_systems[key].max_backup_age_hours }
      if plan.max_backup_age_hours == null ? false : plan.max_backup_age_hours <= 0 || plan.max_backup_age_hours > 8760
    ]
    backup_names = [
      for key, plan in local.plans : { entry = key, value = jsonencode(var.file_systems[key].backup_name) }
      if plan.backup_name == "" || length(plan.backup_name) > 256 || can(regex(local.not_in_a_tag, plan.backup_name))
    ]
    tags = [
      for each in local.plan_tags :
      { entry = each.plan, value = "${each.list}: ${jsonencode(each.tag)} = ${jsonencode(var.file_systems[each.plan][each.list][each.tag])}" }
      if each.tag == "" || length(each.tag) > 128 || try(
        length(each.value) > 256 || can(regex(local.not_in_a_tag, "${each.tag}${each.value}")), each.value == null,
      )
    ]
    tags_in_policies = [
      for each in local.plan_tags :
      { entry = each.plan, value = "${each.list}: ${jsonencode(each.tag)} = ${jsonencode(var.file_systems[each.plan][each.list][each.tag])}" }
      if contains(["adopt_tags", "target_tags"], each.list) && can(regex("[^\\x{20}-\\x{ff}]", "${each.tag}${each.value}"))
    ]
    reserved_tags = [
      for each in local.plan_tags : { entry = each.plan, value = each.tag }
      if each.list == "backup_tags" && (can(regex(local.reserved_tags, each.tag)) || lower(each.tag) == "name")
    ]
    owners_adopted = [
      for each in local.plan_tags : { entry = each.plan, value = each.tag } if each.list == "adopt_tags" && startswith(lower(each.tag), "fsx-backup:")
    ]
    tags_alike = [
      for alike in values(local.tags_in_small_letters) :
      { entry = alike[0].plan, value = "${alike[0].list}: ${join(", ", [for each in alike : each.tag])}" } if length(alike) > 1
    ]
    tag_counts = flatten([
      for key, plan in local.plans : [
        for list, most in { backup_tags = length(plan.copies) > 0 ? 44 : 45, purge_tags = 50, adopt_tags = 50 } :
        { entry = key, value = "${length(plan[list])} ${list}" } if length(plan[list]) > most
      ]
    ])
    adopting_the_same = flatten([
      for target, plans in local.adopting : [
        for n, one in plans : [
          for other in slice(plans, n + 1, length(plans)) : { entry = "${one.plan} and ${other.plan}", value = null }
          if alltrue([
            one.keeps != other.keeps,
            merge(one.tags, other.tags) == merge(other.tags, one.tags),
            contains([one.tags, other.tags], merge(one.tags, other.tags)),
          ])
        ]
      ]
    ])
  }
}
