"""Headers that a method adds to its answer: an image's ETag and file name over REST.

gRPC sends headers once. `ResponseHeadersInterceptor` sends them, with the request id, when the method has ended, so
that the method can still add to them.
"""

from __future__ import annotations

from contextvars import ContextVar

Header = tuple[str, str]

collected: ContextVar[list[Header]] = ContextVar("ttb_response_headers")


def add(name: str, value: str) -> None:
    """Add a header, its name in lower case, to the answer of the unary call that the running task works for.

    An error is told without it. Raises LookupError in a streaming call: its headers are sent before its first message.
    """
    collected.get().append((name, value))
