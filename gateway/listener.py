"""Envoy's one listener: REST, gRPC and gRPC-Web on the same port, its filters, limits and access log."""

from __future__ import annotations

from pathlib import Path

from gateway.access import claim, role_filter, token_filter
from gateway.config import MEGABYTE, Config, Json, address, extension, seconds, typed
from gateway.rate_limits import rate_filter
from gateway.replies import SECURITY_HEADERS, local_reply_config
from gateway.routes import route_config
from gateway.settings import Auth, GatewaySettings
from gateway.transcoder import TRANSCODER, transcoder
from services.common.metadata import AUTH_KEY, SUBJECT_KEY


def listener(settings: GatewaySettings, descriptors: Path) -> Config:
    """The listener."""
    return {
        "name": "public",
        "address": address(settings.host, settings.port),
        "per_connection_buffer_limit_bytes": MEGABYTE,
        "filter_chains": [
            {
                "filters": [
                    extension(
                        "envoy.filters.network.http_connection_manager",
                        _connection_manager(settings, descriptors),
                    )
                ],
                **_tls(settings),
            }
        ],
    }


def _tls(settings: GatewaySettings) -> Config:
    if settings.certificate_file is None:
        return {}
    return {
        "transport_socket": extension(
            "envoy.transport_sockets.tls",
            typed(
                "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                common_tls_context={
                    "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
                    "tls_certificates": [
                        {
                            "certificate_chain": {"filename": str(settings.certificate_file)},
                            "private_key": {"filename": str(settings.private_key_file)},
                        }
                    ],
                    "alpn_protocols": ["h2", "http/1.1"],
                },
            ),
        )
    }


def _connection_manager(settings: GatewaySettings, descriptors: Path) -> Config:
    return typed(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="public",
        codec_type="AUTO",
        server_name="ttb",
        use_remote_address=True,
        xff_num_trusted_hops=settings.trusted_proxies,
        # No caller may use Envoy's own control headers, not even one on this machine: an address that nobody has stands
        # here, because an empty list means all private ones.
        internal_address_config={"cidr_ranges": [{"address_prefix": "0.0.0.0", "prefix_len": 32}]},  # noqa: S104
        always_set_request_id_in_response=True,
        # A path of more than one meaning is refused, not mended: dots by a route, escaped slashes here.
        normalize_path=False,
        merge_slashes=True,
        path_with_escaped_slashes_action="REJECT_REQUEST",
        request_headers_timeout=seconds(settings.header_seconds),
        request_timeout=seconds(settings.upload_seconds),
        stream_idle_timeout=seconds(settings.stream_idle_seconds),
        max_request_headers_kb=settings.header_kilobytes,
        common_http_protocol_options={
            "idle_timeout": "300s",
            "headers_with_underscores_action": "REJECT_REQUEST",
            "max_headers_count": settings.header_count,
        },
        http2_protocol_options={
            "max_concurrent_streams": 100,
            "connection_keepalive": {"interval": "60s", "timeout": "20s"},
        },
        local_reply_config=local_reply_config(settings),
        access_log=[_access_log()],
        route_config=route_config(settings, descriptors),
        http_filters=_filters(settings, descriptors),
    )


def _filters(settings: GatewaySettings, descriptors: Path) -> list[Config]:
    filters = "envoy.extensions.filters.http"
    body_limit = settings.verify_body_megabytes * MEGABYTE
    return [
        extension("envoy.filters.http.header_mutation", _headers()),
        extension("envoy.filters.http.grpc_web", typed(f"{filters}.grpc_web.v3.GrpcWeb")),
        extension("envoy.filters.http.cors", typed(f"{filters}.cors.v3.Cors")),
        *([token_filter(settings)] if settings.auth is Auth.JWT else []),
        rate_filter(settings),
        # The transcoder's own limit does not hold for native gRPC.
        extension(
            "envoy.filters.http.body_size_limit",
            typed(f"{filters}.body_size_limit.v3.BodySizeLimit", max_request_bytes=body_limit),
        ),
        extension(TRANSCODER, transcoder(settings, descriptors, body_megabytes=settings.call_body_megabytes)),
        # After the transcoder, so that REST calls are counted too.
        extension(
            "envoy.filters.http.grpc_stats",
            typed(f"{filters}.grpc_stats.v3.FilterConfig", stats_for_all_methods=False, enable_upstream_stats=True),
        ),
        *([role_filter(settings)] if settings.auth is Auth.JWT else []),
        extension("envoy.filters.http.router", typed(f"{filters}.router.v3.Router", suppress_envoy_headers=True)),
    ]


def _headers() -> Config:
    """First of the filters: no caller's word on who calls gets past it, and it sees the answers of all others."""
    removed: list[Json] = [{"remove": header} for header in (SUBJECT_KEY, AUTH_KEY)]
    added: list[Json] = [
        {"append": {"header": {"key": key, "value": value}, "append_action": "ADD_IF_ABSENT"}}
        for key, value in SECURITY_HEADERS.items()
    ]
    return typed(
        "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
        mutations={"request_mutations": removed, "response_mutations": added},
    )


def _access_log() -> Config:
    """One JSON line for each request, which is the audit log too: who, what, when, from where, and the result.

    No bodies, and no query, which may hold an application's fields.
    """
    fields: Config = {
        "event": "request",
        "timestamp": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
        "method": "%REQ(X-ENVOY-ORIGINAL-METHOD?:METHOD)%",
        "path": "%PATH(NQ:ORIG_OR_PATH)%",
        "route": "%ROUTE_NAME%",
        "protocol": "%PROTOCOL%",
        "status": "%RESPONSE_CODE%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "flags": "%RESPONSE_FLAGS%",
        "duration_ms": "%DURATION%",
        "received_bytes": "%BYTES_RECEIVED%",
        "sent_bytes": "%BYTES_SENT%",
        "subject": claim("sub"),
        "client_ip": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        "trace_id": "%REQ(X-REQUEST-ID)%",
        "request_id": "%RESP(X-TTB-REQUEST-ID)%",
        "upstream": "%UPSTREAM_HOST%",
    }
    return extension(
        "envoy.access_loggers.stdout",
        typed(
            "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
            log_format={"json_format": fields},
        ),
    )
