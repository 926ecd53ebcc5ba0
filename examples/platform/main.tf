# One repository, several accounts and Regions: a provider and a module call for each place, the policy in one.
provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "paris"
  region = "eu-west-3"
}

provider "aws" {
  alias  = "research"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/platform-deploy"
  }
}

locals {
  # What every plan of the house has; each plan adds its own.
  nightly = {
    schedule             = "cron(30 1 * * ? *)"
    retention            = { days = 14, keep_weekly = 8, keep_monthly = 12 }
    max_backup_age_hours = 30
  }

  notifications = { emails = ["storage@example.com"] }
}

module "dublin" {
  source = "../../modules/fsx_backup"

  name          = "storage-dublin"
  notifications = local.notifications

  file_systems = {
    home     = merge(local.nightly, { file_system_id = "fs-0123456789abcdef0", timezone = "Europe/Dublin" })
    profiles = merge(local.nightly, { file_system_id = "fs-0123456789abcdef1", timezone = "Europe/Dublin" })
  }
}

module "paris" {
  source    = "../../modules/fsx_backup"
  providers = { aws = aws.paris }

  name          = "storage-paris" # roles are the account's, not the Region's: two deployments need two names
  notifications = local.notifications

  file_systems = {
    home = merge(local.nightly, { file_system_id = "fs-0123456789abcdef2", timezone = "Europe/Paris" })
  }
}

module "research" {
  source    = "../../modules/fsx_backup"
  providers = { aws = aws.research }

  name          = "storage-research"
  notifications = local.notifications

  file_systems = {
    genomics = merge(local.nightly, { volume_id = "fsvol-0123456789abcdef3" })
  }
}

output "plans" {
  description = "The effective settings of all plans, by deployment."
  value = {
    dublin   = module.dublin.plans
    paris    = module.paris.plans
    research = module.research.plans
  }
}
