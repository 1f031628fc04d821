"""Paths and operations, one for each REST route of the gateway."""

from __future__ import annotations

import re

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor

from gateway.config import Config, Json
from gateway.roles import OPEN_REST
from gateway.upstreams import Method, Rest, Upstream, methods, service
from scripts.openapi import errors, uploads
from scripts.openapi.schemas import Schemas, Side

TOKEN = "token"  # noqa: S105 - the scheme's name
_HTTP_BODY = HttpBody.DESCRIPTOR.full_name


def routed() -> list[tuple[Upstream, Method, Rest, MethodDescriptor]]:
    """Every method that REST reaches, in the order of the services and their protos."""
    return [
        (upstream, method, method.rest, service(upstream).methods_by_name[method.grpc_path.rpartition("/")[2]])
        for upstream in Upstream
        for method in methods(upstream)
        if method.rest is not None
    ]


def paths(schemas: Schemas) -> Config:
    """The document's `paths`."""
    found: dict[str, dict[str, Json]] = {}
    for upstream, method, rest, descriptor in routed():
        operation = _operation(schemas, upstream, method, rest, descriptor)
        found.setdefault(rest.template, {})[rest.verb.lower()] = operation
    return dict(found)


def _operation(
    schemas: Schemas, upstream: Upstream, method: Method, rest: Rest, descriptor: MethodDescriptor
) -> Config:
    upload = uploads.UPLOADS.get(descriptor.name)
    typed = descriptor.containing_service.methods_by_name[upload.typed] if upload else descriptor
    about = schemas.comment(typed.full_name)
    result: Config = {
        "tags": [upstream.value],
        "operationId": descriptor.name,
        "summary": re.split(r"(?<=[.:]) ", about, maxsplit=1)[0].rstrip(".:"),
        "description": about,
        "security": _security(method, rest),
    }
    parameters = [*_parameters(schemas, rest, descriptor), *(uploads.headers(upload) if upload else [])]
    if parameters:
        result["parameters"] = parameters
    if upload:
        result["requestBody"] = uploads.body(schemas)
    answer: Config = {"200": _answer(schemas, method, descriptor)}
    result["responses"] = answer | errors.responses(descriptor.name, rest, body=upload is not None)
    return result


def _security(method: Method, rest: Rest) -> list[Json]:
    """One of these is enough; the names are roles."""
    if (rest.verb, rest.template) == OPEN_REST:
        return [{}, {TOKEN: []}]
    return [{TOKEN: [role.value]} for role in sorted(method.roles)]


def _parameters(schemas: Schemas, rest: Rest, descriptor: MethodDescriptor) -> list[Json]:
    """What stands in the path and in the query string: all of the request that is not in the body."""
    if descriptor.input_type.full_name == uploads.REQUEST.full_name:
        # Every field is text there, in which nothing given and an empty value are the same.
        empty: Config = {"allowEmptyValue": True}
        return [_parameter(name, "query", schema) | empty for name, schema in uploads.fields(schemas).items()]
    in_path = set(re.findall(r"\{(\w+)\}", rest.template))
    if rest.verb not in ("GET", "DELETE"):
        raise ValueError(f"{descriptor.full_name}: no body but an upload is described yet")
    return [_of_field(schemas, field, in_path) for field in descriptor.input_type.fields]


def _of_field(schemas: Schemas, field: FieldDescriptor, in_path: set[str]) -> Config:
    if field.message_type is not None:
        raise ValueError(f"{field.full_name}: a message has no place in a query string")
    schema = schemas.field(field, Side.ASKED)
    if field.name in in_path:
        return {**_parameter(field.name, "path", {"minLength": 1, **schema}), "required": True}
    return _parameter(field.name, "query", schema)


def _parameter(name: str, place: str, schema: Config) -> Config:
    shape = dict(schema)
    return {"name": name, "in": place, "description": shape.pop("description"), "schema": shape}


def _answer(schemas: Schemas, method: Method, descriptor: MethodDescriptor) -> Config:
    headers: list[str] = ["x-request-id", "x-ttb-request-id"]
    answer = descriptor.output_type
    if answer.full_name == _HTTP_BODY:
        content: Config = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in uploads.IMAGE_TYPES}
        about = "The bytes as they were uploaded."
        headers += ["etag", "content-disposition"]
    else:
        about = schemas.comment(answer.full_name)
        schema = schemas.message(answer, Side.ANSWERED)
        if method.watching:
            content = {"text/event-stream": {"schema": _event(schema)}}
        elif descriptor.server_streaming:
            content = {"application/json": {"schema": {"type": "array", "items": schema}}}
        else:
            content = {"application/json": {"schema": schema}}
    return {
        "description": about,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": content,
    }


def _event(data: Config) -> Config:
    """One event of a stream; OpenAPI 3.1 has no word for their sequence."""
    return {
        "type": "object",
        "description": "One of the Server-Sent Events.",
        "properties": {
            "data": {
                "type": "string",
                "description": "JSON.",
                "contentMediaType": "application/json",
                "contentSchema": data,
            }
        },
        "required": ["data"],
    }
