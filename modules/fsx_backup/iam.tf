locals {
  fsx_arn      = "arn:${local.partition}:fsx:${local.region}:${local.account}"
  schedule_arn = "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule"

  target_ids = keys({
    for id in concat([for plan in local.plans : plan.target_id if plan.target_tags == null], tolist(local.arguments.additional_targets)) :
    id => true...
  })

  # Fleets. A volume that is chosen by its file system's tags need not carry any itself, and IAM sees no other tags than its
  # own: a fleet with ONTAP needs every volume.
  fleets = [
    for plan in local.plans : {
      tags  = plan.target_tags
      types = plan.target_types == null ? toset(["LUSTRE", "WINDOWS", "OPENZFS", "ONTAP"]) : plan.target_types
    } if plan.target_tags != null
  ]
  all_volumes = anytrue([for fleet in local.fleets : contains(fleet.types, "ONTAP")]) ? ["${local.fsx_arn}:volume/*"] : []
  selections = {
    for text, tags in { for fleet in local.fleets : jsonencode(fleet.tags) => fleet.tags... if fleet.types != toset(["ONTAP"]) } :
    text => tags[0]
  }

  listed_targets = concat(local.all_volumes, [
    for id in local.target_ids :
    startswith(id, "fsvol-") ? "${local.fsx_arn}:volume/*/${id}" : "${local.fsx_arn}:file-system/${id}"
    if length(local.all_volumes) == 0 || !startswith(id, "fsvol-")
  ])

  # A role's inline policies may have 10,240 characters together. Longer lists give way to every target; the backup
  # itself is still bound to this deployment's tag.
  every_target = ["${local.fsx_arn}:file-system/*", "${local.fsx_arn}:volume/*"]
  targets      = length(jsonencode([local.listed_targets, local.selections, local.copy_keys])) <= local.room ? local.listed_targets : local.every_target

  adopted = {
    for text, tags in { for plan in local.plans : jsonencode(plan.adopt_tags) => plan.adopt_tags... if length(plan.adopt_tags) > 0 } :
    text => tags[0]
  }
}

resource "aws_iam_role" "function" {
  name                 = "${var.name}-function"
  description          = "What the FSx backup function ${var.name} may do"
  assume_role_policy   = data.aws_iam_policy_document.function_trust.json
  permissions_boundary = var.permissions_boundary_arn
  tags                 = local.tags
}

data "aws_iam_policy_document" "function_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.of["lambda"].name]
    }
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "work"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.function.minified_json) <= 9900
      error_message = "The role's policy would be longer than IAM takes (10,240 characters with the key's): ${length(local.adopted)} different adopt_tags, ${length(local.selections)} different target_tags and ${length(local.copy_keys)} keys of copies are too many. Let the plans share them, or divide file_systems among several deployments."
    }
  }
}

data "aws_iam_policy_document" "function" {
  source_policy_documents = local.further_statements

  statement {
    sid       = "Look"
    actions   = ["fsx:DescribeBackups", "fsx:DescribeFileSystems", "fsx:DescribeVolumes"]
    resources = ["*"] # FSx offers no resource level for these
  }

  # CreateBackup is evaluated for the target and for the new backup. AWS's documents differ on whether the target's
  # context has aws:RequestTag: as a condition there it may refuse every backup.
  dynamic "statement" {
    for_each = length(local.targets) == 0 ? [] : [local.targets]

    content {
      sid       = "BackUpTargets"
      actions   = ["fsx:CreateBackup"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = local.selections

    content {
      actions   = ["fsx:CreateBackup"]
      resources = ["${local.fsx_arn}:file-system/*"]

      dynamic "condition" {
        for_each = statement.value

        content {
          test     = "StringEquals"
          variable = "aws:ResourceTag/${condition.key}"
          values   = [condition.value]
        }
      }
    }
  }

  statement {
    sid       = "ReadVolumeTags"
    actions   = ["fsx:ListTagsForResource"]
    resources = ["${local.fsx_arn}:volume/*"] # also of those without a plan, which the report names
  }

  statement {
    sid       = "ReadPlans"
    actions   = ["scheduler:GetSchedule"]
    resources = ["${local.schedule_arn}/${local.groups.backups}/*", "${local.schedule_arn}/${local.groups.checks}/health-check"]
  }

  # FSx requires TagResource when CreateBackup passes tags.
  statement {
    sid       = "MakeOwnBackups"
    actions   = ["fsx:CreateBackup", "fsx:TagResource"]
    resources = ["${local.fsx_arn}:backup/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/fsx-backup:deployment"
      values   = [var.name]
    }
  }

  statement {
    sid       = "PurgeOwned"
    actions   = ["fsx:DeleteBackup"]
    resources = ["${local.fsx_arn}:backup/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/fsx-backup:deployment"
      values   = [var.name]
    }

    condition { # not what a deployment with the same name in another Region copied here
      test     = "Null"
      variable = "aws:ResourceTag/fsx-backup:copy"
      values   = ["true"]
    }
  }

  dynamic "statement" {
    for_each = local.adopted

    content {
      actions   = ["fsx:DeleteBackup"]
      resources = ["${local.fsx_arn}:backup/*"]

      dynamic "condition" {
        for_each = statement.value

        content {
          test     = "StringEquals"
          variable = "aws:ResourceTag/${condition.key}"
          values   = [condition.value]
        }
      }

      # Never one that some deployment owns.
      condition {
        test     = "Null"
        variable = "aws:ResourceTag/fsx-backup:deployment"
        values   = ["true"]
      }
    }
  }

  statement {
    sid       = "Tell"
    actions   = ["sns:Publish"]
    resources = [local.arn.topic]
  }

  statement {
    sid       = "Measure"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"] # CloudWatch offers no resource level for it

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = [local.namespace]
    }
  }

  statement {
    sid       = "Compare" # with the previous check, and with FSx's quotas, which are found by their documented names
    actions   = ["cloudwatch:GetMetricStatistics", "servicequotas:ListServiceQuotas"]
    resources = ["*"] # there is no resource level, nor a condition, for either
  }

  statement {
    sid = "Queue"
    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ]
    resources = [local.arn.queue]
  }

  statement {
    sid       = "DeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [local.arn.dead_letter_queue]
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn.log_group}:*"]
  }

  dynamic "statement" {
    for_each = var.tracing ? [1] : []

    content {
      sid       = "Trace"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"] # X-Ray offers no resource level for these
    }
  }

  dynamic "statement" {
    for_each = local.arguments.vpc == null ? [] : [1]

    content {
      sid = "Network"
      actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"] # as Lambda documents it for functions in a VPC
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name                 = "${var.name}-scheduler"
  description          = "Lets the schedules of ${var.name} drop their messages in its queue"
  assume_role_policy   = data.aws_iam_policy_document.scheduler_trust.json
  permissions_boundary = var.permissions_boundary_arn
  tags                 = local.tags
}

data "aws_iam_policy_document" "scheduler_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.of["scheduler"].name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = local.arn.schedule_groups
    }
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "deliver"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [local.arn.queue, local.arn.dead_letter_queue]
  }
}
