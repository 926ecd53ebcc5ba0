# What is refused of the module's other arguments, like rules_plans.tf.
locals {
  email = "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$"
  endpoint_patterns = {
    email      = local.email
    email-json = local.email
    sms        = "^\\+[0-9]{5,15}$"
    sqs        = "^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[0-9A-Za-z_-]+$"
    lambda     = "^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:.+$"
    http       = "^http://\\S+$"
    https      = "^https://\\S+$"
  }

  # The ARNs of one Region, with their sensitive marks.
  regional_arns = merge(
    {
      "notifications.topic_arn"         = var.arguments.notifications.topic_arn
      "notifications.alarm_topic_arn"   = var.arguments.notifications.alarm_topic_arn
      "encryption.kms_key_arn"          = var.arguments.encryption.kms_key_arn
      "package.code_signing_config_arn" = var.arguments.package.code_signing_config_arn
    },
    { for key in keys(local.event_rules) : "event_rules.${key}" => var.arguments.event_rules[key] },
  )

  vpc_counts = [
    for vpc in local.vpcs : {
      subnets = vpc.subnet_ids == null ? 0 : length(vpc.subnet_ids)
      groups  = vpc.security_group_ids == null ? 0 : length(vpc.security_group_ids)
    }
  ]

  argument_mistakes = {
    additional_targets = [
      for id in nonsensitive(sensitive(var.arguments.additional_targets)) :
      { entry = "one id", value = join("", [for given in var.arguments.additional_targets : given if given == id]) }
      if !can(regex("^(fs-[0-9a-f]{8,18}|fsvol-[0-9a-f]{17})$", id))
    ]
    event_rule_keys = [for key in keys(local.event_rules) : { entry = jsonencode(key), value = null } if !can(regex("^[0-9A-Za-z_-]{1,80}$", key))]
    event_rule_arns = [
      for key, arn in local.event_rules : { entry = key, value = coalesce(var.arguments.event_rules[key], "null") }
      if !can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/[0-9A-Za-z_./-]+$", arn))
    ]
    kms_key_arn = [
      for arn in [local.encryption.kms_key_arn] : { entry = "kms_key_arn", value = var.arguments.encryption.kms_key_arn }
      if arn == null ? false : !can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", arn))
    ]
    create_key = [
      for create in [local.encryption.create_key] : { entry = "create_key", value = create }
      if create == null ? false : create != (local.encryption.kms_key_arn == null)
    ]
    vpc_counts = [
      for counts in local.vpc_counts : { entry = "vpc", value = "${counts.subnets} and ${counts.groups}" }
      if counts.subnets < 1 || counts.subnets > 16 || counts.groups < 1 || counts.groups > 5
    ]
    vpc_ids = flatten([
      for vpc in local.vpcs : [
        for list in ["subnet_ids", "security_group_ids"] : [
          for n, id in nonsensitive(sensitive(coalesce(vpc[list], []))) : { entry = "${list}[${n}]", value = jsonencode(var.arguments.vpc[list][n]) }
          if !can(regex("^(subnet|sg)-[0-9a-f]{8,17}$", nonsensitive(sensitive(id))))
        ]
      ]
    ])
    package_objects = [
      for package in [local.package] :
      { entry = "package", value = "s3_bucket ${coalesce(var.arguments.package.s3_bucket, "null")}, s3_key ${coalesce(var.arguments.package.s3_key, "null")}" }
      if(package.s3_bucket == null) != (package.s3_key == null)
    ]
    two_packages = [
      for package in [local.package] : { entry = "package", value = "path ${var.arguments.package.path}, s3_bucket ${var.arguments.package.s3_bucket}" }
      if package.path != null && package.s3_bucket != null
    ]
    versions_of_nothing = [
      for package in [local.package] : { entry = "s3_object_version", value = var.arguments.package.s3_object_version }
      if package.s3_object_version != null && package.s3_bucket == null
    ]
    code_signing_config_arn = [
      for arn in [local.package.code_signing_config_arn] : { entry = "code_signing_config_arn", value = var.arguments.package.code_signing_config_arn }
      if arn == null ? false : !can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", arn))
    ]
    unsigned_packages = [
      for package in [local.package] : { entry = "code_signing_config_arn", value = var.arguments.package.code_signing_config_arn }
      if package.code_signing_config_arn != null && package.path == null && package.s3_bucket == null
    ]
    maximum_concurrency = [
      for count in [nonsensitive(sensitive(var.arguments.maximum_concurrency))] : { entry = "maximum_concurrency", value = var.arguments.maximum_concurrency }
      if count < 2 || count > 1000 || floor(count) != count
    ]
    reserved_concurrency = [
      for count in [nonsensitive(sensitive(var.arguments.reserved_concurrency))] :
      {
        entry = "reserved_concurrency"
        value = "${var.arguments.reserved_concurrency}, maximum_concurrency ${var.arguments.maximum_concurrency}"
      }
      if count == null ? false : count < nonsensitive(sensitive(var.arguments.maximum_concurrency)) || floor(count) != count
    ]
    tags = [
      for tag, value in local.tags : { entry = jsonencode(tag), value = jsonencode(var.arguments.tags[tag]) }
      if can(regex(local.reserved_tags, tag)) || tag == "" || length(tag) > 128 || try(
        value == "" || length(value) > 256 || can(regex(local.not_in_a_tag, "${tag}${value}")), value == null,
      )
    ]
    tags_alike = [
      for alike in values({ for tag in keys(local.tags) : lower(tag) => jsonencode(tag)... }) : { entry = join(" and ", alike), value = null }
      if length(alike) > 1
    ]
    tag_count = [for count in [length(local.tags)] : { entry = "tags", value = count } if count > 49]

    emails = [
      for n, email in local.notifications.emails : { entry = "emails[${n}]", value = jsonencode(var.arguments.notifications.emails[n]) }
      if !can(regex(local.email, nonsensitive(sensitive(email))))
    ]
    topic_arns = [
      for name in ["topic_arn", "alarm_topic_arn"] : { entry = name, value = jsonencode(var.arguments.notifications[name]) }
      if local.notifications[name] == null ? false : !can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[0-9A-Za-z_-]{1,256}$", local.notifications[name]))
    ]
    create_topic = [
      for create in [local.notifications.create_topic] : { entry = "create_topic", value = create }
      if create == null ? false : create != (local.notifications.topic_arn == null)
    ]
    create_alarm_topic = [
      for create in [local.notifications.create_alarm_topic] : { entry = "create_alarm_topic", value = create }
      if create == null ? false : create != (local.notifications.alarm_topic_arn == null)
    ]
    filters_of_one_topic = [ # SNS takes an endpoint once a topic, with a filter or without
      for key, subscription in local.subscriptions : { entry = key, value = null }
      if alltrue([
        local.notifications.topic_arn == null ? false : local.notifications.topic_arn == local.notifications.alarm_topic_arn,
        subscription.failures_only || subscription.filter_policy != null,
      ])
    ]
    protocols = [
      for key, subscription in local.subscriptions :
      { entry = key, value = coalesce(var.arguments.notifications.subscriptions[key].protocol, "null") }
      if !contains(keys(local.endpoint_patterns), coalesce(subscription.protocol, "null"))
    ]
    endpoints = [
      for key, subscription in local.subscriptions : {
        entry = key
        value = join(": ", [for name in ["protocol", "endpoint"] : coalesce(var.arguments.notifications.subscriptions[key][name], "null")])
      }
      if !can(regex(lookup(local.endpoint_patterns, coalesce(subscription.protocol, "null"), "."), subscription.endpoint))
    ]
    filter_policies = [
      for key, subscription in local.subscriptions : { entry = key, value = var.arguments.notifications.subscriptions[key].filter_policy }
      if subscription.filter_policy == null ? false : subscription.failures_only || !can(keys(jsondecode(subscription.filter_policy)))
    ]
    runbook_url = [
      for url in [local.notifications.runbook_url] : { entry = "runbook_url", value = jsonencode(var.arguments.notifications.runbook_url) }
      if !can(regex("^\\S{1,300}$", url))
    ]

    health_check_interval_minutes = [
      for minutes in [nonsensitive(sensitive(var.arguments.health_check_interval_minutes))] :
      { entry = "health_check_interval_minutes", value = var.arguments.health_check_interval_minutes }
      if minutes < 5 || minutes > 720 || floor(minutes) != minutes
    ]
    report = concat(
      [
        for mistake in [startswith(local.report.schedule, "at(") ? "it fires once" : local.expression_mistakes[local.report.schedule]] :
        { entry = "schedule", value = "${var.arguments.report.schedule}: ${mistake}" } if mistake != ""
      ],
      [for zone in setsubtract([local.report.timezone], local.time_zones) : { entry = "timezone", value = var.arguments.report.timezone }],
      [for notify in setsubtract([local.report.notify], ["problems", "always", "never"]) : { entry = "notify", value = var.arguments.report.notify }],
    )
    arns_of_other_regions = [
      for name, arn in local.regional_arns : { entry = name, value = arn }
      if nonsensitive(sensitive(arn)) == null ? false : try(split(":", nonsensitive(sensitive(arn)))[3], var.arguments.region) != var.arguments.region
    ]
    long_messages = [
      for name, message in local.messages.deployment : { entry = name, value = null } if length(nonsensitive(sensitive(message))) >= 250000
    ]
  }
}
