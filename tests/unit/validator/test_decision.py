"""From findings and fields to the verdict and its reasons."""

from __future__ import annotations

from datetime import date

import pytest

from services.validator.decision import Decision, Verdict
from services.validator.submission import Application, ProductType, Submission
from services.validator.verification import check
from tests.common.labels import page, panels

WARNING = (
    "GOVERNMENT WARNING: (1) According to the Surgeon General, women should",
    "not drink alcoholic beverages during pregnancy because of the risk of birth",
    "defects. (2) Consumption of alcoholic beverages impairs your ability to drive",
    "a car or operate machinery, and may cause health problems.",
)
FRONT = ("STONE'S THROW", "CALIFORNIA", "RED WINE", "ALC. 13.5% BY VOL.", "750 mL", "CONTAINS SULFITES")
BACK = ("Produced and bottled by Stone's Throw Winery, Napa, CA", "", *WARNING)


def decided(*lines: str, **options: object) -> Decision:
    from services.validator.assembly import build_label

    given = {"as_of": date(2026, 11, 22), "product_type": ProductType.WINE, "panels_complete": True, **options}
    return check(build_label(Submission(**given), panels(page(*lines)))).decision  # type: ignore[arg-type]


def test_a_label_that_was_read_and_found_right_passes() -> None:
    assert decided(*FRONT, *BACK) == Decision(Verdict.PASSED, ())


def test_a_violation_outweighs_what_needs_a_look() -> None:
    faulty = [text.replace("should", "may") for text in BACK]
    decision = decided(*FRONT[:-1], *faulty)
    assert decision.verdict is Verdict.FAILED
    assert "MAY" in decision.reasons[0]
    assert any("sulfite" in reason for reason in decision.reasons[1:])


def test_two_designations_that_were_read_are_no_doubt_of_the_label() -> None:
    assert decided(FRONT[0], "MERLOT", "", "", *FRONT[1:], *BACK).verdict is Verdict.PASSED


def test_what_is_missing_is_told_once() -> None:
    reasons = decided(*FRONT, panels_complete=False).reasons
    assert sum("health warning" in reason.lower() for reason in reasons) == 1
    assert sum("name and address" in reason.lower() for reason in reasons) == 1


def test_without_a_product_type_nothing_passes() -> None:
    decision = decided("STONE'S THROW", "750 mL", *BACK[1:], product_type=None)
    assert decision.verdict is Verdict.NEEDS_REVIEW
    assert any("product_type" in reason for reason in decision.reasons)


@pytest.mark.parametrize(("abv", "verdict"), [("13.5", Verdict.PASSED), ("13.6", Verdict.FAILED)])
def test_an_export_label_is_only_compared_with_its_application(abv: str, verdict: Verdict) -> None:
    decision = decided("ALC. 13.5% BY VOL.", for_export=True, application=Application(alcohol_content=abv))
    assert decision.verdict is verdict, decision.reasons


def test_a_doubtful_field_is_told_with_its_reason() -> None:
    unit_alone = [text.replace("750 mL", "mL") for text in FRONT]
    (reason,) = [each for each in decided(*unit_alone, *BACK).reasons if each.startswith("The net contents could")]
    assert "“mL” stands here, but no number could be read with it. Send a sharper or larger image" in reason


def test_an_unread_name_is_told_as_the_image_shows_it() -> None:
    reasons = decided(*FRONT, *BACK, application=Application(brand_name="Stones Throne")).reasons
    told = [each for each in reasons if each.startswith("The brand name could not be read surely")]
    assert len(told) == 1
    assert "the application says “Stones Throne”, and" in told[0]


def test_a_reason_is_one_line() -> None:
    back = ("Bottled by Stone's Throw Winery", "Napa, CA", "", *WARNING)
    application = Application(name_and_address="Stone's Throw Winery, Lodi, CA")
    (reason,) = decided(*FRONT, *back, application=application).reasons
    assert "Stone's Throw Winery Napa, CA; the application says Stone's Throw Winery, Lodi, CA." in reason


def test_what_is_embossed_on_the_container_is_not_missed_on_the_label() -> None:
    front = [text for text in FRONT if text != "750 mL"]
    assert decided(*front, *BACK).verdict is not Verdict.PASSED
    assert decided(*front, *BACK, application=Application(embossed="750 ML")) == Decision(Verdict.PASSED, ())
