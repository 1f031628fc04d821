output "artifacts_bucket_name" {
  description = "Name of the artifacts bucket: the services' `ARTIFACT_S3_BUCKET`."
  value       = aws_s3_bucket.artifacts.id

  # Nobody is to write before the bucket is protected and its rules are in place.
  depends_on = [
    aws_s3_bucket_lifecycle_configuration.artifacts,
    aws_s3_bucket_ownership_controls.artifacts,
    aws_s3_bucket_policy.artifacts,
    aws_s3_bucket_server_side_encryption_configuration.artifacts,
    aws_s3_bucket_versioning.artifacts,
  ]
}

output "artifacts_bucket_arn" {
  description = "ARN of the artifacts bucket, for IAM policies."
  value       = aws_s3_bucket.artifacts.arn
}

output "artifacts_prefixes" {
  description = "Prefixes below which the artifacts service keeps objects, for IAM policies."
  value       = ["artifacts/", "index/", "tombstones/"]
}
