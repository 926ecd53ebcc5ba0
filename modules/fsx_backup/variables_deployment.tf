variable "additional_targets" {
  description = "Ids of file systems and volumes without a plan that may be backed up by direct invocation, for example by EventBridge rules made by hand."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length([for id in var.additional_targets : id if !can(regex("^(fs-[0-9a-f]{8,18}|fsvol-[0-9a-f]{17})$", id))]) == 0
    error_message = format("additional_targets must be ids like fs-0123456789abcdef0 or fsvol-0123456789abcdef0. Correct: %s.", join(", ", [for id in var.additional_targets : jsonencode(id) if !can(regex("^(fs-[0-9a-f]{8,18}|fsvol-[0-9a-f]{17})$", id))]))
  }
}

variable "event_rules" {
  description = "ARNs of EventBridge rules made elsewhere that may invoke the function, by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length([for key, arn in var.event_rules : key if !can(regex("^[0-9A-Za-z_-]{1,80}$", key))]) == 0
    error_message = format("event_rules: a key becomes part of the permission's id and must be 1 to 80 letters, digits, '_' or '-'. Rename: %s.", join(", ", [for key, arn in var.event_rules : jsonencode(key) if !can(regex("^[0-9A-Za-z_-]{1,80}$", key))]))
  }

  validation {
    condition     = length([for key, arn in var.event_rules : key if !can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/[0-9A-Za-z_./-]+$", arn))]) == 0
    error_message = format("event_rules must be ARNs of EventBridge rules, like arn:aws:events:eu-west-1:123456789012:rule/nightly. Correct: %s.", join(", ", [for key, arn in var.event_rules : "${key} (${coalesce(arn, "null")})" if !can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/[0-9A-Za-z_./-]+$", arn))]))
  }
}

variable "encryption" {
  description = <<-EOT
    The key for queues, topic, logs, schedules and the function's environment; by default one of the module's own.

    - `kms_key_arn`: an existing key instead. Its policy must admit what `modules/fsx_backup/encryption.tf` admits.
    - `create_key`: say `false` when `kms_key_arn` is made in the same apply, so that it is known in the plan whether one is needed.
  EOT
  type = object({
    kms_key_arn = optional(string)
    create_key  = optional(bool)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.encryption.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.encryption.kms_key_arn))
    error_message = "encryption.kms_key_arn must be the ARN of a key (not of an alias), like arn:aws:kms:eu-west-1:123456789012:key/…, not \"${coalesce(var.encryption.kms_key_arn, "null")}\"."
  }

  validation {
    condition     = var.encryption.create_key == null ? true : var.encryption.create_key == (var.encryption.kms_key_arn == null)
    error_message = "encryption.create_key contradicts encryption.kms_key_arn: set one of them, or create_key = false with the kms_key_arn."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for the two roles."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[0-9A-Za-z_+=,.@/-]+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a managed policy, like arn:aws:iam::123456789012:policy/boundary, not \"${coalesce(var.permissions_boundary_arn, "null")}\"."
  }
}

variable "vpc" {
  description = "Subnets and security groups to run the function in. It needs a way to the endpoints of FSx, SNS, SQS and, with tracing, X-Ray."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : try(length(var.vpc.subnet_ids) >= 1 && length(var.vpc.subnet_ids) <= 16 && length(var.vpc.security_group_ids) >= 1 && length(var.vpc.security_group_ids) <= 5, false)
    error_message = "vpc: give 1 to 16 subnet_ids and 1 to 5 security_group_ids (Lambda's limits), not ${try(length(var.vpc.subnet_ids), 0)} and ${try(length(var.vpc.security_group_ids), 0)}; or leave vpc out."
  }

  validation {
    condition     = length([for id in try(concat(var.vpc.subnet_ids, var.vpc.security_group_ids), []) : id if !can(regex("^(subnet|sg)-[0-9a-f]{8,17}$", id))]) == 0
    error_message = format("vpc: ids must look like subnet-0123456789abcdef0 and sg-0123456789abcdef0. Correct: %s.", join(", ", [for id in try(concat(var.vpc.subnet_ids, var.vpc.security_group_ids), []) : jsonencode(id) if !can(regex("^(subnet|sg)-[0-9a-f]{8,17}$", id))]))
  }
}

variable "package" {
  description = <<-EOT
    Another package than the module's own, for example a signed one.

    - `path`: a zip file; or `s3_bucket`, `s3_key`, `s3_object_version`: an object.
    - `code_signing_config_arn`: refuse packages that are not signed.
  EOT
  type = object({
    path                    = optional(string)
    s3_bucket               = optional(string)
    s3_key                  = optional(string)
    s3_object_version       = optional(string)
    code_signing_config_arn = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = (var.package.s3_bucket == null) == (var.package.s3_key == null)
    error_message = "package: s3_bucket (${coalesce(var.package.s3_bucket, "null")}) and s3_key (${coalesce(var.package.s3_key, "null")}) go together: give both or neither."
  }

  validation {
    condition     = var.package.path == null || var.package.s3_bucket == null
    error_message = "package: path (${coalesce(var.package.path, "null")}) and s3_bucket (${coalesce(var.package.s3_bucket, "null")}) name two packages: give one of them."
  }

  validation {
    condition     = var.package.s3_object_version == null || var.package.s3_bucket != null
    error_message = "package: s3_object_version (${coalesce(var.package.s3_object_version, "null")}) is the version of an object: give its s3_bucket and s3_key too."
  }

  validation {
    condition     = var.package.code_signing_config_arn == null ? true : can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$", var.package.code_signing_config_arn))
    error_message = "package.code_signing_config_arn must look like arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0, not \"${coalesce(var.package.code_signing_config_arn, "null")}\"."
  }

  validation {
    condition     = var.package.code_signing_config_arn == null || var.package.path != null || var.package.s3_bucket != null
    error_message = "package.code_signing_config_arn (${coalesce(var.package.code_signing_config_arn, "null")}) would refuse the module's own package, which is not signed: give a signed one by path, or by s3_bucket and s3_key."
  }
}

variable "log_retention_days" {
  description = "How long the function's log is kept, in days, as CloudWatch Logs has them; 0 = for ever."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 0 (for ever), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, not ${var.log_retention_days}."
  }
}

variable "maximum_concurrency" {
  description = "How many occurrences are worked on at the same moment: what protects the FSx API when many plans fire together."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000 && floor(var.maximum_concurrency) == var.maximum_concurrency
    error_message = "maximum_concurrency must be a whole number from 2 to 1000 (Lambda's limits), not ${var.maximum_concurrency}."
  }
}

variable "reserved_concurrency" {
  description = "Concurrency to reserve for the function; null reserves none. Accounts whose whole quota is 10 cannot reserve any."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 2 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be null or a whole number of at least maximum_concurrency, not ${coalesce(var.reserved_concurrency, 0)}."
  }
}

variable "tracing" {
  description = "Trace the function with X-Ray."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource that the module makes (not of the backups: see `backup_tags`)."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length([for tag, value in var.tags : tag if try(tag == "" || length(tag) > 128 || length(value) > 256 || can(regex("[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]", "${tag}${value}")), true) || startswith(tag, "aws:") || startswith(tag, "fsx-backup:")]) == 0
    error_message = format("tags: a key has 1 to 128, a value at most 256 letters, digits, spaces or any of _.:/=+-@; the keys aws:… and fsx-backup:… are reserved. Correct: %s.", join(", ", [for tag, value in var.tags : "${jsonencode(tag)} = ${jsonencode(value)}" if try(tag == "" || length(tag) > 128 || length(value) > 256 || can(regex("[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]", "${tag}${value}")), true) || startswith(tag, "aws:") || startswith(tag, "fsx-backup:")]))
  }

  validation {
    condition     = length(var.tags) <= 49
    error_message = "tags: a resource has 50 tags at most, one of them the deployment's: give at most 49, not ${length(var.tags)}."
  }
}
