"""Envoy's JSON transcoder: REST to gRPC and back, strictly."""

from __future__ import annotations

from pathlib import Path

from gateway.config import MEGABYTE, Config, typed
from gateway.settings import GatewaySettings
from gateway.upstreams import service

TRANSCODER = "envoy.filters.http.grpc_json_transcoder"

# Answers come from our own services; the largest is an artifact's image (20 MB).
_RESPONSE_MEGABYTES = 32


def transcoder(settings: GatewaySettings, descriptors: Path, *, body_megabytes: int, events: bool = False) -> Config:
    """The filter for one body limit; with `events`, streams are sent as Server-Sent Events."""
    return typed(
        "envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder",
        proto_descriptor=str(descriptors),
        services=[service(upstream).full_name for upstream in settings.ordered_upstreams()],
        # Routes are chosen by the REST path, because limits belong to it.
        match_incoming_request_route=True,
        convert_grpc_status=True,
        case_insensitive_enum_parsing=True,
        query_param_unescape_plus=True,
        # The path names the artifact; a query that names another must not win over it.
        ignored_query_parameters=["id"],
        max_request_body_size=body_megabytes * MEGABYTE,
        max_response_body_size=_RESPONSE_MEGABYTES * MEGABYTE,
        request_validation_options={
            "reject_unknown_method": True,
            "reject_unknown_query_parameters": True,
            "reject_binding_body_field_collisions": True,
        },
        print_options={
            "preserve_proto_field_names": True,
            "always_print_primitive_fields": True,
            "stream_sse_style_delimited": events,
        },
    )
