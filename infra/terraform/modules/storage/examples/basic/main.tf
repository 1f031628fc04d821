# The buckets with their defaults. Run it with credentials for the account that is to own them.
terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.20"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

module "storage" {
  source = "../.."
}

output "artifacts_bucket_name" {
  description = "What the services get as `ARTIFACT_S3_BUCKET`."
  value       = module.storage.artifacts_bucket_name
}
