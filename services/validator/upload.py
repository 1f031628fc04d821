"""What comes over REST, turned into the typed request: multipart form, raw image, or JSON.

The names, types and limits are those of the contract: the form's fields are looked up in the descriptors of
`VerifyLabelRequest` and `Application`, so that a field added there is accepted here. Whatever is unknown, doubled or
malformed is refused with its name.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf import json_format
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from multipart import MultipartError, PushMultipartParser, parse_options_header
from ttb.validator.v1 import validator_pb2

from services.common.errors import Reason, TtbError, invalid_field

FILE_FIELD = "file"
PANEL_FIELD = "panel"

_APPLICATION = validator_pb2.Application.DESCRIPTOR.fields_by_name
_OPTIONS = {
    name: field
    for name, field in validator_pb2.VerifyLabelRequest.DESCRIPTOR.fields_by_name.items()
    if name not in ("images", "application")
}
TEXT_FIELDS = frozenset({*_APPLICATION, *_OPTIONS, PANEL_FIELD})
"""Every form field but `file`; the query parameters of `POST /verify` are the same."""

_RAW_TYPES = re.compile(r"image/[\w.+-]+|application/(pdf|octet-stream)")

# As programs print a double: 0.08466666666666667, 8e-05.
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?", re.IGNORECASE)

Texts = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class FormLimits:
    """Most parts of a form, and most bytes of one that is text. What a part may say is for the contract to limit."""

    parts: int = 300
    text_bytes: int = 64 * 1024


def parse_upload(
    request: validator_pb2.VerifyUploadRequest, limits: FormLimits = FormLimits()
) -> validator_pb2.VerifyLabelRequest:
    """The typed request that the upload means. Raises `TtbError` with the reason and the bad field."""
    media_type, options = parse_options_header(request.upload.content_type)
    query = _query(request)
    body = request.upload.data
    if not body:
        raise _no_image("The body is empty.")
    if media_type == "multipart/form-data":
        images, texts = _multipart(body, options.get("boundary", ""), limits)
        for name in texts.keys() & query.keys():
            raise invalid_field(name, "stands both in the form and in the query string; give it once")
        if not images:
            raise _no_image("The form has no `file` field.")
        return typed_request(images, {**query, **texts})
    if media_type == "application/json":
        if query:
            name = sorted(query)[0]
            raise invalid_field(name, "stands in the query string; with a JSON body put it into the body")
        return _json(body)
    if _RAW_TYPES.fullmatch(media_type):
        return typed_request([body], query)
    raise TtbError(
        Reason.UNSUPPORTED_CONTENT_TYPE,
        f"Content type `{media_type[:100]}` is not taken. Send multipart/form-data with a `file` field "
        "(curl -F file=@label.jpg), an image with its own type "
        "(curl --data-binary @label.jpg -H 'content-type: image/jpeg'), or application/json.",
    )


def _no_image(what: str) -> TtbError:
    return invalid_field(FILE_FIELD, f"{what} Send at least one image of the label.", reason=Reason.NO_IMAGE)


def _query(request: validator_pb2.VerifyUploadRequest) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for field, value in request.ListFields():
        if field.name != "upload":
            texts[field.name] = list(value) if field.is_repeated else [value]
    return texts


def _multipart(body: bytes, boundary: str, limits: FormLimits) -> tuple[list[bytes], dict[str, list[str]]]:
    images: list[bytes] = []
    texts: dict[str, list[str]] = defaultdict(list)
    try:
        with PushMultipartParser(boundary, max_segment_count=limits.parts, strict=True) as parser:
            content = bytearray()
            name = ""
            for event in [*parser.parse(body), *parser.parse(b"")]:
                if event is None:
                    _keep(name, bytes(content), images, texts, limits)
                elif isinstance(event, (bytes, bytearray)):
                    content += event
                else:
                    name = event.name or ""
                    content = bytearray()
    except MultipartError as error:
        message = f"The multipart body is malformed: {error}. Let your HTTP library build it, or use curl -F."
        raise TtbError(Reason.MALFORMED_BODY, message) from error
    return images, dict(texts)


def _keep(name: str, content: bytes, images: list[bytes], texts: dict[str, list[str]], limits: FormLimits) -> None:
    if name == FILE_FIELD:
        if not content:
            raise _no_image(f"`file` number {len(images) + 1} is empty.")
        images.append(content)
        return
    if name not in TEXT_FIELDS:
        raise _unknown_field(name)
    if len(content) > limits.text_bytes:
        raise invalid_field(name, f"is longer than {limits.text_bytes} bytes")
    try:
        texts[name].append(content.decode())
    except UnicodeDecodeError as error:
        raise invalid_field(name, "is not UTF-8 text") from error


def _unknown_field(name: str) -> TtbError:
    shown = name[:100]
    close = difflib.get_close_matches(name, [*TEXT_FIELDS, FILE_FIELD], n=1)
    hint = f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(sorted({*TEXT_FIELDS, FILE_FIELD}))}"
    return invalid_field(shown, f"is not a known field{hint}", reason=Reason.UNKNOWN_FIELD)


def _json(body: bytes) -> validator_pb2.VerifyLabelRequest:
    request = validator_pb2.VerifyLabelRequest()
    if not body.lstrip().startswith(b"{"):
        raise TtbError(Reason.MALFORMED_BODY, "The body must be one JSON object: a VerifyLabelRequest.")
    try:
        json_format.Parse(body, request)
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise _json_error(str(error)) from error
    if not request.images:
        raise invalid_field(
            "images", 'is empty; send at least one image as {"content": "<base64>"}', reason=Reason.NO_IMAGE
        )
    return request


def _json_error(text: str) -> TtbError:
    first = text.split("\n", maxsplit=1)[0]
    unknown = re.search(r'has no field named "([^"]*)"', first)
    if unknown:
        return invalid_field(unknown[1][:100], "is not a field of VerifyLabelRequest", reason=Reason.UNKNOWN_FIELD)
    named = re.findall(r"Failed to parse (\w+) field: ", first) or re.findall(r" at VerifyLabelRequest\.(\w+)", first)
    if named:
        return invalid_field(named[-1], _json_problem(first))
    return TtbError(Reason.MALFORMED_BODY, f"The body is not the JSON of a VerifyLabelRequest: {first[:200]}")


def _json_problem(text: str) -> str:
    if "Invalid enum value" in text:
        return "is not one of the names that the contract lists"
    if "expected string" in text:
        return 'must be text, in quotes, for example "13.5"'
    return f"has a wrong value: {text.rsplit(': ', maxsplit=1)[-1].split(' at ', maxsplit=1)[0].rstrip('.')}"


def typed_request(images: Sequence[bytes], texts: Texts) -> validator_pb2.VerifyLabelRequest:
    """The typed request of images and text fields. Raises `TtbError` naming the field that is wrong."""
    request = validator_pb2.VerifyLabelRequest(images=[validator_pb2.LabelImage(content=image) for image in images])
    for name, values in texts.items():
        if name == PANEL_FIELD:
            _set_panels(request, values)
        elif name in _APPLICATION:
            setattr(request.application, name, _single(name, values))
        elif _OPTIONS[name].is_repeated:
            getattr(request, name).extend(values)
        else:
            setattr(request, name, _option(_OPTIONS[name], _single(name, values)))
    return request


def _set_panels(request: validator_pb2.VerifyLabelRequest, values: Sequence[str]) -> None:
    if len(values) != len(request.images):
        raise invalid_field(PANEL_FIELD, f"stands {len(values)} times for {len(request.images)} files; give one each")
    for image, value in zip(request.images, values, strict=True):
        image.panel = validator_pb2.Panel.Value.Value(_enum(PANEL_FIELD, validator_pb2.Panel.Value.DESCRIPTOR, value))


def _single(name: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise invalid_field(name, "stands more than once; give it once")
    return values[0].strip()


def _option(field: FieldDescriptor, text: str) -> str | bool | float:
    if field.enum_type is not None:
        return _enum(field.name, field.enum_type, text)
    if field.type == FieldDescriptor.TYPE_BOOL:
        if text.lower() not in ("true", "false"):
            raise invalid_field(field.name, "must be `true` or `false`")
        return text.lower() == "true"
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        if not _NUMBER.fullmatch(text):
            raise invalid_field(field.name, "must be a number such as `0.085`")
        return float(text)
    return text


def _enum(name: str, enum: EnumDescriptor, text: str) -> str:
    known = [value.name for value in enum.values if value.number]
    if text.lower() not in known:
        raise invalid_field(name, f"must be one of {', '.join(known)}")
    return text.lower()
