from __future__ import annotations

import socket

import pytest

from gateway.ports import PortTaken, require_free


def test_a_port_that_others_would_share_is_taken() -> None:
    with socket.socket() as other:
        # As Envoy listens: a second listener with the same option would start without an error.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} .* the gateway: .* with TTB_PORT"):
            require_free("127.0.0.1", port, "TTB_PORT", "the gateway")
    require_free("127.0.0.1", port, "TTB_PORT", "the gateway")
