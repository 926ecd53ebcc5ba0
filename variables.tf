# Types, defaults and checks are the module's: see modules/fsx_backup/variables.tf.

variable "name" {
  description = "Name of this deployment: it names the resources and marks the backups."
  type        = string
  default     = null
}

variable "file_systems" {
  description = "The backup plans, by a name of your choice."
  type        = any
  default     = {}
}

variable "notifications" {
  description = "Who is told: `emails`, or an existing `topic_arn`."
  type        = any
  default     = {}
}

variable "encryption" {
  description = "An existing key: `kms_key_arn`. By default the deployment has one of its own."
  type        = any
  default     = {}
}

variable "tags" {
  description = "Tags of every resource (not of the backups)."
  type        = map(string)
  default     = {}
}
