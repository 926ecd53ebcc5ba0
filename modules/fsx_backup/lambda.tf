locals {
  timeout_seconds = 300
}

# Made before the function, which would otherwise make one of the same name without retention or key.
#
# AWS refuses a role or a log group whose name is taken, but overwrites alarms, dashboards, topics and, if their settings
# are the same, queues. All of these depend on this log group, and it depends on the roles. So the apply of a second
# deployment of the same name stops before it touches anything of the first, and its destroy has nothing to delete.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.key_arn
  tags              = local.tags

  depends_on = [aws_iam_role.function, aws_iam_role.scheduler]

  lifecycle {
    precondition {
      condition     = !can(regex("-(alarms|checks|dead-letters|restore-tests)$", var.name))
      error_message = "name must not end in -alarms, -checks, -dead-letters or -restore-tests, which name a topic, a queue and schedule groups of another deployment: give another name than \"${var.name}\"."
    }
  }
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_117:FSx, SQS and SNS are reached through their public endpoints; var.vpc puts it into a VPC
  #checkov:skip=CKV_AWS_272:signing needs a profile of the caller's own; var.package takes a signed object and its configuration
  function_name                  = var.name
  description                    = "Backs up FSx file systems, follows each backup to its end, purges by retention policy"
  role                           = aws_iam_role.function.arn
  handler                        = "fsx_backup.handler.handler"
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  timeout                        = local.timeout_seconds
  memory_size                    = 512                                                # and the processor's share with it: see decision 18
  reserved_concurrent_executions = coalesce(local.arguments.reserved_concurrency, -1) # -1 reserves none
  kms_key_arn                    = local.key_arn
  code_signing_config_arn        = local.arguments.package.code_signing_config_arn
  tags                           = local.tags

  filename          = local.arguments.package.s3_bucket == null ? local.package_path : null
  source_code_hash  = local.arguments.package.s3_bucket == null ? filebase64sha256(local.package_path) : null
  s3_bucket         = local.arguments.package.s3_bucket
  s3_key            = local.arguments.package.s3_key
  s3_object_version = local.arguments.package.s3_object_version

  environment {
    variables = {
      FSX_BACKUP_DEPLOYMENT = var.name
      FSX_BACKUP_TOPIC_ARN  = local.arn.topic
      FSX_BACKUP_QUEUE_URL  = aws_sqs_queue.this.url
      FSX_BACKUP_RUNBOOK    = local.notifications.runbook_url

      FSX_BACKUP_DETAILED_METRICS  = tostring(var.detailed_metrics)
      FSX_BACKUP_MAX_RESTORE_TESTS = tostring(var.max_restore_tests)
    }
  }

  # Direct invocations that come as events (a rule made by hand) end here when they fail.
  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letters.arn
  }

  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.this.name
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = local.arguments.vpc == null ? [] : [local.arguments.vpc]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [aws_iam_role_policy.function, aws_iam_role_policy.function_encryption]
}

locals {
  package_path = coalesce(local.arguments.package.path, "${path.module}/lambda.zip")
}

# An event without a scheduled time is an occurrence of its own, so Lambda's retries would make further backups.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name          = aws_lambda_function.this.function_name
  maximum_retry_attempts = 0
}

resource "aws_lambda_permission" "event_rule" {
  for_each = local.arguments.event_rules

  statement_id  = "event-rule-${each.key}"
  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = data.aws_service_principal.of["events"].name
  source_arn    = each.value
}
