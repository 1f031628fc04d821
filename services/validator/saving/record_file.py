"""The file of one record: a header that tells a whole record from a torn or altered one, then the record's bytes.

All numbers are big-endian. Header: magic with the version of this layout (8 bytes), idempotency digest (32, zeros when
there is none), length of the record (8), SHA-256 of these three and of the record (32).
"""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"TTBREC1\n"
_START = struct.Struct(">8s32sQ")
HEADER_BYTES = _START.size + hashlib.sha256().digest_size


class DamagedRecordError(Exception):
    """The file is not a whole record."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a record without reading it: its idempotency digest in hex (or empty) and the file's size."""

    digest: str
    file_bytes: int


def write(path: Path, digest: str, record: bytes) -> None:
    """Write the file so that it survives the loss of power, once its folder is synced too."""
    start = _START.pack(MAGIC, bytes.fromhex(digest), len(record))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(start + _checksum(start, record))
        file.write(record)
        file.flush()
        os.fsync(file.fileno())


def read_header(path: Path) -> Header:
    """The header, checked against the file's size. Raises DamagedRecordError, OSError."""
    with path.open("rb") as file:
        start = file.read(_START.size)
        size = os.fstat(file.fileno()).st_size
    if len(start) < _START.size:
        raise DamagedRecordError("it ends within its header")
    magic, digest, length = _START.unpack(start)
    if magic != MAGIC:
        raise DamagedRecordError("it is no record of this version")
    if size != HEADER_BYTES + length:
        raise DamagedRecordError(f"it has {size} bytes instead of {HEADER_BYTES + length}")
    return Header(digest.hex() if any(digest) else "", size)


def read(path: Path) -> bytes:
    """The record, checked byte for byte. Raises DamagedRecordError, OSError."""
    read_header(path)
    with path.open("rb") as file:
        start, checksum, record = file.read(_START.size), file.read(HEADER_BYTES - _START.size), file.read()
    if checksum != _checksum(start, record):
        raise DamagedRecordError("its SHA-256 does not fit")
    return record


def _checksum(start: bytes, record: bytes) -> bytes:
    digest = hashlib.sha256(start)
    digest.update(record)
    return digest.digest()
