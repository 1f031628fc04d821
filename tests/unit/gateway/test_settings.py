from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.settings import Endpoint, GatewaySettings
from gateway.upstreams import Upstream

ANYWHERE = "0.0.0.0"  # noqa: S104 - it is what has to be refused


@pytest.mark.parametrize(
    ("environment", "accepted"),
    [
        ({}, True),
        ({"TTB_HOST": "127.0.0.2"}, True),
        ({"TTB_HOST": "::1"}, True),
        ({"TTB_HOST": "localhost"}, True),
        ({"TTB_HOST": ANYWHERE}, False),
        ({"TTB_HOST": "::"}, False),
        ({"TTB_HOST": "192.0.2.7"}, False),
        ({"TTB_HOST": "labels.example"}, False),
        ({"TTB_HOST": ANYWHERE, "TTB_PUBLISHED_HOST": "127.0.0.1"}, True),
        ({"TTB_HOST": "127.0.0.1", "TTB_PUBLISHED_HOST": ANYWHERE}, False),
    ],
)
def test_without_tokens_only_this_machine_may_call(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], accepted: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if accepted:
        GatewaySettings()
        return
    with pytest.raises(ValidationError, match=r"without a token: listen on 127\.0\.0\.1 \(TTB_HOST\)"):
        GatewaySettings()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("TTB_AUTH", "jwt", "needs TTB_JWT_ISSUER, TTB_JWT_AUDIENCES, and either"),
        ("TTB_JWT_ISSUER", "https://issuer.example", "not asked for: set TTB_AUTH=jwt"),
        ("TTB_JWKS_URL", "ftp://issuer.example", "is no http or https URL"),
        ("TTB_JWKS_FILE", "/nowhere/jwks.json", "is no file of keys"),
        ("TTB_CERTIFICATE_FILE", "/nowhere/chain.pem", "cannot be read"),
        ("TTB_CERTIFICATE_FILE", __file__, "TTB_PRIVATE_KEY_FILE: give both, or neither"),
        ("TTB_UPSTREAMS", "artifacts", "must name validator"),
        ("TTB_UPSTREAMS", "validator,billing", "'validator', 'ocr', 'artifacts' or 'modelstatus'"),
        ("TTB_VALIDATOR_ENDPOINTS", "127.0.0.1", "is not host:port"),
        ("TTB_VALIDATOR_ENDPOINTS", " , ", "at least one host:port"),
        ("TTB_VALIDATOR_ENDPOINTS", "validator:70000", "less than or equal to 65535"),
    ],
)
def test_a_wrong_setting_says_why(monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=why):
        GatewaySettings()


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTB_VALIDATOR_ENDPOINTS", "validator-1:50052, [::1]:50152")
    monkeypatch.setenv("TTB_UPSTREAMS", "modelstatus, validator")
    monkeypatch.setenv("TTB_CORS_ORIGINS", "http://a.example,http://b.example")
    settings = GatewaySettings()
    assert settings.endpoints(Upstream.VALIDATOR) == (
        Endpoint(host="validator-1", port=50052),
        Endpoint(host="::1", port=50152),
    )
    assert settings.ordered_upstreams() == (Upstream.VALIDATOR, Upstream.MODELSTATUS)
    assert settings.cors_origins == ("http://a.example", "http://b.example")


JWT = {"TTB_AUTH": "jwt", "TTB_JWT_ISSUER": "i", "TTB_JWT_AUDIENCES": "a", "TTB_JWKS_URL": "https://issuer.example/k"}


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        pytest.param({}, None, id="loopback"),
        pytest.param({"TTB_HOST": ANYWHERE, "TTB_TRUSTED_PROXIES": "1"}, None, id="behind a proxy that ends TLS"),
        pytest.param(
            {"TTB_HOST": ANYWHERE, "TTB_CERTIFICATE_FILE": __file__, "TTB_PRIVATE_KEY_FILE": __file__}, None, id="TLS"
        ),
        pytest.param({"TTB_HOST": ANYWHERE}, "in the clear", id="tokens in the clear"),
        pytest.param({"TTB_JWKS_FILE": "keys"}, "either TTB_JWKS_FILE or TTB_JWKS_URL", id="two sources of keys"),
        pytest.param({"TTB_JWT_AUDIENCES": " , "}, "needs TTB_JWT_ISSUER", id="no audience"),
    ],
)
def test_tokens_are_asked_for_only_where_they_can_be_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], why: str | None
) -> None:
    keys = tmp_path / "keys"
    keys.write_text('{"keys": [{"kty": "EC", "x": "1", "y": "2"}]}')
    for name, value in {**JWT, **environment}.items():
        monkeypatch.setenv(name, str(keys) if value == "keys" else value)
    if why is None:
        GatewaySettings()
        return
    with pytest.raises(ValidationError, match=why):
        GatewaySettings()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is no file of keys"),
        ("[]", "is no file of keys"),
        ('{"keys": [1]}', "is no file of keys"),
        ('{"keys": []}', "holds no key"),
        ('{"keys": [{"kty": "EC", "d": "secret"}]}', "private or secret key"),
    ],
)
def test_a_file_of_keys_holds_public_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, why: str
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(content)
    monkeypatch.setenv("TTB_JWKS_FILE", str(keys))
    with pytest.raises(ValidationError, match=why):
        GatewaySettings()
