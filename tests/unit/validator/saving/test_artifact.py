"""What is kept says the same as protobuf's own JSON, whatever code made it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from google.protobuf import json_format
from ttb.artifacts.v1 import artifacts_pb2
from ttb.common.v1 import backend_pb2
from ttb.validator.v1 import validator_pb2 as pb

from services.common import request_id
from services.common.interceptors.validation import check
from services.common.page import Page
from services.common.page_convert import page_to_proto
from services.validator.saving.artifact import Checked, artifact
from tests.common.labels import line, page

MEASURED = replace(line("OF VOLUME — “É”"), stroke_width_px=2.5, contrast_ratio=12.0, look=2, angle_degrees=90.0)
PAGES = (page("STONE'S THROW", "750 mL"), Page(30, 40, (MEASURED, replace(MEASURED, words=(), polygon=()))))
REQUEST = pb.VerifyLabelRequest(
    images=[pb.LabelImage(content=b"12345", panel=pb.Panel.back), pb.LabelImage(content=b"678")],
    application=pb.Application(brand_name="Stone's Throw", vintage="2021"),
    product_type=pb.ProductType.wine,
    panels_complete=True,
    lab_abv=0.0,
    disabled_rules=["a", "b"],
    save_artifact=True,
)
ANSWER = pb.Verification(
    request_id=request_id.new(),
    verdict=pb.Verdict.failed,
    reasons=["The warning is wrong."],
    as_of="2026-11-22",
    fields=[pb.LabelField(name="brand_name", state=pb.FieldState.read, confidence=0.98)],
    ocr_backend=backend_pb2.OcrBackend.auto,
    model_version="an engine 1",
    processing_time_ms=1523,
)
CHECKED = Checked(
    request=REQUEST,
    answer=ANSWER,
    image_formats=("jpeg", "png"),
    pages=PAGES,
    at=datetime(2026, 11, 22, 20, 15, 45, 999_999, tzinfo=UTC),
    client_ip="2001:db8::1",
    digest="ab" * 32,
)


def kept() -> artifacts_pb2.SaveArtifactRequest:
    return artifacts_pb2.SaveArtifactRequest.FromString(artifact(CHECKED))


def test_it_is_a_request_that_the_contract_allows() -> None:
    check(kept())


def test_the_metadata_tells_what_was_asked_and_answered() -> None:
    shown = json_format.MessageToDict(kept().metadata, preserving_proto_field_name=True)
    assert shown == {
        "request_id": ANSWER.request_id,
        "timestamp": "2026-11-22T20:15:45Z",
        "client_ip": "2001:db8::1",
        "image_size_bytes": 8.0,
        "image_format": "jpeg",
        "ocr_backend": "auto",
        "processing_time_ms": 1523,
        "model_version": "an engine 1",
        "validation_status": "failed",
        "rule_edition": "2026-11-22",
        "schema_version": "1",
        "idempotency_digest": "ab" * 32,
        "request": {
            "images": [{"panel": "back"}, {}],
            "application": {"brand_name": "Stone's Throw", "vintage": "2021"},
            "product_type": "wine",
            "panels_complete": True,
            "lab_abv": 0.0,
            "disabled_rules": ["a", "b"],
            "save_artifact": True,
        },
    }


def test_the_images_are_kept_with_their_true_formats() -> None:
    assert [(image.content, image.image_format) for image in kept().images] == [(b"12345", "jpeg"), (b"678", "png")]


def test_the_text_reads_as_the_pages_of_the_contract() -> None:
    text = json.loads(kept().extracted_text)
    assert list(text) == ["schema_version", "pages"]
    assert [json_format.ParseDict(each, type(page_to_proto(PAGES[0]))()) for each in text["pages"]] == [
        page_to_proto(each) for each in PAGES
    ]
    assert "glyph_height_px" in text["pages"][0]["lines"][0]
    assert "stroke_width_px" not in text["pages"][0]["lines"][0]


def test_the_result_is_what_rest_answers() -> None:
    result = json.loads(kept().validation_result)
    assert next(iter(result)) == "schema_version"
    assert result.pop("schema_version") == "1"
    answered = pb.Verification()
    answered.CopyFrom(ANSWER)
    answered.artifact.id = ANSWER.request_id
    answered.artifact.state = pb.ArtifactState.stored
    assert result == json_format.MessageToDict(
        answered, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    assert not ANSWER.HasField("artifact")
