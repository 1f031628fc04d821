"""What the caller of a gRPC call sent beside the message."""

from __future__ import annotations

from typing import Any

import grpc

CLIENT_IP_KEY = "x-client-ip"
"""The client's address, as the gateway saw it."""

SUBJECT_KEY = "x-ttb-subject"
"""Whom the call's token names, as the gateway checked it; the gateway drops what a client sends under this name."""

AUTH_KEY = "x-ttb-auth"
"""`jwt` when the gateway lets nobody in without a token, else `off`; as above."""


def first(context: grpc.aio.ServicerContext[Any, Any], key: str) -> str:
    """The caller's first text of that key, or an empty string."""
    for name, value in context.invocation_metadata() or ():
        if name == key and isinstance(value, str):
            return value
    return ""


def unknown_caller(context: grpc.aio.ServicerContext[Any, Any]) -> bool:
    """Whether the caller showed no token although all others have to: they are told as little as possible."""
    return first(context, AUTH_KEY) == "jwt" and not first(context, SUBJECT_KEY)
