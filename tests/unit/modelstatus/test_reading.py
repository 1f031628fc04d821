"""Whatever stands in the place of the status file: a status, none, or an error; never a crash, never a wait."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.modelstatus.reading import Unreadable, read
from services.modelstatus.status import MAX_BYTES, ModelStatus, Progress, State, to_json, write

STATUS = ModelStatus(
    "llama3.2-vision",
    State.DOWNLOADING,
    Progress(300, 1000, 7),
    "s3",
    datetime(2026, 2, 17, 20, 15, 45, tzinfo=UTC),
    datetime(2026, 2, 17, 20, 16, 30, tzinfo=UTC),
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path / "status.json", STATUS)
    assert read(tmp_path / "status.json") == STATUS


@pytest.mark.parametrize("place", ["status.json", "no-folder/status.json"])
def test_no_file_is_no_error(tmp_path: Path, place: str) -> None:
    assert read(tmp_path / place) is None


def _link(path: Path) -> None:
    write(path.with_name("other.json"), STATUS)
    path.symlink_to("other.json")


def _endless(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda path: path.write_bytes(b""), "empty", id="empty"),
        pytest.param(lambda path: path.write_bytes(to_json(STATUS)[:-20]), "not valid", id="cut off"),
        pytest.param(lambda path: path.write_bytes(b"[" * 60_000), "not valid", id="nested"),
        pytest.param(lambda path: path.write_bytes(b"\xff\xfe\x00"), "not valid", id="no text"),
        pytest.param(lambda path: path.write_bytes(b'{"status": "ready"}'), "not valid", id="no status"),
        pytest.param(lambda path: path.write_bytes(b" " * (MAX_BYTES + 1)), "more than", id="too large"),
        pytest.param(_endless, "more than", id="huge"),
        pytest.param(os.mkfifo, "no regular file", id="fifo"),
        pytest.param(Path.mkdir, "no regular file", id="folder"),
        pytest.param(_link, "cannot be opened", id="link"),
    ],
)
def test_anything_else_says_what_it_is(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "status.json"
    make(path)
    with pytest.raises(Unreadable, match=said) as caught:
        read(path)
    assert str(tmp_path) not in str(caught.value)
