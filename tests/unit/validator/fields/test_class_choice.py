"""Which of several designations is shown, and how sure that is."""

import pytest

from services.common.page import Line, Page, Word, rectangle
from services.validator.fields.names import read_names
from services.validator.fields.passages import label_text
from services.validator.submission import Application
from tests.common.labels import panels
from tests.common.named_labels import panels_of


def chosen(text, class_type=""):
    choice = read_names(label_text(panels_of(text)), Application(class_type=class_type)).class_choice
    return choice.statement.value.phrase if choice.statement else None, choice.doubtful


def drawn(text, top, height):
    words, at = [], 40
    for word in text.split():
        words.append(Word(word, 0.98, rectangle(at, top, at + len(word) * height // 2, top + height)))
        at += (len(word) + 1) * height // 2
    return Line(text, 0.98, rectangle(40, top, at, top + height), 0.0, tuple(words), "rapidocr")


CHOSEN = [
    ("MALBEC\n\n\nRED WINE", "", ("RED WINE", True)),
    ("MALBEC\n\n\nRED WINE", "Malbec", ("MALBEC", False)),
    ("MALBEC\n\n\nRED WINE", "Red Wine", ("RED WINE", False)),
    ("OLD VINE\nZINFANDEL", "", ("OLD VINE ZINFANDEL", False)),
    ("Georgia Scuppernong Wine", "", ("Georgia Scuppernong Wine", False)),
    ("VINO ROSSO", "", ("VINO ROSSO", True)),
    ("60% Merlot 40% Syrah", "", ("Merlot", True)),
    ("RED WINE\n\n\n60% Merlot 40% Syrah", "", ("RED WINE", False)),
    ("OLMO FIANO\nDENOMINAZIONE DI ORIGINE PROTETTA", "", ("OLMO FIANO", False)),
    ("Moonshine", "", ("Moonshine", True)),
    ("ARAK\n\n\nSpirits distilled from grapes", "", ("Spirits distilled from grapes", False)),
    ("Single Malt Whiskey\n\n\nAmerican Single Malt Whiskey", "", ("American Single Malt Whiskey", False)),
    ("Reserve", "", (None, True)),
]


@pytest.mark.parametrize(("text", "claimed", "expected"), CHOSEN)
def test_the_designation_that_is_shown(text, claimed, expected):
    assert chosen(text, claimed) == expected


@pytest.mark.parametrize(("grape", "expected"), [(60, "Malbec"), (32, "Red Wine")])
def test_a_grape_much_larger_than_the_class_stands_in_lieu_of_it(grape, expected):
    sheet = Page(1000, 400, (drawn("Malbec", 20, grape), drawn("Red Wine", 300, 30)))
    choice = read_names(label_text(panels(sheet)), Application()).class_choice

    assert (choice.statement.value.phrase, choice.rivals) == (expected, True)
