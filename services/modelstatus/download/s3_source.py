"""Amazon S3, and servers that speak as it does, as the source of a model. The only module that knows boto3 here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from boto3.s3.transfer import TransferConfig
from botocore import exceptions as boto_errors
from botocore.config import Config
from urllib3.exceptions import HTTPError

from services.modelstatus.download.faults import Code, FinalError, MismatchError, ObjectChangedError, TransientError
from services.modelstatus.download.source import RemoteObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 256 * 1024
_UPLOAD_PART_BYTES = 64 * 1024 * 1024
_MISSING = {"NoSuchKey", "404", "NotFound"}
_CHANGED = {"PreconditionFailed", "412", "InvalidRange", "416"}
_BUSY = {"RequestTimeout", "RequestTimeTooSkewed", "SlowDown", "Throttling", "TooManyRequests", "429"}
_DENIED = {"ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_NO_CREDENTIALS = (
    boto_errors.NoCredentialsError,
    boto_errors.PartialCredentialsError,
    boto_errors.CredentialRetrievalError,
    boto_errors.TokenRetrievalError,
)
_NETWORK = (
    boto_errors.HTTPClientError,
    boto_errors.ConnectionError,
    boto_errors.IncompleteReadError,
    HTTPError,
    OSError,
)


class S3Source:
    """Objects of a bucket. Credentials and region come from the environment or the instance, as always with boto3."""

    def __init__(self, bucket: str, *, endpoint_url: str = "", connections: int, timeout_seconds: float) -> None:
        self._bucket = bucket
        with _translated():
            self._client: S3Client = boto3.client(
                "s3",
                endpoint_url=endpoint_url or None,
                config=Config(
                    max_pool_connections=connections + 2,
                    connect_timeout=timeout_seconds,
                    read_timeout=timeout_seconds,
                    # Attempts are counted and told by us; checksums are those of the model, checked by us.
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    response_checksum_validation="when_required",
                    request_checksum_calculation="when_required",
                    s3={"addressing_style": "path" if endpoint_url else "auto"},
                ),
            )

    def head(self, key: str) -> RemoteObject | None:
        """What the object is now, or None when there is none."""
        try:
            with _translated():
                answer = self._client.head_object(Bucket=self._bucket, Key=key)
        except _NotThereError:
            return None
        return RemoteObject(key, answer["ContentLength"], answer["ETag"], answer["Metadata"].get("sha256", "").lower())

    def read(self, remote: RemoteObject, start: int, length: int) -> Iterator[bytes]:
        """The bytes of a range, in pieces, exactly `length` in all. Raises ObjectChangedError when it was replaced."""
        came = 0
        try:
            with _translated():
                answer = self._client.get_object(
                    Bucket=self._bucket,
                    Key=remote.key,
                    IfMatch=remote.etag,
                    Range=f"bytes={start}-{start + length - 1}",
                )
                if answer["ETag"] != remote.etag:
                    raise ObjectChangedError("the object was replaced during the download")
                pieces = answer["Body"].iter_chunks(_CHUNK_BYTES)
            while came < length:
                with _translated():
                    piece = next(pieces, b"")
                if not piece or came + len(piece) > length:
                    raise TransientError("S3 sent a range of the wrong length")
                came += len(piece)
                yield piece
        except _NotThereError:
            raise ObjectChangedError("the object was removed during the download") from None

    def read_small(self, key: str, limit: int) -> bytes | None:
        """A whole object of at most `limit` bytes, or None when there is none."""
        try:
            with _translated():
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
                content = answer["Body"].read(limit + 1)
        except _NotThereError:
            return None
        if len(content) > limit:
            raise MismatchError("a small file of the model was larger than any can be")
        return content

    def upload(self, key: str, file: Path) -> None:
        """Store a file."""
        transfer = TransferConfig(multipart_chunksize=_UPLOAD_PART_BYTES)
        with _translated():
            self._client.upload_file(str(file), self._bucket, key, Config=transfer)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class _NotThereError(Exception):
    """There is no such object."""


@contextmanager
def _translated() -> Iterator[None]:
    """Turn boto3's errors into ours: which ones are worth another attempt is decided here."""
    try:
        yield
    except boto_errors.ClientError as error:
        raise _of_answer(error) from error
    except _NO_CREDENTIALS as error:
        message = "There are no credentials for S3. Give the instance a role, or set AWS_ACCESS_KEY_ID and its secret."
        raise FinalError(Code.ACCESS_DENIED, message) from error
    except _NETWORK as error:
        raise TransientError(f"the connection to S3 failed ({type(error).__name__})") from error
    except (boto_errors.BotoCoreError, ValueError) as error:
        message = "The settings of the model's bucket are not usable; check MODEL_STATUS_S3_BUCKET and S3_ENDPOINT_URL."
        raise FinalError(Code.REFUSED, message) from error


def _of_answer(error: boto_errors.ClientError) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _MISSING:
        return _NotThereError()
    if code == "NoSuchBucket":
        return FinalError(Code.NOT_FOUND, "There is no such bucket; check MODEL_STATUS_S3_BUCKET.")
    if code in _CHANGED or status in {412, 416}:
        return ObjectChangedError("the object was replaced during the download")
    if status >= 500 or status == 429 or code in _BUSY:
        return TransientError(f"S3 answered {status}")
    if code == "InvalidObjectState":
        return FinalError(Code.REFUSED, "The model is archived in S3; restore its objects, then start again.")
    if status in {401, 403} or code in _DENIED:
        message = (
            "S3 denied access to the model. Allow s3:GetObject on its objects and s3:ListBucket on the bucket (without "
            "the latter a missing object is denied too), then start the download again."
        )
        return FinalError(Code.ACCESS_DENIED, message)
    return FinalError(Code.REFUSED, f"S3 refused the request ({code or status}); check the bucket and its region.")
