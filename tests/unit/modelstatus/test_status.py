from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.modelstatus.status import (
    MAX_BYTES,
    DownloadError,
    ModelStatus,
    Progress,
    State,
    from_json,
    path_for,
    to_json,
    write,
)

STARTED = datetime(2026, 2, 17, 20, 15, 45, tzinfo=UTC)
UPDATED = datetime(2026, 2, 17, 20, 16, 30, 987654, tzinfo=UTC)
DOWNLOADING = ModelStatus(
    "llama3.2-vision", State.DOWNLOADING, Progress(3221225472, 7201866752, 120), "s3", STARTED, UPDATED
)
CONTRACT = (
    '{"model": "llama3.2-vision", "status": "downloading", '
    '"progress": {"downloaded_bytes": 3221225472, "total_bytes": 7201866752, "percentage": 44.7, '
    '"estimated_time_remaining_seconds": 120}, '
    '"source": "s3", "started_at": "2026-02-17T20:15:45Z", "updated_at": "2026-02-17T20:16:30Z"}\n'
)


def test_the_json_is_the_contracts_byte_by_byte() -> None:
    assert to_json(DOWNLOADING).decode() == CONTRACT


def test_what_is_only_sometimes_there_stands_at_the_end() -> None:
    error = DownloadError("unreachable", "Gave up.")
    status = ModelStatus("m", State.ERROR, Progress(1, 3), "ollama", STARTED, UPDATED, error, 5, UPDATED)

    assert to_json(status).decode() == (
        '{"model": "m", "status": "error", "progress": {"downloaded_bytes": 1, "total_bytes": 3, "percentage": 33.3}, '
        '"source": "ollama", "started_at": "2026-02-17T20:15:45Z", "updated_at": "2026-02-17T20:16:30Z", '
        '"error": {"code": "unreachable", "message": "Gave up."}, "attempt": 5, "retry_at": "2026-02-17T20:16:30Z"}\n'
    )
    assert to_json(from_json(to_json(status))) == to_json(status)


@pytest.mark.parametrize(
    ("here", "total", "percentage"), [(0, 0, 0.0), (0, 10, 0.0), (9999, 10000, 99.9), (10000, 10000, 100.0)]
)
def test_only_all_is_100_percent(here: int, total: int, percentage: float) -> None:
    assert Progress(here, total).percentage == percentage


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        CONTRACT[:-20],
        CONTRACT + "{}",
        CONTRACT.replace("downloading", "hurrying"),
        CONTRACT.replace('"s3"', '"tape"'),
        CONTRACT.replace("3221225472", '"3221225472"'),
        CONTRACT.replace("3221225472", "-1"),
        CONTRACT.replace("3221225472", "7201866753"),
        CONTRACT.replace("44.7", "NaN"),
        CONTRACT.replace("20:16:30Z", "20:16:30"),
        CONTRACT.replace('"source"', '"sources"'),
        CONTRACT.replace("downloading", "error"),
        CONTRACT.replace('"}', '", "attempt": 1}'),
        CONTRACT.replace('"}', '", "error": {"code": "x", "message": ""}}'),
        "[" * 60000,
        " " * MAX_BYTES + CONTRACT,
    ],
)
def test_anything_else_is_refused_with_a_sentence(content: str) -> None:
    with pytest.raises(ValueError, match=r"^The status file .*\.$"):
        from_json(content.encode())


def test_a_file_is_replaced_in_one_step_and_readable_by_all(tmp_path: Path) -> None:
    file = tmp_path / "new" / "status.json"

    write(file, DOWNLOADING)
    write(file, DOWNLOADING)

    assert file.read_text() == CONTRACT
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("model", "file"),
    [
        ("llama3.2-vision", "status.json"),
        ("llama3.2-vision:latest", "status.json"),
        ("llama3.2-vision:11b", "status.llama3.2-vision_11b.json"),
        ("a_b:c", "status.a%5Fb_c.json"),
        ("a:b_c", "status.a_b%5Fc.json"),
    ],
)
def test_each_model_has_a_file_of_its_own(model: str, file: str) -> None:
    assert path_for(Path("/run/ttb/status.json"), model, "llama3.2-vision") == Path("/run/ttb") / file


@pytest.mark.parametrize(
    "model", ["", "..", "../x", "a/b", "a:../b", "a:", ".hidden", "a\0b", "a b", "a:b:c", "x" * 81]
)
def test_no_name_leaves_the_folder(model: str) -> None:
    with pytest.raises(ValueError, match="must be a name such as"):
        path_for(Path("/run/ttb/status.json"), model, "llama3.2-vision")
