# The module's inputs, passed on: types, defaults and rules are the module's (modules/fsx_backup/variables*.tf). Where the
# module's type has attributes there is none here, so that an attribute it does not have is still seen and refused.

variable "name" {
  description = "Name of this deployment: it names the resources and marks every backup that the deployment owns."
  type        = string
  default     = null
}

variable "file_systems" {
  description = "The backup plans, by a name of your choice."
  type        = any
  default     = {}
}

variable "additional_targets" {
  description = "Ids of file systems and volumes without a plan that may be backed up by direct invocation."
  type        = set(string)
  default     = null
}

variable "event_rules" {
  description = "ARNs of existing EventBridge rules that may invoke the function, by a name of your choice."
  type        = map(string)
  default     = null
}

variable "notifications" {
  description = "Who is notified: `emails`, `subscriptions`, or an existing `topic_arn`."
  type        = any
  default     = {}
}

variable "health_check_interval_minutes" {
  description = "How often all plans are checked for a due backup that is missing, in minutes."
  type        = number
  default     = null
}

variable "report" {
  description = "The report on all plans: `schedule`, `timezone`, `notify`, `require_coverage`."
  type        = any
  default     = {}
}

variable "detailed_metrics" {
  description = "Publish age, bytes and duration of every plan as metrics too."
  type        = bool
  default     = null
}

variable "encryption" {
  description = "An existing key: `kms_key_arn`. By default the deployment creates its own."
  type        = any
  default     = {}
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for the two roles."
  type        = string
  default     = null
}

variable "vpc" {
  description = "`subnet_ids` and `security_group_ids` to run the function in."
  type        = any
  default     = null
}

variable "package" {
  description = "Another package than the module's own, for example a signed one."
  type        = any
  default     = {}
}

variable "log_retention_days" {
  description = "How long the function's log is kept, in days; 0 = indefinitely."
  type        = number
  default     = null
}

variable "maximum_concurrency" {
  description = "How many occurrences are processed at the same time."
  type        = number
  default     = null
}

variable "max_restore_tests" {
  description = "How many file systems and volumes the restore tests have at a time in a Region."
  type        = number
  default     = null
}

variable "reserved_concurrency" {
  description = "Concurrency to reserve for the function; null reserves none."
  type        = number
  default     = null
}

variable "tracing" {
  description = "Trace the function with X-Ray."
  type        = bool
  default     = null
}

variable "tags" {
  description = "Tags of every resource (not of the backups)."
  type        = map(string)
  default     = null
}
