"""The passes ask what they should, keep what was answered when they are stopped, and say how to start a gateway."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from evals.__main__ import UNREACHABLE, USAGE, main
from evals.answer import Answer, Question, RequestError
from evals.falsify import Kind, cases
from evals.run import Done, Plan, run
from services.validator.decision import Verdict
from services.validator.submission import Origin, ProductType
from tests.common.ports import free_ports
from tests.unit.evals.labels import label

LABELS = tuple(label(f"elm-{number}") for number in range(4))


class Recorder:
    """Answers everything; during question `interrupt_at`, which waits for `release`, the user presses Ctrl-C."""

    def __init__(self, *, interrupt_at: int | None = None) -> None:
        self.questions: list[Question] = []
        self.release = threading.Event()
        self._interrupt_at = interrupt_at

    def verify(self, question: Question) -> Answer | RequestError:
        self.questions.append(question)
        if len(self.questions) == self._interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)
            self.release.wait(30)
        return Answer(Verdict.PASSED)


def test_each_pass_asks_what_it_knows() -> None:
    false = next(case for case in cases(LABELS[:1]) if case.kind is Kind.ORIGIN)
    recorder = Recorder()
    done = run(Plan(LABELS[:1], cases=(false,), with_tesseract=False), recorder)
    compared, blind, falsified = recorder.questions
    assert (compared.application, compared.product_type, compared.origin) == (
        LABELS[0].application,
        ProductType.WINE,
        Origin.DOMESTIC,
    )
    assert (blind.application, blind.product_type, blind.origin) == (None, None, None)
    assert (falsified.application, falsified.origin) == (LABELS[0].application, Origin.IMPORTED)
    assert {question.panels_complete for question in recorder.questions} == {True}
    assert [len(each) for each in (done.compared, done.blind, done.falsified)] == [1, 1, 1]
    assert not done.partial


def test_the_answers_stand_in_the_order_of_the_plan_with_several_clients() -> None:
    done = run(Plan(LABELS, blind=False, clients=3, with_tesseract=False), Recorder())
    assert [sent.label_id for sent in done.compared] == [each.id for each in LABELS]


def interrupted() -> Done:
    recorder = Recorder(interrupt_at=6)
    try:
        return run(Plan(LABELS, cases=cases(LABELS), with_tesseract=False), recorder)
    finally:
        recorder.release.set()


def test_ctrl_c_keeps_what_was_answered_and_asks_no_more() -> None:
    # In a process of its own: a signal in one that has used gRPC's event loop may crash it.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = pool.submit(interrupted).result(timeout=60)
    assert done.partial
    assert len(done.compared) == len(LABELS)
    assert len(done.blind) < len(LABELS)
    assert done.falsified == Done().falsified


def test_without_a_gateway_it_says_how_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elm.png").write_bytes(b"")
    (tmp_path / "manifest.jsonl").write_text(label().model_dump_json(), encoding="utf-8")
    (port,) = free_ports(1)
    code = main(["--labels", str(tmp_path), "--url", f"http://127.0.0.1:{port}", "--results", str(tmp_path)])
    said = capsys.readouterr().err
    assert code == UNREACHABLE
    assert "make up" in said
    assert str(port) in said
    assert not list(tmp_path.glob("*.md"))


def test_without_labels_it_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--labels", str(tmp_path / "none"), "--falsify", "0"]) == USAGE
    assert "make eval LABELS=" in capsys.readouterr().err
