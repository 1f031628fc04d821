"""What is missing on a label is looked for in standing text before anything is called missing."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from datetime import date

from services.common.page import Page
from services.validator.assembly import build_label, label_fields, second_looks
from services.validator.fields.model import LabelField, LabelPanel
from services.validator.fields.second_look import Place
from services.validator.fields.warning_text import CANONICAL
from services.validator.submission import Application, ProductType, Submission
from tests.common.labels import line, page, panels, turned_looks

COMPLETE = Submission(as_of=date(2026, 11, 22), product_type=ProductType.WINE, panels_complete=True)
TEXT = ("STONE'S THROW", "RED WINE", "750 mL", "Bottled by Stone's Throw Winery, Napa, CA")


def seen(looked_at: tuple[Place, ...] = ()) -> tuple[LabelPanel, ...]:
    return (LabelPanel(0, page(*TEXT), looked_at=looked_at),)


def test_a_missing_item_asks_for_the_page_in_both_standing_directions() -> None:
    places = second_looks(build_label(COMPLETE, seen()), 1)
    assert set(turned_looks(0, page(*TEXT))) <= set(places)


def test_a_label_that_may_have_further_panels_is_not_searched_for_what_it_lacks() -> None:
    some = replace(COMPLETE, panels_complete=False, for_export=False)
    warning_is_looked_for = second_looks(build_label(some, seen()), 3)
    assert not warning_is_looked_for


def test_a_small_image_without_any_reading_is_read_again_enlarged_once() -> None:
    for side, wanted in ((700, 1), (3000, 0)):
        blank = (LabelPanel(0, Page(side, side, ())),)
        places = [place for place in second_looks(build_label(COMPLETE, blank), 1) if place.scale > 1]
        assert len(places) == wanted
    assert not second_looks(build_label(COMPLETE, (LabelPanel(0, Page(700, 700, ())),)), 2)


def test_nothing_is_missing_before_the_page_was_looked_at_turned() -> None:
    once = turned_looks(0, page(*TEXT))[:1]
    assert not build_label(COMPLETE, seen()).shows_everything
    assert not build_label(COMPLETE, seen(once)).shows_everything
    assert build_label(COMPLETE, panels(page(*TEXT))).shows_everything


def test_nothing_is_missing_while_large_print_was_not_read() -> None:
    unread = page(*TEXT, looks=1)
    large = replace(unread.lines[0], text="ASRYA", confidence=0.7, look=0)
    label = build_label(COMPLETE, panels(replace(unread, lines=(*unread.lines, large))))
    assert not label.legible


def test_the_same_words_at_another_place_are_found_there() -> None:
    """What was worked out for one label is remembered, and must not be taken for the next one's."""
    texts = (*TEXT, "ALC. 13.5% BY VOL.", *textwrap.wrap(CANONICAL, 60))

    def fields(left: int) -> tuple[LabelField, ...]:
        lines = (line(text, top=40 + 30 * row, left=left) for row, text in enumerate(texts))
        return label_fields(build_label(COMPLETE, panels(Page(1000, 500, tuple(lines)))))

    for one, other in zip(fields(40), fields(140), strict=True):
        moved = [[(point.x + 100, point.y) for point in place.polygon] for place in one.evidence]
        assert [[(point.x, point.y) for point in place.polygon] for place in other.evidence] == moved
    assert sum(bool(field.evidence) for field in fields(40)) >= 5


def test_what_the_application_says_too_is_more_probable() -> None:
    def stated(**application: str) -> dict[str, float]:
        given = replace(COMPLETE, application=Application(**application))
        return {field.name: field.confidence for field in label_fields(build_label(given, seen()))}

    alone = stated()
    known = {
        "net_contents": "750 ml",
        "class_type": "Red Wine",
        "name_and_address": "Stone's Throw Winery, Napa, California",
    }
    both = stated(**known)
    assert all(both[name] > alone[name] for name in known)
    assert stated(net_contents="700 mL")["net_contents"] == alone["net_contents"]
    assert alone["vintage"] == 0


def test_an_unreadable_place_is_looked_for_like_a_missing_one() -> None:
    text = [each.replace("750 mL", "NET CONTENTS:") for each in TEXT]
    label = build_label(COMPLETE, (LabelPanel(0, page(*text)),))
    assert set(turned_looks(0, page(*text))) <= set(second_looks(label, 1))
