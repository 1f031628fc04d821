"""The state of a field, and the sentence that tells why it is not sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.common.page import Line, rectangle
from services.validator.fields.model import Evidence, FieldName, FieldState, LabelPanel, Statement
from services.validator.fields.shown import Hesitation, shown, with_print_size
from services.validator.fields.trust import Doubt
from tests.common.labels import line, page, panels

PLACE = (Evidence(0, rectangle(40, 40, 240, 60)),)
NAME = FieldName.ALCOHOL_CONTENT


def statement(confidence: float = 0.98, alike: int = 1, disputes: tuple[str, ...] = ()) -> Statement[str]:
    return Statement("13.5", "13.5 %", confidence, PLACE, alike, disputes)


def small(line: Line, height: float) -> tuple[LabelPanel, ...]:
    return panels(replace(page(), lines=(replace(line, glyph_height_px=height),)))


def test_what_was_read_surely_needs_no_reason() -> None:
    field = shown(NAME, "13.5", statement())
    assert (field.state, field.value, field.reason) == (FieldState.READ, "13.5", "")


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (statement(0.78), "at a low certainty only (0.78 "),
        (statement(0.89, disputes=("18.5 %",)), "disagree: “1?.5 %” is “13.5 %” or “18.5 %”."),
        (statement(0.89, disputes=("3.5 %",)), "disagree: it is “13.5 %” or “3.5 %”."),
    ],
)
def test_the_doubt_of_the_print_is_told(read: Statement[str], reason: str) -> None:
    field = shown(NAME, "13.5", read)
    assert (field.state, field.value) == (FieldState.UNSURE, "13.5")
    assert reason in field.reason


def test_what_two_looks_read_alike_is_read_where_that_is_enough() -> None:
    assert shown(NAME, "13.5", statement(0.8, 2), twice_is_sure=True).state is FieldState.READ
    assert shown(NAME, "13.5", statement(0.8, 2)).state is FieldState.UNSURE


def test_a_guess_is_a_place_and_no_value() -> None:
    field = shown(NAME, "13.5", statement(0.55))
    assert (field.state, field.value, field.text, field.evidence) == (FieldState.UNREADABLE, "", "13.5 %", PLACE)
    assert "guessed" in field.reason


def test_what_a_model_read_without_telling_the_place_keeps_its_value() -> None:
    field = shown(NAME, "13.5", replace(statement(0.5), evidence=(Evidence(0),)))
    assert (field.state, field.value) == (FieldState.UNSURE, "13.5")


def test_a_doubt_of_what_is_meant_goes_before_one_of_the_print() -> None:
    field = shown(NAME, "13.5", statement(0.8), Hesitation(Doubt.RIVALS, "Another one stands beside it."))
    assert field.reason == "Another one stands beside it."
    assert field.grounds is not None
    assert field.grounds.doubts == {Doubt.RIVALS, Doubt.FAINT}


def test_letters_too_small_to_be_read_are_part_of_the_reason() -> None:
    field = shown(NAME, "13.5", statement(0.8))
    here = line("13.5 %", left=60, top=40)
    assert with_print_size(field, small(here, 5.2)).reason.endswith("; its letters are only 5 pixels high.")
    for unaffected in (small(here, 9.0), small(line("13.5 %", left=600, top=40), 5.2)):
        assert with_print_size(field, unaffected) == field
