from datetime import date

import pytest

from services.artifacts.layout import (
    Place,
    check_key,
    content_type,
    idempotency_key,
    image_name,
    image_of,
    inverted,
    place_or_none,
    tombstone_bounds,
)
from services.artifacts.model import ValidationStatus
from services.common.errors import TtbError

ID = "0198f3a1-2b4c-7def-8123-456789abcdef"


def test_every_key_of_an_artifact_comes_from_its_id() -> None:
    place = Place.of(ID)

    assert place.milliseconds == 0x0198F3A12B4C
    assert place.day == date(2025, 8, 29)
    assert place.folder == f"artifacts/2025/08/29/{ID}/"
    assert place.metadata == f"artifacts/2025/08/29/{ID}/metadata.json"
    assert place.index(None) == f"index/all/{2**48 - 1 - 0x0198F3A12B4C}-{ID}"
    assert place.index(ValidationStatus.NEEDS_REVIEW).startswith("index/needs_review/27")
    assert place.indexes[-1] == place.index(None)
    assert (place.tombstone, place.deleting, place.alias) == (
        f"tombstones/{ID}.json",
        f"index/deleting/{ID}",
        f"index/aliases/{ID}",
    )
    for key in (place.metadata, *place.indexes, place.tombstone, place.deleting, place.alias):
        assert check_key(key) == key


def test_later_is_smaller_and_always_of_one_length() -> None:
    moments = [-5, 0, 1, 999, 1_795_000_000_000, 2**48 - 1, 2**60]
    keys = [inverted(each) for each in moments]

    assert keys == sorted(keys, reverse=True)
    assert {len(key) for key in keys} == {15}


def test_tombstones_of_a_day_lie_between_its_bounds() -> None:
    after, until = tombstone_bounds(Place.of(ID).day)

    assert after < Place.of(ID).tombstone < until
    assert tombstone_bounds(date(2025, 8, 30))[0] == until


@pytest.mark.parametrize(
    ("index", "image_format", "name", "media_type"),
    [
        (0, "jpeg", "image.jpg", "image/jpeg"),
        (0, "heic", "image.heic", "image/heic"),
        (1, "png", "image-2.png", "image/png"),
        (8, "tiff", "image-9.tiff", "image/tiff"),
        (9, "pdf", "image-10.pdf", "application/pdf"),
    ],
)
def test_images_bear_their_true_extension(index: int, image_format: str, name: str, media_type: str) -> None:
    assert image_name(index, image_format) == name
    assert image_of(name) == (index, image_format)
    assert content_type(image_format) == media_type


@pytest.mark.parametrize(
    "name", ["metadata.json", "image-1.png", "image-0.png", "image.exe", "image-2.png.png", "image"]
)
def test_what_is_no_image_is_not_taken_for_one(name: str) -> None:
    assert image_of(name) is None


def test_what_cannot_be_kept_is_refused_by_field() -> None:
    with pytest.raises(TtbError, match="image_format: must be one of jpeg, "):
        image_name(0, "../x")
    for digest in ("x", "../" + "a" * 61, "A" * 64):
        with pytest.raises(TtbError, match="idempotency_digest: "):
            idempotency_key(digest)
    assert place_or_none("nonsense") is None
