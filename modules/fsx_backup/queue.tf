# One message is one occurrence of one plan, and it stays here until that occurrence is finished.
resource "aws_sqs_queue" "this" {
  name                              = var.name
  visibility_timeout_seconds        = 6 * local.timeout_seconds # AWS's advice for queues that trigger a function
  message_retention_seconds         = 1209600                   # the longest there is, longer than every window
  receive_wait_time_seconds         = 20
  kms_master_key_id                 = local.key_arn
  kms_data_key_reuse_period_seconds = 3600
  tags                              = local.tags

  depends_on = [aws_cloudwatch_log_group.this] # see lambda.tf: SQS takes a second queue of the same name and settings
}

# On its own, so that the two queues are made side by side.
resource "aws_sqs_queue_redrive_policy" "this" {
  queue_url = aws_sqs_queue.this.url

  redrive_policy = jsonencode({
    deadLetterTargetArn = local.arn.dead_letter_queue
    maxReceiveCount     = local.max_receive_count
  })

  depends_on = [aws_sqs_queue.dead_letters]
}

resource "aws_sqs_queue" "dead_letters" {
  name                              = "${var.name}-dead-letters"
  message_retention_seconds         = 1209600
  kms_master_key_id                 = local.key_arn
  kms_data_key_reuse_period_seconds = 3600
  tags                              = local.tags

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arn.queue]
  })

  depends_on = [aws_cloudwatch_log_group.this]
}

locals {
  # Every poll of a running backup is a receive: one every 20 minutes in the end, more at the beginning (a restore
  # test has two of them), some for errors.
  # A crash costs one receive per visibility timeout, which is longer. SQS allows 1,000 receives.
  max_receive_count = min(1000, 100 + ceil(local.longest_window_minutes / 20))
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = aws_sqs_queue.this.arn
  function_name           = aws_lambda_function.this.arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = local.tags

  scaling_config {
    maximum_concurrency = local.arguments.maximum_concurrency
  }

  # AWS tries the permissions out when the mapping is made.
  depends_on = [aws_iam_role_policy.function, aws_iam_role_policy.function_encryption]
}
