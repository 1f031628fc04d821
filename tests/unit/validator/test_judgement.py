from decimal import Decimal

import pytest

from services.validator.fields.names import read_names
from services.validator.fields.passages import label_text
from services.validator.judgement import judge_origin, judge_product_type
from services.validator.submission import Application, Origin
from tests.common.named_labels import MALT, SPIRITS, WINE, panels_of

PRODUCTS = [
    ("STONE'S THROW\n\nRed Wine", ("13",), WINE),
    ("STONE'S THROW\n\nMerlot\n\nElm Winery", (), WINE),
    ("STONE'S THROW\n\nGin\n\nElm Distillery", ("40",), SPIRITS),
    ("STONE'S THROW\n\nAmber Lager\n\nElm Brewing", ("5",), MALT),
    ("STONE'S THROW\n\nBourbon Barrel Stout\n\nElm Brewing", ("9",), MALT),
    ("STONE'S THROW", (), None),
    ("", (), None),
]


@pytest.mark.parametrize(("text", "percents", "expected"), PRODUCTS)
def test_product_type(text, percents, expected):
    found = panels_of(text)
    names = read_names(label_text(found), Application())

    assert judge_product_type(found, names, tuple(Decimal(percent) for percent in percents)) == expected


ORIGINS = [
    ("Bottled by Elm Winery, Napa, CA", Origin.DOMESTIC),
    ("Imported by Elm Imports, Miami, FL", Origin.IMPORTED),
    ("Product of France", Origin.IMPORTED),
    ("Product of France\n\nBottled by Elm Winery, Napa, CA", Origin.BOTTLED_AFTER_IMPORT),
    ("Taste of Italy\n\nBottled by Elm Winery, Napa, CA", Origin.DOMESTIC),
    ("Distributed by Elm, Albany, NY", None),
    ("Red Wine", None),
]


@pytest.mark.parametrize(("text", "expected"), ORIGINS)
def test_origin(text, expected):
    assert judge_origin(read_names(label_text(panels_of(text)), Application()), WINE) == expected
