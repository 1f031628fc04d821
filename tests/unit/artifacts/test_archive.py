from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.artifacts.archive import Archive
from services.common.errors import Reason, TtbError
from tests.common.kept import kept


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "../x",
        "x" * 10_000,
        "é",
        "0198f3a1-0000-4000-8000-000000000000",
        "0198F3A1-0000-7000-8000-000000000000",
        "0198f3a1000070008000000000000000",
        # A UUIDv7 of the year 10889, which no calendar here knows.
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
    ],
)
async def test_what_is_no_id_is_refused_before_the_store_is_asked(identifier: str) -> None:
    archive = Archive(object())  # type: ignore[arg-type]
    each = kept(datetime.now(UTC))
    for call in (
        archive.get(identifier),
        archive.image(identifier, 0),
        archive.delete(identifier, reason="", who=""),
        archive.save(replace(each.artifact.metadata, request_id=identifier), each.images, b"{}", b"{}"),
    ):
        with pytest.raises(TtbError, match=r"^INVALID_FIELD: id: ") as refusal:
            await call
        assert refusal.value.reason is Reason.INVALID_FIELD
        assert len(refusal.value.message) < 200
