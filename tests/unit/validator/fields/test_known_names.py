import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.validator.fields.known_names import Likeness, match_name
from services.validator.fields.passages import key_of, label_text
from services.validator.fields.wordlists import words
from tests.common.named_labels import panels_of

WORD = st.text(string.ascii_lowercase, min_size=3, max_size=8)
NAME = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


def likeness(printed, wanted):
    return match_name(label_text(panels_of(printed)), wanted).likeness


@given(NAME)
def test_a_name_is_found_in_capitals_and_without_spaces(name):
    assume(len(key_of(name)) == len(name.replace(" ", "")))

    assert likeness(name.upper(), name) <= Likeness.RUN_ON
    assert likeness(name.replace(" ", ""), name) <= Likeness.RUN_ON


@given(NAME, st.integers(0, 30), st.sampled_from(string.ascii_lowercase))
def test_a_name_with_another_letter_is_never_found(name, at, letter):
    at %= len(name)
    changed = name[:at] + letter + name[at + 1 :]
    assume(key_of(changed) != key_of(name))

    assert likeness(changed.title(), name) > Likeness.SAME


@given(NAME, WORD)
def test_a_longer_name_in_one_line_is_never_found(name, word):
    # These begin something else.
    assume(word not in words("particles") | words("leads"))

    assert likeness(f"{name} {word}".title(), name) > Likeness.SAME


def test_the_evidence_names_every_image_that_shows_the_name():
    match = match_name(label_text(panels_of("STONE'S THROW\n---\nRed Wine\n---\nStone's Throw")), "Stone's Throw")

    assert match.images == {0, 2}


def test_a_name_under_another_that_is_set_in_two_lines_stands_alone():
    text = label_text(panels_of("QUARREL\nGATE\nThe Long Table"))

    assert match_name(text, "The Long Table", frozenset({"quarrelgate"})).found
    assert not match_name(text, "The Long Table", frozenset({"quarrelgates"})).found


def test_a_part_of_another_name_does_not_stand_alone():
    text = label_text(panels_of("ELM\nGROVE"))

    assert not match_name(text, "Grove", frozenset({"elmgrove"})).found


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("RED LANTERNO", "Red Lantern"),
        ("NEL", "Nelo"),
        ("Bamhil Cellars", "Barnhill Cellars"),
    ],
)
def test_what_ocr_is_known_to_misread_is_the_wanted_name_and_doubtful(printed, wanted):
    match = match_name(label_text(panels_of(printed)), wanted)

    assert match.likeness is Likeness.CONFUSABLE
    assert match.statement.value == wanted
    assert match.statement.text == printed


@pytest.mark.parametrize("printed", ["www.redlantern.it", "@redlanternwines"])
def test_a_name_inside_that_of_a_website_is_found_and_doubtful(printed):
    match = match_name(label_text(panels_of(printed)), "Red Lantern")

    assert match.likeness is Likeness.RUN_ON
    assert match.statement.value == "Red Lantern"


def test_another_letter_is_no_misreading():
    assert match_name(label_text(panels_of("RED LANTERA")), "Red Lantern").likeness is Likeness.DIFFERENT


DIFFERENCES = [
    ("The hills of Silver Heron are steep and the winters there are long", "Silver Meron", Likeness.DIFFERENT),
    ("SILVER HERON", "Silver Quail", Likeness.DIFFERENT),
    ("SILVERHERON WINES", "Tamron Wines", Likeness.NOT_READ),
    ("The hills of Silver Heron are steep and the winters there are long", "Silver Tamron", Likeness.ALIKE),
    ("Bottled by Silver Heron, Reno, NV\nSILVER HERON", "Silver Meron", Likeness.DIFFERENT),
]


@pytest.mark.parametrize(("printed", "wanted", "expected"), DIFFERENCES)
def test_what_differs_tells_whether_another_name_stands_there(printed, wanted, expected):
    assert likeness(printed, wanted) is expected
