"""Envoy's routes: each REST path and each gRPC method with its own time limit, body limit and retries."""

from __future__ import annotations

from pathlib import Path

from gateway.access import RBAC_FILTER
from gateway.clusters import WATCHING_PRIORITY
from gateway.config import Config, Json, extension, seconds, typed
from gateway.rate_limits import uncounted
from gateway.roles import OPEN_PREFIX, OPEN_REST
from gateway.settings import Auth, GatewaySettings
from gateway.transcoder import TRANSCODER, transcoder
from gateway.upstreams import Method, Rest, Upstream, id_folders, methods
from services.common.metadata import AUTH_KEY, CLIENT_IP_KEY

# Health and reflection speak for the front door.
_FRONT_DOOR_PREFIXES = (
    OPEN_PREFIX,
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
)
# The call never reached a process, so repeating it is always right.
_RETRY_UNSENT = "connect-failure,refused-stream"
_RETRY_REPEATABLE = f"{_RETRY_UNSENT},unavailable,reset,reset-before-request"

# HTTP allows what gRPC does not take: other characters in a header's name, and any value of what gRPC gives a meaning.
# A REST caller means nothing by it, and a service would answer 500.
_NOT_FOR_GRPC = r"grpc-.*|.*-bin|.*[^0-9a-z_.:-].*"
_HEADER_MUTATION = "envoy.filters.http.header_mutation"
_DROP_HEADERS = typed(
    "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute",
    mutations={"request_mutations": [{"remove_on_match": {"key_matcher": {"safe_regex": {"regex": _NOT_FOR_GRPC}}}}]},
)

_DOT_SEGMENT = r".*/(\.|%2[eE]){1,2}(/.*)?"

# A preflight has to match some route for the CORS filter to see it; what the filter does not answer, the
# transcoder refuses, so none ever reaches the cluster.
_PREFLIGHT: Config = {
    "name": "preflight",
    "match": {"prefix": "/", "headers": [{"name": ":method", "string_match": {"exact": "OPTIONS"}}]},
    "route": {"cluster": Upstream.VALIDATOR.value},
}


def route_config(settings: GatewaySettings, descriptors: Path) -> Config:
    """All routes. What matches none is answered 404 (native gRPC: UNIMPLEMENTED)."""
    routes = _routes(settings, descriptors)
    host: Config = {"name": "all", "domains": ["*"], "routes": routes}
    if settings.cors_origins:
        routes.append(_PREFLIGHT)
        host["typed_per_filter_config"] = {"envoy.filters.http.cors": _cors(settings.cors_origins)}
    return {
        "name": "ttb",
        "virtual_hosts": [host],
        "request_headers_to_add": [
            _header(CLIENT_IP_KEY, "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),
            _header(AUTH_KEY, settings.auth.value),
        ],
    }


def _header(key: str, value: str) -> Config:
    return {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _routes(settings: GatewaySettings, descriptors: Path) -> list[Config]:
    upstreams = settings.ordered_upstreams()
    dots: Config = {"safe_regex": {"regex": _DOT_SEGMENT}}
    routes = [_refusal(settings, "dots", dots, "A path has no `.` or `..` segments.")]
    routes.extend(_refusal(settings, folder, {"path": folder}, "An id is missing.") for folder in id_folders(upstreams))
    for upstream in upstreams:
        for method in methods(upstream):
            if method.rest is not None:
                routes.append(_rest_route(settings, descriptors, upstream, method.rest, method))
            routes.append(_grpc_route(settings, upstream, method))
    routes.extend(_front_door_route(settings, prefix) for prefix in _FRONT_DOOR_PREFIXES)
    return routes


def _refusal(settings: GatewaySettings, name: str, match: Config, why: str) -> Config:
    return {
        "name": f"refused: {name}",
        "match": match,
        "direct_response": {"status": 400, "body": {"inline_string": why}},
        # They would answer 404 and 403 first.
        "typed_per_filter_config": {
            name: typed("envoy.config.route.v3.FilterConfig", disabled=True)
            for name in (TRANSCODER, *([RBAC_FILTER] if settings.auth is Auth.JWT else []))
        },
    }


def _rest_route(settings: GatewaySettings, descriptors: Path, upstream: Upstream, rest: Rest, method: Method) -> Config:
    match: Config = {
        "safe_regex": {"regex": rest.path_regex()},
        "headers": [{"name": ":method", "string_match": {"exact": rest.verb}}],
    }
    filters: Config = {_HEADER_MUTATION: _DROP_HEADERS}
    if method.verifying or method.watching:
        megabytes = settings.verify_body_megabytes if method.verifying else settings.call_body_megabytes
        filters[TRANSCODER] = transcoder(settings, descriptors, body_megabytes=megabytes, events=method.watching)
    if (rest.verb, rest.template) == OPEN_REST:
        filters |= uncounted()
    return {
        "name": f"{rest.verb} {rest.template}",
        "match": match,
        "route": _action(settings, upstream, method),
        "typed_per_filter_config": filters,
    }


def _grpc_route(settings: GatewaySettings, upstream: Upstream, method: Method) -> Config:
    return {
        "name": method.grpc_path,
        "match": {"path": method.grpc_path},
        "route": _action(settings, upstream, method),
    }


def _front_door_route(settings: GatewaySettings, prefix: str) -> Config:
    return {
        **({"typed_per_filter_config": uncounted()} if prefix == OPEN_PREFIX else {}),
        "name": prefix,
        "match": {"prefix": prefix},
        "route": {
            "cluster": Upstream.VALIDATOR.value,
            "timeout": "0s",
            "idle_timeout": seconds(settings.stream_idle_seconds),
        },
    }


def _action(settings: GatewaySettings, upstream: Upstream, method: Method) -> Config:
    if method.watching:
        return {
            "cluster": upstream.value,
            "timeout": "0s",
            "idle_timeout": seconds(settings.stream_idle_seconds),
            "priority": WATCHING_PRIORITY,
        }
    limit = settings.verify_seconds if method.verifying else settings.call_seconds
    return {
        "cluster": upstream.value,
        "timeout": seconds(limit),
        # The stream is silent while labels are read: the time limit ends it, not the silence.
        "idle_timeout": seconds(limit + 1),
        "retry_policy": {
            "retry_on": _RETRY_REPEATABLE if method.repeatable else _RETRY_UNSENT,
            "num_retries": 2,
            "retry_back_off": {"base_interval": "0.05s", "max_interval": "0.5s"},
            "retry_host_predicate": [
                extension(
                    "envoy.retry_host_predicates.previous_hosts",
                    typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"),
                )
            ],
            "host_selection_retry_max_attempts": 3,
        },
    }


def _cors(origins: tuple[str, ...]) -> Config:
    matches: list[Json] = [{"exact": origin} for origin in origins]
    return typed(
        "envoy.extensions.filters.http.cors.v3.CorsPolicy",
        allow_origin_string_match=matches,
        allow_methods="GET, POST, DELETE",
        allow_headers="content-type, x-grpc-web, x-user-agent, grpc-timeout, idempotency-key, authorization",
        expose_headers="grpc-status, grpc-message, grpc-status-details-bin, x-request-id, x-ttb-request-id",
        max_age="600",
    )
