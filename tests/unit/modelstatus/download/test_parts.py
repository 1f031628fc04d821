from dataclasses import replace
from pathlib import Path

import pytest

from services.modelstatus.download.parts import PartFile
from services.modelstatus.download.source import RemoteObject

REMOTE = RemoteObject("blob", 25, '"one"')


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What a process left that had the first and last of three parts, and had begun the second."""
    file = PartFile(tmp_path / "blob", REMOTE, 10)
    file.restore()
    file.open()
    file.write(b"0" * 10, 0)
    file.write(b"2" * 5, 20)
    file.commit([0, 2])
    file.write(b"1" * 7, 10)
    file.close()
    return tmp_path / "blob"


def test_finished_parts_are_taken_up(left: Path) -> None:
    file = PartFile(left, REMOTE, 10)
    file.restore()
    file.open()

    assert file.missing() == [1]
    assert file.span(2) == (20, 5)
    assert file.finished_bytes == 15
    assert file.path.stat().st_size == 25
    file.write(b"1" * 10, 10)
    file.commit([1])
    file.close()
    assert file.path.read_bytes() == b"0" * 10 + b"1" * 10 + b"2" * 5


@pytest.mark.parametrize(
    ("remote", "part_size"), [(replace(REMOTE, etag='"two"'), 10), (replace(REMOTE, size=24), 10), (REMOTE, 5)]
)
def test_another_object_begins_with_nothing(left: Path, remote: RemoteObject, part_size: int) -> None:
    file = PartFile(left, remote, part_size)
    file.restore()
    file.open()
    file.close()

    assert file.finished_bytes == 0
    assert file.path.stat().st_size == remote.size


@pytest.mark.parametrize("content", ["", "{", "[]", '{"etag": "\\"one\\"", "size": 25, "part_size": 10}'])
def test_a_state_that_cannot_be_read_begins_with_nothing(left: Path, content: str) -> None:
    left.with_name("blob.state").write_text(content)

    file = PartFile(left, REMOTE, 10)
    file.restore()
    file.open()
    file.close()

    assert file.missing() == [0, 1, 2]


def test_a_file_that_was_cut_begins_with_nothing(left: Path) -> None:
    left.with_name("blob.part").write_bytes(b"0" * 10)

    file = PartFile(left, REMOTE, 10)
    file.restore()
    file.open()
    file.close()

    assert file.missing() == [0, 1, 2]


def test_what_is_discarded_is_gone(left: Path) -> None:
    file = PartFile(left, REMOTE, 10)
    file.restore()
    file.open()

    file.discard()

    assert file.bytes_to_allocate == 25
    assert list(left.parent.iterdir()) == []
