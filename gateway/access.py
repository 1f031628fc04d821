"""Access control: Envoy checks each call's token (RFC 7519), and its roles against the method that is called.

Keys are fetched again every few seconds, so that they rotate without a restart. A file of keys is served to Envoy by
Envoy itself, on an address that only this machine reaches: it watches such a file, which it does not do for keys that
are configured directly.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from gateway.config import Config, Json, extension, seconds, typed
from gateway.roles import OPEN_PREFIX, OPEN_REST, Role
from gateway.settings import Auth, GatewaySettings
from gateway.upstreams import Method, methods
from services.common.metadata import SUBJECT_KEY

JWT_FILTER = "envoy.filters.http.jwt_authn"
RBAC_FILTER = "envoy.filters.http.rbac"
_PROVIDER = "ttb"
_PAYLOAD = "payload"
_KEYS = "jwks"
_KEYS_PATH = "/jwks.json"
_FETCH_SECONDS = 5.0
_RETRY_SECONDS = 1.0
_HTTPS_PORT, _HTTP_PORT = 443, 80
_FILTERS = "envoy.extensions.filters.http"


def claim(name: str) -> str:
    """Envoy's word, in an access log, for one claim of the call's token."""
    return f"%DYNAMIC_METADATA({JWT_FILTER}:{_PAYLOAD}:{name})%"


def token_filter(settings: GatewaySettings) -> Config:
    """Before the transcoder, so that a refused upload is never read."""
    verb, path = OPEN_REST
    needed: Config = {"provider_name": _PROVIDER}
    rules: list[Json] = [
        {"match": {"prefix": OPEN_PREFIX}},
        {
            "match": {"path": path, "headers": [{"name": ":method", "string_match": {"exact": verb}}]},
            "requires": {"requires_any": {"requirements": [needed, {"allow_missing_or_failed": {}}]}},
        },
        {"match": {"prefix": "/"}, "requires": needed},
    ]
    provider: Config = {
        "issuer": settings.jwt_issuer,
        "audiences": list(settings.jwt_audiences),
        "require_expiration": True,
        "payload_in_metadata": _PAYLOAD,
        "claim_to_headers": [{"header_name": SUBJECT_KEY, "claim_name": "sub"}],
        "remote_jwks": {
            "http_uri": {"uri": _keys_uri(settings), "cluster": _KEYS, "timeout": seconds(_FETCH_SECONDS)},
            "cache_duration": seconds(settings.jwks_seconds),
            "async_fetch": {"failed_refetch_duration": seconds(_RETRY_SECONDS)},
        },
    }
    return extension(
        JWT_FILTER,
        typed(
            f"{_FILTERS}.jwt_authn.v3.JwtAuthentication",
            providers={_PROVIDER: provider},
            rules=rules,
            bypass_cors_preflight=True,
        ),
    )


def role_filter(settings: GatewaySettings) -> Config:
    """After the transcoder, so that one policy covers REST, native gRPC and gRPC-Web. What none allows is denied."""
    served = [method for upstream in settings.ordered_upstreams() for method in methods(upstream)]
    policies: dict[str, Json] = {
        role.value: {
            "permissions": _paths(method for method in served if role in method.roles),
            "principals": [_holder(role, settings)],
        }
        for role in Role
    }
    # Without a token only the shallow health comes so far.
    health = [method for method in served if method.rest and (method.rest.verb, method.rest.template) == OPEN_REST]
    policies["open"] = {
        "permissions": [*_paths(health), {"url_path": {"path": {"prefix": OPEN_PREFIX}}}],
        "principals": [{"any": True}],
    }
    policies["reflection"] = {
        "permissions": [{"url_path": {"path": {"prefix": "/grpc.reflection."}}}],
        "principals": [_holder(role, settings) for role in Role],
    }
    return extension(RBAC_FILTER, typed(f"{_FILTERS}.rbac.v3.RBAC", rules={"action": "ALLOW", "policies": policies}))


def _paths(allowed: Iterable[Method]) -> list[Json]:
    return [{"url_path": {"path": {"exact": method.grpc_path}}} for method in allowed]


def _holder(role: Role, settings: GatewaySettings) -> Config:
    path: list[Json] = [{"key": _PAYLOAD}, *({"key": part} for part in settings.jwt_roles_claim.split("."))]
    return {
        "sourced_metadata": {
            "metadata_matcher": {
                "filter": JWT_FILTER,
                "path": path,
                "value": {"list_match": {"one_of": {"string_match": {"exact": role.value}}}},
            }
        }
    }


def keys_listeners(settings: GatewaySettings) -> list[Config]:
    """Serves the file of keys to Envoy itself; nothing when the keys have a URL, or no token is asked for."""
    if settings.auth is Auth.OFF or settings.jwks_file is None:
        return []
    file = settings.jwks_file.resolve()
    route: Config = {
        "match": {"path": _KEYS_PATH},
        "direct_response": {
            "status": 200,
            "body": {"filename": str(file), "watched_directory": {"path": str(file.parent)}},
        },
    }
    manager = typed(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=_KEYS,
        route_config={"virtual_hosts": [{"name": _KEYS, "domains": ["*"], "routes": [route]}]},
        http_filters=[extension("envoy.filters.http.router", typed(f"{_FILTERS}.router.v3.Router"))],
    )
    filters: list[Json] = [extension("envoy.filters.network.http_connection_manager", manager)]
    return [{"name": _KEYS, "address": _keys_pipe(settings), "filter_chains": [{"filters": filters}]}]


def keys_clusters(settings: GatewaySettings) -> list[Config]:
    """Where the keys are fetched, when tokens are asked for."""
    return [] if settings.auth is Auth.OFF else [_keys_cluster(settings)]


def _keys_cluster(settings: GatewaySettings) -> Config:
    cluster: Config = {"name": _KEYS, "connect_timeout": seconds(_FETCH_SECONDS)}
    if settings.jwks_file is not None:
        endpoint: Config = {"address": _keys_pipe(settings)}
        return {**cluster, "type": "STATIC", "load_assignment": _assignment(endpoint)}
    url = urlsplit(settings.jwks_url)
    secure = url.scheme == "https"
    port = url.port or (_HTTPS_PORT if secure else _HTTP_PORT)
    endpoint = {"address": {"socket_address": {"address": url.hostname, "port_value": port}}}
    cluster |= {"type": "STRICT_DNS", "dns_lookup_family": "V4_PREFERRED", "load_assignment": _assignment(endpoint)}
    if secure:
        cluster["transport_socket"] = extension(
            "envoy.transport_sockets.tls",
            typed(
                "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                sni=url.hostname,
                auto_sni_san_validation=True,
                common_tls_context={"validation_context": {"trusted_ca": {"filename": str(settings.jwks_authorities)}}},
            ),
        )
    return cluster


def _assignment(endpoint: Config) -> Config:
    return {"cluster_name": _KEYS, "endpoints": [{"lb_endpoints": [{"endpoint": endpoint}]}]}


def _keys_uri(settings: GatewaySettings) -> str:
    return settings.jwks_url or f"http://{_KEYS}{_KEYS_PATH}"


def _keys_pipe(settings: GatewaySettings) -> Config:
    """A socket in Linux's abstract namespace: no file, and no path that is too long."""
    return {"pipe": {"path": f"@ttb-gateway-{settings.port}-{_KEYS}"}}
