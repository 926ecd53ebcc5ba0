# What copies to other Regions need. FSx evaluates a copy for its source and for itself; it is asked for in its own Region.
locals {
  copy_regions = keys({ for region in flatten([for plan in local.plans : keys(plan.copies)]) : region => true... })
  copy_backups = [for region in local.copy_regions : "arn:${local.partition}:fsx:${region}:${local.account}:backup/*"]
  copy_keys = keys({
    for copy in flatten([for plan in local.plans : values(plan.copies)]) : copy.kms_key_arn => true... if copy.kms_key_arn != null
  })
}

data "aws_iam_policy_document" "copies" {
  # The second tag tells this deployment's copies from those of one with the same name in another Region.
  statement {
    sid       = "CopyOwnBackups"
    actions   = ["fsx:CopyBackup", "fsx:TagResource"]
    resources = concat(["${local.fsx_arn}:backup/*"], local.copy_backups)

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/fsx-backup:deployment"
      values   = [var.name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/fsx-backup:copy"
      values   = [local.region]
    }
  }

  statement {
    sid       = "PurgeCopies"
    actions   = ["fsx:DeleteBackup"]
    resources = local.copy_backups

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/fsx-backup:deployment"
      values   = [var.name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/fsx-backup:copy"
      values   = [local.region]
    }
  }

  # Of what restore tests left, which no plan may make there any more.
  statement {
    sid       = "ReadVolumeTagsThere"
    actions   = ["fsx:ListTagsForResource"]
    resources = [for region in local.copy_regions : "arn:${local.partition}:fsx:${region}:${local.account}:volume/*"]
  }

  dynamic "statement" {
    for_each = length(local.copy_keys) == 0 ? [] : [local.copy_keys]

    content {
      sid       = "EncryptCopies"
      actions   = ["kms:CreateGrant", "kms:DescribeKey"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for region in local.copy_regions : "fsx.${region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}
