# What restore tests need, in the Regions where they are made. FSx evaluates a restore for the backup and for what is made
# of it. What is made carries the test's tags from its creation on, and nothing else can be deleted.
locals {
  restore_regions = keys({ for test in local.restore_tests : test.source == "newest" ? local.region : test.source => true... })
  restore_arns = {
    for type in ["backup", "file-system", "storage-virtual-machine", "volume"] :
    type => [for region in local.restore_regions : "arn:${local.partition}:fsx:${region}:${local.account}:${type}/*"]
  }
  # What the statements below leave of a policy's length.
  room = 6000 - (length(local.restore_tests) == 0 ? 0 : 1300 + length(jsonencode([local.restored, local.restore_arns, local.restore_keys])))

  further_statements = concat(
    length(local.copy_regions) == 0 ? [] : [data.aws_iam_policy_document.copies.json],
    length(local.restore_tests) == 0 ? [] : [data.aws_iam_policy_document.restore_tests.json],
  )
  restored     = concat(local.restore_arns.file-system, local.restore_arns.volume)
  restore_keys = keys({ for test in local.restore_tests : test.kms_key_arn => true... if test.kms_key_arn != null })
}

data "aws_iam_policy_document" "restore_tests" {
  #checkov:skip=CKV_AWS_356:"*" is for reads that FSx makes as the caller; AWS has no resource level for them

  statement {
    actions   = ["fsx:CreateFileSystemFromBackup", "fsx:CreateVolumeFromBackup"]
    resources = concat(local.restore_arns.backup, local.restore_arns.storage-virtual-machine)
  }

  # FSx requires TagResource when tags are passed. It has no condition for "at creation only": see docs/limits.md.
  statement {
    actions   = ["fsx:CreateFileSystemFromBackup", "fsx:CreateVolumeFromBackup", "fsx:TagResource"]
    resources = local.restored

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/fsx-backup:deployment"
      values   = [var.name]
    }

    condition {
      test     = "Null"
      variable = "aws:RequestTag/fsx-backup:restore-test"
      values   = ["false"]
    }
  }

  statement {
    actions   = ["fsx:DeleteFileSystem", "fsx:DeleteVolume"]
    resources = local.restored

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/fsx-backup:deployment"
      values   = [var.name]
    }

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/fsx-backup:restore-test"
      values   = ["false"]
    }
  }

  # FSx reads these as the caller; there is no resource level for them.
  statement {
    actions = [
      "ds:DescribeDirectories",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "ec2:GetSecurityGroupsForVpc",
    ]
    resources = ["*"]
  }

  # OpenZFS in two zones: FSx marks the route tables that lead to it.
  statement {
    actions   = ["ec2:CreateTags"]
    resources = ["arn:${local.partition}:ec2:*:${local.account}:route-table/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/AmazonFSx"
      values   = ["ManagedByAmazonFSx"]
    }

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "aws:CalledVia"
      values   = ["fsx.amazonaws.com"]
    }
  }

  dynamic "statement" {
    for_each = length(local.restore_keys) == 0 ? [] : [local.restore_keys]

    content {
      actions   = ["kms:CreateGrant", "kms:DescribeKey"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for region in local.restore_regions : "fsx.${region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}
