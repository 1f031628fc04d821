"""The id of the request that the running task works for.

The validator makes it (a UUIDv7, so that it sorts by time and dates itself), sends it to the client as a header and to
the other services as metadata, and every log line of the work carries it.
"""

from __future__ import annotations

from contextvars import ContextVar

import uuid_utils

METADATA_KEY = "x-ttb-request-id"
TRACE_KEY = "x-request-id"
RULE = "must be the id that a verification answered with: a UUIDv7 in lower case"
"""What is told to a client whose id is none."""

current: ContextVar[str] = ContextVar("ttb_request_id", default="")


def new() -> str:
    """A fresh UUIDv7 in its usual text form (RFC 9562)."""
    return str(uuid_utils.uuid7())


def is_request_id(text: str) -> bool:
    """Whether the text is a UUIDv7 as `new` makes it."""
    try:
        parsed = uuid_utils.UUID(text)
    except ValueError:
        return False
    return parsed.version == 7 and str(parsed) == text
