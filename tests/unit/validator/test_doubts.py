"""Only looks that can change the verdict are taken."""

from __future__ import annotations

from datetime import date

from services.validator.assembly import build_label
from services.validator.doubts import disputed, in_doubt
from services.validator.fields.second_look import Place, Purpose
from services.validator.label import Label
from services.validator.submission import Application, ProductType, Submission
from services.validator.verification import check
from tests.common.labels import page, panels

TEXT = ("STONE'S THROW", "RED WINE", "ALC. 13.5% BY VOL.", "750 mL", "Bottled by Stone's Throw Winery, Napa, CA")
ALCOHOL = Place(0, 40, 90, 240, 140, purpose=Purpose.ALCOHOL)
NET = Place(0, 40, 125, 140, 155, purpose=Purpose.NET_CONTENTS)
NAMES = Place(0, 40, 150, 900, 190, purpose=Purpose.NAMES)


def places_of(label: Label) -> tuple[Place, ...]:
    result = check(label)
    return in_doubt((ALCOHOL, NET, NAMES), result.fields, result.evaluation, result.decision)


def label(**application: str) -> Label:
    known = Submission(as_of=date(2026, 11, 22), product_type=ProductType.WINE, application=Application(**application))
    return build_label(known, panels(page(*TEXT, looks=1)))


def test_what_is_surely_read_and_undisputed_is_not_read_again() -> None:
    assert places_of(label()) == (NAMES,)


def test_what_a_rule_disputes_is_read_again() -> None:
    assert places_of(label(alcohol_content="12")) == (ALCOHOL, NAMES)


def test_what_is_not_surely_read_is_read_again() -> None:
    unsure = build_label(
        Submission(as_of=date(2026, 11, 22), product_type=ProductType.WINE),
        panels(page(*TEXT, confidence=0.7, looks=1)),
    )
    assert places_of(unsure) == (ALCOHOL, NET, NAMES)


def disputed_places(subject: Label, *taken: Place) -> tuple[Place, ...]:
    return disputed(subject.panels, check(subject).evaluation, taken)


def test_what_differs_from_the_application_is_read_again_once() -> None:
    subject = label(brand_name="Stane's Throw")
    places = disputed_places(subject)

    assert [(place.top < 60 < place.bottom, place.purpose) for place in places] == [(True, Purpose.DISPUTED)]
    assert disputed_places(subject, *places) == ()


def test_what_agrees_with_the_application_is_not_read_again() -> None:
    assert disputed_places(label(brand_name="Stone's Throw", net_contents="750 mL")) == ()
