terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100" # the first with everything the module sets; raised only for a reason
    }
  }
}
