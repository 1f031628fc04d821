# ruff: noqa: ASYNC240 - the tests look at the disk themselves
"""What a directory store does beyond the contract of all stores."""

import errno
import fcntl
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.artifacts.directory_store import DirectoryStore
from services.artifacts.layout import Place
from services.common import request_id
from services.common.errors import Reason, TtbError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "var" / "artifacts"


@pytest.fixture
async def store(root: Path) -> AsyncIterator[DirectoryStore]:
    store = DirectoryStore(root, retention_days=30)
    yield store
    await store.close()


def files(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if not path.is_dir()}


async def test_reading_makes_nothing(store: DirectoryStore, root: Path) -> None:
    assert await store.get("a/b") is None
    assert await store.list("a/") == ()
    await store.purge("a/")

    assert not root.exists()


async def test_only_the_owner_can_read(store: DirectoryStore, root: Path) -> None:
    await store.put("a/b/c", b"x", "")

    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE((root / "a/b").stat().st_mode) == 0o700
    assert stat.S_IMODE((root / "a/b/c").stat().st_mode) == 0o600


async def test_no_folder_of_the_index_grows_with_time(store: DirectoryStore, root: Path) -> None:
    start = 1_795_000_000_000
    for n in range(100):
        await store.put(Place(request_id.new(), start + n * 100_000).index(None), b"", "")

    assert len(list((root / "index/all").iterdir())) <= 2
    assert {len(files(folder)) for folder in (root / "index/all").glob("*~/*~")} <= {1, 2}


async def test_purging_takes_empty_folders_along(store: DirectoryStore, root: Path) -> None:
    await store.put("a/b/c", b"x", "")
    index = Place.of(request_id.new()).index(None)
    await store.put(index, b"", "")

    await store.purge("a/b/")
    await store.purge(index)

    assert [path.name for path in root.iterdir()] == ["~tmp"]


async def test_what_a_dead_process_was_writing_is_removed_at_start(store: DirectoryStore, root: Path) -> None:
    await store.put("a", b"x", "")
    left, being_written = root / "~tmp/left", root / "~tmp/being-written"
    left.write_bytes(b"content")
    later = DirectoryStore(root, retention_days=30)
    with being_written.open("xb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        await later.check()

        assert files(root) == {root / "a", being_written}
    await later.close()


@pytest.mark.parametrize("key", ["link", "folder/secret"])
async def test_a_symbolic_link_is_not_followed(store: DirectoryStore, root: Path, tmp_path: Path, key: str) -> None:
    await store.put("a", b"x", "")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (root / "link").symlink_to(outside / "secret")
    (root / "folder").symlink_to(outside)

    with pytest.raises(TtbError, match="symbolic link"):
        await store.get(key)
    assert [each.key for each in await store.list("link")] == []
    with pytest.raises(TtbError, match="symbolic link"):
        await store.list("folder/")
    with pytest.raises(TtbError, match="symbolic link"):
        await store.put("folder/more", b"x", "")
    assert files(outside) == {outside / "secret"}


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EROFS, "mount it writable"),
        (errno.EIO, "check the disk"),
        (errno.EBADF, "see the service's log"),
    ],
)
async def test_a_disk_that_fails_is_told_with_what_to_do(
    store: DirectoryStore, root: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        for call in (store.put("a/b", b"x", ""), store.put_if_absent("a/b", b"x", ""), store.check()):
            with pytest.raises(TtbError, match=remedy) as failure:
                await call
            assert failure.value.reason is Reason.STORE_UNAVAILABLE
            assert str(root) not in failure.value.message

    assert not files(root)
    await store.put("a/b", b"x", "")
    assert await store.get("a/b") == b"x"
