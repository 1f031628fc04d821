"""From the gateway's URL to a gRPC channel: target, transport security, limits."""

from __future__ import annotations

import importlib.metadata
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_URL = "http://127.0.0.1:8000"

# All images of a label (32 MB), or an artifact's image, and what is around them.
_MESSAGE_BYTES = 64 * 1024 * 1024
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Connection:
    """How the gateway is reached: `target` is host:port; `secure` means TLS; `local` means on this machine."""

    url: str
    target: str
    secure: bool
    local: bool

    def options(self) -> list[tuple[str, str | int]]:
        """Options of the channel."""
        return [
            ("grpc.primary_user_agent", f"ttb-client/{importlib.metadata.version('ttb-client')}"),
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
            # A gateway that has just been started is met at once, not after a second of backing off.
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1000),
            # A server that vanished is noticed while its stream is silent.
            ("grpc.keepalive_time_ms", 30_000),
            ("grpc.keepalive_timeout_ms", 10_000),
            # A proxy of the environment could not reach this machine's loopback.
            ("grpc.enable_http_proxy", int(not self.local)),
        ]


def connection(url: str, token: str | None = None) -> Connection:
    """Read `http://host:port` or `https://host:port`. Raises ValueError, also for a token that would go unencrypted."""
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise ValueError(f"{url!r} is not http://host:port or https://host:port") from None
    host = parts.hostname
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"{url!r} is not http://host:port or https://host:port")
    secure, local = parts.scheme == "https", _is_loopback(host)
    if token and not secure and not local:
        raise ValueError(f"a token is sent only over https, or to this machine; {url!r} is neither")
    return Connection(url, f"[{host}]:{port}" if ":" in host else f"{host}:{port}", secure, local)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
