# The provider is mocked, so that neither credentials nor AWS are needed. tests/lifecycle.json holds the rules in the form
# of S3's own API; the artifacts service's tests read it too.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      id  = "ttb-verifier-artifacts-123456789012"
      arn = "arn:aws:s3:::ttb-verifier-artifacts-123456789012"
    }
  }
}

run "bucket" {
  assert {
    condition     = aws_s3_bucket.artifacts.bucket == "ttb-verifier-artifacts-123456789012"
    error_message = "The bucket must be named after the account."
  }

  assert {
    condition     = !aws_s3_bucket.artifacts.force_destroy
    error_message = "A bucket with artifacts in it must not be destroyed unless that is asked for."
  }

  assert {
    condition     = aws_s3_bucket_versioning.artifacts.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket must keep versions."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.artifacts.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "ACLs must be off."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.artifacts.block_public_acls,
      aws_s3_bucket_public_access_block.artifacts.block_public_policy,
      aws_s3_bucket_public_access_block.artifacts.ignore_public_acls,
      aws_s3_bucket_public_access_block.artifacts.restrict_public_buckets,
    ])
    error_message = "All four blocks of public access must be on."
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.artifacts.policy) == {
      Version = "2012-10-17"
      Statement = [for each in [
        { sid = "OnlyTls", condition = { Bool = { "aws:SecureTransport" = "false" } } },
        { sid = "OnlyTls12", condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } } },
        ] : {
        Sid       = each.sid
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource = [
          "arn:aws:s3:::ttb-verifier-artifacts-123456789012",
          "arn:aws:s3:::ttb-verifier-artifacts-123456789012/*",
        ]
        Condition = each.condition
      }]
    }
    error_message = "The policy must refuse whatever does not come over TLS 1.2 or later, and nothing else."
  }
}

run "encryption_by_default" {
  assert {
    condition = [
      for rule in aws_s3_bucket_server_side_encryption_configuration.artifacts.rule :
      [rule.apply_server_side_encryption_by_default[0].sse_algorithm, rule.bucket_key_enabled]
    ] == [["AES256", false]]
    error_message = "Without a key objects must be encrypted with AES256."
  }
}

run "encryption_with_a_key" {
  variables {
    artifacts_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }

  assert {
    condition = [
      for rule in aws_s3_bucket_server_side_encryption_configuration.artifacts.rule : [
        rule.apply_server_side_encryption_by_default[0].sse_algorithm,
        rule.apply_server_side_encryption_by_default[0].kms_master_key_id,
        rule.bucket_key_enabled,
      ]
    ] == [["aws:kms", var.artifacts_kms_key_arn, true]]
    error_message = "With a key objects must be encrypted with it, through a bucket key."
  }
}

run "lifecycle" {
  assert {
    # Absent actions are left out on both sides; S3 keeps no order of transitions, rules are compared by id.
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.artifacts.rule : rule.id => jsonencode({
        Status      = rule.status
        Prefix      = [for each in rule.filter : each.prefix]
        Days        = [for each in rule.expiration : each.days if try(each.days > 0, false)]
        Markers     = [for each in rule.expiration : true if try(each.expired_object_delete_marker, false) == true]
        Transitions = { for each in rule.transition : each.storage_class => each.days }
        Noncurrent  = [for each in rule.noncurrent_version_expiration : each.noncurrent_days]
        Abort       = [for each in rule.abort_incomplete_multipart_upload : each.days_after_initiation]
      })
      } == {
      for rule in jsondecode(file("tests/lifecycle.json")) : rule.ID => jsonencode({
        Status      = rule.Status
        Prefix      = [rule.Filter.Prefix]
        Days        = try([rule.Expiration.Days], [])
        Markers     = try([rule.Expiration.ExpiredObjectDeleteMarker], [])
        Transitions = { for each in try(rule.Transitions, []) : each.StorageClass => each.Days }
        Noncurrent  = try([rule.NoncurrentVersionExpiration.NoncurrentDays], [])
        Abort       = try([rule.AbortIncompleteMultipartUpload.DaysAfterInitiation], [])
      })
    }
    error_message = "The rules must be those of tests/lifecycle.json."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.artifacts.transition_default_minimum_object_size == "all_storage_classes_128K"
    error_message = "Small objects must stay in Standard."
  }
}

run "another_retention" {
  variables {
    artifacts_bucket_name     = "kept-elsewhere"
    artifacts_retention_days  = 91
    artifacts_archive_class   = "DEEP_ARCHIVE"
    artifacts_noncurrent_days = 1
  }

  assert {
    condition     = aws_s3_bucket.artifacts.bucket == "kept-elsewhere"
    error_message = "A name that is given must be taken."
  }

  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.artifacts.rule :
      rule.id => [rule.expiration[0].days, rule.noncurrent_version_expiration[0].noncurrent_days]
      if contains(["artifacts", "index"], rule.id)
    } == { artifacts = [91, 1], index = [91, 1] }
    error_message = "Artifacts and their index must expire together, on the day that is given."
  }

  assert {
    condition = contains([
      for each in aws_s3_bucket_lifecycle_configuration.artifacts.rule[0].transition : each.storage_class
    ], "DEEP_ARCHIVE")
    error_message = "The archive class that is given must be taken."
  }
}

run "retention_before_the_archive" {
  command = plan

  variables {
    artifacts_retention_days = 90
  }

  expect_failures = [var.artifacts_retention_days]
}

run "values_that_are_refused" {
  command = plan

  variables {
    artifacts_bucket_name     = "Has.Dots"
    artifacts_archive_class   = "STANDARD"
    artifacts_noncurrent_days = 0
    artifacts_kms_key_arn     = "alias/labels"
  }

  expect_failures = [
    var.artifacts_bucket_name,
    var.artifacts_archive_class,
    var.artifacts_noncurrent_days,
    var.artifacts_kms_key_arn,
  ]
}
