"""The report names what is worst, tells every miss with what was read, and hides no failed request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic_core import to_json

from evals.answer import Answer, FieldRead, RequestError, Sent
from evals.cells import rate, text
from evals.falsify import Kind, cases
from evals.manifest import LabelRecord, ManifestError, load_manifest
from evals.markdown import markdown
from evals.misses import departures
from evals.rates import Rate
from evals.report import Circumstances, Report, make_report
from evals.run import Done
from services.validator.decision import Verdict
from services.validator.fields.model import FieldName, FieldState
from services.validator.fields.warning_text import CANONICAL
from services.validator.rules.model import Severity
from tests.unit.evals.labels import PRINTED, answer, label, read

CIRCUMSTANCES = Circumstances(
    date="2026-11-22T12:00:00Z",
    commit="0123abc",
    modified=False,
    url="http://127.0.0.1:8000",
    machine="a machine, 2 cores",
    load_before=0.5,
    load_after=1.5,
    clients=1,
    backend="rapidocr",
    tesseract="tesseract 5.3.0",
    minutes=3.0,
    seed=27,
    all_cases=40,
)
LABELS = (
    label("good"),
    label("unlucky"),
    label("misprinted", government_warning="defective", defect="drive car"),
    label("silent"),
)


def right_fields() -> tuple[FieldRead, ...]:
    return tuple(
        read(FieldName(name), str(value)) for name, value in PRINTED.items() if value and name != "government_warning"
    )


def reply(record: LabelRecord, outcome: Answer | RequestError, tesseract: float | None = 0.5) -> Sent:
    return Sent(record.id, outcome, tesseract)


@pytest.fixture
def report() -> Report:
    good, unlucky, misprinted, silent = LABELS
    wrong = FieldRead(FieldName.BRAND_NAME, "ELK", "ELK|", FieldState.UNSURE, 0.61)
    failed = answer(Verdict.FAILED, wrong, rules={"app.brand-name": Severity.VIOLATION}, seconds=3.0)
    compared = (
        reply(good, answer(Verdict.PASSED, *right_fields(), seconds=1.0)),
        reply(unlucky, failed),
        reply(misprinted, answer(Verdict.PASSED, *right_fields(), seconds=2.0)),
        reply(silent, RequestError("UNAVAILABLE", "The ocr service does not answer.")),
    )
    false = [case for case in cases(LABELS[:2]) if case.kind in (Kind.VINTAGE, Kind.BRAND_OTHER)]
    falsified = tuple((case, answer(Verdict.PASSED)) for case in false)
    return make_report(LABELS, Done(compared, (), falsified, partial=True), CIRCUMSTANCES)


@pytest.fixture
def page(report: Report) -> str:
    return markdown(report, {each.id: each for each in LABELS})


def section(page: str, title: str) -> str:
    assert f"## {title}\n" in page, page
    return page.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_numbers(report: Report) -> None:
    assert report.compared is not None
    assert report.falsified is not None
    assert (report.compared.false_fails, report.compared.false_passes) == (Rate(1, 2), Rate(1, 1))
    assert (report.falsified.passed, report.falsified.noticed) == (Rate(4, 4), Rate(0, 3))
    assert report.compared.speed is not None
    times = dict(report.compared.speed.by_product)
    assert (times["all"].median, times["wine"].p95) == (2.0, 3.0)
    assert report.compared.speed.against_tesseract is not None
    assert report.compared.speed.against_tesseract.of_totals == pytest.approx(4.0)


def test_the_first_screen_tells_how_good_how_fast_and_what_is_worst(page: str) -> None:
    first = page.partition("\n## ")[0]
    assert "Partial: the run was stopped" in first
    assert "Backend rapidocr: read by" in first
    assert "| Good labels, all: failed (**false fail**) | 1 of 2, 50 %" in first
    assert "passed (**false pass**) | 1 of 1, 100 %" in first
    assert "median 2.00 s, p95 3.00 s; 4.0 times a plain tesseract" in first
    assert "| **Requests without an answer** | 1 |" in first
    assert "| brand name: 1, 1 of them alone |" in first


def test_every_miss_tells_what_is_printed_and_what_was_read(page: str) -> None:
    assert "| unlucky | Elm Cellars | **wrong** ELK (unsure 0.61, text “ELK\\|”) |  |" in page
    assert "| unlucky | 750 mL | **absent** (not_on_images) |  |" in page
    assert "misprinted" in section(page, "False fails and false passes")
    assert "drive car" in section(page, "Health warnings judged wrong or not surely, the true application given")
    assert "UNAVAILABLE" in section(page, "Requests without an answer")
    assert section(page, "False applications that pass").count("vintage: another year") == 2


def test_stated_confidence_stands_beside_what_is_right(page: str) -> None:
    trust = section(page, "Stated confidence, and how many values are right")
    assert "| 0.50 to 0.70 | 1 | 0.610 | 0 of 1, 0 % (0 to 79) | yes |" in trust
    assert "| 0.97 to 1.00 | 19 | 0.970 | 18 of 19," in trust


def test_the_same_numbers_are_in_the_json(report: Report) -> None:
    stored = json.loads(to_json(report))
    assert stored["schema_version"] == 1
    assert stored["partial"] is True
    assert {each["verdict"] for each in stored["compared"]["verdicts"]} == {"passed", "failed"}


def test_a_run_in_which_nothing_was_answered_is_still_a_report() -> None:
    sent = (reply(LABELS[0], RequestError("UNAVAILABLE", "Nobody there."), None),)
    page = markdown(make_report(LABELS, Done(sent), CIRCUMSTANCES), {each.id: each for each in LABELS})
    assert "| good | UNAVAILABLE | Nobody there. |" in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Rate(31, 40), "31 of 40, 78 % (62 to 88)"),
        (Rate(150, 300), "150 of 300, 50 %"),
        (Rate(0, 0), "none"),
    ],
)
def test_a_rate_shows_its_counts(value: Rate, shown: str) -> None:
    assert rate(value) == shown


def test_text_cannot_leave_its_cell() -> None:
    assert text("one | two\nthree") == "one \\| two three"
    assert len(text("letters" * 40)) == 90


@pytest.mark.parametrize(
    ("read_text", "shown"),
    [
        ("", "nothing"),
        (CANONICAL.upper().replace(" ", ""), "every letter of the law"),
        (CANONICAL.replace("a car", "car"), "odrive[a→]caroro"),
        (CANONICAL.replace("should not", "should"), "should[not→]drinka"),
    ],
)
def test_where_a_warning_leaves_the_law(read_text: str, shown: str) -> None:
    assert departures(read_text) == shown


LINE = json.loads(label().model_dump_json())


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(None, "make eval LABELS=", id="no manifest"),
        pytest.param([LINE, LINE], "manifest.jsonl:2: the id elm occurs twice", id="same id"),
        pytest.param([{**LINE, "images": ["gone.png"]}], "gone.png", id="image missing"),
        pytest.param([{**LINE, "verdict": "fine"}], "manifest.jsonl:1:", id="unknown verdict"),
        pytest.param([{**LINE, "colour": "red"}], "colour", id="unknown key"),
    ],
)
def test_a_slip_in_the_manifest_stops_the_run(tmp_path: Path, lines: list[object] | None, said: str) -> None:
    (tmp_path / "elm.png").write_bytes(b"")
    if lines is not None:
        (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with pytest.raises(ManifestError, match=said):
        load_manifest(tmp_path)


def test_a_manifest_is_read(tmp_path: Path) -> None:
    (tmp_path / "elm.png").write_bytes(b"")
    (tmp_path / "manifest.jsonl").write_text(json.dumps(LINE) + "\n\n", encoding="utf-8")
    (record,) = load_manifest(tmp_path)
    assert record.images == (tmp_path / "elm.png",)
    assert (record.real, record.good, record.complete, record.panels_complete) == (True, True, True, True)
    assert (record.application.brand_name, record.application.alcohol_content) == ("Elm Cellars", "13.5")
    assert record.application.country_of_origin == ""
