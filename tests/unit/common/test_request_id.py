"""Request ids: UUIDv7 in one spelling only, since ids become parts of storage keys."""

import pytest

from services.common import request_id


def test_a_new_id_is_one() -> None:
    assert request_id.is_request_id(request_id.new())


def test_ids_sort_by_time() -> None:
    ids = [request_id.new() for _ in range(100)]
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "../../etc/passwd",
        "d9428888-122b-41e1-b85c-61ef2d1bd2d9",
        "0198F3A1-0000-7000-8000-000000000000",
        "x" * 10000,
    ],
)
def test_other_text_is_none(text: str) -> None:
    assert not request_id.is_request_id(text)
