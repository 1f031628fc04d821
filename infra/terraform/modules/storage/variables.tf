variable "artifacts_bucket_name" {
  description = "Name of the artifacts bucket. Null: `ttb-verifier-artifacts-{account-id}`."
  type        = string
  default     = null

  validation {
    condition     = var.artifacts_bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.artifacts_bucket_name))
    error_message = "artifacts_bucket_name must have 3 to 63 lower-case letters, digits and hyphens, and neither begin nor end with a hyphen."
  }
}

variable "artifacts_retention_days" {
  description = "Days after which artifacts and their index expire. More than 90: an object cannot expire before it is archived."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.artifacts_retention_days > local.archive_after_days && floor(var.artifacts_retention_days) == var.artifacts_retention_days
    error_message = "artifacts_retention_days must be a whole number above ${local.archive_after_days}, the day on which artifacts are archived."
  }
}

variable "artifacts_archive_class" {
  description = "Storage class from day 90: `GLACIER_IR` is read at once; `GLACIER` and `DEEP_ARCHIVE` must be restored before they can be read."
  type        = string
  default     = "GLACIER_IR"
  nullable    = false

  validation {
    condition     = contains(["GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"], var.artifacts_archive_class)
    error_message = "artifacts_archive_class must be GLACIER_IR, GLACIER or DEEP_ARCHIVE."
  }
}

variable "artifacts_noncurrent_days" {
  description = "Days for which an overwritten, deleted or expired object can still be restored from its old version, before it is gone for good."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.artifacts_noncurrent_days >= 1 && floor(var.artifacts_noncurrent_days) == var.artifacts_noncurrent_days
    error_message = "artifacts_noncurrent_days must be a whole number, 1 or more."
  }
}

variable "artifacts_kms_key_arn" {
  description = "ARN of the KMS key that encrypts new objects. Null: AES256 with S3's own keys. Whoever reads or writes the bucket needs the key too."
  type        = string
  default     = null

  validation {
    condition     = var.artifacts_kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.artifacts_kms_key_arn))
    error_message = "artifacts_kms_key_arn must be the ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID), not an alias."
  }
}

variable "artifacts_force_destroy" {
  description = "Let `terraform destroy` remove the bucket with everything in it. For environments that are thrown away."
  type        = bool
  default     = false
  nullable    = false
}
