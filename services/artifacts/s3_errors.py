"""What S3's errors mean to whoever called, in the one table of the S3 store.

The bucket's name and the server's own words stay in the log: messages name the setting to look at.
"""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's name for it
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
)

from services.common.errors import Reason, TtbError

RETRY_AFTER_SECONDS = 5.0

_REFUSED = (
    "S3 refuses access to the bucket of ARTIFACT_S3_BUCKET: check the credentials (AWS_ACCESS_KEY_ID or the instance's "
    "role) and the bucket's policy."
)
_NO_BUCKET = "The bucket that ARTIFACT_S3_BUCKET names does not exist: create it, or correct the setting."
_MESSAGES = {
    "AccessDenied": _REFUSED,
    "403": _REFUSED,
    "ExpiredToken": _REFUSED,
    "InvalidAccessKeyId": _REFUSED,
    "InvalidToken": _REFUSED,
    "SignatureDoesNotMatch": _REFUSED,
    "AuthorizationHeaderMalformed": "S3 wants another region for ARTIFACT_S3_BUCKET: set AWS_DEFAULT_REGION.",
    "PermanentRedirect": "S3 wants another region for ARTIFACT_S3_BUCKET: set AWS_DEFAULT_REGION.",
    "NoSuchBucket": _NO_BUCKET,
    "404": _NO_BUCKET,
    "InvalidObjectState": "The object is in an archive class of S3: restore it first, then ask again.",
    "RequestTimeTooSkewed": "S3 refuses the call because the clock of this machine is wrong: set the clock.",
}
_BUSY = "The store of artifacts (S3) is busy or failing; try again in a moment."
_AWAY = "The store of artifacts (S3) cannot be reached; try again in a moment, or check S3_ENDPOINT_URL."
_NO_CREDENTIALS = "There are no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give a role."
_MISUSED = "The store of artifacts (S3) refused a call; see the service's log, and check ARTIFACT_S3_BUCKET."


def code(error: ClientError) -> str:
    """The error's code as the server gave it, or the HTTP status of an answer without a body."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_absent(error: ClientError) -> bool:
    """Whether there is no such object."""
    return code(error) in {"NoSuchKey", "NoSuchVersion", "404"}


def is_refused_condition(error: ClientError) -> bool:
    """Whether the object was there already."""
    return code(error) in {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}


def is_unsupported(error: ClientError) -> bool:
    """Whether the server does not know the operation."""
    return code(error) in {"NotImplemented", "MethodNotAllowed", "405", "501"}


def translated(error: ClientError | BotoCoreError) -> TtbError:
    """The error as it is told; all are STORE_UNAVAILABLE, since another try may succeed once the cause is gone."""
    return TtbError(Reason.STORE_UNAVAILABLE, _message(error), retry_after_seconds=RETRY_AFTER_SECONDS)


def _message(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
        busy = status >= 500 or status == 429
        return _MESSAGES.get(code(error), _BUSY if busy else _MISUSED)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return _NO_CREDENTIALS
    return _AWAY if isinstance(error, HTTPClientError | ConnectionError | IncompleteReadError) else _MISUSED
