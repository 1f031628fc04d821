from __future__ import annotations

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
        ("TTB_AUTH", "jwt", "jwt is not built yet"),
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
