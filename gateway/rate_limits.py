"""How many requests a minute: of one client, and of all together.

A client is whom the token names; without a token it is the address that Envoy trusts (`TTB_TRUSTED_PROXIES`), of which
IPv6 counts by its /64, since one caller has all of it. Health is never counted.
"""

from __future__ import annotations

import math

from gateway.config import Config, Json, extension, typed
from gateway.settings import GatewaySettings
from services.common.metadata import SUBJECT_KEY

RATE_FILTER = "envoy.filters.http.local_ratelimit"
_MINUTE = "60s"
# Clients that are remembered; the one that was silent for longest makes room. An entry takes about 200 bytes.
_CLIENTS = 50_000
_ALWAYS: Config = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
_SUBJECT, _NOBODY, _ADDRESS = "subject", "nobody", "masked_remote_address"


def rate_filter(settings: GatewaySettings) -> Config:
    """After the token was checked, which tells who calls, and before a body is read.

    A bucket holds a minute's requests and fills evenly. The client's is asked first, so that who is refused takes
    nothing from the others.
    """
    by_subject: Config = {"actions": [{"request_headers": {"header_name": SUBJECT_KEY, "descriptor_key": _SUBJECT}}]}
    no_subject: Config = {
        "descriptor_key": _NOBODY,
        "descriptor_value": "true",
        "expect_match": False,
        "headers": [{"name": SUBJECT_KEY, "present_match": True}],
    }
    address: Config = {"v4_prefix_mask_len": 32, "v6_prefix_mask_len": 64}
    by_address: Config = {"actions": [{"header_value_match": no_subject}, {"masked_remote_address": address}]}
    client = _bucket(settings.rate_per_client)
    limits: list[Json] = [
        {"entries": [{"key": _SUBJECT}], "token_bucket": client},
        {"entries": [{"key": _NOBODY, "value": "true"}, {"key": _ADDRESS}], "token_bucket": client},
    ]
    return extension(
        RATE_FILTER,
        typed(
            "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            stat_prefix="rate",
            token_bucket=_bucket(settings.rate_global),
            filter_enabled=_ALWAYS,
            filter_enforced=_ALWAYS,
            rate_limits=[by_subject, by_address],
            descriptors=limits,
            max_dynamic_descriptors=_CLIENTS,
            rate_limited_as_resource_exhausted=True,
        ),
    )


def uncounted() -> Config:
    """A route's `typed_per_filter_config` that frees it of the limits."""
    return {RATE_FILTER: typed("envoy.config.route.v3.FilterConfig", disabled=True)}


def wait_seconds(settings: GatewaySettings) -> int:
    """When a client that was refused may come again."""
    return math.ceil(60 / settings.rate_per_client)


def _bucket(requests: int) -> Config:
    return {"max_tokens": requests, "tokens_per_fill": requests, "fill_interval": _MINUTE}
