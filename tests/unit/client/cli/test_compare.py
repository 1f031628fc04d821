from __future__ import annotations

import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from ttb.common.v1 import page_pb2
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli.comparison_page import comparison_page
from ttb_client.cli.word_diff import Whose, word_diff

MARKS = {Whose.BOTH: "{}", Whose.FIRST: "-{}", Whose.SECOND: "+{}"}


def marked(first: list[str], second: list[str]) -> str:
    words = word_diff([line.split() for line in first], [line.split() for line in second])
    return " ".join(MARKS[word.whose].format(word.text) for word in words)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        pytest.param(["RED WINE"], ["RED WINE"], "RED WINE", id="alike"),
        pytest.param(["ALC. 13.5%"], ["ALC. 12.5%"], "ALC. -13.5% +12.5%", id="another word"),
        pytest.param(["RED", "WINE"], ["WINE", "RED"], "RED WINE", id="another order"),
        pytest.param(
            ["ELM CELLARS", "ALC. 13.5% BY VOL.", "750 mL"],
            ["750 mL", "ALC. 12.5% BY VOL.", "ELM CELLARS"],
            "ELM CELLARS ALC. -13.5% +12.5% BY VOL. 750 mL",
            id="another word in another order",
        ),
        pytest.param(["THE ELM", "RED WINE"], ["THE", "ELM RED WINE"], "THE ELM RED WINE", id="other lines"),
        pytest.param([], ["RED WINE"], "+RED +WINE", id="only the second"),
        pytest.param(["RED WINE"], [], "-RED -WINE", id="only the first"),
    ],
)
def test_what_only_one_read_is_told_where_it_belongs(first: list[str], second: list[str], shown: str) -> None:
    assert marked(first, second) == shown


READINGS = st.lists(st.lists(st.sampled_from("abcde"), max_size=5), max_size=5)


@given(READINGS, READINGS)
def test_every_word_is_counted_once(first: list[list[str]], second: list[list[str]]) -> None:
    words = word_diff(first, second)
    ours = Counter(word for line in first for word in line)
    theirs = Counter(word for line in second for word in line)
    assert [word.text for word in words if word.whose is not Whose.SECOND] == [word for line in first for word in line]
    assert Counter(word.text for word in words if word.whose is Whose.FIRST) == ours - theirs
    assert Counter(word.text for word in words if word.whose is Whose.SECOND) == theirs - ours


def reading(backend: str, *lines: str, **more: object) -> pb.BackendReading:
    page = page_pb2.Page(lines=[page_pb2.Line(text=text) for text in lines])
    return pb.BackendReading(backend=backend, version=f"{backend} 1.0", pages=[page], milliseconds=1500, **more)  # type: ignore[arg-type]


def field(name: str, truth: str, found: str, outcome: pb.FieldAccuracy.Outcome.ValueType) -> pb.FieldAccuracy:
    return pb.FieldAccuracy(name=name, truth=truth, found=found, outcome=outcome)


RAPIDOCR = reading(
    "rapidocr",
    "STONE'S THROW",
    "ALC. 12.5%",
    fields=[
        field("alcohol_content", "13.5", "12.5", pb.FieldAccuracy.wrong),
        field("vintage", "2021", "", pb.FieldAccuracy.absent),
    ],
)
TESSERACT = reading(
    "tesseract",
    "STONE'S THROW",
    "ALC. 13.5%",
    agreements=[pb.BackendAgreement(backend="rapidocr", characters=0.958, words=0.75)],
    fields=[
        field("alcohol_content", "13.5", "13.5", pb.FieldAccuracy.right),
        field("vintage", "2021", "", pb.FieldAccuracy.absent),
    ],
)
OLLAMA = pb.BackendReading(backend="ollama", error="It was\x1b[2J late.")


def shown(*readings: pb.BackendReading, coloured: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=100, force_terminal=coloured, color_system="standard" if coloured else None)
    console.print(comparison_page(readings, coloured=coloured))
    return file.getvalue()


def test_the_page_tells_who_read_what_and_who_was_right() -> None:
    page = shown(RAPIDOCR, OLLAMA, TESSERACT)
    rows = [" ".join(line.split()) for line in page.splitlines()]
    assert "tesseract 1.0 2 4 1.5 s rapidocr 95.8 %, 75.0 % 1 right" in rows
    assert "rapidocr 1.0 2 4 1.5 s tesseract 95.8 %, 75.0 % 1 wrong" in rows
    assert any(row.startswith("ollama failed:") for row in rows)
    assert "late." in page
    assert "alcohol content 13.5 13.5 wrong: 12.5" in rows
    assert "vintage 2021 absent absent" in rows
    assert rows[-3:] == [
        "tesseract and rapidocr [-only tesseract-]: 1, {+only rapidocr+}: 1",
        "ALC. [-13.5%-] {+12.5%+}",
        "",
    ]
    assert "\x1b" not in page


def test_it_is_the_same_page_whoever_finished_first() -> None:
    assert shown(OLLAMA, TESSERACT, RAPIDOCR) == shown(RAPIDOCR, OLLAMA, TESSERACT)


def test_colours_stand_for_marks() -> None:
    page = shown(RAPIDOCR, TESSERACT, coloured=True)
    assert "\x1b[1;36m13.5%\x1b[0m" in page
    assert "[-" not in page


def test_without_truth_there_is_no_table_of_fields() -> None:
    assert "field" not in shown(reading("rapidocr", "RED"), reading("tesseract", "RED"))
