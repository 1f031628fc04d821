from __future__ import annotations

import pytest
from google.api import httpbody_pb2
from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, TtbError
from services.validator.saving.idempotency import checked_key, digest
from services.validator.upload import parse_upload


@pytest.mark.parametrize(("values", "key"), [([], ""), ([""], ""), (["a b~"], "a b~"), (["x" * 255], "x" * 255)])
def test_good_keys(values: list[str], key: str) -> None:
    assert checked_key(values) == key


@pytest.mark.parametrize("values", [["x" * 256], ["ä"], ["a\tb"], ["a\x7f"], [b"\xff"], ["a", "a"]])
def test_bad_keys_are_named(values: list[str | bytes]) -> None:
    with pytest.raises(TtbError) as caught:
        checked_key(values)
    assert caught.value.reason is Reason.INVALID_FIELD
    assert [each.field for each in caught.value.violations] == ["Idempotency-Key"]


def test_the_same_request_has_the_same_digest_however_it_was_sent() -> None:
    typed = pb.VerifyLabelRequest(images=[pb.LabelImage(content=b"image")], as_of="2026-01-31", save_artifact=True)
    upload = pb.VerifyUploadRequest(
        upload=httpbody_pb2.HttpBody(content_type="image/png", data=b"image"), as_of="2026-01-31", save_artifact="true"
    )
    assert digest("key", parse_upload(upload)) == digest("key", typed)


@pytest.mark.parametrize(
    "other",
    [
        ("key2", pb.VerifyLabelRequest(images=[pb.LabelImage(content=b"image")])),
        ("key", pb.VerifyLabelRequest(images=[pb.LabelImage(content=b"imagf")])),
        ("key", pb.VerifyLabelRequest(images=[pb.LabelImage(content=b"image")], for_export=True)),
    ],
)
def test_another_key_or_request_has_another_digest(other: tuple[str, pb.VerifyLabelRequest]) -> None:
    assert digest(*other) != digest("key", pb.VerifyLabelRequest(images=[pb.LabelImage(content=b"image")]))
