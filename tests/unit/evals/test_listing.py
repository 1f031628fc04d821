"""What the measurement of listings asks for, and that it refuses to time a wrong one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evals.listing import WrongListingError, fill, filters, page_through
from services.artifacts.archive import Archive
from services.artifacts.directory_store import DirectoryStore

COUNT = 120


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    store = DirectoryStore(tmp_path, retention_days=365)
    archive = Archive(store)
    saved: list[None] = []
    await fill(archive, 0, 50, lambda: saved.append(None))
    await fill(archive, 50, COUNT, lambda: saved.append(None))
    assert len(saved) == COUNT
    yield archive
    await store.close()


async def test_every_listing_is_timed_page_by_page(archive: Archive) -> None:
    measured = {each.name: await page_through(archive, each, passes=2) for each in filters(COUNT)}

    found = {name: (pages.artifacts, pages.pages) for name, pages in measured.items()}
    assert found == {"all": (120, 2), "failed": (30, 1), "the oldest 5 days": (120, 2)}
    for pages in measured.values():
        assert 0 < min(pages.first, pages.middle, pages.last) <= pages.slowest


async def test_a_listing_that_lacks_an_artifact_is_not_timed(archive: Archive) -> None:
    page = await archive.list(start=None, end=None, status=None, page_size=1, page_token="")
    await archive.delete(page.artifacts[0].request_id, reason="", who="")

    with pytest.raises(WrongListingError, match="119 artifacts, 120 expected"):
        await page_through(archive, filters(COUNT)[0], passes=1)
