from collections.abc import Callable
from pathlib import Path

import pytest

from services.modelstatus.download.faults import Code, FinalError, MismatchError, TransientError
from services.modelstatus.download.reporter import Reporter
from services.modelstatus.download.retry import RetryPolicy, keep_trying
from services.modelstatus.status import ModelStatus

POLICY = RetryPolicy(fruitless_attempts=3, first_seconds=1, most_seconds=60)


class Unseen:
    def show(self, status: ModelStatus, bytes_per_second: float | None) -> None:
        pass


@pytest.fixture
def reporter(tmp_path: Path) -> Reporter:
    return Reporter(tmp_path / "status.json", "seer", Unseen())


class Attempts:
    """Fails with these faults, one after the other, then succeeds; each attempt but the last brings so many bytes."""

    def __init__(self, reporter: Reporter, faults: list[Exception], brings: int = 0) -> None:
        self._reporter = reporter
        self._faults = faults
        self._brings = brings
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        self._reporter.kept(self.made * self._brings, 1000)
        if self.made <= len(self._faults):
            raise self._faults[self.made - 1]
        return "done"


def _try(attempts: Callable[[], str], reporter: Reporter) -> str:
    return keep_trying(attempts, reporter, POLICY, sleep=lambda _: None)


def test_attempts_that_bring_something_never_run_out(reporter: Reporter) -> None:
    attempts = Attempts(reporter, [TransientError("S3 answered 503")] * 20, brings=1)

    assert _try(attempts, reporter) == "done"
    assert attempts.made == 21


def test_attempts_that_bring_nothing_do(reporter: Reporter) -> None:
    attempts = Attempts(reporter, [TransientError("S3 answered 503")] * 20)

    with pytest.raises(FinalError, match=r"3 attempts that brought nothing, at last because S3 answered 503") as error:
        _try(attempts, reporter)

    assert error.value.code == "unreachable"
    assert attempts.made == 3


def test_a_second_mismatch_is_final(reporter: Reporter) -> None:
    attempts = Attempts(reporter, [MismatchError("a"), TransientError("b"), MismatchError("c")], brings=1)

    with pytest.raises(FinalError) as error:
        _try(attempts, reporter)

    assert error.value.code == "checksum_mismatch"


def test_a_final_fault_is_not_tried_again(reporter: Reporter) -> None:
    attempts = Attempts(reporter, [FinalError(Code.ACCESS_DENIED, "No.")])

    with pytest.raises(FinalError):
        _try(attempts, reporter)

    assert attempts.made == 1
