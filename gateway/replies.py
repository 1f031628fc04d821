"""What Envoy says when it answers by itself: the same JSON shape and the same status codes as the services.

REST promises the codes of the gRPC-to-HTTP mapping and 413, no others, so a few of Envoy's own are changed (431 and
408 to 400, 502 to 503, an open circuit from 503 to 429). Native gRPC and gRPC-Web get the gRPC status, and where the
call is worth repeating the same rich status that a service would send.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from gateway.config import MEGABYTE, Config, Json, literal, seconds
from gateway.rate_limits import wait_seconds
from gateway.settings import GatewaySettings
from gateway.upstreams import Upstream, id_folders, methods
from services.common import request_id
from services.common.errors import FieldViolation, Reason, TtbError
from services.common.status import DETAILS_KEY, DOMAIN, grpc_code, to_status

# Answers concern one application and may change at once; nothing here is a page to be framed or sniffed.
SECURITY_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of Envoy's own.

    It `replaces` those with an HTTP status from the first to the last of two (and with the response flag, when one is
    named, and to paths of `only`). `status` is the HTTP status that is sent. `message` is a format string of Envoy's;
    `violation` names the bad field.
    """

    replaces: tuple[int, int]
    status: int
    reason: Reason
    message: str
    flag: str | None = None
    only: tuple[Config, ...] = ()
    violation: FieldViolation | None = None
    retry_after_seconds: int | None = None


def local_reply_config(settings: GatewaySettings) -> Config:
    """Envoy's `local_reply_config`; the first reply that fits is given."""
    replies = _replies(settings)
    for_grpc = [_grpc_mapper(reply) for reply in replies if reply.retry_after_seconds is not None]
    return {"mappers": [*(_mapper(reply) for reply in replies), *for_grpc, _too_large_for_grpc()]}


def _replies(settings: GatewaySettings) -> tuple[Reply, ...]:
    served = ", ".join(
        f"{method.rest.verb} {method.rest.template}"
        for upstream in settings.ordered_upstreams()
        for method in methods(upstream)
        if method.rest is not None
    )
    verify_limit = settings.verify_body_megabytes
    limits = (
        f"a request to POST /verify may have {verify_limit} MiB ({verify_limit * MEGABYTE} bytes), "
        f"any other {settings.call_body_megabytes} MiB"
    )
    return (
        Reply(
            replaces=(401, 401),
            status=401,
            reason=Reason.TOKEN_REFUSED,
            message="The call needs a valid token: send the header `authorization: Bearer TOKEN`. %LOCAL_REPLY_BODY%.",
        ),
        Reply(
            replaces=(403, 403),
            status=403,
            reason=Reason.NOT_PERMITTED,
            message="The token does not permit this call. %LOCAL_REPLY_BODY%.",
        ),
        Reply(
            replaces=(404, 405),
            status=404,
            reason=Reason.NO_SUCH_ROUTE,
            message=literal(f"Nothing is served at this method and path. Served are: {served}."),
        ),
        Reply(
            replaces=(408, 408),
            status=400,
            reason=Reason.UPLOAD_TOO_SLOW,
            message=f"The request did not arrive whole within {seconds(settings.upload_seconds)}; send it again.",
        ),
        Reply(
            replaces=(413, 413),
            status=413,
            reason=Reason.BODY_TOO_LARGE,
            message=f"The request is too large: {limits}. Send fewer or smaller images.",
        ),
        Reply(
            replaces=(431, 431),
            status=400,
            reason=Reason.HEADERS_TOO_LARGE,
            message="The request's headers are too large; send fewer or shorter ones.",
        ),
        Reply(
            replaces=(429, 429),
            status=429,
            reason=Reason.RATE_LIMITED,
            message=f"Too many requests: one client may send {settings.rate_per_client} a minute, all together "
            f"{settings.rate_global}. Go on more slowly.",
            retry_after_seconds=wait_seconds(settings),
        ),
        Reply(
            replaces=(503, 503),
            status=429,
            reason=Reason.TOO_MANY_CALLS,
            message="Too many calls are waiting already; try again in a few seconds.",
            flag="UO",
            retry_after_seconds=1,
        ),
        *(
            Reply(
                replaces=(400, 400),
                status=400,
                reason=Reason.INVALID_FIELD,
                message=f"id: {request_id.RULE}",
                only=(_path({"prefix": folder}), _path({"safe_regex": {"regex": _PLAIN}}, invert=True)),
                violation=FieldViolation("id", request_id.RULE),
            )
            for folder in id_folders({Upstream.ARTIFACTS} & settings.upstreams)
        ),
        Reply(
            replaces=(400, 499),
            status=400,
            reason=Reason.INVALID_REQUEST,
            message="The request is not understood; check its path, query, headers and body. %LOCAL_REPLY_BODY%",
        ),
        Reply(
            replaces=(502, 503),
            status=503,
            reason=Reason.SERVICE_UNAVAILABLE,
            message="The service does not answer at the moment; try again in a few seconds.",
            retry_after_seconds=2,
        ),
        Reply(
            replaces=(504, 504),
            status=504,
            reason=Reason.TIMED_OUT,
            message="The service took too long to answer; try again, with fewer or smaller images.",
        ),
        Reply(
            replaces=(500, 599),
            status=500,
            reason=Reason.INTERNAL,
            message="The gateway failed to handle the request; report it with this response's x-request-id.",
        ),
    )


# Nothing in it can be mistaken for a way out of a folder.
_PLAIN = r"(/[\w-]+)+(\?.*)?"


def _mapper(reply: Reply) -> Config:
    mapper: Config = {
        "filter": _when(reply, _not_grpc(), *reply.only),
        "status_code": reply.status,
        "body_format_override": {
            "content_type": "application/json",
            "json_format": {
                "code": grpc_code(reply.reason),
                "message": reply.message,
                "details": _details(reply),
            },
        },
    }
    # An answer that comes after the service's first headers (a timeout) passes no filter, so its headers are set here.
    headers = dict(SECURITY_HEADERS)
    if reply.retry_after_seconds is not None:
        headers["retry-after"] = str(reply.retry_after_seconds)
    mapper["headers_to_add"] = [_header(key, value) for key, value in headers.items()]
    return mapper


def _grpc_mapper(reply: Reply) -> Config:
    """For what no mapper of REST took."""
    status = to_status(TtbError(reply.reason, reply.message, retry_after_seconds=reply.retry_after_seconds))
    details = base64.b64encode(status.SerializeToString(deterministic=True)).decode()
    return {
        "filter": _when(reply),
        "body": {"inline_string": reply.message},
        "headers_to_add": [_header("grpc-status", str(status.code)), _header(DETAILS_KEY, details)],
    }


def _when(reply: Reply, *further: Config) -> Config:
    conditions: list[Json] = [_status("GE", reply.replaces[0]), _status("LE", reply.replaces[1]), *further]
    if reply.flag is not None:
        conditions.append({"response_flag_filter": {"flags": [reply.flag]}})
    return {"and_filter": {"filters": conditions}}


def _details(reply: Reply) -> list[Json]:
    details: list[Json] = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reply.reason.value,
            "domain": DOMAIN,
            "metadata": {},
        }
    ]
    if reply.violation is not None:
        violation: Config = {"field": reply.violation.field, "description": literal(reply.violation.description)}
        details.append({"@type": "type.googleapis.com/google.rpc.BadRequest", "field_violations": [violation]})
    if reply.retry_after_seconds is not None:
        delay = seconds(reply.retry_after_seconds)
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retry_delay": delay})
    return details


def _path(match: Config, *, invert: bool = False) -> Config:
    return {"header_filter": {"header": {"name": ":path", "string_match": match, "invert_match": invert}}}


def _header(key: str, value: str) -> Config:
    return {"header": {"key": key, "value": literal(value)}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _too_large_for_grpc() -> Config:
    """Native gRPC that is too large: RESOURCE_EXHAUSTED, as gRPC itself says it, where Envoy would say UNKNOWN."""
    return {
        "filter": _status("EQ", 413),
        "body": {"inline_string": "The message is too large; send fewer or smaller images."},
        "headers_to_add": [_header("grpc-status", "8")],
    }


def _status(comparison: str, status: int) -> Config:
    value: Config = {"default_value": status, "runtime_key": "ttb.unused"}
    return {"status_code_filter": {"comparison": {"op": comparison, "value": value}}}


def _not_grpc() -> Config:
    """REST: either the transcoder took it (it leaves the path that came), or it never was gRPC."""
    transcoded: Config = {"header_filter": {"header": {"name": "x-envoy-original-path", "present_match": True}}}
    other: Config = {
        "header_filter": {
            "header": {
                "name": "content-type",
                "string_match": {"prefix": "application/grpc"},
                "invert_match": True,
                "treat_missing_header_as_empty": True,
            }
        }
    }
    return {"or_filter": {"filters": [transcoded, other]}}
