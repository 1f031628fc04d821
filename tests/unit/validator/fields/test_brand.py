import dataclasses

from services.common.page import Page, rectangle
from services.validator.fields.brand import read_brand_candidates
from services.validator.fields.phrases import label_text
from tests.common.labels import line, panels
from tests.common.named_labels import panels_of


def drawn(text, top, height):
    """A line of lettering `height` px high."""
    one = line(text, left=40, top=top)
    return dataclasses.replace(
        one,
        polygon=rectangle(40, top, 40 + height * len(text) // 2, top + height),
        glyph_height_px=1.0 * height,
        words=(),
    )


def test_the_largest_name_that_is_no_class_or_place_is_the_brand():
    lines = (drawn("STONE'S THROW", 40, 60), drawn("CHARDONNAY", 160, 90), drawn("Lot 7", 300, 20))
    first = read_brand_candidates(label_text(panels(Page(1000, 400, lines))))[0]

    assert first.statement.value == "STONE'S THROW"
    assert not first.competes


def test_two_names_of_like_size_compete():
    lines = (drawn("STONE'S THROW", 40, 60), drawn("GUIDING LIGHT", 300, 58))

    assert read_brand_candidates(label_text(panels(Page(1000, 400, lines))))[0].competes


def test_class_address_and_measures_are_no_brand():
    text = "Red Wine\n\n\n750 ML\n\n\nALC. 13% BY VOL.\n\n\nCONTAINS SULFITES"

    assert read_brand_candidates(label_text(panels_of(text))) == ()
