"""Envoy's clusters: how the processes of each service are found, watched, and spared when they are ill or busy."""

from __future__ import annotations

from gateway.config import Config, address, extension, typed
from gateway.settings import GatewaySettings
from gateway.upstreams import Upstream

# A service that stops reports NOT_SERVING for TTB_DRAIN_SECONDS (2 s), which has to cover two checks.
_CHECK_INTERVAL = "1s"
# The routes of watching calls have it.
WATCHING_PRIORITY = "HIGH"
_HTTP = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def clusters(settings: GatewaySettings) -> list[Config]:
    """One cluster for each routed service."""
    return [_cluster(settings, upstream) for upstream in settings.ordered_upstreams()]


def _cluster(settings: GatewaySettings, upstream: Upstream) -> Config:
    endpoints = [
        {"endpoint": {"address": address(endpoint.host, endpoint.port)}} for endpoint in settings.endpoints(upstream)
    ]
    return {
        "name": upstream.value,
        "type": "STRICT_DNS",
        "dns_lookup_family": "V4_PREFERRED",
        "connect_timeout": "1s",
        "lb_policy": "LEAST_REQUEST",
        "load_assignment": {"cluster_name": upstream.value, "endpoints": [{"lb_endpoints": endpoints}]},
        "typed_extension_protocol_options": {
            _HTTP: typed(
                _HTTP,
                explicit_http_config={
                    "http2_protocol_options": {"connection_keepalive": {"interval": "30s", "timeout": "5s"}}
                },
            )
        },
        **_tls(settings),
        # Never send to a process that is known to be ill, even when all are.
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "health_checks": [_health_check()],
        "outlier_detection": _outlier_detection(),
        "circuit_breakers": {
            "thresholds": [
                {
                    "max_requests": settings.max_calls,
                    "max_pending_requests": settings.max_calls,
                    "retry_budget": {"budget_percent": {"value": 20}, "min_retry_concurrency": 3},
                },
                # Envoy counts each priority by itself: whoever watches takes no place of a call.
                {
                    "priority": WATCHING_PRIORITY,
                    "max_requests": settings.max_streams,
                    "max_pending_requests": settings.max_streams,
                },
            ]
        },
    }


def _tls(settings: GatewaySettings) -> Config:
    """Mutual TLS, when this process has a certificate for it."""
    if settings.internal_certificate_file is None:
        return {}
    certificate: Config = {
        "certificate_chain": {"filename": str(settings.internal_certificate_file)},
        "private_key": {"filename": str(settings.internal_private_key_file)},
    }
    authority: Config = {"trusted_ca": {"filename": str(settings.internal_authority_file)}}
    context = typed(
        "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        auto_host_sni=True,
        auto_sni_san_validation=True,
        common_tls_context={
            "tls_certificates": [certificate],
            "validation_context": authority,
            "alpn_protocols": ["h2"],
        },
    )
    return {"transport_socket": extension("envoy.transport_sockets.tls", context)}


def _health_check() -> Config:
    return {
        "timeout": "2s",
        "interval": _CHECK_INTERVAL,
        "no_traffic_interval": _CHECK_INTERVAL,
        "unhealthy_threshold": 3,
        "healthy_threshold": 1,
        # The empty name asks whether the process serves. Whether it can do its work is for its own answers to tell.
        "grpc_health_check": {"service_name": ""},
    }


def _outlier_detection() -> Config:
    """Eject a process on broken connections only: an UNAVAILABLE answer is about what stands behind the service."""
    return {
        "split_external_local_origin_errors": True,
        "consecutive_local_origin_failure": 3,
        "enforcing_consecutive_local_origin_failure": 100,
        "enforcing_local_origin_success_rate": 0,
        "enforcing_consecutive_5xx": 0,
        "enforcing_consecutive_gateway_failure": 0,
        "enforcing_success_rate": 0,
        "base_ejection_time": "5s",
        "interval": "1s",
        "max_ejection_percent": 50,
    }
