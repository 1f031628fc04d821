"""Whatever is sent to the gateway, the answer is a 4xx that names the problem, and the next request works."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.common.stack import Stack
from tests.e2e.refusals import fields_of, reason_of

JPEG = {"content-type": "image/jpeg"}


def huge_png(side: int) -> bytes:
    """A valid PNG of `side` x `side` pixels in a few kilobytes: the header, and one short compressed run."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def jpeg(side: int = 64) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((side, side), 90).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield client


def upload(*files: bytes, **fields: str) -> dict[str, Any]:
    return {"files": [("file", ("label.jpg", content)) for content in files], "data": fields}


@pytest.mark.parametrize(
    ("arguments", "reason", "field"),
    [
        pytest.param({"content": b"", "headers": JPEG}, "NO_IMAGE", "file", id="empty body"),
        pytest.param(upload(b"this is no image"), "NOT_AN_IMAGE", "images[0]", id="text named .jpg"),
        pytest.param(upload(jpeg()[:1500]), "IMAGE_TRUNCATED", "images[0]", id="truncated JPEG"),
        pytest.param(upload(huge_png(50_000)), "TOO_MANY_PIXELS", "images[0]", id="50,000 x 50,000 pixels"),
        pytest.param(upload(jpeg(), b"broken"), "NOT_AN_IMAGE", "images[1]", id="second of two files is broken"),
        pytest.param(upload(bytes(30_000_000)), "INVALID_FIELD", "images[0].content", id="30 MB file"),
        pytest.param(upload(jpeg(), colour="red"), "UNKNOWN_FIELD", "colour", id="unknown form field"),
        pytest.param(upload(jpeg(), ocr_backend="foo"), "INVALID_FIELD", "ocr_backend", id="unknown backend"),
        pytest.param(
            upload(jpeg(), alcohol_content="lots"), "INVALID_FIELD", "alcohol_content", id="alcohol content in words"
        ),
        pytest.param(upload(jpeg(), net_contents="much"), "INVALID_FIELD", "net_contents", id="net contents in words"),
        pytest.param(upload(jpeg(), as_of="2026-02-30"), "INVALID_FIELD", "as_of", id="no such day"),
        pytest.param(upload(jpeg(), disabled_rules="x"), "UNKNOWN_RULE", "disabled_rules", id="no such rule"),
        pytest.param(upload(*[jpeg()] * 11), "INVALID_FIELD", "images", id="eleven files"),
    ],
)
def test_a_bad_field_is_a_400_that_names_it(
    client: httpx.Client, arguments: dict[str, Any], reason: str, field: str
) -> None:
    answer = client.post("/verify", **arguments)
    assert (answer.status_code, reason_of(answer), fields_of(answer)) == (400, reason, [field])
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(
            {"content": b"--x\r\nnothing", "headers": {"content-type": "multipart/form-data; boundary=x"}},
            "MALFORMED_BODY",
            id="malformed multipart",
        ),
        pytest.param(
            {"content": b"{", "headers": {"content-type": "application/json"}}, "MALFORMED_BODY", id="malformed JSON"
        ),
        pytest.param({"content": b"x"}, "UNSUPPORTED_CONTENT_TYPE", id="no content type"),
    ],
)
def test_a_malformed_body_is_a_400(client: httpx.Client, arguments: dict[str, Any], reason: str) -> None:
    answer = client.post("/verify", **arguments)
    assert (answer.status_code, reason_of(answer)) == (400, reason)


def test_a_body_over_the_gateways_limit_is_a_413(client: httpx.Client) -> None:
    answer = client.post("/verify", content=bytes(40_000_000), headers=JPEG)
    assert (answer.status_code, reason_of(answer)) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/verify", 404), ("GET", "/rules?colour=red", 400)]
)
def test_what_is_not_served_is_a_json_error(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert reason_of(answer)
