"""The spool on a real disk: what survives, what is recognised as damaged, and what happens when there is no room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.common import request_id
from services.validator.saving.record_file import HEADER_BYTES, DamagedRecordError
from services.validator.saving.spool import Spool, SpoolFullError
from tests.common.limits import files_of_at_most

BODY = b"a record of some bytes"
DIGEST = "ab" * 32


@contextmanager
def opened(folder: Path, *, capacity: int = 10_000) -> Iterator[Spool]:
    spool = Spool(folder, capacity=capacity)
    spool.open()
    try:
        yield spool
    finally:
        spool.close()


def written(folder: Path) -> Path:
    """The file of one record, left by a spool that is closed."""
    identifier = request_id.new()
    with opened(folder) as spool:
        spool.write(identifier, BODY, DIGEST)
    return folder / f"{identifier}.record"


def test_records_are_found_again_oldest_first(tmp_path: Path) -> None:
    identifiers = [request_id.new() for _ in range(3)]
    with opened(tmp_path) as spool:
        for identifier in reversed(identifiers):
            spool.write(identifier, BODY + identifier.encode(), DIGEST if identifier == identifiers[1] else "")
    with opened(tmp_path) as spool:
        assert list(spool.waiting()) == identifiers
        assert [header.digest for header in spool.waiting().values()] == ["", DIGEST, ""]
        assert [spool.read(each) for each in identifiers] == [BODY + each.encode() for each in identifiers]
        assert spool.usage().oldest == identifiers[0]


def test_a_removed_record_is_gone_and_gives_its_room_back(tmp_path: Path) -> None:
    identifier = request_id.new()
    with opened(tmp_path, capacity=HEADER_BYTES + len(BODY)) as spool:
        spool.write(identifier, BODY)
        with pytest.raises(SpoolFullError):
            spool.write(request_id.new(), BODY)
        assert spool.usage().full
        spool.remove(identifier)
        assert (spool.usage().waiting, spool.usage().bytes, spool.usage().full) == (0, 0, False)
        spool.write(request_id.new(), BODY)
    assert not (tmp_path / f"{identifier}.record").exists()


@pytest.mark.parametrize(
    "cut",
    [0, 1, 7, 8, 9, 40, 47, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 1, HEADER_BYTES + len(BODY) - 1],
)
def test_a_torn_record_is_set_aside_at_the_start(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    with opened(tmp_path) as spool:
        usage = spool.usage()
        assert (usage.waiting, usage.rejected, usage.bytes) == (0, 1, cut)
        assert spool.is_rejected(path.stem)
        assert not spool.waits(path.stem)
    assert (tmp_path / "rejected" / path.name).read_bytes() == whole[:cut]


def _longer(whole: bytes) -> bytes:
    return whole + b"x"


def _other_version(whole: bytes) -> bytes:
    return b"TTBREC9\n" + whole[8:]


@pytest.mark.parametrize("alter", [_longer, _other_version])
def test_what_is_no_record_is_set_aside_at_the_start(tmp_path: Path, alter: Callable[[bytes], bytes]) -> None:
    path = written(tmp_path)
    path.write_bytes(alter(path.read_bytes()))
    with opened(tmp_path) as spool:
        assert spool.usage().rejected == 1


@pytest.mark.parametrize("place", [8, 39, 48, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + len(BODY) - 1])
def test_an_altered_byte_is_noticed_before_the_record_is_sent(tmp_path: Path, place: int) -> None:
    path = written(tmp_path)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with opened(tmp_path) as spool, pytest.raises(DamagedRecordError):
        spool.read(path.stem)


def test_what_a_death_left_unfinished_is_swept_away(tmp_path: Path) -> None:
    path = written(tmp_path)
    unfinished = path.rename(path.with_suffix(".unfinished"))
    with opened(tmp_path) as spool:
        assert spool.usage().waiting == 0
    assert not unfinished.exists()


def test_a_file_that_is_named_by_no_id_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "label.record").write_bytes(b"")
    with opened(tmp_path) as spool:
        assert spool.is_rejected("label")


def test_rejected_records_take_room_until_a_person_removes_them(tmp_path: Path) -> None:
    identifier = request_id.new()
    size = HEADER_BYTES + len(BODY)
    with opened(tmp_path, capacity=size) as spool:
        spool.write(identifier, BODY)
        spool.reject(identifier, "no reason")
        with pytest.raises(SpoolFullError):
            spool.write(request_id.new(), BODY)
        (tmp_path / "rejected" / f"{identifier}.record").unlink()
        spool.look_at_rejected()
        spool.write(request_id.new(), BODY)


def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path) -> None:
    with opened(tmp_path, capacity=10**7) as spool:
        with files_of_at_most(1_000_000), pytest.raises(OSError, match="File too large"):
            spool.write(request_id.new(), b"x" * 2_000_000)
        assert (spool.usage().waiting, spool.usage().bytes) == (0, 0)
    assert {path.name for path in tmp_path.iterdir()} == {"lock", "rejected"}


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(OSError, match="VALIDATOR_SPOOL_DIRECTORY"):
        Spool(tmp_path, capacity=1).open()
    with opened(tmp_path) as spool:
        assert spool.usage().waiting == 0


def test_only_the_owner_may_look_inside(tmp_path: Path) -> None:
    path = written(tmp_path / "spool")
    assert (path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
