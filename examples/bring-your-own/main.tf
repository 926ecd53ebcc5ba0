# What a landing zone prescribes comes from elsewhere: topics, key, permissions boundary, network.
module "fsx_backup" {
  source = "../../modules/fsx_backup"

  name = "storage"

  file_systems = {
    home = {
      file_system_id       = "fs-0123456789abcdef0"
      max_backup_age_hours = 8
    }
  }

  notifications = {
    topic_arn       = "arn:aws:sns:eu-west-1:123456789012:storage-events"
    alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:on-call"
    runbook_url     = "https://wiki.example.com/fsx-backup"
  }

  encryption               = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/workload-boundary"

  vpc = {
    subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    security_group_ids = ["sg-0123456789abcdef0"]
  }

  tags = { CostCenter = "4711" }
}
