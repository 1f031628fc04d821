import dataclasses

import pytest

from services.common.page import Page, rectangle
from services.validator.fields.brand import read_brand_candidates
from services.validator.fields.passages import label_text
from tests.common.labels import line, panels
from tests.common.named_labels import panels_of


def drawn(text, top, height, stroke=None):
    """A line of lettering `height` px high, centred on a label 1000 px wide."""
    half = height * len(text) // 4
    one = line(text, left=500 - half, top=top)
    return dataclasses.replace(
        one,
        polygon=rectangle(500 - half, top, 500 + half, top + height),
        glyph_height_px=1.0 * height,
        stroke_width_px=stroke,
        words=(),
    )


def brands_of(*lines):
    return read_brand_candidates(label_text(panels(Page(1000, 800, lines))))


def test_the_first_name_that_is_no_class_or_place_is_the_brand():
    first = brands_of(drawn("STONE'S THROW", 40, 60), drawn("CHARDONNAY", 160, 90), drawn("Lot 7", 300, 20))[0]

    assert first.statement.value == "STONE'S THROW"


def test_a_name_without_rival_that_an_address_repeats_is_sure():
    address = drawn("Bottled by Stone's Throw Cellars, Napa, CA", 500, 16)

    first = brands_of(drawn("STONE'S THROW", 40, 60), drawn("CHARDONNAY", 160, 90), address)[0]

    assert first.likely
    assert first.probability > 0.95


@pytest.mark.parametrize("rival", [(), (drawn("GUIDING LIGHT", 300, 60),)])
def test_a_name_that_nothing_else_confirms_is_not_sure(rival):
    assert not brands_of(drawn("STONE'S THROW", 40, 60), *rival)[0].likely


def test_the_name_of_address_and_website_beats_larger_lettering():
    names = (drawn("ELMTREE", 60, 40), drawn("BREWING CO.", 104, 16), drawn("NIGHT OWL", 300, 56))
    address = (drawn("Brewed by Elmtree Brewing Co., Troy, NY", 600, 16), drawn("www.elmtreebrewing.com", 640, 16))

    assert brands_of(*names, *address)[0].statement.value.startswith("ELMTREE")


def test_rows_of_one_lettering_are_one_name():
    lines = (drawn("RED", 40, 60), drawn("LANTERN", 105, 60), drawn("MERLOT", 300, 30))

    assert brands_of(*lines)[0].statement.value == "RED LANTERN"


def test_a_row_in_another_weight_is_another_text():
    bold, light = drawn("Anna Brandt", 40, 30, stroke=6.0), drawn("Coteaux Perdus", 74, 30, stroke=3.0)

    assert brands_of(bold, light)[0].statement.value == "Anna Brandt"


def test_an_article_lost_in_the_logo_is_found_where_the_name_stands_again():
    lines = (drawn("CIGALA", 60, 80), drawn("PRODUCED AND BOTTLED BY", 600, 14), drawn("LA CIGALA", 620, 20))

    assert brands_of(*lines)[0].statement.value == "LA CIGALA"


def test_small_print_corrects_the_spelling_of_a_logo():
    lines = (drawn("fontnadora", 40, 50), drawn("PRODUCED AND BOTTLED BY", 600, 14), drawn("FONTANADORA SRL", 620, 16))

    assert brands_of(*lines)[0].statement.value == "FONTANADORA"


def test_a_maker_corrects_a_logo_that_was_not_surely_read():
    logo = dataclasses.replace(drawn("Kendar", 40, 60), confidence=0.75)
    address = drawn("Estate bottled by Kindal Vineyards, Reno, NV", 600, 16)

    assert brands_of(logo, address)[0].statement.value == "Kindal"
    assert brands_of(drawn("Kendar", 40, 60), address)[0].statement.value == "Kendar"


def test_the_first_name_of_each_part_of_a_sheet_counts_as_first():
    front = (drawn("Chardonnay", 40, 30), drawn("Olmstead Vineyards", 300, 20))
    back = (drawn("Oak Row", 500, 30), drawn("Napa Valley", 600, 14))
    form = drawn("Actual Dimensions: 3.5 inches W X 4 inches H", 400, 14)

    assert brands_of(*front, *back)[0].statement.value == "Olmstead Vineyards"
    assert brands_of(*front, form, *back)[0].statement.value == "Oak Row"


def test_what_a_note_is_about_beats_print_that_is_no_name():
    note = drawn("Elm Hill is a work of love between two sisters", 400, 14)

    assert brands_of(drawn("SANTA BARBARA", 60, 18), note)[0].statement.value == "Elm Hill"


def test_the_kind_of_drink_is_no_brand():
    lines = (drawn("HARD TEA", 40, 60), drawn("SHY FOX", 300, 40), drawn("Made by Hard Tea Company, Reno, NV", 600, 14))

    assert brands_of(*lines)[0].statement.value == "SHY FOX"


@pytest.mark.parametrize(("first", "again"), [("KIT", "KITE"), ("BELLE NOIREO", "BELLE NOIRE")])
def test_a_second_look_completes_a_name_and_drops_an_ornament(first, again):
    better = dataclasses.replace(drawn(again, 40, 60), look=1)

    assert brands_of(drawn(first, 40, 60), better)[0].statement.value == again


def test_an_appellation_is_no_brand():
    lines = (
        drawn("MONTE CHIARO", 40, 50),
        drawn("DENOMINAZIONE DI ORIGINE CONTROLLATA", 95, 14),
        drawn("VESPRI", 200, 40),
    )

    assert brands_of(*lines)[0].statement.value == "VESPRI"


def test_class_address_and_measures_are_no_brand():
    text = "Red Wine\n\n\n750 ML\n\n\nALC. 13% BY VOL.\n\n\nCONTAINS SULFITES"

    assert read_brand_candidates(label_text(panels_of(text))) == ()
