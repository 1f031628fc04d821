"""Alcohol content: every form and every misreading that the rulebook and real labels know."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.page import Page, Word, bounds, rectangle
from services.validator.fields.alcohol import (
    AlcoholForm,
    AlcoholReading,
    alcohol_field,
    alcohol_second_looks,
    parse_alcohol_application,
    read_alcohol,
)
from services.validator.fields.model import SURE_CONFIDENCE, FieldState
from services.validator.fields.numbers import plain
from tests.common.labels import line, page, panels

F = AlcoholForm


def read(*lines: str, looks: int = 2, confidence: float = 0.98) -> AlcoholReading:
    return read_alcohol(panels(page(*lines, looks=looks, confidence=confidence)))


@pytest.mark.parametrize(
    ("text", "percent", "form"),
    [
        ("Alcohol 40 percent by volume", "40", F.ALC_NUMBER_BY_VOL),
        ("ALC. 13.5% BY VOL.", "13.5", F.ALC_NUMBER_BY_VOL),
        ("Alc 12%/Vol", "12", F.ALC_NUMBER_BY_VOL),
        ("40% alc/vol", "40", F.NUMBER_ALC_BY_VOL),
        ("5.9% Alcohol by Volume", "5.9", F.NUMBER_ALC_BY_VOL),
        ("Alcohol by volume: 5.2%", "5.2", F.ALC_BY_VOL_NUMBER),
        ("ALC/VOL 40%", "40", F.ALC_BY_VOL_NUMBER),
        ("40% (alc/vol)", "40", F.NUMBER_ALC_BY_VOL),
        ("40% ABV", "40", F.ABV),
        ("ABV 5%", "5", F.ABV),
        ("5% A.B.V.", "5", F.ABV),
        ("12.5% vol", "12.5", F.VOL_ONLY),
        ("13% by volume", "13", F.NO_ALC),
        ("42% Alc Vol", "42", F.NO_SEPARATOR),
        ("40% ALC", "40", F.ALC_ONLY),
        ("ALC. 12 BY VOL.", "12", F.NO_PERCENT_SIGN),
        ("12,5 % vol.", "12.5", F.VOL_ONLY),
        ("Alcohol content: 13.5% by volume", "13.5", F.OTHER_PHRASE),
        ("ALC. 13,50% BY VOL.", "13.5", F.ALC_NUMBER_BY_VOL),
        ("AIc. l3.5°/o by V0L", "13.5", F.ALC_NUMBER_BY_VOL),
        ("A1c, 13.5o/o BY VOL", "13.5", F.ALC_NUMBER_BY_VOL),
        ("ALC.13.5%BYVOL", "13.5", F.ALC_NUMBER_BY_VOL),
        ("ALC. 13.5% BY VOL750ML", "13.5", F.ALC_NUMBER_BY_VOL),
        ("BOTTLEDALC12%BYVOLCONTAINS SULFITES", "12", F.NO_ALC),
        ("ALC 12%BYVOLCONTAINS SULFITES", "12", F.ALC_NUMBER_BY_VOL),
        ("NET. CONT.750 ML ALCOHOL 14% BY VOLUME", "14", F.ALC_NUMBER_BY_VOL),
        ("750ML |ALC.13.5% BYVOL - L 4018", "13.5", F.ALC_NUMBER_BY_VOL),
        ("4.8% ALC/VOL 5.28 GAL", "4.8", F.NUMBER_ALC_BY_VOL),
        ("13.5% ALCNOL", "13.5", F.NUMBER_ALC_BY_VOL),
        ("45% CABERNET - 40% CARMENERE ALC 14% BY VOL", "14", F.ALC_NUMBER_BY_VOL),
        ("8.9% RESIDUAL SUGAR ALC. 12.6% BY VOL.", "12.6", F.ALC_NUMBER_BY_VOL),
        ("100% AGAVE 40% ALC/VOL 80 PROOF", "40", F.NUMBER_ALC_BY_VOL),
    ],
)
def test_one_statement(text: str, percent: str, form: AlcoholForm) -> None:
    reading = read(text)
    assert reading.percents() == (Decimal(percent),)
    assert reading.chosen is not None
    assert (reading.chosen.value.form, reading.chosen.sure) == (form, True)


@pytest.mark.parametrize(
    "text",
    [
        "14% VIOGNIER",
        "100% AGAVE",
        "RESIDUAL SUGAR 8.9%",
        "ALCOHOL BEVERAGES 100%",
        "VOLCANIC SOIL 100%",
        "95 CAL PER 12 FL OZ",
        "(1) ACCORDING TO THE SURGEON GENERAL, WOMEN SHOULD NOT DRINK ALCOHOLIC BEVERAGES",
        "CALL 800-555-0134",
        "VOL. 2",
        "CA CRV 5c",
        "ALC 97% BY VOL",
    ],
)
def test_no_statement(text: str) -> None:
    reading = read(text)
    assert (reading.statements, reading.proofs) == ((), ())
    assert alcohol_field(reading).state is FieldState.NOT_ON_IMAGES


@pytest.mark.parametrize("text", ["ALC. 135% BY VOL", "ALC. 13 5% BY VOL"])
def test_a_lost_decimal_point_is_put_back_in_doubt(text: str) -> None:
    reading = read(text)
    assert reading.percents() == (Decimal("13.5"),)
    assert reading.chosen is not None
    assert reading.chosen.value.reread
    assert not reading.chosen.sure
    assert alcohol_field(reading).state is FieldState.UNSURE


def test_range_proof_weight_and_blank() -> None:
    wine = read("11% to 13% alc. by vol.")
    assert wine.chosen is not None
    assert (wine.chosen.value.low, wine.chosen.value.high, wine.chosen.value.percent) == (
        Decimal(11),
        Decimal(13),
        None,
    )
    assert alcohol_field(wine).value == "11-13"
    assert [one.value.proof for one in read("40% ALC/VOL (80 PROOF)").proofs] == [80]
    assert [one.value.proof for one in read("PROOF 100").proofs] == [100]
    weak = read("3.2% alc. by wt.")
    assert (weak.statements, [one.value.low for one in weak.by_weight]) == ((), [Decimal("3.2")])
    assert [one.value.form for one in read("__ % ALC/VOL").blanks] == [F.BLANK]


def test_words_in_columns_are_joined_by_their_place() -> None:
    boxes = [("ALC/VOL", 0, 0), ("PROOF", 200, 0), ("50%", 0, 30), ("100", 200, 30)]
    apart = Page(400, 100, tuple(line(text, left=left, top=top) for text, left, top in boxes))
    reading = read_alcohol(panels(apart))
    assert reading.percents() == (Decimal(50),)
    assert [one.value.proof for one in reading.proofs] == [100]
    run_together = read("ALC/VOL PROOF", "50% 100")
    assert (run_together.percents(), [one.value.proof for one in run_together.proofs]) == (
        (Decimal(50),),
        [Decimal(100)],
    )


def test_evidence_is_the_statement_and_not_its_line() -> None:
    reading = read("ELM CELLARS ALC. 13.5% BY VOL.")
    assert reading.chosen is not None
    (place,) = reading.chosen.evidence
    assert place.polygon == rectangle(40 + 120, 40, 40 + 300, 60)
    assert reading.chosen.text == "ALC. 13.5% BY VOL."


def test_looks_that_read_alike_make_sure_and_others_doubtful() -> None:
    first = line("ALC. 13.5% BY VOL.")
    agree = Page(400, 100, (first, replace(first, look=1)))
    differ = Page(400, 100, (first, line("ALC. 13.6% BY VOL.", look=1)))
    sure, doubtful = read_alcohol(panels(agree)).chosen, read_alcohol(panels(differ)).chosen
    assert sure is not None
    assert doubtful is not None
    assert (sure.alike, sure.sure) == (2, True)
    assert len(read_alcohol(panels(differ)).statements) == 1
    assert not doubtful.sure


def test_a_look_that_lost_the_point_neither_confirms_nor_disputes() -> None:
    lost = Page(400, 100, (line("ALC. 13.5% BY VOL."), line("ALC. 135% BY VOL.", look=1)))
    chosen = read_alcohol(panels(lost)).chosen
    assert chosen is not None
    assert (chosen.value.reread, chosen.alike, chosen.confidence) == (False, 1, 0.98)


@pytest.mark.parametrize(("cut", "sure"), [((46, 0, 0, 0), True), ((0, 0, 0, 6), True), ((0, 0, 0, 0), False)])
def test_a_look_that_saw_the_print_cut_off_does_not_dispute(cut: tuple[int, int, int, int], sure: bool) -> None:
    whole = line("14.5% ALC/VOL")
    left, top, right, bottom = bounds(whole.polygon)
    part = rectangle(left + cut[0], top + cut[1], right - cut[2], bottom - cut[3])
    other = replace(line("11.5% ALC/VOL", look=1), polygon=part, words=(Word("11.5% ALC/VOL", 0.98, part),))
    chosen = read_alcohol(panels(Page(400, 100, (whole, other)))).chosen
    assert chosen is not None
    assert chosen.value.low == Decimal("14.5")
    assert (chosen.confidence >= SURE_CONFIDENCE) is sure


def test_a_form_that_only_one_look_saw_is_not_sure() -> None:
    slash_lost = Page(400, 100, (line("40% ALC VOL"), line("40% ALC/VOL", look=1)))
    chosen = read_alcohol(panels(slash_lost)).chosen
    assert chosen is not None
    assert chosen.value.conforming
    two_forms = Page(400, 100, (line("40% ABV"), line("40% ALC", look=1)))
    chosen = read_alcohol(panels(two_forms)).chosen
    assert chosen is not None
    assert not chosen.sure


def test_a_statement_in_a_known_form_is_chosen() -> None:
    reading = read("40% ABV", "", "ALC. 43% BY VOL.")
    assert reading.percents() == (Decimal(43), Decimal(40))
    assert alcohol_field(reading).value == "43"


def test_second_look_is_a_small_crop_in_reading_direction() -> None:
    upright = Page(1000, 400, (line("ALC. 13.5% BY VOL.", left=400, top=100),))
    label = panels(upright)
    (place,) = alcohol_second_looks(label, read_alcohol(label), 1)
    assert (place.image, place.reading_angle, place.scale) == (0, 0, 2.0)
    assert (place.left, place.top, place.right, place.bottom) == (385, 75, 595, 145)
    assert alcohol_second_looks(label, read_alcohol(label), 2) == ()
    standing = replace(line("13.5% ALC/VOL"), polygon=rectangle(0, 0, 20, 130), words=(), angle_degrees=90.0)
    corner = rectangle(0, 0, 20, 130)
    standing = replace(standing, polygon=(corner[1], corner[2], corner[3], corner[0]))
    label = panels(Page(400, 400, (standing,)))
    (place,) = alcohol_second_looks(label, read_alcohol(label), 1)
    assert place.reading_angle == 90
    read_twice = panels(page("ALC. 13.5% BY VOL."))
    assert alcohol_second_looks(read_twice, read_alcohol(read_twice), 1) == ()


PERCENTS = st.integers(1, 950).map(lambda tenths: Decimal(tenths) / 10)
ALC = st.sampled_from(["alcohol", "Alc", "ALC.", "(alc.)"])
VOL = st.sampled_from(["volume", "Vol", "VOL.", "(vol)"])
BY = st.sampled_from([" by ", "/", " / ", " BY "])
PERCENT = st.sampled_from(["%", " %", " percent"])
LEGAL = st.sampled_from(
    ["{alc} {number}{percent}{by}{vol}", "{number}{percent} {alc}{by}{vol}", "{alc}{by}{vol}: {number}{percent}"]
)


@given(value=PERCENTS, other=PERCENTS, form=LEGAL, alc=ALC, vol=VOL, by=BY, percent=PERCENT)
def test_any_legal_form_parses_to_its_value(
    value: Decimal, other: Decimal, form: str, alc: str, vol: str, by: str, percent: str
) -> None:
    def parsed(number: Decimal) -> AlcoholReading:
        return read(form.format(alc=alc, number=plain(number), percent=percent, by=by, vol=vol), looks=1)

    reading = parsed(value)
    assert reading.percents() == (value.normalize(),)
    assert reading.chosen is not None
    assert reading.chosen.value.conforming
    assert (parsed(other).percents() == reading.percents()) is (other == value)


@pytest.mark.parametrize(
    ("text", "low", "high", "by_weight", "wording"),
    [
        ("45", "45", "45", False, ""),
        ("45%", "45", "45", False, ""),
        ("90 proof", "45", "45", False, ""),
        ("13.5% ALC/VOL", "13.5", "13.5", False, ""),
        ("13,5 %", "13.5", "13.5", False, ""),
        ("45% ALC/VOL (90 PROOF)", "45", "45", False, ""),
        ("11-13", "11", "13", False, ""),
        ("11% to 13% by volume", "11", "13", False, ""),
        ("3.2/wt", "3.2", "3.2", True, ""),
        ("3.2% ABW", "3.2", "3.2", True, ""),
        ("3.2% by weight", "3.2", "3.2", True, ""),
        ("table", None, None, False, "table"),
        ("Table Wine", None, None, False, "table"),
        ("light", None, None, False, "light"),
        ("N/A", None, None, False, ""),
    ],
)
def test_application(text: str, low: str | None, high: str | None, by_weight: bool, wording: str) -> None:
    claim = parse_alcohol_application(text)
    assert (claim.low, claim.high) == (low and Decimal(low), high and Decimal(high))
    assert (claim.by_weight, claim.wording) == (by_weight, wording)


@pytest.mark.parametrize(
    "text", ["lots", "135", "-5", "about forty", "40% ALC/VOL or 43% ALC/VOL", "750 mL", "1350% ALC/VOL"]
)
def test_application_that_makes_no_sense(text: str) -> None:
    with pytest.raises(ValueError, match=r"give percent by volume such as 13\.5"):
        parse_alcohol_application(text)


@pytest.mark.parametrize(
    "text", ["ALC. % BY VOL.", "ALC. BY VOL.", "ALC ~~ BY VOL", "% ALC/VOL", "ALCOHOL BY VOLUME:", "% ABV"]
)
def test_words_without_a_number_are_an_unreadable_place(text: str) -> None:
    reading = read("RED WINE", text, looks=1)
    field = alcohol_field(reading)
    assert (field.state, field.value) == (FieldState.UNREADABLE, "")
    assert field.evidence == reading.unreadable[0].evidence
    assert "no number could be read" in field.reason
    assert alcohol_second_looks(panels(page("RED WINE", text, looks=1)), reading, 1)


@pytest.mark.parametrize("texts", [("alcoholic beverages",), ("ALC. BY VOL.", "13.5% ALC/VOL"), ("VOLUME 2",)])
def test_other_words_are_no_unreadable_place(texts: tuple[str, ...]) -> None:
    assert not read(*texts).unreadable


def test_a_blank_to_be_filled_in_is_an_unreadable_place() -> None:
    field = alcohol_field(read("ALC. ____% BY VOL."))
    assert (field.state, field.reason) == (FieldState.UNREADABLE, "The place of the number is blank.")


def test_looks_that_disagree_are_told() -> None:
    lines = (line("ALC. 13.5% BY VOL."), line("ALC. 18.5% BY VOL.", look=1))
    field = alcohol_field(read_alcohol(panels(Page(1000, 800, lines))))
    assert field.state is FieldState.UNSURE
    assert "“ALC. 1?.5% BY VOL.” is “ALC. 13.5% BY VOL.” or “ALC. 18.5% BY VOL.”" in field.reason


def test_a_lost_decimal_point_is_told() -> None:
    field = alcohol_field(read("ALC. 135% BY VOL."))
    assert field.state is FieldState.UNSURE
    assert "decimal point" in field.reason
