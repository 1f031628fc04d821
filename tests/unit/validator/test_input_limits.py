"""What one request may hold, at the edge: so much is taken, and one more is refused by name."""

from __future__ import annotations

import pytest
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from ttb.common.v1 import page_pb2
from ttb.ocr.v1 import ocr_pb2
from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, TtbError
from services.common.interceptors.validation import check
from services.validator import convert
from services.validator.upload import FormLimits, parse_upload
from tests.unit.validator.test_upload import FORM, form

MEGABYTE = 1024 * 1024
LARGEST = bytes(20 * MEGABYTE)


def labelled(*images: bytes, **options: object) -> pb.VerifyLabelRequest:
    return pb.VerifyLabelRequest(images=[pb.LabelImage(content=each) for each in images], **options)  # type: ignore[arg-type]


def applied(**fields: str) -> pb.VerifyLabelRequest:
    return labelled(b"x", application=pb.Application(**fields))


REGION = ocr_pb2.Region(width=1, height=1)


@pytest.mark.parametrize(
    ("most", "more", "field"),
    [
        pytest.param(labelled(LARGEST), labelled(LARGEST + b"x"), "images[0].content", id="bytes of an image"),
        pytest.param(labelled(*[b"x"] * 10), labelled(*[b"x"] * 11), "images", id="images"),
        pytest.param(
            labelled(b"x", disabled_rules=["r"] * 200),
            labelled(b"x", disabled_rules=["r"] * 201),
            "disabled_rules",
            id="disabled rules",
        ),
        *(
            pytest.param(
                applied(**{name: "x" * length}), applied(**{name: "x" * (length + 1)}), f"application.{name}", id=name
            )
            for name, length in {
                "brand_name": 500,
                "fanciful_name": 500,
                "class_type": 500,
                "alcohol_content": 100,
                "net_contents": 200,
                "name_and_address": 1000,
                "country_of_origin": 200,
                "appellation": 500,
                "vintage": 20,
                "varietals": 1000,
            }.items()
        ),
        pytest.param(
            pb.CheckTextRequest(pages=[page_pb2.Page(width=1, height=1)] * 10),
            pb.CheckTextRequest(pages=[page_pb2.Page(width=1, height=1)] * 11),
            "pages",
            id="pages of text",
        ),
        pytest.param(
            ocr_pb2.ReadRegionsRequest(image=b"x", regions=[REGION] * 16),
            ocr_pb2.ReadRegionsRequest(image=b"x", regions=[REGION] * 17),
            "regions",
            id="places to read again",
        ),
        pytest.param(
            ocr_pb2.ExtractTextRequest(image=b"x", expected_phrases=["x" * 1000] * 32),
            ocr_pb2.ExtractTextRequest(image=b"x", expected_phrases=["x" * 1000] * 33),
            "expected_phrases",
            id="expected phrases",
        ),
    ],
)
def test_the_contract_limits_a_message(most: Message, more: Message, field: str) -> None:
    check(most)
    with pytest.raises(TtbError) as caught:
        check(more)
    assert caught.value.reason is Reason.INVALID_FIELD
    assert [each.field for each in caught.value.violations] == [field]


def test_all_images_of_a_label_together_are_limited() -> None:
    half = bytes(MEGABYTE)
    assert len(convert.images(labelled(half, half), 2)) == 2
    with pytest.raises(TtbError, match="send at most 2 MB") as caught:
        convert.images(labelled(half, half + b"x"), 2)
    assert caught.value.reason is Reason.IMAGE_TOO_LARGE


def test_a_form_is_limited_in_its_parts_and_its_texts() -> None:
    limits = FormLimits(parts=3, text_bytes=5)

    def parsed(*texts: bytes) -> pb.VerifyLabelRequest:
        body = form(("file", b"x"), *(("disabled_rules", text) for text in texts))
        return parse_upload(pb.VerifyUploadRequest(upload=HttpBody(content_type=FORM, data=body)), limits)

    assert list(parsed(b"12345", b"a").disabled_rules) == ["12345", "a"]
    with pytest.raises(TtbError, match="malformed") as caught:
        parsed(b"a", b"b", b"c")
    assert caught.value.reason is Reason.MALFORMED_BODY
    with pytest.raises(TtbError, match="longer than 5 bytes") as caught:
        parsed(b"123456")
    assert caught.value.reason is Reason.INVALID_FIELD
