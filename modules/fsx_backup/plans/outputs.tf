# The sentences of the refusals: each broken rule an error that names all entries breaking it. Nothing is planned before.
output "checked" {
  description = <<-EOT
    What the module plans with, once every rule holds.

    - `plans`: `file_systems`, each with its `target_id` (null for a fleet), its `target` in words and the `message` of its schedule.
    - `messages`: of the schedules `health-check` and `report`.
    - `emails`: the addresses to subscribe, by themselves; sensitive ones by a digest.
    - `arguments`: the others, as they came.
  EOT
  value = {
    plans = {
      for key, plan in local.given : key => merge(plan, {
        target_id = local.target_ids[key]
        target = local.plans[key].target_tags == null ? local.target_ids[key] : join("", [
          "targets with ", join(", ", [for tag, value in plan.target_tags : "${tag}=${value}"]),
        ])
        message = local.messages.backup[key]
      })
    }
    messages  = local.messages.deployment
    emails    = local.emails
    arguments = var.arguments
  }

  precondition {
    condition     = length(local.plan_mistakes.keys) == 0
    error_message = "file_systems: a key becomes the schedule's name and must have 1 to 64 letters, digits, '_', '.' or '-', beginning with a letter or digit. Rename: ${local.named.plans.keys}."
  }

  precondition {
    condition     = length(local.plan_mistakes.keys_like_ids) == 0
    error_message = "file_systems: a key must not look like an id, because the AWS sample's JSON names its own backups' plan like that. Rename: ${local.named.plans.keys_like_ids}."
  }

  precondition {
    condition     = length(local.plan_mistakes.sensitive_as_a_whole) == 0
    error_message = "The keys of a map become names of resources, so the map as a whole cannot be sensitive. Mark single values in it, or unmark it with nonsensitive(): ${local.named.plans.sensitive_as_a_whole}."
  }

  precondition {
    condition     = length(local.plan_mistakes.targets) == 0
    error_message = "file_systems: give exactly one of file_system_id, volume_id and target_tags in: ${local.named.plans.targets}."
  }

  precondition {
    condition     = length(local.plan_mistakes.file_system_id) == 0
    error_message = "file_systems: file_system_id must look like fs-0123456789abcdef0; a volume, fsvol-…, is given by volume_id. Correct: ${local.named.plans.file_system_id}."
  }

  precondition {
    condition     = length(local.plan_mistakes.volume_id) == 0
    error_message = "file_systems: volume_id must look like fsvol-0123456789abcdef0. Correct: ${local.named.plans.volume_id}."
  }

  precondition {
    condition     = length(local.plan_mistakes.selections) == 0
    error_message = "file_systems: target_tags must be 1 to 10 tags; target_types one or more of LUSTRE, WINDOWS, OPENZFS and ONTAP, and only beside target_tags; omit it for all types. Correct: ${local.named.plans.selections}."
  }

  precondition {
    condition     = length(local.plan_mistakes.schedules) == 0
    error_message = "file_systems: EventBridge Scheduler would refuse these schedules. Correct: ${local.named.plans.schedules}."
  }

  precondition {
    condition     = length(local.plan_mistakes.timezones) == 0
    error_message = "file_systems: timezone must be an IANA time zone name like Europe/Paris, written exactly as in the time zone database. Correct: ${local.named.plans.timezones}."
  }

  precondition {
    condition     = length(local.plan_mistakes.flexible_windows) == 0
    error_message = "file_systems: flexible_window_minutes must be a whole number from 0 (off) to 1440. Correct: ${local.named.plans.flexible_windows}."
  }

  precondition {
    condition     = length(local.plan_mistakes.windows) == 0
    error_message = "file_systems: start_window_minutes and completion_window_minutes must be whole numbers of at least 1, the first not longer than the second, and that at most 18720 (13 days: a message lives 14). Correct: ${local.named.plans.windows}."
  }

  precondition {
    condition     = length(local.plan_mistakes.windows_together) == 0
    error_message = "file_systems: completion_window_minutes counts from the end of the flexible window, so both together must be at most 18720 minutes (13 days: a message lives 14). Shorten one of them in: ${local.named.plans.windows_together}."
  }

  precondition {
    condition     = length(local.plan_mistakes.retention) == 0
    error_message = "file_systems: retention's days, keep_last and max_deletes must be whole numbers from 1 to 100000; keep_hourly to keep_yearly from 0 to 100000, or -1 for unlimited. Correct: ${local.named.plans.retention}."
  }

  precondition {
    condition     = length(local.plan_mistakes.copy_regions) == 0
    error_message = "file_systems: copies may name at most 5 Regions, other than the deployment's own and in the same partition, like eu-central-1. Replace or remove: ${local.named.plans.copy_regions}."
  }

  precondition {
    condition     = length(local.plan_mistakes.copy_keys) == 0
    error_message = "file_systems: kms_key_arn of copies must be the ARN of a key (not of an alias) in the copies' Region, like arn:aws:kms:eu-central-1:123456789012:key/…. Correct: ${local.named.plans.copy_keys}."
  }

  precondition {
    condition     = length(local.plan_mistakes.copy_windows) == 0
    error_message = "file_systems: completion_window_minutes of copies must be a whole number of at least 1, and at most 18720 together with the plan's flexible and completion windows, after which it counts (13 days: a message lives 14). Correct: ${local.named.plans.copy_windows}."
  }

  precondition {
    condition     = length(local.plan_mistakes.ages) == 0
    error_message = "file_systems: max_backup_age_hours must be null (no limit) or more than 0 and at most 8760 (a year). Correct: ${local.named.plans.ages}."
  }

  precondition {
    condition     = length(local.plan_mistakes.backup_names) == 0
    error_message = "file_systems: backup_name becomes a tag's value and must have 1 to 256 letters, digits, spaces or any of _.:/=+-@. Correct: ${local.named.plans.backup_names}."
  }

  precondition {
    condition     = length(local.plan_mistakes.tags) == 0
    error_message = "file_systems: a tag's key must have 1 to 128, its value at most 256 letters, digits, spaces or any of _.:/=+-@. Correct: ${local.named.plans.tags}."
  }

  precondition {
    condition     = length(local.plan_mistakes.tags_in_policies) == 0
    error_message = "file_systems: adopt_tags and target_tags become conditions of an IAM policy, which has no characters beyond Latin-1 (U+00FF). Select by other tags in: ${local.named.plans.tags_in_policies}."
  }

  precondition {
    condition     = length(local.plan_mistakes.reserved_tags) == 0
    error_message = "file_systems: backup_tags must not use the keys aws:… and fsx-backup:… (reserved) or Name (that is backup_name), in any letter case. Remove: ${local.named.plans.reserved_tags}."
  }

  precondition {
    condition     = length(local.plan_mistakes.owners_adopted) == 0
    error_message = "file_systems: adopt_tags must not use the keys fsx-backup:…, because a backup of a deployment is never adopted. Remove: ${local.named.plans.owners_adopted}."
  }

  precondition {
    condition     = length(local.plan_mistakes.tags_alike) == 0
    error_message = "file_systems: IAM does not distinguish tag keys that differ in letter case only. Keep one of each in: ${local.named.plans.tags_alike}."
  }

  precondition {
    condition     = length(local.plan_mistakes.tag_counts) == 0
    error_message = "file_systems: a backup has 50 tags at most, 5 of them the deployment's, 6 on a copy: give at most 45 backup_tags (44 with copies), and 50 purge_tags or adopt_tags in: ${local.named.plans.tag_counts}."
  }

  precondition {
    condition     = length(local.plan_mistakes.adopting_the_same) == 0
    error_message = "file_systems: two plans adopt the same backups of one target with different retention, so the shorter one would delete what the longer one keeps. Let one of them adopt, or give both the same retention: ${local.named.plans.adopting_the_same}."
  }

  precondition {
    condition     = length(local.argument_mistakes.additional_targets) == 0
    error_message = "additional_targets must be ids like fs-0123456789abcdef0 or fsvol-0123456789abcdef0. Correct: ${local.named.arguments.additional_targets}."
  }

  precondition {
    condition     = length(local.argument_mistakes.event_rule_keys) == 0
    error_message = "event_rules: a key becomes part of the permission's id and must have 1 to 80 letters, digits, '_' or '-'. Rename: ${local.named.arguments.event_rule_keys}."
  }

  precondition {
    condition     = length(local.argument_mistakes.event_rule_arns) == 0
    error_message = "event_rules must be ARNs of EventBridge rules, like arn:aws:events:eu-west-1:123456789012:rule/nightly. Correct: ${local.named.arguments.event_rule_arns}."
  }

  precondition {
    condition     = length(local.argument_mistakes.kms_key_arn) == 0
    error_message = "encryption.kms_key_arn must be the ARN of a key (not of an alias), like arn:aws:kms:eu-west-1:123456789012:key/…. Correct: ${local.named.arguments.kms_key_arn}."
  }

  precondition {
    condition     = length(local.argument_mistakes.create_key) == 0
    error_message = "encryption.create_key contradicts encryption.kms_key_arn: set one of them, or create_key = false with the kms_key_arn. Correct: ${local.named.arguments.create_key}."
  }

  precondition {
    condition     = length(local.argument_mistakes.vpc_counts) == 0
    error_message = "vpc: give 1 to 16 subnet_ids and 1 to 5 security_group_ids (Lambda's limits), or omit vpc. Correct: ${local.named.arguments.vpc_counts}."
  }

  precondition {
    condition     = length(local.argument_mistakes.vpc_ids) == 0
    error_message = "vpc: ids must look like subnet-0123456789abcdef0 and sg-0123456789abcdef0. Correct: ${local.named.arguments.vpc_ids}."
  }

  precondition {
    condition     = length(local.argument_mistakes.package_objects) == 0
    error_message = "package: s3_bucket and s3_key belong together: give both or neither. Correct: ${local.named.arguments.package_objects}."
  }

  precondition {
    condition     = length(local.argument_mistakes.two_packages) == 0
    error_message = "package: path and s3_bucket name two packages: give one of them. Correct: ${local.named.arguments.two_packages}."
  }

  precondition {
    condition     = length(local.argument_mistakes.versions_of_nothing) == 0
    error_message = "package: s3_object_version is the version of an object: give its s3_bucket and s3_key too. Correct: ${local.named.arguments.versions_of_nothing}."
  }

  precondition {
    condition     = length(local.argument_mistakes.code_signing_config_arn) == 0
    error_message = "package.code_signing_config_arn must look like arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0. Correct: ${local.named.arguments.code_signing_config_arn}."
  }

  precondition {
    condition     = length(local.argument_mistakes.unsigned_packages) == 0
    error_message = "package.code_signing_config_arn would refuse the module's own package, which is not signed: give a signed one by path, or by s3_bucket and s3_key. Correct: ${local.named.arguments.unsigned_packages}."
  }

  precondition {
    condition     = length(local.argument_mistakes.maximum_concurrency) == 0
    error_message = "maximum_concurrency must be a whole number from 2 to 1000 (Lambda's limits). Correct: ${local.named.arguments.maximum_concurrency}."
  }

  precondition {
    condition     = length(local.argument_mistakes.reserved_concurrency) == 0
    error_message = "reserved_concurrency must be null or a whole number of at least maximum_concurrency: raise the one or lower the other. Correct: ${local.named.arguments.reserved_concurrency}."
  }

  precondition {
    condition     = length(local.argument_mistakes.tags) == 0
    error_message = "tags: a key must have 1 to 128, a value 1 to 256 letters, digits, spaces or any of _.:/=+-@; the keys aws:… and fsx-backup:… are reserved, in any letter case. Correct: ${local.named.arguments.tags}."
  }

  precondition {
    condition     = length(local.argument_mistakes.tags_alike) == 0
    error_message = "tags: IAM does not distinguish keys that differ in letter case only. Keep one of: ${local.named.arguments.tags_alike}."
  }

  precondition {
    condition     = length(local.argument_mistakes.tag_count) == 0
    error_message = "tags: a resource has 50 tags at most, one of them the deployment's: give at most 49. Correct: ${local.named.arguments.tag_count}."
  }

  precondition {
    condition     = length(local.argument_mistakes.emails) == 0
    error_message = "notifications.emails must be e-mail addresses, like storage@example.com. Correct: ${local.named.arguments.emails}."
  }

  precondition {
    condition     = length(local.argument_mistakes.topic_arns) == 0
    error_message = "notifications.topic_arn and alarm_topic_arn must be ARNs of SNS topics (not FIFO), like arn:aws:sns:eu-west-1:123456789012:alerts. Correct: ${local.named.arguments.topic_arns}."
  }

  precondition {
    condition     = length(local.argument_mistakes.create_topic) == 0
    error_message = "notifications.create_topic contradicts notifications.topic_arn: set one of them, or create_topic = false with the topic_arn. Correct: ${local.named.arguments.create_topic}."
  }

  precondition {
    condition     = length(local.argument_mistakes.create_alarm_topic) == 0
    error_message = "notifications.create_alarm_topic contradicts notifications.alarm_topic_arn: set one of them, or create_alarm_topic = false with the alarm_topic_arn. Correct: ${local.named.arguments.create_alarm_topic}."
  }

  precondition {
    condition     = length(local.argument_mistakes.filters_of_one_topic) == 0
    error_message = "notifications.alarm_topic_arn is the same topic as topic_arn, where a filter keeps out every alarm. Omit alarm_topic_arn, give another topic, or remove the filters: ${local.named.arguments.filters_of_one_topic}."
  }

  precondition {
    condition     = length(local.argument_mistakes.protocols) == 0
    error_message = "notifications.subscriptions: protocol must be email, email-json, sms, sqs, lambda, http or https. Correct: ${local.named.arguments.protocols}."
  }

  precondition {
    condition     = length(local.argument_mistakes.endpoints) == 0
    error_message = "notifications.subscriptions: endpoint must be an e-mail address, a phone number like +33123456789, the ARN of a queue or function, or a URL, as its protocol requires. Correct: ${local.named.arguments.endpoints}."
  }

  precondition {
    condition     = length(local.argument_mistakes.filter_policies) == 0
    error_message = "notifications.subscriptions: filter_policy must be a JSON object, and not together with failures_only. Correct: ${local.named.arguments.filter_policies}."
  }

  precondition {
    condition     = length(local.argument_mistakes.runbook_url) == 0
    error_message = "notifications.runbook_url appears in every alarm's description and must have 1 to 300 characters without spaces. Correct: ${local.named.arguments.runbook_url}."
  }

  precondition {
    condition     = length(local.argument_mistakes.health_check_interval_minutes) == 0
    error_message = "health_check_interval_minutes must be a whole number from 5 to 720. Correct: ${local.named.arguments.health_check_interval_minutes}."
  }

  precondition {
    condition     = length(local.argument_mistakes.report) == 0
    error_message = "report: schedule must be cron(...) or rate(...) as in EventBridge Scheduler, timezone an IANA name like Europe/Paris, notify problems, always or never. Correct: ${local.named.arguments.report}."
  }

  precondition {
    condition     = length(local.argument_mistakes.arns_of_other_regions) == 0
    error_message = "Topics, keys, rules and code signing configurations must be in the deployment's Region, ${var.arguments.region}. Replace: ${local.named.arguments.arns_of_other_regions}."
  }

  precondition {
    condition     = length(local.argument_mistakes.long_messages) == 0
    error_message = "A schedule's input has 256 KB at most, and these name all plans and additional_targets. Divide them among several deployments, or shorten the plans' names: ${local.named.arguments.long_messages}."
  }
}
