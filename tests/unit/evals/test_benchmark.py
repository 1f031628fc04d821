"""The benchmark's numbers, made of answers whose times are known."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evals import memory
from evals.answer import Answer, RequestError, Sent
from evals.benchmark import BenchmarkReport, Round, markdown, round_of
from services.validator.decision import Verdict


def sent(seconds: float, plain: float | None = None) -> Sent:
    stages = (("ocr", seconds / 2), ("fields", seconds / 4))
    return Sent("elm", Answer(Verdict.PASSED, seconds=seconds, stages=stages), plain)


def test_a_round_tells_latency_stages_throughput_and_ratio() -> None:
    found = round_of(1, [sent(1, 0.5), sent(3, 2), Sent("oak", RequestError("UNAVAILABLE", "down"))], 30, 2_000_000)
    assert found is not None
    assert (found.times.count, found.times.median, found.per_minute) == (2, 2, 4)
    assert found.stages == (("ocr", 1), ("fields", 0.5))
    assert (found.ratio, found.memory_bytes) == (1.75, 2_000_000)


def test_a_round_without_answers_has_no_numbers() -> None:
    assert round_of(1, [Sent("oak", RequestError("UNAVAILABLE", "down"))], 30, None) is None


def test_the_report_shows_the_median_of_the_runs_and_their_range() -> None:
    rounds = tuple(
        each for seconds in (1.0, 2.0, 4.0) if isinstance(each := round_of(2, [sent(seconds)], 60, None), Round)
    )
    text = markdown(BenchmarkReport("2026-11-22", "abc", False, "a machine", 0, 0, None, 1, rounds, 0, False))
    assert "| 2 | 3 | 2.00 s (1.00 s to 4.00 s) |" in text
    assert "| 2 | 1.00 s (0.50 s to 2.00 s) | 0.50 s (0.25 s to 1.00 s) |" in text


def test_memory_is_that_of_a_process_and_all_that_descend_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pid, parent, kib in ((10, 1, 100), (11, 10, 20), (12, 11, 3), (13, 1, 5000)):
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "stat").write_text(f"{pid} (a (strange) name) S {parent} 0 0")
        (folder / "smaps_rollup").write_text(f"00-ff ---p [rollup]\nRss: 9999 kB\nPss:  {kib} kB\nPss_Anon: 1 kB\n")
    monkeypatch.setattr(memory, "_PROC", tmp_path)
    assert memory.family(10) == {10, 11, 12}
    assert memory.pss_bytes(memory.family(10)) == 123 * 1024


def test_this_process_takes_memory() -> None:
    with memory.PeakMemory(os.getpid()) as peak:
        pass
    assert peak.bytes > 1_000_000
