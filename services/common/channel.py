"""How services reach each other: channels that find a restarted service fast, and prove who they are when that is set.

With `TTB_INTERNAL_CERTIFICATE_FILE` and its two companions every connection between services, and from the gateway, is
mutual TLS: both sides show a certificate of the system's own authority, and nobody else is let in.
"""

from __future__ import annotations

from pathlib import Path

import grpc

from services.common.settings import SharedSettings

_MEGABYTE = 1024 * 1024


def open_channel(target: str, shared: SharedSettings, *, keepalive: bool = False) -> grpc.aio.Channel:
    """A channel to `target` (`host:port`). With `keepalive` a peer that vanished is noticed during long calls."""
    limit = shared.max_message_megabytes * _MEGABYTE
    options: list[tuple[str, int]] = [
        ("grpc.max_receive_message_length", limit),
        ("grpc.max_send_message_length", limit),
        # A service that restarts is met again within a second, not after a minute of backing off.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
    ]
    if keepalive:
        options.append(("grpc.keepalive_time_ms", 10000))
    identity = _identity(shared)
    if identity is None:
        return grpc.aio.insecure_channel(target, options)
    authority, private_key, certificate = identity
    return grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(authority, private_key, certificate), options)


def listen(server: grpc.aio.Server, address: str, shared: SharedSettings) -> int:
    """Let the server listen on `host:port`; returns the port. Raises RuntimeError when it is taken."""
    identity = _identity(shared)
    if identity is None:
        return server.add_insecure_port(address)
    authority, private_key, certificate = identity
    credentials = grpc.ssl_server_credentials([(private_key, certificate)], authority, require_client_auth=True)
    return server.add_secure_port(address, credentials)


def _identity(shared: SharedSettings) -> tuple[bytes, bytes, bytes] | None:
    """The authority's certificate, our private key and our certificate chain, PEM."""
    files = shared.internal_authority_file, shared.internal_private_key_file, shared.internal_certificate_file
    read = tuple(file.read_bytes() for file in files if isinstance(file, Path))
    return (read[0], read[1], read[2]) if len(read) == len(files) else None
