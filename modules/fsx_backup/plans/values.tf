# What the rules look at: the values without their sensitive marks. A mark on one value would otherwise pass to the list
# of every entry that breaks a rule, and Terraform would hide the text of the refusal. The text shows a value only if it
# is not sensitive; the name of its entry never is. nonsensitive() alone fails in Terraform 1.5 and 1.6 where there is
# no mark to remove.
locals {
  plans = {
    for key, plan in nonsensitive(sensitive(var.file_systems)) : key => merge(
      { for name, value in nonsensitive(sensitive(plan)) : name => nonsensitive(sensitive(value)) },
      {
        for name in ["retention", "backup_tags", "purge_tags", "adopt_tags", "target_tags"] :
        name => nonsensitive(sensitive(nonsensitive(sensitive(plan))[name] == null)) ? null : {
          for item, value in nonsensitive(sensitive(nonsensitive(sensitive(plan))[name])) : item => nonsensitive(sensitive(value))
        }
      },
      { # entries that are null are refused, and left out here
        copies = {
          for region, copy in nonsensitive(sensitive(nonsensitive(sensitive(plan)).copies)) : region => merge(
            { for name, value in nonsensitive(sensitive(copy)) : name => nonsensitive(sensitive(value)) },
            {
              for name in ["retention"] :
              name => { for rule, count in nonsensitive(sensitive(nonsensitive(sensitive(copy))[name])) : rule => nonsensitive(sensitive(count)) }
              if nonsensitive(sensitive(nonsensitive(sensitive(copy))[name] != null))
            },
          ) if nonsensitive(sensitive(copy != null))
        }
        restore_test = nonsensitive(sensitive(nonsensitive(sensitive(plan)).restore_test == null)) ? null : merge(
          {
            for name, value in nonsensitive(sensitive(nonsensitive(sensitive(plan)).restore_test)) : name => (
              contains(["subnet_ids", "security_group_ids"], name)
              ? [for id in nonsensitive(sensitive(value)) : nonsensitive(sensitive(id))]
              : nonsensitive(sensitive(value))
            )
          },
          # A null is refused, and cannot be a key before.
          { for name in ["schedule"] : name => "" if nonsensitive(sensitive(nonsensitive(sensitive(plan)).restore_test.schedule)) == null },
        )
      },
    ) if nonsensitive(sensitive(plan != null))
  }

  notifications = { for name, value in nonsensitive(sensitive(var.arguments.notifications)) : name => nonsensitive(sensitive(value)) }
  encryption    = { for name, value in nonsensitive(sensitive(var.arguments.encryption)) : name => nonsensitive(sensitive(value)) }
  package       = { for name, value in nonsensitive(sensitive(var.arguments.package)) : name => nonsensitive(sensitive(value)) }
  report        = { for name, value in nonsensitive(sensitive(var.arguments.report)) : name => nonsensitive(sensitive(value)) }
  event_rules   = { for key, arn in nonsensitive(sensitive(var.arguments.event_rules)) : key => nonsensitive(sensitive(arn)) }
  tags          = { for tag, value in nonsensitive(sensitive(var.arguments.tags)) : tag => nonsensitive(sensitive(value)) }
  subscriptions = {
    for key, subscription in local.notifications.subscriptions :
    key => { for name, value in nonsensitive(sensitive(subscription)) : name => nonsensitive(sensitive(value)) }
  }
  vpcs = [for vpc in [var.arguments.vpc] : nonsensitive(sensitive(vpc)) if nonsensitive(sensitive(vpc != null))]

  # Every copy of every plan, one by one.
  copies = flatten([for key, plan in local.plans : [for region, copy in plan.copies : merge(copy, { plan = key, region = region })]])

  restore_tests = { for key, plan in local.plans : key => plan.restore_test if plan.restore_test != null }

  # Every tag of every plan, one by one.
  plan_tags = flatten([
    for key, plan in local.plans : [
      for list in ["backup_tags", "purge_tags", "adopt_tags", "target_tags"] : [
        for tag, value in plan[list] == null ? {} : plan[list] : { plan = key, list = list, tag = tag, value = value }
      ]
    ]
  ])

  # A subscription is known by its address, so that removing one leaves the others confirmed; a sensitive address by a digest.
  emails = {
    for name, numbers in {
      for n, email in nonsensitive(sensitive(local.notifications.emails)) : nonsensitive(sensitive(
        try(issensitive(var.arguments.notifications.emails[n]), false) ? "sensitive-${substr(sha256(email), 0, 12)}" : email
      )) => n... if nonsensitive(sensitive(email)) != null
    } : name => var.arguments.notifications.emails[numbers[0]]
  }
}

locals {
  # What stands in a sentence for each rule: its entries with their values. A sensitive value is left out, its entry is not.
  # Terraform before 1.8 cannot ask for the mark: there values show in 1.5 and 1.6 only, where removing no mark fails.
  named = {
    for kind, rules in {
      plans         = local.plan_mistakes
      restore_tests = local.restore_test_mistakes
      arguments     = local.argument_mistakes
      warnings      = local.warned
      } : kind => {
      for rule, entries in rules : rule => join(", ", [
        for each in entries : nonsensitive(sensitive(
          each.value == null ? each.entry
          : try(issensitive(each.value), can(nonsensitive(each.value))) ? "${each.entry} (a sensitive value)"
          : "${each.entry} (${each.value})"
        ))
      ])
    }
  }
}
