terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100" # tried with 5.100; 6 is admitted, not tried: docs/decisions/0012-provider-versions.md
    }
  }
}
