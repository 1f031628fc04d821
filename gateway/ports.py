"""Tells a free port from a taken one, before a start-up that would silently share it.

Envoy listens with SO_REUSEPORT: a second Envoy on the same port starts without an error and takes half of the calls.
"""

from __future__ import annotations

import socket


class PortTaken(OSError):  # noqa: N818 - reads as what it says
    """The port is in use; the message names the setting to change."""


def require_free(host: str, port: int, variable: str, what: str) -> None:
    """Raise PortTaken, naming the environment variable, unless `what` could listen on the port now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections that are closing don't count, a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortTaken(
                f"port {port} on {host} is not free for {what}: stop what listens there, or choose another port "
                f"with {variable}. [{error.strerror}]"
            ) from error
