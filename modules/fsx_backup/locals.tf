data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_service_principal" "of" {
  for_each = toset(["cloudwatch", "events", "lambda", "scheduler"])

  service_name = each.key
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_service_principal.of["lambda"].region # no version deprecates it, unlike those of aws_region
  tags      = merge({ "fsx-backup:deployment" = var.name }, local.arguments.tags)

  groups = merge(
    { backups = var.name, checks = "${var.name}-checks" },
    length(local.restore_tests) == 0 ? {} : { restore-tests = "${var.name}-restore-tests" },
  )

  # Names and ARNs are put together here, so that a plan shows every policy before anything exists.
  arn = {
    queue             = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"
    dead_letter_queue = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}-dead-letters"
    topic             = coalesce(local.notifications.topic_arn, "arn:${local.partition}:sns:${local.region}:${local.account}:${var.name}")
    alarm_topic       = coalesce(local.notifications.alarm_topic_arn, "arn:${local.partition}:sns:${local.region}:${local.account}:${var.name}-alarms")
    log_group         = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${var.name}"
    scheduler         = "arn:${local.partition}:iam::${local.account}:role/${var.name}-scheduler"
    schedule_groups   = [for group in local.groups : "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule-group/${group}"]
    function          = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"
  }
}
