"""What the sync and the async client share about a call: its time, its metadata, its error."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias, TypeVar, cast

import grpc

from ttb_client.errors import FailedCall, TtbError, from_call

# Reading ten hard panels takes a minute; the gateway itself gives up after 130 seconds.
TIMEOUT_SECONDS = 120.0
# For calls that read neither images nor artifacts.
SHORT_SECONDS = 10.0

Metadata: TypeAlias = tuple[tuple[str, str], ...]

Request_contra = TypeVar("Request_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)


class Method(Protocol[Request_contra, Answer_co]):
    """One method of a stub, or what begins as one."""

    def __call__(self, request: Request_contra, *, timeout: float, metadata: Metadata) -> Answer_co:
        """Call it."""
        ...


class Stream(Protocol[Answer_co]):
    """The messages of a call that answers with a stream."""

    def __iter__(self) -> Iterator[Answer_co]:
        """The messages."""
        ...

    def cancel(self) -> object:
        """No more of them are wanted."""
        ...


def authorization(token: str | None) -> Metadata:
    """The token as a header."""
    return (("authorization", f"Bearer {token}"),) if token else ()


def idempotency(key: str | None) -> Metadata:
    """The same for all attempts at one verification, so that a repeated one is kept once.

    Raises ValueError for a key that a header cannot carry.
    """
    if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise ValueError("an idempotency key has 1 to 255 printable ASCII characters")
    return (("idempotency-key", key or str(uuid.uuid4())),)


def told(error: grpc.RpcError, url: str) -> TtbError:
    """The client's own error."""
    # Both kinds of channel raise an RpcError that is the finished call too, which grpc's types do not tell.
    return from_call(cast("FailedCall", cast("Any", error)), url)
