from dataclasses import replace

import pytest

from services.validator.fields.grape_shares import read_share_lists, read_unshared_grapes
from services.validator.fields.passages import label_text
from tests.common.labels import line, page, panels
from tests.common.named_labels import panels_of

LISTS = [
    ("60% Merlot, 40% Syrah", ["60", "40"]),
    ("Merlot 60 %\nSyrah 40 percent", ["60", "40"]),
    ("45% Cabernet Sauvignon - 40% Carmenere\n8% Malbec - 7% Petite Syrah", ["45", "40", "8", "7"]),
    ("60,5% Merlot 39,5% Syrah\n\n\n60,5% Merlot 39,5% Syrah", ["60.5", "39.5"]),
]


@pytest.mark.parametrize(("text", "percents"), LISTS)
def test_shares_are_read_in_either_order_and_once(text, percents):
    (shares,) = read_share_lists(label_text(panels_of(text)))

    assert [str(share.value.percent) for share in shares.shares] == percents
    assert not shares.open_ended


@pytest.mark.parametrize("text", ["13.5% ALC/VOL\n\nMerlot", "100% Merlot", "75% Merlot from our own hills"])
def test_one_share_or_another_percentage_is_no_list(text):
    assert read_share_lists(label_text(panels_of(text))) == ()


@pytest.mark.parametrize("text", ["60% Merlot 30% Syrah\n\n10% Olmo Nero", "60% Merlot, 30% Syrah and others"])
def test_a_list_that_goes_on_is_open_ended(text):
    (shares,) = read_share_lists(label_text(panels_of(text)))

    assert shares.open_ended


def test_a_crop_that_cuts_the_line_does_not_open_the_list():
    whole = page("60% Merlot 40% Syrah")
    cut = line("60% Merl", left=40, top=40, look=2)

    (shares,) = read_share_lists(label_text(panels(replace(whole, lines=(*whole.lines, cut)))))

    assert (shares.total, shares.open_ended, shares.sure) == (100, False, True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Merlot-Syrah", [("Merlot", "Syrah")]),
        ("CABERNET SAUVIGNON & MERLOT", [("Cabernet Sauvignon", "Merlot")]),
        ("Pinot Gris / Pinot Grigio", []),
        ("Merlot - Elm Hill", []),
        ("a playful blend of our white grapes,\nPinot Grigio, Chardonnay, Riesling\nand some of the others too", []),
    ],
)
def test_lines_of_several_grapes_without_shares(text, names):
    assert [each.value for each in read_unshared_grapes(label_text(panels_of(text)))] == names
