"""What the examples of the rules of part 5 can't show: well-made labels of every kind, doubtful readings, wraps."""

from __future__ import annotations

from datetime import date

import pytest

from services.validator.assembly import build_label
from services.validator.fields.age import parse_age, read_ages
from services.validator.fields.passages import label_text
from services.validator.rules.evaluation import evaluate
from services.validator.rules.model import REGISTRY, Outcome, Severity
from services.validator.rules.spirits_vision import shortest_arc
from services.validator.submission import Origin, Panel, ProductType, Submission
from tests.common.labels import page, panels
from tests.common.named_labels import DOMESTIC, IMPORTED, SPIRITS, check, label, outcome

NV = "Bottled by Elm Hill Spirits, Reno, Nevada"
TX = "Distilled and bottled by Elm Hill Spirits, Austin, Texas"
CO = "Produced and bottled by Oak Row Spirits, Denver, Colorado"
NY = "Imported by Elm Hill Imports, New York, NY"

WELL_MADE = [
    (DOMESTIC, "HANDMADE VODKA", "Distilled 6 times", "DISTILLED FROM CORN", "40% ALC/VOL", TX),
    (IMPORTED, "VODKA", "Distilled from French winter wheat", "Product of France", "40% ALC/VOL", NY),
    (DOMESTIC, "RASPBERRY FLAVORED VODKA", "35% ALC/VOL", NV),
    (DOMESTIC, "SMALL BATCH GIN", "45% ALC/VOL", "100% grain neutral spirits", NV),
    (DOMESTIC, "BARREL AGED GIN", "Rested 3 months in new American oak", "45% ALC/VOL", NV),
    (IMPORTED, "LONDON DRY GIN", "Distilled from grain neutral spirits", "Product of England", "47% ALC/VOL", NY),
    (DOMESTIC, "STRAIGHT RYE WHISKEY", "Distilled in Indiana", "Aged 3 years", "45% ALC/VOL", CO),
    (DOMESTIC, "STRAIGHT BOURBON WHISKEY", "FINISHED 6 MONTHS IN PORT CASKS", "47.5% ALC/VOL", CO),
    (DOMESTIC, "BOURBON WHISKEY", "FINISHED IN COGNAC CASKS", "Product of USA", "Hints of caramel", "45% ALC/VOL", CO),
    (DOMESTIC, "AMERICAN SINGLE MALT WHISKEY", "Made with pure limestone water", "46% ALC/VOL", TX),
    (DOMESTIC, "BLENDED WHISKEY", "70% grain neutral spirits", "40% ALC/VOL", NV),
    (IMPORTED, "SINGLE MALT SCOTCH WHISKY", "Aged in bourbon barrels", "Product of Scotland", "43% ALC/VOL", NY),
    (IMPORTED, "JAPANESE SINGLE MALT WHISKY", "Product of Japan", "43% ALC/VOL", NY),
    (IMPORTED, "TEQUILA REPOSADO", "Hecho en Mexico", "Product of Mexico", "40% ALC/VOL", NY),
    (IMPORTED, "FINE AGED RUM", "A blend of Jamaica rum and Guyana rum", "Product of Jamaica", "43% ALC/VOL", NY),
    (DOMESTIC, "PUERTO RICAN RUM", "40% ALC/VOL", "Bottled by Elm Hill Spirits, San Juan, Puerto Rico"),
    (IMPORTED, "COGNAC VSOP", "Product of France", "40% ALC/VOL", NY),
    (DOMESTIC, "APPLE BRANDY", "40% ALC/VOL", TX),
    (IMPORTED, "IRISH CREAM LIQUEUR", "Product of Ireland", "17% ALC/VOL", NY),
    (DOMESTIC, "BOURBON CREAM LIQUEUR", "Bourbon whiskey, cream and natural flavors", "17% ALC/VOL", NV),
    (DOMESTIC, "VODKA SODA", "Vodka with natural flavors", "No artificial flavors", "4.5% ALC/VOL", NV),
    (DOMESTIC, "MARGARITA", "Made with real tequila, triple sec and lime juice", "12.5% ALC/VOL", NV),
    (Origin.BOTTLED_AFTER_IMPORT, "TEQUILA BLANCO", "Product of Mexico", "40% ALC/VOL", NV),
]


@pytest.mark.parametrize("printed", WELL_MADE, ids=lambda printed: printed[1])
def test_a_well_made_label_raises_no_alarm(printed):
    origin, *rows = printed
    subject = label("\n\n".join(("ELM HILL", *rows, "750 mL")), SPIRITS, origin)
    alarms = [
        (each.rule.rule_id, each.finding.message)
        for each in evaluate(subject).findings
        if each.rule.applies_to == {SPIRITS} and each.finding.severity is not Severity.INFORMATION
    ]

    assert alarms == []


@pytest.mark.parametrize(
    ("rule_id", "rows"),
    [
        ("spirits.age.consistency", "STRAIGHT BOURBON WHISKEY\n\nAged 1 year"),
        ("spirits.class.origin-locked", "BOURBON WHISKY\n\nProduct of Japan"),
        ("spirits.geographic-names", "JAMAICA RUM\n\nProduct of USA"),
        ("spirits.bottled-in-bond", "BOTTLED IN BOND\n\nRYE WHISKEY\n\n45% ALC/VOL\n\nDSP-KY-12"),
        ("spirits.state-of-distillation", "KENTUCKY BOURBON WHISKEY\n\nDistilled in Indiana"),
        ("spirits.commodity-statement", "VODKA\n\nBottled by Elm Hill Spirits, Reno, Nevada"),
    ],
)
def test_what_was_read_once_only_is_for_a_person(rule_id, rows):
    assert outcome(check(rule_id, label(f"ELM HILL\n\n{rows}", SPIRITS, DOMESTIC))) == "violation"
    assert outcome(check(rule_id, label(f"ELM HILL\n\n{rows}", SPIRITS, DOMESTIC, looks=1))) == "review"


def test_a_missing_statement_is_no_violation_while_panels_may_be_missing():
    subject = label("ELM HILL\n\nVODKA\n\nBottled by Elm Hill Spirits, Reno, Nevada", SPIRITS, DOMESTIC, complete=False)

    assert outcome(check("spirits.commodity-statement", subject)) == "review"


@pytest.mark.parametrize(
    ("told", "years"),
    [
        ("Aged 8 Years", ["8"]),
        ("AGED·18·YEARS", ["18"]),
        ("Aged in Oak Barrel 18Months", ["1.5"]),
        ("TEN YEARS OLD", ["10"]),
        ("12-year-old", ["12"]),
        ("Stored 3 years in reused cooperage", ["3"]),
        ("You must be 21 years old", []),
        ("Finished 6 months in port casks", []),
        ("For 120 years in one family", []),
        ("Aged to perfection since 1890", []),
    ],
)
def test_ages_of_the_spirits_are_told_from_other_numbers(told, years):
    found = read_ages(label_text(panels(page(told))))

    assert [str(each.value.years) for each in found] == years


def test_an_age_that_is_none_is_not_read_from_the_application():
    assert parse_age("N/A") is None


@pytest.mark.parametrize(
    ("parts", "arc"),
    [
        ([(0.1, 0.2), (0.3, 0.5)], 0.4),
        ([(0.9, 1.0), (0.0, 0.1)], 0.2),
        ([(0.0, 0.1), (0.5, 0.6)], 0.6),
    ],
)
def test_the_ends_of_a_wrap_meet(parts, arc):
    assert shortest_arc(parts) == pytest.approx(arc)


def test_a_field_of_vision_is_measured_on_a_wrap():
    rows = ("ELM HILL", "", "GIN", "", "45% ALC/VOL")
    side_by_side = panels(page(*rows), kinds=(Panel.WRAP,))
    submission = Submission(date(2026, 1, 15), product_type=ProductType.DISTILLED_SPIRITS)

    result = REGISTRY["spirits.same-field-of-vision"].check(build_label(submission, side_by_side))

    assert result.outcome is Outcome.PASS


def test_a_sheet_of_several_panels_is_no_single_field_of_vision():
    rows = "ELM HILL\n\nGIN\n\nImage Type: Back\n\n45% ALC/VOL"

    assert outcome(check("spirits.same-field-of-vision", label(rows, SPIRITS))) == "not_checkable"
