"""What the caller of a gRPC call sent beside the message."""

from __future__ import annotations

from typing import Any

import grpc

CLIENT_IP_KEY = "x-client-ip"
"""The client's address, as the gateway saw it."""


def first(context: grpc.aio.ServicerContext[Any, Any], key: str) -> str:
    """The caller's first text of that key, or an empty string."""
    for name, value in context.invocation_metadata() or ():
        if name == key and isinstance(value, str):
            return value
    return ""
