locals {
  own_key = local.arguments.encryption.create_key != null ? local.arguments.encryption.create_key : local.arguments.encryption.kms_key_arn == null
  key_arn = local.own_key ? aws_kms_key.this[0].arn : local.arguments.encryption.kms_key_arn
}

resource "aws_kms_key" "this" {
  count = local.own_key ? 1 : 0

  description             = "FSx backup ${var.name}: queues, topic, logs, schedules and the function's environment"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key[0].json
  tags                    = local.tags
}

resource "aws_kms_alias" "this" {
  count = local.own_key ? 1 : 0

  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this[0].key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:the policy of a key: "*" is that key alone, and AWS's own default lets the account manage it
  #checkov:skip=CKV_AWS_111:the policy of a key: "*" is that key alone, and services are bound to this account
  #checkov:skip=CKV_AWS_356:the policy of a key: "*" is that key alone; no other resource can be named in one
  count = local.own_key ? 1 : 0

  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.${data.aws_partition.current.dns_suffix}"] # as CloudWatch Logs documents it
    }

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [local.arn.log_group]
    }
  }

  statement {
    sid       = "Alarms"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.of["cloudwatch"].name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

# Apart from the roles' other permissions: the key's ARN is known after apply only, theirs are known in the plan.
data "aws_iam_policy_document" "use_key" {
  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.key_arn]
  }
}

resource "aws_iam_role_policy" "function_encryption" {
  name   = "encryption"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.use_key.json
}

resource "aws_iam_role_policy" "scheduler_encryption" {
  name   = "encryption"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.use_key.json
}
