data "aws_caller_identity" "current" {}

locals {
  artifacts_bucket_name = coalesce(
    var.artifacts_bucket_name, "ttb-verifier-artifacts-${data.aws_caller_identity.current.account_id}"
  )

  # S3 takes nothing into Standard-IA before day 30, nor from there into an archive class within 30 days.
  infrequent_after_days = 30
  archive_after_days    = 90
}

resource "aws_s3_bucket" "artifacts" {
  #checkov:skip=CKV2_AWS_62:Nothing waits for objects to change: the archive is used through its service.
  #checkov:skip=CKV_AWS_144:The system lives in one region, and S3 keeps each object in three of its zones.
  bucket        = local.artifacts_bucket_name
  force_destroy = var.artifacts_force_destroy
}

resource "aws_s3_bucket_versioning" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  rule {
    # Only with a KMS key of ours; it spares a call to KMS for every object.
    bucket_key_enabled = var.artifacts_kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.artifacts_kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.artifacts_kms_key_arn
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.artifacts.arn, "${aws_s3_bucket.artifacts.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "OnlyTls12"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.artifacts.arn, "${aws_s3_bucket.artifacts.arn}/*"]
        Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
      },
    ]
  })

  # S3 refuses two changes of a bucket's access at once.
  depends_on = [aws_s3_bucket_public_access_block.artifacts]
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  # Smaller objects (the JSON beside the images) would cost more in the other classes than in Standard.
  transition_default_minimum_object_size = "all_storage_classes_128K"

  rule {
    id     = "artifacts"
    status = "Enabled"

    filter {
      prefix = "artifacts/"
    }

    transition {
      days          = local.infrequent_after_days
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = local.archive_after_days
      storage_class = var.artifacts_archive_class
    }

    expiration {
      days = var.artifacts_retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = var.artifacts_noncurrent_days
    }
  }

  # Empty objects, which list the artifacts and end with them.
  rule {
    id     = "index"
    status = "Enabled"

    filter {
      prefix = "index/"
    }

    expiration {
      days = var.artifacts_retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = var.artifacts_noncurrent_days
    }
  }

  # Nothing expires here: a tombstone bars its id, and shows that a deletion was carried out. Should one be overwritten
  # or deleted by hand, it can be restored for as long as artifacts are kept.
  rule {
    id     = "tombstones"
    status = "Enabled"

    filter {
      prefix = "tombstones/"
    }

    noncurrent_version_expiration {
      noncurrent_days = var.artifacts_retention_days
    }
  }

  # In a rule of its own, since S3 does not take the first action in one that has days.
  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {
      prefix = ""
    }

    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.artifacts]
}
