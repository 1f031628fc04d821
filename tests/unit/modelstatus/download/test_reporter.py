from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from services.modelstatus.download.reporter import Reporter
from services.modelstatus.status import ModelStatus, Progress, State, from_json


class Shown:
    """Collects what is shown; `enough` is set when so many writes were seen."""

    def __init__(self, file: Path, writes: int = 1) -> None:
        self.file = file
        self.writes: list[ModelStatus] = []
        self.enough = Event()
        self._wanted = writes

    def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
        written = from_json(self.file.read_bytes())
        if not self.writes or self.writes[-1].updated_at != written.updated_at:
            self.writes.append(written)
        if len(self.writes) >= self._wanted:
            self.enough.set()


class Clock:
    """Another second at each look, so that each write can be told from the next."""

    def __init__(self) -> None:
        self._second = 0

    def __call__(self) -> datetime:
        self._second += 1
        return datetime.fromtimestamp(self._second, UTC)


def test_a_change_of_state_is_written_at_once_and_numbers_stay(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    reporter = Reporter(file, "seer", Shown(file), now=Clock())

    with reporter:
        assert not file.exists()
        reporter.downloading("s3", 10, 100)
        assert from_json(file.read_bytes()).progress == Progress(10, 100)
        reporter.kept(60, 100)
        reporter.waiting(2, datetime.fromtimestamp(99.5, UTC))
        waiting = from_json(file.read_bytes())
        assert (waiting.status, waiting.attempt, waiting.progress) == (State.DOWNLOADING, 2, Progress(60, 100))
        assert waiting.retry_at == datetime.fromtimestamp(100, UTC)
        reporter.failed("unreachable", "Gave up.")

    failed = from_json(file.read_bytes())
    assert (failed.status, failed.progress, failed.retry_at) == (State.ERROR, Progress(60, 100), None)


def test_an_unchanged_state_is_written_again_as_a_sign_of_life(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    shown = Shown(file, writes=3)

    with Reporter(file, "seer", shown, now=Clock(), heartbeat_seconds=0.05) as reporter:
        reporter.downloading("s3", 10, 100)
        assert shown.enough.wait(10)

    assert {written.progress for written in shown.writes} == {Progress(10, 100)}


def test_a_model_that_was_there_keeps_its_history(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    clock = Clock()
    with Reporter(file, "seer", Shown(file), now=clock) as first:
        first.downloading("ollama", 0, 0)
        first.ready("ollama", 100)
    before = from_json(file.read_bytes())

    with Reporter(file, "seer", Shown(file), now=clock) as second:
        second.still_ready(100)

    after = from_json(file.read_bytes())
    assert (after.status, after.source, after.started_at) == (State.READY, "ollama", before.started_at)


def test_a_status_that_cannot_be_written_does_not_end_the_download(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    class Unseen:
        def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
            pass

    with Reporter(tmp_path / "file" / "status.json", "seer", Unseen()) as reporter:
        reporter.ready("s3", 1)

    assert reporter.downloaded_bytes == 1
