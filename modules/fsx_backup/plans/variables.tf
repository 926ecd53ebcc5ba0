# No types here: both come typed, with their defaults, from the module's own variables.

variable "file_systems" {
  description = "The module's `file_systems`."
  type        = any
}

variable "arguments" {
  description = "The module's other arguments that have rules here, by their names, and the provider's `region` and `partition`."
  type        = any
}
