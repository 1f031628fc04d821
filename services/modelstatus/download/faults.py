"""What can go wrong with a download, in two kinds: worth another attempt, or final.

Messages end up in `GET /model-status`: they say what to do, and hold no path, address or internal text.
"""

from __future__ import annotations

import errno
from enum import StrEnum


class Code(StrEnum):
    """Stable codes of final errors."""

    ACCESS_DENIED = "access_denied"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CHECKSUM_MISMATCH = "checksum_mismatch"
    INVALID_MANIFEST = "invalid_manifest"
    INVALID_ARCHIVE = "invalid_archive"
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    STORE_FAILED = "store_failed"
    NOT_CONFIRMED = "not_confirmed"
    STOPPED = "stopped"
    INTERNAL = "internal"


class FinalError(Exception):
    """Ends the download; the status becomes `error` with this code and message."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class TransientError(Exception):
    """Another attempt may succeed. `message` is a clause such as `S3 answered 503`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ObjectChangedError(TransientError):
    """The object was replaced while it was read: what came so far is worthless."""


class MismatchError(TransientError):
    """What came is not what was promised; the second time in one run this is final."""


class Stopped(BaseException):
    """The process was asked to stop. Raised in the main thread, wherever it is; what is done so far stays."""


_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def of_disk(error: OSError) -> FinalError:
    """The fault that an error of the model store's file system is."""
    if error.errno in _DISK_FULL:
        message = "The model store's disk is full. Make room, then start the download again; it continues."
        return FinalError(Code.DISK_FULL, message)
    if error.errno in _READ_ONLY:
        message = "The model store cannot be written. Give the downloader write access, then start it again."
        return FinalError(Code.READ_ONLY, message)
    message = "The model store's disk failed. See the downloader's log, then start the download again."
    return FinalError(Code.STORE_FAILED, message)
