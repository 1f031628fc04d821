from __future__ import annotations

import pytest

from ttb_client.connection import connection


@pytest.mark.parametrize(
    ("url", "target", "secure"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False),
        ("http://localhost/", "localhost:80", False),
        ("https://labels.example", "labels.example:443", True),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443", True),
    ],
)
def test_a_url_names_target_and_transport(url: str, target: str, secure: bool) -> None:
    found = connection(url)
    assert (found.target, found.secure) == (target, secure)


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8000", "ftp://a", "http://", "http://a:port", "http://a/verify", "http://me@a", "http://a?b=c"],
)
def test_what_is_no_url_of_a_gateway_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not http://host:port"):
        connection(url)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [("https://labels.example", True), ("http://127.0.0.1", True), ("http://[::1]", True), ("http://10.0.0.7", False)],
)
def test_a_token_never_goes_over_a_network_unencrypted(url: str, allowed: bool) -> None:
    if allowed:
        connection(url, "secret")
        return
    with pytest.raises(ValueError, match="only over https"):
        connection(url, "secret")


def test_an_environments_proxy_is_not_asked_for_this_machine() -> None:
    assert dict(connection("http://127.0.0.1").options())["grpc.enable_http_proxy"] == 0
    assert dict(connection("http://labels.example").options())["grpc.enable_http_proxy"] == 1
