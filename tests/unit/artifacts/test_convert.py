from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from ttb.artifacts.v1 import artifacts_pb2 as pb

from services.artifacts import convert
from services.artifacts.model import Metadata, ValidationStatus
from services.common.errors import Reason, TtbError

METADATA = Metadata(
    request_id="0198f3a1-5b7c-7d2e-8f10-3c5a9e4b2d61",
    timestamp=datetime(2026, 2, 17, 20, 15, 45, tzinfo=UTC),
    validation_status=ValidationStatus.NEEDS_REVIEW,
    client_ip="192.0.2.7",
    image_size_bytes=2**31,
    image_format="jpeg",
    ocr_backend="auto",
    processing_time_ms=1523,
    model_version="tesseract 5.5",
    rule_edition="2026-02-17",
    request={"application": {"vintage": "2021"}, "panels": ["front"], "container_ml": 750, "for_export": False},
    idempotency_digest="0" * 64,
)


def test_metadata_comes_back_as_it_was() -> None:
    assert convert.metadata_from_proto(convert.metadata_to_proto(METADATA)) == METADATA


@pytest.mark.parametrize("field", ["timestamp", "validation_status"])
def test_metadata_without_time_or_verdict_is_refused(field: str) -> None:
    metadata = convert.metadata_to_proto(METADATA)
    metadata.ClearField(field)  # type: ignore[arg-type]
    with pytest.raises(TtbError) as caught:
        convert.metadata_from_proto(metadata)
    assert [violation.field for violation in caught.value.violations] == [f"metadata.{field}"]


@pytest.mark.parametrize(
    "bad",
    [b"{", b"\xff\xfe", b"[]", b"{}", b'{"schema_version": "1", "x": NaN}', b"[" * 100_000],
    ids=["cut off", "not UTF-8", "no object", "no version", "not a number", "too deep"],
)
@pytest.mark.parametrize("field", ["extracted_text", "validation_result"])
def test_a_document_that_could_not_be_shown_again_is_refused(field: str, bad: bytes) -> None:
    documents = {
        "extracted_text": b'{"schema_version":"1"}',
        "validation_result": b'{"schema_version":"1"}',
        field: bad,
    }
    with pytest.raises(TtbError) as caught:
        convert.check_json_objects(pb.SaveArtifactRequest(**documents))
    assert caught.value.reason is Reason.INVALID_FIELD
    assert [violation.field for violation in caught.value.violations] == [field]


def test_a_day_is_one_of_the_calendar() -> None:
    assert convert.day("start_date", "") is None
    assert convert.day("start_date", "2024-02-29") == date(2024, 2, 29)
    for text in ("2026-02-29", "0000-01-01", "yesterday"):
        with pytest.raises(TtbError) as caught:
            convert.day("start_date", text)
        assert [violation.field for violation in caught.value.violations] == ["start_date"]
