from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.common.page import Line, Page, Word, rectangle
from services.validator.fields.model import FieldState
from services.validator.fields.warning import read_warning, warning_field, warning_second_looks
from services.validator.fields.warning_faults import FaultKind, faults
from services.validator.fields.warning_text import CANONICAL, CANONICAL_WORDS, NUMBERS, reads_confusably, reads_right
from services.validator.fields.warning_words import WordState
from tests.common.labels import line, page, panels

WORDS = [index for index in range(len(CANONICAL_WORDS)) if index not in NUMBERS]
OTHERS = (
    "may",
    "can",
    "heavy",
    "woman",
    "could",
    "tractor",
    "always",
    "never",
    "alcohol",
    "drinking",
    "serious",
    "some",
)


def wrapped(text: str, width: int = 60, *, looks: int = 2, confidence: float = 0.98) -> Page:
    return page(*textwrap.wrap(text, width, break_on_hyphens=False), looks=looks, confidence=confidence)


def close_up(text: str, look: int, confidence: float = 0.98) -> Line:
    return line(text, left=60, top=45, look=look, confidence=confidence)


def swapped(old: str, new: str) -> str:
    assert old in CANONICAL
    return CANONICAL.replace(old, new, 1)


@given(width=st.integers(16, 140), upper=st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_line_breaks_and_case_are_confirmed(width: int, upper: bool) -> None:
    text = CANONICAL.upper() if upper else CANONICAL
    assert read_warning(panels(wrapped(text, width, looks=1))).confirmed


@given(at=st.integers(2, 6))
def test_hyphenation_at_the_end_of_a_line_is_confirmed(at: int) -> None:
    head, tail = CANONICAL.split("pregnancy")
    lines = [
        *textwrap.wrap(head, 60),
        "pregnancy"[:at] + "-",
        "pregnancy"[at:] + tail[:30],
        *textwrap.wrap(tail[30:], 60),
    ]
    assert read_warning(panels(page(*lines, looks=1))).confirmed


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("(1)", "(l)"),
        ("(1) According", "(I)According"),
        ("GOVERNMENT WARNING", "GOVERNMENTWARNING"),
        ("drive a car", "drivea car"),
        ("drive a car", "driveacar"),
        ("Consumption", "C0nsumption"),
        ("General,", "General ."),
        ("defects. (2)", "defects.(2)"),
    ],
)
def test_noise_of_reading_is_confirmed(printed: str, read: str) -> None:
    assert read_warning(panels(wrapped(swapped(printed, read)))).confirmed


@pytest.mark.parametrize(
    ("printed", "read"), [("women", "wornen"), ("Consumption", "Con5umption"), ("drink", "clrink")]
)
def test_confusable_characters_are_no_faults(printed: str, read: str) -> None:
    reading = read_warning(panels(wrapped(swapped(printed, read))))
    assert not reading.confirmed
    assert faults(reading) == ()
    assert reading.well_read
    assert warning_field(reading).state is FieldState.READ


@given(
    index=st.sampled_from(WORDS),
    kind=st.sampled_from(["substitute", "delete", "insert"]),
    other=st.sampled_from(OTHERS),
    width=st.integers(24, 120),
    looks=st.integers(1, 3),
)
@settings(max_examples=300, deadline=None)
def test_a_wrong_word_is_never_confirmed(index: int, kind: str, other: str, width: int, looks: int) -> None:
    words = list(CANONICAL_WORDS)
    assume(not reads_right(index, other) and not reads_confusably(index, other))
    if kind == "substitute":
        words[index] = other
    elif kind == "delete":
        del words[index]
    else:
        words.insert(index, other)
    inside = kind != "insert" or index > 0
    ends_cut = kind == "delete" and index in {0, len(CANONICAL_WORDS) - 1}

    reading = read_warning(panels(wrapped(" ".join(words), width, looks=looks)))

    if inside:
        assert not reading.confirmed
        assert warning_field(reading).state is FieldState.UNSURE or any(fault.sure for fault in faults(reading))
    if inside and not ends_cut:
        assert faults(reading) or any(word.state is WordState.UNREAD for word in reading.words)


@pytest.mark.parametrize(
    ("printed", "misprint", "kind"),
    [
        ("alcoholic beverages during", "alcohol during", FaultKind.REPLACED),
        ("may cause", "cause", FaultKind.MISSING),
        ("operate machinery", "operate heavy machinery", FaultKind.ADDED),
        ("should not drink", "should drink", FaultKind.MISSING),
        ("may cause", "can cause", FaultKind.REPLACED),
        ("impairs your", "impairs yoimpairs your", FaultKind.ADDED),
    ],
)
def test_a_wrong_word_read_alike_twice_is_sure(printed: str, misprint: str, kind: FaultKind) -> None:
    text = swapped(printed, misprint)
    twice, once = (read_warning(panels(wrapped(text, 300, looks=looks))) for looks in (2, 1))
    assert (kind, True) in {(fault.kind, fault.sure) for fault in faults(twice)}
    assert not any(fault.sure for fault in faults(once))


def test_a_wrong_word_read_unsurely_is_not_sure() -> None:
    reading = read_warning(panels(wrapped(swapped("may cause", "can cause"), 300, confidence=0.8)))
    assert [fault.sure for fault in faults(reading)] == [False]


def test_a_fault_is_told_with_its_neighbours() -> None:
    reading = read_warning(panels(wrapped(swapped("should not drink", "should drink"), 300)))
    assert [(fault.found, fault.expected) for fault in faults(reading)] == [("SHOULD DRINK", "SHOULD NOT DRINK")]


def test_a_misspelling_is_sure_only_when_a_close_up_agrees() -> None:
    text = swapped("GOVERNMENT", "GOVERMENT")
    seen_twice = wrapped(text, 80)
    seen_close = Page(
        seen_twice.width, seen_twice.height, (*seen_twice.lines, close_up("GOVERMENT WARNING: (1) According", 2))
    )

    assert [fault.sure for fault in faults(read_warning(panels(seen_twice)))] == [False]
    assert [fault.sure for fault in faults(read_warning(panels(seen_close)))] == [True]


def test_one_letter_for_another_stays_doubtful_at_every_size() -> None:
    seen = wrapped(swapped("drink", "orink"), 80, looks=3)
    seen = Page(seen.width, seen.height, (*seen.lines, close_up("should not orink alcoholic beverages", 3)))
    assert [fault.sure for fault in faults(read_warning(panels(seen)))] == [False]


def test_a_missing_word_at_the_end_of_a_short_line_may_be_unread() -> None:
    """`the` may stand unread where the line is cut short, but not where the lines fill their column."""
    cut = ["GOVERNMENT WARNING: (1) According to", "Surgeon General, women should not drink alcoholic beverages"]
    full = ["GOVERNMENT WARNING: (1) According to", "Surgeon General, women should not dr"]
    rest = CANONICAL.partition("beverages ")[2]
    rest_full = "ink alcoholic beverages " + rest

    short, filled = page(*cut, *textwrap.wrap(rest, 60)), page(*full, *textwrap.wrap(rest_full, 36))

    assert [fault.sure for fault in faults(read_warning(panels(short)))] == [False]
    assert [fault.sure for fault in faults(read_warning(panels(filled)))] == [True]


def test_readings_that_err_in_different_words_confirm_each_other() -> None:
    one, other = wrapped(swapped("birth", "b1nth"), looks=1), wrapped(swapped("machinery", "mochinery"), looks=1)
    second = tuple(
        Line(each.text, each.confidence, each.polygon, words=each.words, engine=each.engine, look=1)
        for each in other.lines
    )
    assert not read_warning(panels(one)).confirmed
    assert read_warning(panels(Page(one.width, one.height, one.lines + second))).confirmed


def test_halves_of_two_looks_are_not_one_reading() -> None:
    lines = textwrap.wrap(CANONICAL, 60)
    split = tuple(line(text, top=30 * row, look=int(row >= 2)) for row, text in enumerate(lines))
    assert not read_warning(panels(Page(1000, 300, split))).confirmed


def test_a_column_beside_it_and_the_digits_of_a_bar_code_do_not_matter() -> None:
    lines = [line(text, top=30 * row) for row, text in enumerate(textwrap.wrap(CANONICAL, 60))]
    beside = [line(text, left=640, top=30 * row + 8) for row, text in enumerate(("Bottled by Elm Cellars", "Napa, CA"))]
    digits = [line("0 85000 12345", left=100, top=30 * len(lines) - 15)]
    reading = read_warning(panels(Page(1000, 400, (*beside, *digits, *lines[::-1]))))
    assert reading.confirmed
    assert "Elm Cellars" not in reading.text


def test_standing_text_is_read_in_its_own_direction() -> None:
    def standing(row: int, text: str) -> Line:
        box = rectangle(50 + 30 * row, 50, 70 + 30 * row, 650)
        return Line(text, 0.98, box, 270.0, tuple(Word(word, 0.98, box) for word in text.split()), "rapidocr")

    lines = tuple(standing(row, text) for row, text in enumerate(textwrap.wrap(CANONICAL, 60)))
    reading = read_warning(panels(Page(400, 700, lines[::-1])))
    assert reading.confirmed
    assert reading.turn == 270


def test_of_two_copies_the_better_one_counts() -> None:
    reading = read_warning(panels(wrapped(swapped("may", "can")), page("Elm Cellars"), wrapped(CANONICAL)))
    assert reading.confirmed
    assert reading.image == 2
    assert sorted(reading.copies) == [0, 2]


def test_a_statement_cut_by_the_edge_is_partly_unreadable() -> None:
    reading = read_warning(panels(wrapped(CANONICAL.partition(" and may")[0])))
    assert reading.partly_unreadable
    assert faults(reading) == ()
    assert warning_field(reading).state is FieldState.UNSURE


@pytest.mark.parametrize("text", ["Drink responsibly", "The Surgeon General of Elm Grove", "Serve with health in mind"])
def test_other_text_is_no_warning(text: str) -> None:
    reading = read_warning(panels(page(text)))
    assert not reading.found
    assert warning_field(reading).state is FieldState.NOT_ON_IMAGES


@pytest.mark.parametrize("text", ["GOVERMNT WARNING", "Surgeon General ... risk of birth defects"])
def test_heading_or_two_anchors_show_the_warning(text: str) -> None:
    assert read_warning(panels(page(text))).found


def test_the_field_shows_the_statement_as_read() -> None:
    field = warning_field(read_warning(panels(wrapped(CANONICAL))))
    assert field.value == CANONICAL
    assert field.text.replace("\n", " ") == CANONICAL
    assert field.state is FieldState.READ
    assert field.evidence[0].polygon


def test_nothing_is_asked_when_it_is_confirmed() -> None:
    seen = panels(wrapped(CANONICAL))
    assert warning_second_looks(seen, read_warning(seen), 1) == ()


def test_two_missing_marks_are_looked_at_once_more_and_one_is_not() -> None:
    both, one = wrapped(CANONICAL.replace(",", ""), looks=1), wrapped(CANONICAL.replace(",", "", 1), looks=1)
    (place,) = warning_second_looks(panels(both), read_warning(panels(both)), 1)
    assert (place.scale, place.reading_angle) == (2.0, 0)
    assert warning_second_looks(panels(both), read_warning(panels(both)), 2) == ()
    assert warning_second_looks(panels(one), read_warning(panels(one)), 1) == ()


def test_title_case_seen_once_is_looked_at_again() -> None:
    seen = panels(wrapped(swapped("GOVERNMENT WARNING", "Government Warning"), looks=1))
    (place,) = warning_second_looks(seen, read_warning(seen), 1)
    assert (place.scale, place.top < 70) == (2.0, True)


def test_a_doubtful_statement_is_asked_for_whole_then_close() -> None:
    seen = panels(wrapped(swapped("may cause", "can cause"), looks=1))
    reading = read_warning(seen)
    first = warning_second_looks(seen, reading, 1)
    second = warning_second_looks(seen, reading, 2)

    assert [place.scale for place in first] == [1.0, 2.0]
    assert [place.scale for place in second] == [4.0]
    assert second[0].bottom - second[0].top < first[0].bottom - first[0].top


def test_pages_without_it_that_show_standing_text_are_asked_for_turned_at_most_six() -> None:
    flat = page("Stone's Throw", "Red Wine", looks=1)
    standing = replace(flat, lines=tuple(replace(line, angle_degrees=90.0) for line in flat.lines))
    assert warning_second_looks(panels(flat), read_warning(panels(flat)), 1) == ()

    seen = panels(*(standing for _ in range(4)))
    first = warning_second_looks(seen, read_warning(seen), 1)

    assert len(first) == 6
    assert {place.reading_angle for place in first} == {90, 270}


def test_text_without_places_is_judged_but_not_looked_at_again() -> None:
    """A vision model gives lines without corners."""
    words = swapped("may cause", "can cause")
    seen = panels(Page(500, 500, tuple(Line(words, 0.95, engine="ollama", look=look) for look in range(2))))
    reading = read_warning(seen)
    assert [fault.found for fault in faults(reading)] == ["AND CAN CAUSE"]
    assert warning_second_looks(seen, reading, 1) == ()


def test_a_heading_whose_text_could_not_be_read_is_an_unreadable_place() -> None:
    field = warning_field(read_warning(panels(page("GOVERNMENT WARNING: (1) According to", "Sxr~n Gnrl wmn"))))
    assert (field.state, field.value) == (FieldState.UNREADABLE, "")
    assert field.evidence[0].polygon
    assert "words could be read" in field.reason


def test_a_doubtful_word_is_told() -> None:
    field = warning_field(read_warning(panels(wrapped(swapped("should", "may"), looks=1))))
    assert field.state is FieldState.UNSURE
    assert "“WOMEN MAY NOT”" in field.reason
