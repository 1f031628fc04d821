"""The whole document: what stands around the paths."""

from __future__ import annotations

import tomllib

from google.api.httpbody_pb2 import HttpBody

from gateway.config import Config, Json
from scripts import protos
from scripts.openapi import errors
from scripts.openapi.comments import Comments, paragraphs
from scripts.openapi.operations import TOKEN, paths, routed
from scripts.openapi.schemas import Schemas

_ABOUT = """
Verifies US alcohol labels against 27 CFR. The same operations, typed, are served over gRPC on the same port
(`protos/`), where most of these descriptions stand.

JSON has the names of the contract. In answers numbers, texts and lists are there even when they are zero or empty;
objects and what is called absent are left out. Times are UTC.

Nothing is taken in silence: an unknown query parameter, form field or JSON field is a 400. What stands nowhere here is
a 404, another verb too.
"""
_ACCESS = """
A JWT (RFC 7519) of the issuer that the gateway is set to, with its roles in the claim `roles` unless set otherwise. The
names beside the scheme are roles; one of them is enough. With `TTB_AUTH=off`, which the gateway accepts on loopback
only, no token is asked for.
"""


def document(comments: Comments) -> Config:
    """The OpenAPI 3.1 document as plain data."""
    answers = [descriptor.output_type for *_, descriptor in routed()]
    schemas = Schemas(comments, [answer for answer in answers if answer.full_name != HttpBody.DESCRIPTOR.full_name])
    found = paths(schemas)
    services = {upstream: descriptor.containing_service for upstream, *_, descriptor in routed()}
    tags: list[Json] = [
        {"name": upstream.value, "description": schemas.comment(service.full_name)}
        for upstream, service in services.items()
    ]
    scheme: Config = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": paragraphs(_ACCESS)}
    return {
        "openapi": "3.1.1",
        "info": _info(),
        "servers": [{"url": "http://127.0.0.1:8000", "description": "After `make run`."}],
        "tags": tags,
        "paths": found,
        "components": {
            "securitySchemes": {TOKEN: scheme},
            "headers": _headers(),
            "responses": errors.components(),
            "schemas": dict(sorted({**schemas.components, **errors.schemas()}.items())),
        },
    }


def _info() -> Config:
    project = tomllib.loads((protos.ROOT / "pyproject.toml").read_text())["project"]
    return {
        "title": "TTB label verifier",
        "version": project["version"],
        "summary": project["description"],
        "description": paragraphs(_ABOUT),
        "license": {"name": project["license"], "identifier": project["license"]},
    }


def _headers() -> Config:
    return {
        "x-request-id": _header("Trace id of the gateway; stands in the logs of every service."),
        "x-ttb-request-id": _header("Id of the request, a UUIDv7; that of the artifact too, when one is kept."),
        "retry-after": _header("Seconds to wait before the call is repeated."),
        "etag": _header("SHA-256 of the bytes, in quotes."),
        "content-disposition": _header("A file name for the image."),
    }


def _header(description: str) -> Config:
    return {"description": description, "schema": {"type": "string"}}
