import re

from services.validator.fields.passages import label_text
from services.validator.fields.wording import find_wording
from tests.common.named_labels import panels_of


def found(text, pattern):
    return find_wording(label_text(panels_of(text)), re.compile(pattern))


def test_words_are_found_over_a_line_break_and_read_alike_in_both_looks():
    (statement,) = found("ELM HILL\n\nAged in oak for TWELVE\nMONTHS.", r"twelve months\b")

    assert (statement.value, statement.text, statement.alike) == ("twelve months", "TWELVE MONTHS", 2)


def test_every_place_is_found_once():
    assert len(found("ORGANIC VODKA\n\nmade from organic wheat\n---\nOrganic", r"\borganic\b")) == 3


def test_the_words_of_the_health_warning_are_nobody_elses():
    assert found("GOVERNMENT WARNING: (2) may cause health problems", r"health") == ()


def test_what_stands_nowhere_is_not_found():
    assert found("ELM HILL", r"organic") == ()
