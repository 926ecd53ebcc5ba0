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

  lifecycle {
    precondition {
      condition     = length(local.too_long_windows) == 0
      error_message = "file_systems: completion_window_minutes counts from the end of the flexible window, so both together must be at most 18720 minutes (13 days: a message lives 14). Shorten one of them in: ${join(", ", local.too_long_windows)}."
    }
  }
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
  too_long_windows = [
    for key, plan in var.file_systems : "${key} (flexible ${plan.flexible_window_minutes}, completion ${plan.completion_window_minutes})"
    if plan.flexible_window_minutes + plan.completion_window_minutes > 18720
  ]

  # From the scheduled time to the end of the last window, which counts from the end of the flexible window.
  longest_window_minutes = max(1440, [for plan in var.file_systems : plan.flexible_window_minutes + plan.completion_window_minutes]...)

  # Every poll of a running backup is a receive: one every 20 minutes in the end, more at the beginning, some for errors.
  # A crash costs one receive per visibility timeout, which is longer. SQS allows 1,000 receives.
  max_receive_count = min(1000, 80 + ceil(local.longest_window_minutes / 20))
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = aws_sqs_queue.this.arn
  function_name           = aws_lambda_function.this.arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = local.tags

  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }

  # AWS tries the permissions out when the mapping is made.
  depends_on = [aws_iam_role_policy.function, aws_iam_role_policy.function_encryption]
}
