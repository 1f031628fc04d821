"""What comes over REST: three forms, one typed request, and a named field for everything that is wrong."""

from __future__ import annotations

import base64
import json

import pytest
from google.api.httpbody_pb2 import HttpBody
from ttb.common.v1 import backend_pb2
from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, TtbError
from services.validator.upload import TEXT_FIELDS, parse_upload

BOUNDARY = "----form"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def form(*parts: tuple[str, bytes]) -> bytes:
    """A multipart body of `(name, content)`; `file` parts get a file name."""
    body = b""
    for name, content in parts:
        file_name = '; filename="label.jpg"' if name == "file" else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def upload(content_type: str, data: bytes, **query: object) -> pb.VerifyUploadRequest:
    return pb.VerifyUploadRequest(upload=HttpBody(content_type=content_type, data=data), **query)  # type: ignore[arg-type]


def refused(request: pb.VerifyUploadRequest) -> TtbError:
    with pytest.raises(TtbError) as caught:
        parse_upload(request)
    return caught.value


OPTIONS = {
    "brand_name": "Stone's Throw",
    "net_contents": "750 mL",
    "product_type": "wine",
    "as_of": "2026-01-31",
    "panels_complete": "true",
    "scale_mm_per_px": "0.085",
    "ocr_backend": "tesseract",
}
EXPECTED = pb.VerifyLabelRequest(
    images=[pb.LabelImage(content=b"one")],
    application=pb.Application(brand_name="Stone's Throw", net_contents="750 mL"),
    product_type=pb.ProductType.wine,
    as_of="2026-01-31",
    panels_complete=True,
    scale_mm_per_px=0.085,
    ocr_backend=backend_pb2.OcrBackend.tesseract,
)


def test_the_form_the_raw_image_and_the_json_mean_the_same() -> None:
    as_form = upload(FORM, form(("file", b"one"), *((name, text.encode()) for name, text in OPTIONS.items())))
    raw = upload("image/jpeg", b"one", **OPTIONS)
    body = {
        "images": [{"content": base64.b64encode(b"one").decode()}],
        "application": {"brand_name": "Stone's Throw", "net_contents": "750 mL"},
        "product_type": "wine",
        "as_of": "2026-01-31",
        "panels_complete": True,
        "scale_mm_per_px": 0.085,
        "ocr_backend": "tesseract",
    }
    as_json = upload("application/json; charset=utf-8", json.dumps(body).encode())
    assert [parse_upload(each) for each in (as_form, raw, as_json)] == [EXPECTED] * 3


def test_files_keep_their_order_and_panels() -> None:
    parts = [
        ("file", b"one"),
        ("panel", b"front"),
        ("file", b"two"),
        ("panel", b"back"),
        ("disabled_rules", b"a"),
        ("disabled_rules", b"b"),
    ]
    request = parse_upload(upload(FORM, form(*parts)))
    assert [(image.content, image.panel) for image in request.images] == [
        (b"one", pb.Panel.front),
        (b"two", pb.Panel.back),
    ]
    assert list(request.disabled_rules) == ["a", "b"]


@pytest.mark.parametrize("text", ["0.08466666666666667", "8e-05", "8E-5", "12"])
def test_a_number_is_taken_as_programs_print_it(text: str) -> None:
    assert parse_upload(upload("image/jpeg", b"one", scale_mm_per_px=text)).scale_mm_per_px == float(text)


def test_a_form_takes_further_options_from_the_query() -> None:
    assert parse_upload(upload(FORM, form(("file", b"one")), ocr_backend="rapidocr")).ocr_backend == (
        backend_pb2.OcrBackend.rapidocr
    )


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (upload("image/jpeg", b""), Reason.NO_IMAGE, "file"),
        (upload(FORM, form(("brand_name", b"x"))), Reason.NO_IMAGE, "file"),
        (upload(FORM, form(("file", b""))), Reason.NO_IMAGE, "file"),
        (upload(FORM, form(("file", b"one"), ("brandname", b"x"))), Reason.UNKNOWN_FIELD, "brandname"),
        (upload(FORM, form(("file", b"one"), ("ocr_backend", b"foo"))), Reason.INVALID_FIELD, "ocr_backend"),
        (upload(FORM, form(("file", b"one"), ("panels_complete", b"maybe"))), Reason.INVALID_FIELD, "panels_complete"),
        (upload(FORM, form(("file", b"one"), ("lab_abv", b"12,5"))), Reason.INVALID_FIELD, "lab_abv"),
        (upload(FORM, form(("file", b"one"), ("brand_name", b"\xff\xfe"))), Reason.INVALID_FIELD, "brand_name"),
        (upload(FORM, form(("file", b"one"), ("as_of", b"a"), ("as_of", b"b"))), Reason.INVALID_FIELD, "as_of"),
        (upload(FORM, form(("file", b"one"), ("as_of", b"a")), as_of="b"), Reason.INVALID_FIELD, "as_of"),
        (upload(FORM, form(("file", b"1"), ("file", b"2"), ("panel", b"front"))), Reason.INVALID_FIELD, "panel"),
        (upload(FORM, form(("file", b"one"), ("panel", b"roof"))), Reason.INVALID_FIELD, "panel"),
        (upload("application/json", b'{"images": []}'), Reason.NO_IMAGE, "images"),
        (upload("application/json", b'{"images": [{}], "brandname": 1}'), Reason.UNKNOWN_FIELD, "brandname"),
        (upload("application/json", b'{"product_type": "cider"}'), Reason.INVALID_FIELD, "product_type"),
        (upload("application/json", b"{}", mode="market_check"), Reason.INVALID_FIELD, "mode"),
        (
            upload("application/json", b'{"application": {"alcohol_content": 13.5}}'),
            Reason.INVALID_FIELD,
            "alcohol_content",
        ),
    ],
)
def test_a_bad_field_is_named(request_: pb.VerifyUploadRequest, reason: Reason, field: str) -> None:
    error = refused(request_)
    assert error.reason is reason
    assert [each.field for each in error.violations] == [field]
    assert field in error.message


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"no boundary at all"),
        (FORM, form(("file", b"one"))[:-8]),
        ("multipart/form-data", form(("file", b"one"))),
        ("application/json", b"{"),
        ("application/json", b"\xff"),
        ("application/json", b"[]"),
        ("application/json", b'{"images": ' + b"[" * 200),
    ],
)
def test_a_malformed_body_is_refused(content_type: str, body: bytes) -> None:
    assert refused(upload(content_type, body)).reason in (Reason.MALFORMED_BODY, Reason.UNKNOWN_FIELD)


@pytest.mark.parametrize("content_type", ["", "text/html", "application/x-www-form-urlencoded", "image/"])
def test_another_content_type_is_refused_with_the_three_that_are_taken(content_type: str) -> None:
    error = refused(upload(content_type, b"one"))
    assert error.reason is Reason.UNSUPPORTED_CONTENT_TYPE
    assert "multipart/form-data" in error.message


def test_a_misspelt_field_gets_a_suggestion() -> None:
    assert "`brand_name`" in refused(upload(FORM, form(("file", b"one"), ("brand-name", b"x")))).message


def test_a_raw_image_takes_every_field_of_a_form() -> None:
    assert set(pb.VerifyUploadRequest.DESCRIPTOR.fields_by_name) == TEXT_FIELDS | {"upload"}
